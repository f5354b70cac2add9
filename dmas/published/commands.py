"""What an import of published figures is asked for and what it reports, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRtt:
    """Load one month's referral-to-treatment extract, as CSV or as a zip that holds one."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RttReport:
    """What one month's file held: its `rows`, and the `counts` they add up to by function and part."""

    period: date
    providers: int
    rows: int
    counts: int
    incomplete: int
