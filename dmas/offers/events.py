"""What has happened to an offer that rooms above must hear of."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferWithdrawn:
    """The provider took the offer back, with a coded reason."""

    offer_id: uuid.UUID
    reason: str


@dataclass(frozen=True, slots=True)
class OfferSuspended:
    """Somebody paused the offer."""

    offer_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class LimitsTightened:
    """The offer now takes fewer people than it did."""

    offer_id: uuid.UUID
