"""What has happened to a hand-over that rooms above must hear of."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferConfirmed:
    """The receiver has the person on its list."""

    transfer_id: uuid.UUID
    request_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class TransferDated:
    """The receiver has given the first date, or another one."""

    transfer_id: uuid.UUID
    request_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class TransferReturned:
    """The person goes back to the home trust; the place is free again."""

    transfer_id: uuid.UUID
    request_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class TransferCancelled:
    """The home trust stopped the hand-over before it was sent; the place is free again."""

    transfer_id: uuid.UUID
    request_id: uuid.UUID
