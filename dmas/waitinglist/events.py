"""What the waiting list tells the rooms above it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractApplied:
    """One weekly extract was applied. Pathways by id, and of the dead their pathways.

    `ended` were removed with a reason, `dated` have been given a date at home, `raised` changed their
    clock or their priority.
    """

    extract_id: uuid.UUID
    provider_code: str
    ended: tuple[uuid.UUID, ...] = ()
    dated: tuple[uuid.UUID, ...] = ()
    died: tuple[uuid.UUID, ...] = ()
    raised: tuple[uuid.UUID, ...] = ()
