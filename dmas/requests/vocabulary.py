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
    RequestStatus.RETURNED: "Returned to you",
    RequestStatus.CLOSED: "Closed",
}


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


SEARCH_DAYS = 56
ICB_RING_DAYS = 7
REGION_RING_DAYS = 14
MOST_PLACES = 500
