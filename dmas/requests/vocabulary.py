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
MOST_LINES = 10
MOST_PLACES = 500
LONGEST_WEEKS = 520
LONGEST_NOTE = 1000
