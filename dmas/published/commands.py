"""What an import of published figures is asked for and what it reports, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dmas.core.files import Refusals


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDm01:
    """Load one month's diagnostic tests (DM01), as CSV or as a zip that holds one."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Dm01Report:
    """What one month's file held, and what became of the counts it adds up to, by provider and test."""

    period: date
    providers: int
    rows: int
    waiting: int
    new: int
    changed: int
    unchanged: int
    removed: int
    refusals: Refusals
    notes: list[str] = field(default_factory=list)
