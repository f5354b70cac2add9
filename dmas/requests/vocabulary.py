"""The states of a request for help and the words beside them."""

from __future__ import annotations

from enum import StrEnum


class RequestStatus(StrEnum):
    """What people have decided about a trust's request; how much of it is met, is counted."""

    DRAFT = "draft"
    AWAITING_ICB = "awaiting_icb"
    OPEN = "open"
    RETURNED = "returned"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    RequestStatus.DRAFT: "Draft",
    RequestStatus.AWAITING_ICB: "Awaiting ICB",
    RequestStatus.OPEN: "Open",
    RequestStatus.RETURNED: "Returned",
    RequestStatus.CLOSED: "Closed",
}


class RequestKind(StrEnum):
    """Who asks: a trust for many, or one patient."""

    PROVIDER = "provider"
    TRANSFER = "transfer"


class TransferStatus(StrEnum):
    """Where one patient's own request stands."""

    STARTED = "started"
    IN_REVIEW = "in_review"
    NEEDS_INFORMATION = "needs_information"
    SEARCHING = "searching"
    OPTIONS_OFFERED = "options_offered"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"
    RESTING = "resting"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return TRANSFER_STATUS_LABELS[self]


TRANSFER_STATUS_LABELS = {
    TransferStatus.STARTED: "Started",
    TransferStatus.IN_REVIEW: "In review",
    TransferStatus.NEEDS_INFORMATION: "More information asked for",
    TransferStatus.SEARCHING: "Searching",
    TransferStatus.OPTIONS_OFFERED: "Options to choose from",
    TransferStatus.ACCEPTED: "Option chosen",
    TransferStatus.TRANSFERRED: "Care has moved",
    TransferStatus.RESTING: "Resting",
    TransferStatus.ENDED: "Ended",
}


class EndedBecause(StrEnum):
    """Why one patient's own request ended."""

    NOT_ELIGIBLE = "not_eligible"
    NOT_SUITABLE = "not_suitable"
    STAYED = "stayed"
    NOT_FOUND = "not_found"
    WITHDRAWN = "withdrawn"
    DATED_AT_HOME = "dated_at_home"
    CLOSED_CLINICALLY = "closed_clinically"
    DIED = "died"


# A request in one of these may still come to something, and may be taken back.
LIVE = (RequestStatus.AWAITING_ICB, RequestStatus.RETURNED, RequestStatus.OPEN)
CAN_BE_AMENDED = (RequestStatus.AWAITING_ICB, RequestStatus.RETURNED)


class ClosedBecause(StrEnum):
    """Why a request ended."""

    FULFILLED = "fulfilled"
    UNMET = "unmet"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """Return the reason as people say it."""
        return {"fulfilled": "Every place found", "unmet": "Not found in time", "withdrawn": "Withdrawn"}.get(
            self.value, "Expired"
        )


# Days counted from the day a search opened: its rings, and its end.
ICB_RING_DAYS = 7
REGION_RING_DAYS = 14
SEARCH_DAYS = 56

APPROVAL_WORKING_DAYS = 2
LIFT_AFTER_DAYS = 364
LIFT_TESTS_AFTER_DAYS = 91
MOST_LINES = 10
MOST_PLACES = 500
LONGEST_WEEKS = 520
LONGEST_NOTE = 1000
