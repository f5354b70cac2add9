"""Tokens: one word for each thing a request may need and an offer provide, with a label and a definition.

A hard token stops a match when it is needed and not provided; an information token is carried to the people
and never filters. Families such as `opcs:` and `icb:` take a code after the colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dmas.catalogue.vocabulary.arrangements import Basis, Pathway, Stage
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.procedures import procedure_group
from dmas.catalogue.vocabulary.sub_tests import sub_test
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.core.errors import InvalidInput


class TokenKind(StrEnum):
    """Whether a token stops a match or only informs."""

    HARD = "hard"
    INFORMATION = "information"


class TokenTopic(StrEnum):
    """The heading a form shows a token under."""

    MATCHING = "matching"
    ANAESTHETIC = "anaesthetic"
    CLINICAL = "clinical"
    ACCESS = "access"
    IMAGING = "imaging"
    ENDOSCOPY = "endoscopy"
    PHYSIOLOGY = "physiology"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Token:
    """One thing that can be needed and provided. MATCHING tokens are set by the system, never on a form."""

    code: str
    label: str
    definition: str
    kind: TokenKind
    topic: TokenTopic
    pathways: frozenset[Pathway]

    @property
    def is_hard(self) -> bool:
        """Say whether it stops a match."""
        return self.kind is TokenKind.HARD


ELECTIVE, DIAGNOSTIC = frozenset({Pathway.ELECTIVE}), frozenset({Pathway.DIAGNOSTIC})
BOTH = ELECTIVE | DIAGNOSTIC


def _hard(topic: TokenTopic, pathways: frozenset[Pathway], code: str, label: str, definition: str) -> Token:
    return Token(code, label, definition, TokenKind.HARD, topic, pathways)


def _information(code: str, label: str, definition: str) -> Token:
    return Token(code, label, definition, TokenKind.INFORMATION, TokenTopic.ACCESS, BOTH)


STANDARD_NOTICE = "standard_notice"
_T = TokenTopic

_PLAIN = (
    _hard(
        _T.MATCHING,
        BOTH,
        STANDARD_NOTICE,
        "Standard notice",
        "The last bookable day leaves 21 days to arrange the move and 21 days of notice for the patient.",
    ),
    _hard(
        _T.MATCHING,
        ELECTIVE,
        "treatment_follows",
        "Gives the treatment that follows",
        "The same provider gives the treatment after the first appointment, with its usual wait stated.",
    ),
    _hard(
        _T.ANAESTHETIC,
        BOTH,
        "general_anaesthetic",
        "General anaesthetic",
        "An anaesthetist and recovery for a general anaesthetic.",
    ),
    _hard(
        _T.ANAESTHETIC,
        ELECTIVE,
        "spinal",
        "Spinal anaesthetic",
        "An anaesthetist and recovery for a spinal or epidural anaesthetic.",
    ),
    _hard(_T.ANAESTHETIC, ELECTIVE, "regional_block", "Regional block", "Nerve blocks by an anaesthetist."),
    _hard(
        _T.ANAESTHETIC, ELECTIVE, "local_anaesthetic", "Local anaesthetic", "Surgery under local anaesthetic."
    ),
    _hard(_T.ANAESTHETIC, BOTH, "sedation", "Sedation", "Conscious sedation with monitoring and recovery."),
    _hard(
        _T.CLINICAL,
        ELECTIVE,
        "critical_care:2",
        "Level 2 critical care",
        "A high-dependency bed on the site if it is needed after the operation.",
    ),
    _hard(
        _T.CLINICAL,
        ELECTIVE,
        "critical_care:3",
        "Level 3 critical care",
        "An intensive care bed on the site if it is needed after the operation.",
    ),
    _hard(
        _T.CLINICAL,
        BOTH,
        "children",
        "Children's service",
        "The site declares staff and facilities for children, with an age range.",
    ),
    _hard(
        _T.CLINICAL,
        ELECTIVE,
        "bariatric_equipment",
        "Bariatric equipment",
        "Table, bed and moving equipment rated for people over 160 kg.",
    ),
    _hard(
        _T.CLINICAL,
        ELECTIVE,
        "revision_kit",
        "Revision implants and kit",
        "Implants, instruments and a surgeon for revision joint surgery.",
    ),
    _hard(_T.CLINICAL, ELECTIVE, "overnight_stay", "Overnight stay", "A bed with nursing care overnight."),
    _hard(
        _T.CLINICAL,
        BOTH,
        "isolation_room",
        "Isolation room",
        "A single room for someone who carries or is at risk of infection.",
    ),
    _hard(_T.CLINICAL, BOTH, "latex_free", "Latex free", "Latex-free theatre or room and equipment."),
    _hard(_T.CLINICAL, ELECTIVE, "dialysis", "Dialysis on site", "Dialysis can be given during the stay."),
    _hard(
        _T.CLINICAL,
        ELECTIVE,
        "pre_assessment",
        "Pre-assessment",
        "The receiving provider does the pre-assessment.",
    ),
    _hard(_T.ACCESS, BOTH, "step_free", "Step-free access", "No steps from the street to the bed or couch."),
    _hard(_T.ACCESS, BOTH, "hoist", "Hoist", "A hoist and staff trained to use it."),
    _hard(
        _T.ACCESS,
        BOTH,
        "carer_stays",
        "Carer may stay",
        "A carer or parent may stay with the person throughout, including recovery.",
    ),
    _information("interpreter", "Interpreter", "An interpreter is booked for the person's language."),
    _information("bsl", "British Sign Language", "A British Sign Language interpreter is booked."),
    _information("hearing_loop", "Hearing loop", "A working hearing loop at reception and in the clinic."),
    _information("parking", "Parking", "Parking on the site, including spaces for blue badge holders."),
    _information("transport", "Patient transport", "Patient transport can be arranged to this site."),
    _information("quiet_space", "Quiet space", "A quiet place to wait."),
    _information("easy_read", "Easy read", "Letters and leaflets in easy read or large print."),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "contrast",
        "Contrast",
        "Injected contrast, with a recent kidney-function check.",
    ),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "implant_safe",
        "Scans people with a pacemaker or implant",
        "Staff and protocol to scan people with a pacemaker, defibrillator or other active implant.",
    ),
    _hard(_T.IMAGING, DIAGNOSTIC, "wide_bore", "Wide-bore scanner", "A bore of 70 cm or more."),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "open_scanner",
        "Open scanner",
        "An open or upright scanner for claustrophobia.",
    ),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "cardiac_imaging",
        "Cardiac imaging",
        "Gated heart scans with a trained reporter.",
    ),
    _hard(_T.IMAGING, DIAGNOSTIC, "breast_imaging", "Breast imaging", "Breast coil or breast ultrasound."),
    _hard(
        _T.IMAGING, DIAGNOSTIC, "report_included", "Report included", "Scan and report, not the scan alone."
    ),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "image_transfer",
        "Images sent electronically",
        "Images reach the requesting trust's system without a disc.",
    ),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "kidney_check",
        "Kidney function checked on the day",
        "A kidney-function test at the scan, for whoever has none of the last three months.",
    ),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "pregnancy",
        "Takes people who are or may be pregnant",
        "A protocol, and a clinician who decides, for somebody who is or may be pregnant.",
    ),
    _hard(
        _T.IMAGING,
        DIAGNOSTIC,
        "hospital_site",
        "On a hospital site",
        "In a hospital with medical cover, not in a centre or a unit away from one.",
    ),
    _hard(
        _T.ENDOSCOPY,
        DIAGNOSTIC,
        "no_escort",
        "Takes people with nobody to see them home",
        "Recovery and a way home for whoever has had sedation and has no escort.",
    ),
    _hard(
        _T.ENDOSCOPY,
        DIAGNOSTIC,
        "therapeutic_endoscopy",
        "Therapeutic endoscopy",
        "Polyps removed, bleeding treated or strictures widened in the same visit.",
    ),
    _hard(_T.ENDOSCOPY, DIAGNOSTIC, "jag_accredited", "JAG accredited", "The unit holds JAG accreditation."),
    _hard(
        _T.ENDOSCOPY,
        DIAGNOSTIC,
        "anticoagulants",
        "Takes people on anticoagulants",
        "A protocol for people who take anticoagulants or have a bleeding disorder.",
    ),
    _hard(
        _T.ENDOSCOPY,
        DIAGNOSTIC,
        "insulin_diabetes",
        "Takes people on insulin",
        "A protocol for bowel preparation and fasting on insulin.",
    ),
    _hard(
        _T.PHYSIOLOGY,
        DIAGNOSTIC,
        "stress_echo",
        "Stress echocardiogram",
        "Echocardiogram under exercise or drugs.",
    ),
    _hard(
        _T.PHYSIOLOGY,
        DIAGNOSTIC,
        "transoesophageal_echo",
        "Transoesophageal echocardiogram",
        "Echocardiogram from the gullet, with sedation.",
    ),
    _hard(
        _T.PHYSIOLOGY,
        DIAGNOSTIC,
        "sleep_kit_by_post",
        "Sleep kit by post",
        "The kit is posted and returned, with help by telephone.",
    ),
    _hard(_T.PHYSIOLOGY, DIAGNOSTIC, "home_visit", "At home", "The test can be done at the person's home."),
)

TOKENS: MappingProxyType[str, Token] = MappingProxyType({token.code: token for token in _PLAIN})

_ORGANISATION_CODE = re.compile(r"^[A-Z0-9]{3,8}$")


def token(code: str) -> Token:
    """Return the token with this code, a family's included; raise InvalidInput where there is none."""
    if (plain := TOKENS.get(code)) is not None:
        return plain
    head, colon, rest = code.partition(":")
    if colon and head in _FAMILIES:
        label, definition, pathways = _FAMILIES[head](rest)
        return _hard(_TOPICS.get(head, TokenTopic.MATCHING), pathways, code, label, definition)
    raise InvalidInput(f"{code[:40]!r} is not a known need. Choose from the list.", field="needs")


def label(code: str) -> str:
    """Return a token's label in the words of a page."""
    return token(code).label


def form_tokens(pathway: Pathway, kind: TokenKind | None = None) -> tuple[Token, ...]:
    """Return the tokens a person may tick on a form of one pathway, in the catalogue's order."""
    return tuple(
        item
        for item in TOKENS.values()
        if pathway in item.pathways and item.topic is not TokenTopic.MATCHING and kind in (None, item.kind)
    )


def hard_only(codes: Iterable[str]) -> frozenset[str]:
    """Return the codes that may stop a match: information is never a filter."""
    return frozenset(code for code in codes if token(code).is_hard)


_Words = tuple[str, str, frozenset[Pathway]]


def _opcs(rest: str) -> _Words:
    name = procedure_group(rest).name
    return name, f"The offer takes this procedure group: {name.lower()}.", ELECTIVE


def _function(rest: str) -> _Words:
    if (test := DIAGNOSTIC_TESTS.get(rest)) is not None:
        return test.name, f"The offer gives this test: {test.name}.", DIAGNOSTIC
    code, _, group = rest.partition(":")
    name = treatment_function(code).name
    if group:
        name = f"{procedure_group(group).name} under {name.lower()}"
    return name, f"The offer serves {name[0].lower()}{name[1:]}.", ELECTIVE


def _stage(rest: str) -> _Words:
    if rest not in set(Stage):
        raise InvalidInput(f"{rest[:30]!r} is not a stage. Choose one from the list.", field="stage")
    name = Stage(rest).label
    return name, f"The offer takes people at this stage: {name[0].lower()}{name[1:]}.", ELECTIVE


def _basis(rest: str) -> _Words:
    if rest not in set(Basis):
        raise InvalidInput(f"{rest[:30]!r} is not a basis. Choose one from the list.", field="basis")
    name = Basis(rest).label
    return name, f"The care is arranged on this basis: {name[0].lower()}{name[1:]}.", BOTH


def _icb(rest: str) -> _Words:
    return f"Inside ICB {_code(rest)}", "The site lies in the patient's integrated care board.", BOTH


def _region(rest: str) -> _Words:
    return f"Inside region {_code(rest)}", "The site lies in the patient's NHS England region.", BOTH


def _code(rest: str) -> str:
    if not _ORGANISATION_CODE.match(rest):
        raise InvalidInput(f"{rest[:20]!r} is not an organisation code.", field="needs")
    return rest


def _part(rest: str) -> _Words:
    name = sub_test(rest).name
    return name, f"The offer gives this part of the test: {name}.", DIAGNOSTIC


def _weight(rest: str) -> _Words:
    kilograms = _number(rest)
    return f"Up to {kilograms} kg", f"The table or chair takes {kilograms} kg.", DIAGNOSTIC


def _report_within(rest: str) -> _Words:
    days = _number(rest)
    said = f"{days} working day{'' if days == 1 else 's'}"
    return f"Reported within {said}", f"The report is sent within {said} of the test.", DIAGNOSTIC


def _number(rest: str) -> int:
    if not (rest.isdecimal() and rest.isascii() and len(rest) <= 3):
        raise InvalidInput(f"{rest[:20]!r} is not a whole number.", field="needs")
    return int(rest)


_FAMILIES = MappingProxyType(
    {
        "opcs": _opcs,
        "function": _function,
        "stage": _stage,
        "basis": _basis,
        "icb": _icb,
        "region": _region,
        "part": _part,
        "weight": _weight,
        "report_within": _report_within,
    }
)
# Families that say what is needed, not how matching goes about it.
_TOPICS = MappingProxyType(
    {"part": TokenTopic.TEST, "weight": TokenTopic.TEST, "report_within": TokenTopic.TEST}
)
