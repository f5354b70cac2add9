"""The usual waits of a page, however many it shows, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from dmas.published.models import Dm01Count, RttCount
from dmas.published.rules import UsualWait, add_bands, counted_as, counted_under, parts_of, usual_wait
from dmas.published.vocabulary import Counted

_TEST = ""  # stands where an RTT row has its part

_Rows = Select[str, str, str, date, list[int]]
_Bands = Mapping[tuple[str, str, str], tuple[date, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose usual wait: a provider by any of its codes, best first, one row of the figures, and of whom.

    Independent providers report by site and trusts whole, so a site's code comes before its provider's.
    """

    codes: tuple[str, ...]
    row: str
    counted: Counted

    @classmethod
    def of(cls, service: str, setting: str, *codes: str) -> Wanted:
        """Return what is wanted for a service in a setting."""
        return cls(codes, counted_under(service), counted_as(service, setting))


def usual_waits(session: Session, wanted: Collection[Wanted]) -> dict[Wanted, UsualWait]:
    """Return usual waits of the newest month held; who has none, or too few, is left out."""
    selects = _selects(wanted)
    if not selects:
        return {}
    held: _Bands = {
        (code, row, part): (period, weeks)
        for code, row, part, period, weeks in session.execute(union_all(*selects))
    }
    found = ((one, _first(one, held)) for one in wanted)
    return {one: wait for one, wait in found if wait is not None}


def _selects(wanted: Collection[Wanted]) -> list[_Rows]:
    tests = {(code, one.row) for one in wanted if one.counted is Counted.TEST for code in one.codes}
    treated = {(code, one.row) for one in wanted if one.counted is not Counted.TEST for code in one.codes}
    parts = {part for one in wanted for part in parts_of(one.counted)}
    selects: list[_Rows] = []
    if treated:
        newest = select(func.max(RttCount.period)).scalar_subquery()
        selects.append(
            select(
                RttCount.provider_code,
                RttCount.treatment_function,
                RttCount.part,
                RttCount.period,
                RttCount.weeks,
            ).where(
                RttCount.period == newest,
                RttCount.part.in_(sorted(parts)),
                tuple_(RttCount.provider_code, RttCount.treatment_function).in_(sorted(treated)),
            )
        )
    if tests:
        newest = select(func.max(Dm01Count.period)).scalar_subquery()
        selects.append(
            select(
                Dm01Count.provider_code, Dm01Count.test, literal(_TEST), Dm01Count.period, Dm01Count.weeks
            ).where(
                Dm01Count.period == newest,
                tuple_(Dm01Count.provider_code, Dm01Count.test).in_(sorted(tests)),
            )
        )
    return selects


def _first(one: Wanted, held: _Bands) -> UsualWait | None:
    """Return the usual wait under the first code that reports anything of those counted."""
    for code in one.codes:
        reported = [held.get((code, one.row, part)) for part in parts_of(one.counted) or (_TEST,)]
        there = [row for row in reported if row is not None]
        if there:
            return usual_wait(one.counted, there[0][0], add_bands(weeks for _, weeks in there))
    return None
