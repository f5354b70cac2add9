"""The states of a proposal and of a named person's answer."""

from __future__ import annotations

from enum import StrEnum


class ProposalStatus(StrEnum):
    """Where a suggested match stands."""

    PROPOSED = "proposed"
    ASKED = "asked"
    NEEDS_INFORMATION = "needs_information"
    RECEIVER_ACCEPTED = "receiver_accepted"
    ACCEPTED_SUBJECT = "accepted_subject"
    OFFERED = "offered"
    CHOSEN = "chosen"
    SETTLED = "settled"
    RECEIVER_DECLINED = "receiver_declined"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    GONE = "gone"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    ProposalStatus.PROPOSED: "Waiting for the receiver",
    ProposalStatus.ASKED: "Asked as a further option",
    ProposalStatus.NEEDS_INFORMATION: "Receiver asks for information",
    ProposalStatus.RECEIVER_ACCEPTED: "Accepted by the receiver",
    ProposalStatus.ACCEPTED_SUBJECT: "Accepted subject to assessment",
    ProposalStatus.OFFERED: "With the patient to choose",
    ProposalStatus.CHOSEN: "Agreed: naming people",
    ProposalStatus.SETTLED: "Settled",
    ProposalStatus.RECEIVER_DECLINED: "Declined by the receiver",
    ProposalStatus.DECLINED: "Not taken up",
    ProposalStatus.LAPSED: "Lapsed without an answer",
    ProposalStatus.SUPERSEDED: "Superseded",
    ProposalStatus.WITHDRAWN: "Withdrawn",
    ProposalStatus.GONE: "Place gone",
}

LIVE = frozenset(
    {
        ProposalStatus.PROPOSED,
        ProposalStatus.ASKED,
        ProposalStatus.NEEDS_INFORMATION,
        ProposalStatus.RECEIVER_ACCEPTED,
        ProposalStatus.ACCEPTED_SUBJECT,
        ProposalStatus.OFFERED,
        ProposalStatus.CHOSEN,
    }
)


# The receiver has said yes.
ANSWERED = frozenset({ProposalStatus.RECEIVER_ACCEPTED, ProposalStatus.ACCEPTED_SUBJECT})
# The receiver has not answered, or asked something first.
UNANSWERED = frozenset({ProposalStatus.PROPOSED, ProposalStatus.ASKED, ProposalStatus.NEEDS_INFORMATION})


class Turn(StrEnum):
    """Who owes the next step of a live match."""

    RECEIVER = "receiver"
    HOME = "home"
    PATIENT = "patient"
    EXCHANGE = "exchange"


class Consent(StrEnum):
    """What a named person has said about the move."""

    TO_ASK = "to_ask"
    YES = "yes"
    NO = "no"

    @property
    def label(self) -> str:
        """Return the answer as people say it."""
        return {"to_ask": "To ask", "yes": "Said yes", "no": "Said no"}[self.value]


class AskedHow(StrEnum):
    """How a named person was asked."""

    CALL = "call"
    LETTER = "letter"
    PAGE = "page"

    @property
    def label(self) -> str:
        """Return the way as people say it."""
        return {"call": "By phone", "letter": "By letter", "page": "On the web page"}[self.value]


ANSWER_WORKING_DAYS = 3
ANSWER_WORKING_DAYS_TIER_2 = 1
DECIDE_WORKING_DAYS = 3
NAME_WORKING_DAYS = 3
PERSON_ANSWER_DAYS = 7
UNASKED_TRAVEL_MILES = 25
# A patient's own options: how long their yeses are gathered, and how long the patient has to choose.
GATHER_WORKING_DAYS = 2
CHOOSE_DAYS = 7
CHOOSE_DAYS_BY_LETTER = 14
REMINDER_DAYS = (2, 5)
REMINDER_DAYS_BY_LETTER = (3, 10)
CALL_BEFORE_DAYS = 2
MOST_OPTIONS = 5
LAPSES_THAT_SUSPEND = 3
LAPSE_WINDOW_DAYS = 28
