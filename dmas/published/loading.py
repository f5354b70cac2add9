"""From an extract to counts, and from counts to the table: streamed in, added up, copied out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.db import Base
from dmas.core.errors import InvalidInput
from dmas.core.files import Refusals, csv_lines
from dmas.published.models import Dm01Count, RttCount
from dmas.published.rules import Dm01Tally, Tally, dm01_layout, layout
from dmas.published.vocabulary import BANDS, DM01_BANDS

_COLUMNS = (
    "period", "provider_code", "treatment_function", "part", "provider_name", "icb_code", "total", "weeks",
)  # fmt: skip
_DM01_COLUMNS = (
    "period", "provider_code", "test", "provider_name", "icb_code", "total", "weeks",
    "waiting_list_activity", "planned_activity", "unscheduled_activity",
)  # fmt: skip


def read_extract(path: Path) -> Tally:
    """Add up a month's extract; raise InvalidInput naming the line that makes no sense."""
    with csv_lines(path) as lines:
        tally = Tally(layout(next(lines).cells))
        for line, cells in lines:
            try:
                tally.add(cells)
            except InvalidInput as error:
                raise InvalidInput(f"{path.name}, line {line}: {error}. Nothing was stored.") from None
    return tally


def replace_counts(session: Session, tally: Tally) -> int:
    """Put the month's counts of the providers in the file in place of those held; return how many."""
    session.execute(
        delete(RttCount).where(
            RttCount.period == tally.period, RttCount.provider_code.in_(sorted(tally.providers))
        )
    )
    return bulk.copy_rows(session, Base.metadata.tables[RttCount.__tablename__], _COLUMNS, _rows(tally))


def _rows(tally: Tally) -> Iterator[tuple[Any, ...]]:
    period = tally.period
    for (provider, function, part), counts in tally.counts.items():
        fact = tally.providers[provider]
        numbers = counts.tolist()
        yield (
            period,
            provider,
            function,
            part.value,
            fact.name,
            fact.icb_code,
            numbers[BANDS],
            _array(numbers[:BANDS]),
        )


def read_dm01(path: Path, refusals: Refusals) -> Dm01Tally:
    """Add up a month's tests, noting refused rows; raise InvalidInput where the file itself is wrong."""
    with csv_lines(path) as lines:
        tally = Dm01Tally(dm01_layout(next(lines).cells))
        for line, cells in lines:
            try:
                reason = tally.add(cells)
            except InvalidInput as error:
                raise InvalidInput(f"{path.name}, line {line}: {error}. Nothing was stored.") from None
            if reason is not None:
                refusals.add(line, reason)
    return tally


def store_dm01(session: Session, tally: Dm01Tally) -> tuple[bulk.Changes, int]:
    """Bring what is held of the month for the file's providers to what it says; return the changes.

    The second number is how many counts were taken away because the file has them no more.
    """
    wanted = {(row[1], row[2]): row for row in _dm01_rows(tally)}
    columns = Base.metadata.tables[Dm01Count.__tablename__].c
    held = {
        (row.provider_code, row.test): tuple(row)
        for row in session.execute(
            select(*(columns[name] for name in _DM01_COLUMNS)).where(
                Dm01Count.period == tally.period, Dm01Count.provider_code.in_(sorted(tally.providers))
            )
        )
    }
    changed = [key for key, row in wanted.items() if key in held and held[key] != row]
    gone = held.keys() - wanted.keys()
    if changed or gone:
        session.execute(
            delete(Dm01Count).where(
                Dm01Count.period == tally.period,
                tuple_(Dm01Count.provider_code, Dm01Count.test).in_(sorted([*changed, *gone])),
            )
        )
    new = [key for key in wanted if key not in held]
    rows = (
        tuple(_array(value) if isinstance(value, list) else value for value in wanted[key])
        for key in (*new, *changed)
    )
    bulk.copy_rows(session, Base.metadata.tables[Dm01Count.__tablename__], _DM01_COLUMNS, rows)
    return bulk.Changes(len(new), len(changed), len(wanted) - len(new) - len(changed)), len(gone)


def _dm01_rows(tally: Dm01Tally) -> Iterator[tuple[Any, ...]]:
    period = tally.period
    for (provider, test), counts in tally.kept.items():
        fact = tally.providers[provider]
        numbers = counts.tolist()
        yield (
            period, provider, test, fact.name, fact.icb_code,
            numbers[DM01_BANDS], numbers[:DM01_BANDS], *numbers[DM01_BANDS + 1 :],
        )  # fmt: skip


def _array(numbers: list[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
