"""What an import is asked for and what it reports, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dmas.core.files import Refusals
from dmas.providers.vocabulary import FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOds:
    """Load one file of the Organisation Data Service; its kind is recognised unless said."""

    path: Path
    kind: FileKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIcbs:
    """Load the ONS lookup of sub-ICB locations to ICBs and regions."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcodes:
    """Load the centres of postcode districts."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportHospitals:
    """Load the NHS website's list of hospitals."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRatings:
    """Load ratings of sites or providers."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSuccessions:
    """Load who followed whom."""

    path: Path


@dataclass(frozen=True, slots=True)
class BoardMove:
    """A provider or site whose board has ended, and the one it belongs to now; None where nobody can tell."""

    code: str
    name: str
    old: str
    new: str | None


@dataclass(slots=True)
class BoardsReport:
    """What became of the providers and sites of boards that have ended."""

    moved: list[BoardMove] = field(default_factory=list)
    undecided: list[BoardMove] = field(default_factory=list)


@dataclass(slots=True)
class LoadReport:
    """What a load did: rows new, changed, unchanged and refused, and what else is worth saying."""

    what: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    notes: list[str] = field(default_factory=list)

    @property
    def stored(self) -> int:
        """Return how many rows now stand as the file says."""
        return self.new + self.changed + self.unchanged
