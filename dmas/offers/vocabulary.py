"""The words of an offer: its states, who paused it, which care, which arrangement, how fresh it is."""

from __future__ import annotations

from enum import StrEnum

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Setting


class OfferStatus(StrEnum):
    """What people have decided about an offer; how full it is, is counted, never stored."""

    DRAFT = "draft"
    AWAITING_ICB = "awaiting_icb"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    OfferStatus.DRAFT: "Draft",
    OfferStatus.AWAITING_ICB: "Awaiting ICB",
    OfferStatus.OPEN: "Open",
    OfferStatus.SUSPENDED: "Suspended",
    OfferStatus.CLOSED: "Closed",
    OfferStatus.WITHDRAWN: "Withdrawn",
    OfferStatus.EXPIRED: "Expired",
}

# An offer in one of these can still come to something.
LIVE = (OfferStatus.DRAFT, OfferStatus.AWAITING_ICB, OfferStatus.OPEN, OfferStatus.SUSPENDED)
CAN_BE_CONFIRMED = (OfferStatus.OPEN, OfferStatus.SUSPENDED)


class Side(StrEnum):
    """Whose step it was, where only the same side may take it back."""

    PROVIDER = "provider"
    ICB = "icb"
    NATION = "nation"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """Return the side as people say it."""
        return SIDE_LABELS[self]


SIDE_LABELS = {
    Side.PROVIDER: "the provider",
    Side.ICB: "its ICB",
    Side.NATION: "the national team",
    Side.SYSTEM: "the exchange, by rule",
}


class Freshness(StrEnum):
    """How long ago the provider last said that the offer stands."""

    FRESH = "fresh"
    CONFIRM = "confirm"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        """Return the freshness as people say it."""
        return FRESHNESS_LABELS[self]


FRESHNESS_LABELS = {
    Freshness.FRESH: "Confirmed in the last 14 days",
    Freshness.CONFIRM: "Still true?",
    Freshness.LAPSED: "Not confirmed for 28 days",
}


class Ended(StrEnum):
    """Why an offer expired by itself."""

    WINDOW_OVER = "window_over"
    UNCONFIRMED = "unconfirmed"

    @property
    def label(self) -> str:
        """Return the reason as people say it."""
        return ENDED_LABELS[self]


ENDED_LABELS = {
    Ended.WINDOW_OVER: "Its last date has passed",
    Ended.UNCONFIRMED: "Nobody confirmed it for 28 days",
}


ADMITTED = (Setting.DAY_CASE, Setting.INPATIENT)


class Arrangement(StrEnum):
    """Basis and contract as one question, worded for whoever posts."""

    MUTUAL_AID = "mutual_aid"
    MUTUAL_AID_EPISODE = "mutual_aid_episode"
    EXISTING_CONTRACT = "existing_contract"
    NEW_CONTRACT = "new_contract"
    SUBCONTRACT = "subcontract"
    INSOURCED = "insourced"

    @property
    def label(self) -> str:
        """Return the arrangement as people say it."""
        return ARRANGEMENTS[self][2]

    @property
    def basis(self) -> Basis:
        """Return what moves."""
        return ARRANGEMENTS[self][0]

    @property
    def contract(self) -> ContractBasis:
        """Return the contract it is given under."""
        return ARRANGEMENTS[self][1]


ARRANGEMENTS = {
    Arrangement.MUTUAL_AID: (
        Basis.WHOLE_PATHWAY,
        ContractBasis.NHS_PROVIDER,
        "Mutual aid: the whole pathway moves to us",
    ),
    Arrangement.MUTUAL_AID_EPISODE: (
        Basis.SUBCONTRACTED,
        ContractBasis.NHS_PROVIDER,
        "Mutual aid: one operation or clinic, the home trust stays responsible",
    ),
    Arrangement.EXISTING_CONTRACT: (
        Basis.WHOLE_PATHWAY,
        ContractBasis.STANDARD_CONTRACT,
        "Our existing NHS Standard Contract: the whole pathway moves to us",
    ),
    Arrangement.NEW_CONTRACT: (
        Basis.WHOLE_PATHWAY,
        ContractBasis.NEW_CONTRACT,
        "A new contract: the whole pathway moves to us",
    ),
    Arrangement.SUBCONTRACT: (
        Basis.SUBCONTRACTED,
        ContractBasis.SUBCONTRACT,
        "A subcontract: one operation or clinic, the home trust stays responsible",
    ),
    Arrangement.INSOURCED: (
        Basis.INSOURCED,
        ContractBasis.INSOURCING,
        "Insourcing: our team comes to the other hospital",
    ),
}


class Additionality(StrEnum):
    """Where the capacity comes from, so that nobody loses care for it at home."""

    UNUSED_LIST = "unused_list"
    EXTRA_LIST = "extra_list"
    SHORTER_WAIT = "shorter_wait"
    EXTRA_STAFF = "extra_staff"

    @property
    def label(self) -> str:
        """Return the source as people say it."""
        return ADDITIONALITY_LABELS[self]


ADDITIONALITY_LABELS = {
    Additionality.UNUSED_LIST: "A list or clinic we have and cannot fill",
    Additionality.EXTRA_LIST: "An extra list or clinic, such as an evening or weekend",
    Additionality.SHORTER_WAIT: "Room because our own wait is short",
    Additionality.EXTRA_STAFF: "Extra staff or rooms found for this",
}


class DoneBy(StrEnum):
    """Who does the pre-assessment or the follow-up."""

    RECEIVER = "receiver"
    HOME = "home"
    SHARED = "shared"

    @property
    def label(self) -> str:
        """Return who does it, seen from the receiving provider."""
        return {"receiver": "We do", "home": "The home trust does", "shared": "Shared, as agreed"}[self.value]


# Still true after 14 days without a word? After 28 it expires.
FLAG_AFTER_DAYS = 14
EXPIRE_AFTER_DAYS = 28
MOST_PLACES = 5_000
MOST_LISTS = 1_000
MOST_DAYS_AHEAD = 365
# 21 days to arrange the move and 21 days of notice for the patient.
STANDARD_NOTICE_DAYS = 42
APPROVAL_WORKING_DAYS = 2
OLDEST = 130
LONGEST_CONSULTANT = 120
LONGEST_NOTES = 2_000
LONGEST_NOTE = 500
MOST_FOLLOW_ON_WEEKS = 104
# Tokens that follow from other answers, so that no form asks for them twice.
DERIVED_TOKENS = ("critical_care:2", "critical_care:3", "children", "pre_assessment")


class Procedures(StrEnum):
    """Which operations of a service an offer takes, as one question."""

    ANY = "any"
    EXCEPT = "except"
    ONLY = "only"

    @property
    def label(self) -> str:
        """Return the answer as people say it."""
        return {
            "any": "Any operation in this service",
            "except": "Any operation except those ticked below",
            "only": "Only those ticked below",
        }[self.value]
