"""The inter-provider transfer minimum data set: 27 mandatory and 9 optional elements, in its own order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Group(StrEnum):
    """The headings of the data set."""

    PATIENT = "patient"
    CONTACT = "contact"
    PRACTICE = "practice"
    REFERRING = "referring"
    PATHWAY = "pathway"
    ORGANISATIONS = "organisations"
    RECEIVING = "receiving"
    DATES = "dates"

    @property
    def label(self) -> str:
        """Return the heading as a page shows it."""
        return GROUP_LABELS[self]


GROUP_LABELS = {
    Group.PATIENT: "Patient",
    Group.CONTACT: "Contact for the patient",
    Group.PRACTICE: "GP practice",
    Group.REFERRING: "Home trust (referring)",
    Group.PATHWAY: "Referral to treatment",
    Group.ORGANISATIONS: "Organisations on the pathway so far",
    Group.RECEIVING: "Receiving provider",
    Group.DATES: "Dates of this transfer",
}


class Kind(StrEnum):
    """What an element's value is made of."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    CODE = "code"
    CODES = "codes"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    NHS_NUMBER = "nhs_number"
    FUNCTION = "function"
    RTT_STATUS = "rtt_status"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: our key, its name in the NHS data dictionary, and the words of the form.

    A `fixed` element is known from the case and never typed.
    """

    key: str
    name: str
    label: str
    group: Group
    mandatory: bool
    kind: Kind = Kind.TEXT
    fixed: bool = False
    most: int = 70


def _m(
    group: Group,
    key: str,
    name: str,
    label: str,
    kind: Kind = Kind.TEXT,
    *,
    fixed: bool = False,
    most: int = 70,
) -> Element:
    return Element(key, name, label, group, True, kind, fixed, most)


def _o(group: Group, key: str, name: str, label: str, kind: Kind = Kind.TEXT, most: int = 70) -> Element:
    return Element(key, name, label, group, False, kind, False, most)


_G, _K = Group, Kind

_PERSON = (
    _m(_G.PATIENT, "family_name", "PERSON FAMILY NAME", "Family name"),
    _m(_G.PATIENT, "given_name", "PERSON GIVEN NAME", "Given name"),
    _m(_G.PATIENT, "title", "PERSON TITLE", "Title", most=35),
    _m(_G.PATIENT, "address", "CORRESPONDENCE ADDRESS", "Address", _K.LONG_TEXT, most=175),
    _m(_G.PATIENT, "postcode", "POSTCODE OF CORRESPONDENCE ADDRESS", "Postcode", _K.POSTCODE, most=8),
    _m(_G.PATIENT, "birth_date", "PERSON BIRTH DATE", "Date of birth", _K.DATE),
    _m(_G.PATIENT, "nhs_number", "NHS NUMBER", "NHS number", _K.NHS_NUMBER, fixed=True),
    _m(_G.PATIENT, "local_patient_id", "LOCAL PATIENT IDENTIFIER", "Hospital number", most=20),
    _o(
        _G.CONTACT,
        "lead_contact",
        "PERSON FULL NAME (PATIENT LEAD CONTACT)",
        "Lead contact, if not the patient",
    ),
    _o(_G.CONTACT, "phone_home", "CONTACT TELEPHONE NUMBER (HOME)", "Home phone", _K.PHONE, 35),
    _o(_G.CONTACT, "phone_work", "CONTACT TELEPHONE NUMBER (WORK)", "Work phone", _K.PHONE, 35),
    _o(_G.CONTACT, "phone_mobile", "CONTACT TELEPHONE NUMBER (MOBILE)", "Mobile phone", _K.PHONE, 35),
    _o(
        _G.CONTACT,
        "email",
        "CONTACT EMAIL ADDRESS (PATIENT OR LEAD CONTACT)",
        "Email address",
        _K.EMAIL,
        254,
    ),
    _m(
        _G.PRACTICE,
        "gp_name",
        "PERSON NAME (SPECIFIED GENERAL MEDICAL PRACTITIONER)",
        "Name of the GP",
    ),
    _m(
        _G.PRACTICE,
        "practice_code",
        "GENERAL MEDICAL PRACTICE CODE (PATIENT REGISTRATION)",
        "Practice code",
        _K.CODE,
        most=12,
    ),
)
_HOME = (
    _m(_G.REFERRING, "home_name", "ORGANISATION NAME (REFERRING)", "Home trust", fixed=True, most=250),
    _m(_G.REFERRING, "home_code", "REFERRING ORGANISATION CODE", "Its code", _K.CODE, fixed=True),
    _m(
        _G.REFERRING,
        "home_professional",
        "CARE PROFESSIONAL NAME (REFERRING)",
        "Consultant or other care professional",
    ),
    _m(_G.REFERRING, "referrer_code", "REFERRER CODE", "Their referrer code", _K.CODE, most=12),
    _m(
        _G.REFERRING,
        "home_function",
        "TREATMENT FUNCTION CODE (REFERRING SERVICE)",
        "Treatment function",
        _K.FUNCTION,
    ),
    _m(
        _G.REFERRING,
        "home_contact",
        "PERSON FULL NAME (REFERRER CONTACT)",
        "Who to ask about this transfer",
    ),
    _o(
        _G.REFERRING,
        "home_phone",
        "CONTACT TELEPHONE NUMBER (REFERRING ORGANISATION)",
        "Their phone number",
        _K.PHONE,
        35,
    ),
    _o(
        _G.REFERRING,
        "home_email",
        "CONTACT EMAIL ADDRESS (REFERRING ORGANISATION)",
        "Their email address",
        _K.EMAIL,
        254,
    ),
)
_PATHWAY = (
    _m(_G.PATHWAY, "pathway_id", "PATIENT PATHWAY IDENTIFIER", "Pathway identifier", fixed=True),
    _m(
        _G.PATHWAY,
        "pathway_issuer",
        "ORGANISATION CODE (PATIENT PATHWAY IDENTIFIER ISSUER)",
        "Who issued the pathway identifier",
        _K.CODE,
        most=12,
    ),
    _m(
        _G.PATHWAY,
        "rtt_status",
        "REFERRAL TO TREATMENT PERIOD STATUS (INTER-PROVIDER TRANSFER)",
        "Referral to treatment status",
        _K.RTT_STATUS,
        fixed=True,
    ),
    _m(
        _G.PATHWAY,
        "decided_on",
        "DECISION TO REFER DATE (INTER-PROVIDER TRANSFER)",
        "Date the transfer was decided",
        _K.DATE,
    ),
    _m(
        _G.PATHWAY,
        "clock_start",
        "REFERRAL TO TREATMENT PERIOD START DATE",
        "Original clock start",
        _K.DATE,
        fixed=True,
    ),
    _m(
        _G.PATHWAY,
        "referral_reason",
        "REFERRAL RAISED REASON (INTER-PROVIDER TRANSFER)",
        "Reason for the transfer",
        most=255,
    ),
    _m(
        _G.ORGANISATIONS,
        "on_pathway",
        "ORGANISATION CODE (ON PATHWAY)",
        "Organisation codes, separated by spaces",
        _K.CODES,
        most=250,
    ),
)
_RECEIVER = (
    _m(
        _G.RECEIVING,
        "receiver_name",
        "ORGANISATION NAME (RECEIVING)",
        "Receiving provider",
        fixed=True,
        most=250,
    ),
    _m(_G.RECEIVING, "receiver_code", "ORGANISATION CODE (RECEIVING)", "Its code", _K.CODE, fixed=True),
    _o(
        _G.RECEIVING,
        "receiver_professional",
        "CARE PROFESSIONAL NAME (RECEIVING)",
        "Consultant or other care professional",
    ),
    _m(
        _G.RECEIVING,
        "receiver_function",
        "TREATMENT FUNCTION CODE (RECEIVING SERVICE)",
        "Treatment function",
        _K.FUNCTION,
    ),
    _m(
        _G.DATES,
        "requested_on",
        "SERVICE REQUESTED DATE (INTER-PROVIDER TRANSFER)",
        "Date the service was requested",
        _K.DATE,
    ),
    _o(
        _G.DATES,
        "received_on",
        "REFERRAL REQUEST RECEIVED DATE (INTER-PROVIDER TRANSFER)",
        "Date the request was received",
        _K.DATE,
    ),
)

ELEMENTS: MappingProxyType[str, Element] = MappingProxyType(
    {element.key: element for element in (*_PERSON, *_HOME, *_PATHWAY, *_RECEIVER)}
)
MANDATORY = tuple(element for element in ELEMENTS.values() if element.mandatory)
FIXED = frozenset(element.key for element in ELEMENTS.values() if element.fixed)

# What happens to the referral-to-treatment period: handed on as a whole, or an activity within it.
RTT_TRANSFERRED, RTT_CONTINUES = "21", "20"
RTT_STATUS_LABELS = {
    RTT_TRANSFERRED: "21: transferred to another provider",
    RTT_CONTINUES: "20: further activity in the same period",
}
