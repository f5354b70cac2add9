"""A weekly extract into a temporary table: read by the column in blocks, and streamed with COPY.

What makes a row unusable by itself is found here; what needs the table and the lists we hold, in services.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.errors import InvalidInput
from dmas.uploads.commands import Faults
from dmas.uploads.rules import decoding
from dmas.uploads.rules.cells import NULL, Cells, escaped
from dmas.uploads.rules.decoding import Block, Ragged
from dmas.uploads.upload import Report
from dmas.uploads.vocabulary import ROWS_TOLD
from dmas.waitinglist.rules import columns
from dmas.waitinglist.rules.columns import STOPPED, Column

STAGED = "staged_wait"
# Read for a decision about the row, and not kept.
_NOT_KEPT = ("week", "provider", "outpatient_was", "procedure_priority", "outpatient_priority")
_MERGED = {
    "procedure_priority": "priority_code",
    "outpatient_priority": "priority_code",
    "outpatient_was": "outpatient_on",
}
Values = dict[str, Sequence[str]]


@dataclass(slots=True)
class Read:
    """What the reading of one file found, apart from the rows it staged."""

    week_ending: date
    rows: int = 0
    faults: Faults = field(default_factory=Faults)
    dirty: dict[str, int] = field(default_factory=dict)
    doubtful_dates: list[str] = field(default_factory=list)
    refused_ids: set[str] = field(default_factory=set)
    clashing: set[str] = field(default_factory=set)
    present: frozenset[str] = frozenset()


def stage(
    session: Session,
    file: bytes,
    *,
    provider_code: str,
    icbs: Mapping[str, str],
    applied: date | None,
    today: date,
    report: Report,
) -> Read:
    """Stage the rows of a file that can stand by themselves; raise InvalidInput where the whole cannot."""
    content = decoding.as_text(file)
    delimiter, names = decoding.header_of(content)
    known = columns.columns(today, provider_code, icbs)
    places = columns.find(known, decoding.places(names))
    _make_table(session, known)
    reading = _Reading(known, places)
    of = content.count("\n")
    ragged: list[Ragged] = []
    connection = session.connection().connection.driver_connection
    assert connection is not None  # a session inside its transaction holds one
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(STAGED), sql.SQL(", ").join(map(sql.Identifier, reading.kept))
    )
    told = 0
    with bulk.without_collecting(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in decoding.blocks(content, delimiter, len(names), ragged):
            copy.write(reading.rows(block).encode())
            if reading.found.rows - told >= ROWS_TOLD:
                told = reading.found.rows
                report("read", min(block.lines[-1], of), of)
    report("read", of, of)
    _note_ragged(reading, ragged, len(names))
    return reading.finish(provider_code, applied, today)


def _make_table(session: Session, known: Sequence[Column]) -> None:
    kept = ", ".join(f"{one.name} {one.kind}" for one in known if one.name not in _NOT_KEPT)
    session.execute(text(f"DROP TABLE IF EXISTS {STAGED}"))
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE {STAGED} (line integer, leads boolean, {kept}, priority_code text,"
            " raw jsonb) ON COMMIT DROP"
        )
    )


class _Reading:
    """The state of reading one file: readers, who was seen, and what was refused."""

    def __init__(self, known: Sequence[Column], places: Mapping[str, int]) -> None:
        self.known = known
        self.places = places
        self.readers: dict[str, Cells] = {one.name: one.cells for one in known}
        self.kept = ["line", "leads", *(one.name for one in known if one.name not in _NOT_KEPT)]
        self.kept += ["priority_code", "raw"]
        self.found = Read(week_ending=date.min)
        self.weeks: set[str] = set()
        self._lines: dict[str, int] = {}
        self._born: dict[str, str] = {}
        self._written: dict[tuple[int, tuple[str | None, ...]], str] = {}

    def rows(self, block: Block) -> str:
        """Return the usable rows of a block as COPY takes them."""
        values: Values = dict.fromkeys(self.readers, ())
        absent = (NULL,) * len(block.lines)
        for name, reader in self.readers.items():
            place = self.places.get(name)
            values[name] = absent if place is None else list(map(reader.__getitem__, block.columns[place]))
        self.found.rows += len(block.lines)
        self.weeks.update(values["week"])
        refused = self._refused_cells(block)
        self._check_ends(values, refused)
        _merge(values, "outpatient_on", "outpatient_was")
        _merge(values, "procedure_priority", "outpatient_priority")
        values["priority_code"] = values["procedure_priority"]
        leads = self._people(values, block.lines, refused)
        kept = (values[name] for name in self.kept[2:-1])
        rows = map("\t".join, zip(map(str, block.lines), leads, *kept, self._raw(block), strict=True))
        for at, (label, message) in sorted(refused.items()):
            self.found.faults.add(block.lines[at], label, message)
            self.found.refused_ids.add(values["pathway_id"][at])
        usable = [row for at, row in enumerate(rows) if at not in refused] if refused else list(rows)
        return "\n".join([*usable, ""])

    def _refused_cells(self, block: Block) -> dict[int, tuple[str, str]]:
        """Return the first fault of each row that has one, by its place in the block."""
        refused: dict[int, tuple[str, str]] = {}
        for name, place in self.places.items():
            faults = self.readers[name].faults
            if faults:
                for at, cell in enumerate(block.columns[place]):
                    if cell in faults:
                        refused.setdefault(at, (self.readers[name].label, faults[cell]))
        return refused

    def _check_ends(self, values: Values, refused: dict[int, tuple[str, str]]) -> None:
        """Refuse rows whose clock has stopped without a date, or has an end without a reason."""
        pairs = zip(values["clock_end"], values["rtt_status"], values["clock_start"], strict=True)
        for at, (end, status, start) in enumerate(pairs):
            if (end != NULL) is not (status in STOPPED):
                refused.setdefault(
                    at,
                    (
                        "The end of the clock",
                        "A clock that has stopped needs a date and a status from 30 to 36.",
                    ),
                )
            elif end != NULL and end < start:
                refused.setdefault(at, ("The end of the clock", "The clock ends before it starts."))
        for at, (born, start) in enumerate(zip(values["date_of_birth"], values["clock_start"], strict=True)):
            if NULL not in (born, start) and born > start:
                refused.setdefault(at, ("The date of birth", "The person was born after the clock started."))

    def _people(self, values: Values, lines: Sequence[int], refused: dict[int, tuple[str, str]]) -> list[str]:
        """Find rows that repeat a pathway, people who share a number, and the first row of each person."""
        leads = []
        triples = zip(values["pathway_id"], values["nhs_number"], values["date_of_birth"], strict=True)
        for at, (pathway, number, born) in enumerate(triples):
            first = False
            if at not in refused:
                if (before := self._lines.setdefault(pathway, lines[at])) != lines[at]:
                    refused[at] = (
                        "The pathway identifier",
                        f"The same pathway stands in line {before}, which was taken.",
                    )
                elif number not in self._born:
                    self._born[number], first = born, True
                elif self._born[number] != born:
                    self.found.clashing.add(number)
            leads.append("t" if first else "f")
        return leads

    def _raw(self, block: Block) -> Iterator[str]:
        """Give for each row, as JSON, what stood in cells that were put right or left out."""
        dirty = [
            (name, self.readers[name].dirty, block.columns[place])
            for name, place in self.places.items()
            if self.readers[name].dirty
        ]
        if not dirty:
            return repeat("{}", len(block.lines))
        names = [name for name, _, _ in dirty]
        kept = [[cell if cell in wrong else None for cell in cells] for _, wrong, cells in dirty]
        for name, cells in zip(names, kept, strict=True):
            count = len(cells) - cells.count(None)
            self.found.dirty[name] = self.found.dirty.get(name, 0) + count
        return (self._json(names, row) for row in zip(*kept, strict=True))

    def _json(self, names: Sequence[str], row: tuple[str | None, ...]) -> str:
        """Return the raw values of one row; many rows are alike, so each is written once."""
        key = (len(names), row)
        if key not in self._written:
            raw = {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
            self._written[key] = escaped(json.dumps(raw))
        return self._written[key]

    def finish(self, provider_code: str, applied: date | None, today: date) -> Read:
        """Judge the file as a whole; raise InvalidInput where it is somebody else's or of another week."""
        found = self.found
        if found.rows == 0:
            raise InvalidInput("The file has a header and no rows. Export the list again.")
        provider = self.readers["provider"]
        if all(cell in provider.faults for cell in provider):
            raise InvalidInput(
                f"This is not the list of {provider_code}: every row names another provider, or none."
            )
        also = (
            {"priority_code"} if {"procedure_priority", "outpatient_priority"} & set(self.places) else set()
        )
        also |= {"outpatient_on"} if "outpatient_was" in self.places else set()
        found.present = frozenset(self.places) | also
        found.week_ending = columns.check_week(self.weeks, today, applied)
        found.doubtful_dates = columns.check_dates(self.known)
        return found


def _merge(values: Values, first: str, second: str) -> None:
    """Fill the gaps of one column from another."""
    values[first] = [
        one if one != NULL else other for one, other in zip(values[first], values[second], strict=True)
    ]


def _note_ragged(reading: _Reading, ragged: Sequence[Ragged], width: int) -> None:
    for row in ragged:
        message = f"The row has {row.cells} cells, and the header {width}. Is a comma unquoted?"
        reading.found.faults.add(row.line, "The row", message)
    reading.found.rows += len(ragged)
