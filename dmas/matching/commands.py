"""What a person can ask of the matcher by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AskNow:
    """Ask an open offer for places now, between nights, with a coded reason that others will read."""

    offer_reference: str
    request_reference: str
    line_number: int
    places: int
    reason: str
