"""What has happened to a request that the rooms above must hear."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    """A trust took its request back: nothing of it may go on except what a person has said yes to."""

    request_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RequestClosed:
    """A request's search ended; places a trust has already chosen may still be filled."""

    request_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ChoiceTakenBack:
    """A patient's request ended after they had chosen; `reason` is a code of why a hand-over is cancelled."""

    request_id: uuid.UUID
    by_patient: bool
    reason: str
