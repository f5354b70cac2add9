"""From an extract to counts, and from counts to the table: streamed in, added up, copied out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.db import Base
from dmas.core.errors import InvalidInput
from dmas.core.files import csv_lines
from dmas.published.models import RttCount
from dmas.published.rules import Tally, layout
from dmas.published.vocabulary import BANDS

_COLUMNS = (
    "period", "provider_code", "treatment_function", "part", "provider_name", "icb_code", "total", "weeks",
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
            "{" + ",".join(map(str, numbers[:BANDS])) + "}",
        )
