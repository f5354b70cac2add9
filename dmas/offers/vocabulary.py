"""The states of an offer and the words beside them."""

from __future__ import annotations

from enum import StrEnum


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

# Still true after 14 days without a word? After 28 it expires.
FLAG_AFTER_DAYS = 14
EXPIRE_AFTER_DAYS = 28
MOST_PLACES = 5_000
