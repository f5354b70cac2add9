"""What is asked of uploads, and what a check found, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dmas.uploads.vocabulary import MOST_FAULTS_KEPT, UploadKind


@dataclass(frozen=True, slots=True)
class ReceiveUpload:
    """A file of one kind for one organisation."""

    kind: UploadKind
    organisation_code: str
    file: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AbandonUpload:
    """A file that is not to be applied after all."""

    reference: str
    version: int


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with one row: its line, the column, and what to do. Never a value of the file."""

    line: int
    column: str
    message: str


@dataclass(slots=True)
class Faults:
    """All that is wrong: how many rows, and the first of them."""

    count: int = 0
    shown: list[Fault] = field(default_factory=list)

    def add(self, line: int, column: str, message: str) -> None:
        """Note one refused row; only the first of many are kept to be shown."""
        self.count += 1
        if len(self.shown) < MOST_FAULTS_KEPT:
            self.shown.append(Fault(line, column, message))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the week, how many rows, counts by what they would do, and what to confirm."""

    week_ending: date
    rows: int
    counts: Mapping[str, Any]
    faults: Faults
    must_confirm: tuple[str, ...] = ()
