"""The words of tests: where they are given, who reports, how images travel, and what each test asks about."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from dmas.catalogue.vocabulary.arrangements import ContractBasis, Pathway
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS, TestGroup
from dmas.catalogue.vocabulary.tokens import TokenKind, form_tokens

# The standard is under six weeks: on day 42 it is breached, on day 41 it is not.
BREACH_DAYS = 42
LIFT_AFTER_DAYS = 91
KIDNEY_FUNCTION_DAYS = 90
MOST_DAYS_PLANNED = 84
MOST_SESSIONS = 200
MOST_REPORT_DAYS = 60
LIGHTEST_LIMIT, HEAVIEST_LIMIT = 40, 500
LONGEST_NAME = 100
LONGEST_PHONE = 35
# A weight or a reporting time is matched in these steps, rounded to the safe side: a limit of 190 kg takes
# whoever needs 180.
WEIGHTS = (120, 150, 180, 200, 230, 250, 300)
REPORT_TIMES = (*range(1, 11), 15, 20, 30, MOST_REPORT_DAYS)
# Bands of the six-week view in days on the test's own clock: the first of each, and its words.
BANDS: tuple[tuple[int, str], ...] = (
    (0, "Under 2 weeks"),
    (14, "2 to 3 weeks"),
    (28, "4 to 5 weeks"),
    (BREACH_DAYS, "6 to 7 weeks"),
    (56, "8 to 9 weeks"),
    (70, "10 to 12 weeks"),
    (LIFT_AFTER_DAYS + 1, "13 weeks and more"),
)


class Place(StrEnum):
    """Where a test is given."""

    HOSPITAL = "hospital"
    COMMUNITY_DIAGNOSTIC_CENTRE = "community_diagnostic_centre"
    MOBILE_UNIT = "mobile_unit"

    @property
    def label(self) -> str:
        """Return the place as people say it."""
        return {
            "hospital": "Fixed site in a hospital",
            "community_diagnostic_centre": "Community diagnostic centre",
            "mobile_unit": "Mobile unit",
        }[self.value]


class Side(StrEnum):
    """Which side does something about a test."""

    RECEIVER = "receiver"
    HOME = "home"

    @property
    def label(self) -> str:
        """Return the side, read by both."""
        return {"receiver": "The provider that offers", "home": "The trust that asks"}[self.value]


class ImagesRoute(StrEnum):
    """How images or traces reach the trust that asked."""

    SHARED_ARCHIVE = "shared_archive"
    IMAGE_EXCHANGE = "image_exchange"
    SECURE_MAIL = "secure_mail"
    DISC = "disc"

    @property
    def label(self) -> str:
        """Return the route as people say it."""
        return {
            "shared_archive": "Shared image archive of the imaging network",
            "image_exchange": "Image exchange portal",
            "secure_mail": "Secure mail",
            "disc": "Encrypted disc by courier",
        }[self.value]

    @property
    def is_electronic(self) -> bool:
        """Say whether nobody carries a disc."""
        return self is not ImagesRoute.DISC


class Preparation(StrEnum):
    """Who sends what somebody takes before an endoscopy."""

    RECEIVER_POSTS = "receiver_posts"
    HOME_GIVES = "home_gives"
    NONE = "none"

    @property
    def label(self) -> str:
        """Return who sends it."""
        return {
            "receiver_posts": "The provider that offers posts it",
            "home_gives": "The trust that asks gives it",
            "none": "None is needed",
        }[self.value]


class Escort(StrEnum):
    """Whether somebody must come along."""

    REQUIRED = "required"
    AFTER_SEDATION = "after_sedation"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        """Return the rule as people say it."""
        return {
            "required": "Everybody brings somebody who sees them home",
            "after_sedation": "Only after sedation",
            "not_needed": "Nobody needs one: recovery and a way home are arranged",
        }[self.value]


class Accreditation(StrEnum):
    """Which body has accredited the service."""

    JAG = "jag"
    QSI = "qsi"
    IQIPS = "iqips"
    BSE = "bse"
    CQC_ONLY = "cqc_only"

    @property
    def label(self) -> str:
        """Return the accreditation as people say it."""
        return {
            "jag": "JAG (endoscopy)",
            "qsi": "QSI (imaging)",
            "iqips": "IQIPS (physiology)",
            "bse": "BSE (echocardiography)",
            "cqc_only": "Registered with CQC, no accreditation",
        }[self.value]


_IMAGED = ("contrast", "kidney_check", "pregnancy", "cardiac_imaging", "breast_imaging", "sedation")
_SCOPE = (
    "therapeutic_endoscopy",
    "sedation",
    "anticoagulants",
    "insulin_diabetes",
    "no_escort",
    "general_anaesthetic",
)
_OF_TEST: dict[str, tuple[str, ...]] = {
    "MRI": (*_IMAGED, "implant_safe", "wide_bore", "open_scanner", "general_anaesthetic"),
    "CT": (*_IMAGED, "general_anaesthetic"),
    "NON_OBSTETRIC_ULTRASOUND": ("breast_imaging",),
    "BARIUM_ENEMA": ("pregnancy",),
    "DEXA_SCAN": ("pregnancy",),
    "AUDIOLOGY_ASSESSMENTS": ("home_visit",),
    "ECHOCARDIOGRAPHY": ("stress_echo", "transoesophageal_echo", "sedation"),
    "ELECTROPHYSIOLOGY": ("sedation", "general_anaesthetic", "anticoagulants"),
    "SLEEP_STUDIES": ("sleep_kit_by_post", "home_visit"),
}
_MACHINES = ("MRI", "CT", "BARIUM_ENEMA", "DEXA_SCAN")

# What a form of each test asks, as tokens to tick, in the order of the page.
CLINICAL: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        code: _SCOPE if test.group is TestGroup.ENDOSCOPY else _OF_TEST.get(code, ())
        for code, test in DIAGNOSTIC_TESTS.items()
    }
)
# Asked of every test: what stops a match, and what is only carried to the people.
ACCESS = ("step_free", "hoist", "carer_stays", "isolation_room", "latex_free")
# These follow from the details of an offer; a request asks for them by themselves.
FOLLOWING = ("hospital_site", "report_included", "image_transfer", "jag_accredited")
INFORMATION = tuple(one.code for one in form_tokens(Pathway.DIAGNOSTIC, TokenKind.INFORMATION))


def asks_weight(test: str) -> bool:
    """Say whether a test has a table with a limit of weight."""
    return test in _MACHINES


def asks_limits(test: str) -> bool:
    """Say whether a test asks for ASA and BMI, as an endoscopy under sedation does."""
    return DIAGNOSTIC_TESTS[test].group is TestGroup.ENDOSCOPY


def has_images(test: str) -> bool:
    """Say whether a test leaves images or traces that somebody else may read."""
    return DIAGNOSTIC_TESTS[test].group is not TestGroup.ENDOSCOPY


ACCREDITATIONS: dict[TestGroup, tuple[Accreditation, ...]] = {
    TestGroup.IMAGING: (Accreditation.QSI, Accreditation.CQC_ONLY),
    TestGroup.ENDOSCOPY: (Accreditation.JAG, Accreditation.CQC_ONLY),
    TestGroup.PHYSIOLOGICAL: (Accreditation.IQIPS, Accreditation.BSE, Accreditation.CQC_ONLY),
}


class Arrangement(StrEnum):
    """The contract a test is given under, worded for whoever posts; only the test moves."""

    MUTUAL_AID = "mutual_aid"
    EXISTING_CONTRACT = "existing_contract"
    NEW_CONTRACT = "new_contract"
    SUBCONTRACT = "subcontract"

    @property
    def label(self) -> str:
        """Return the arrangement as people say it."""
        return {
            "mutual_aid": "Mutual aid between NHS trusts",
            "existing_contract": "Our existing NHS Standard Contract",
            "new_contract": "A new contract",
            "subcontract": "A subcontract of the trust that asks",
        }[self.value]

    @property
    def contract(self) -> ContractBasis:
        """Return the contract basis of the offer."""
        return {
            "mutual_aid": ContractBasis.NHS_PROVIDER,
            "existing_contract": ContractBasis.STANDARD_CONTRACT,
            "new_contract": ContractBasis.NEW_CONTRACT,
            "subcontract": ContractBasis.SUBCONTRACT,
        }[self.value]
