"""The months held, and one month's counts as columns: the same for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dmas.published.models import RttCount
from dmas.published.vocabulary import BANDS, Part

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """One month by provider and treatment function, in columns of n, ordered by both codes.

    `weeks` and `admit_weeks` are [n, 105]: column b counts waits of more than b and up to b + 1 weeks.
    """

    period: date
    provider_codes: list[str]
    functions: list[str]
    waiting: Numbers
    weeks: Numbers
    admit_waiting: Numbers
    admit_weeks: Numbers
    admitted: Numbers
    non_admitted: Numbers

    def over(self, weeks: int) -> Numbers:
        """Return how many wait more than so many weeks (strictly: over 40 is more than 280 days), [n]."""
        return np.asarray(self.weeks[:, weeks:].sum(axis=1))

    def admit_share(self, weeks: int) -> npt.NDArray[np.float64]:
        """Return the share of those over so many weeks with a decision to admit, 0 where nobody is, [n]."""
        over = self.over(weeks)
        with_decision = self.admit_weeks[:, weeks:].sum(axis=1)
        share = np.zeros(len(over), dtype=np.float64)
        np.divide(with_decision, over, out=share, where=over > 0)
        return share


@dataclass(frozen=True, slots=True)
class ReportingProvider:
    """A provider as one month's extract names it: trusts whole, independent providers by site."""

    code: str
    name: str
    icb_code: str | None


def periods(session: Session) -> Sequence[date]:
    """Return the months held, by their last day, newest first."""
    return session.scalars(select(RttCount.period).distinct().order_by(RttCount.period.desc())).all()


def latest_period(session: Session) -> date | None:
    """Return the last day of the newest month held, or None."""
    return session.scalar(select(func.max(RttCount.period)))


def reporting_providers(session: Session, period: date) -> list[ReportingProvider]:
    """Return who reported in a month, by code."""
    rows = session.execute(
        select(RttCount.provider_code, func.min(RttCount.provider_name), func.min(RttCount.icb_code))
        .where(RttCount.period == period)
        .group_by(RttCount.provider_code)
        .order_by(RttCount.provider_code)
    )
    return [ReportingProvider(code, name, icb) for code, name, icb in rows]


def total_incomplete(session: Session, period: date, provider_code: str | None = None) -> int:
    """Return the pathways waiting at a month's end, of one provider or all."""
    query = select(func.coalesce(func.sum(RttCount.total), 0)).where(
        RttCount.period == period, RttCount.part == Part.INCOMPLETE
    )
    if provider_code is not None:
        query = query.where(RttCount.provider_code == provider_code)
    return int(session.scalar(query) or 0)


def cells(session: Session, period: date) -> Cells:
    """Return every provider and treatment function of a month that has anyone waiting or treated."""
    rows = session.execute(
        select(
            RttCount.provider_code,
            RttCount.treatment_function,
            _total(Part.INCOMPLETE),
            _weeks(Part.INCOMPLETE),
            _total(Part.INCOMPLETE_ADMIT),
            _weeks(Part.INCOMPLETE_ADMIT),
            _total(Part.ADMITTED),
            _total(Part.NON_ADMITTED),
        )
        .where(RttCount.period == period, RttCount.part != Part.NEW_PERIODS)
        .group_by(RttCount.provider_code, RttCount.treatment_function)
        .order_by(RttCount.provider_code, RttCount.treatment_function)
    ).all()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    return Cells(
        period,
        list(columns[0]),
        list(columns[1]),
        waiting=_numbers(columns[2]),
        weeks=_bands(columns[3]),
        admit_waiting=_numbers(columns[4]),
        admit_weeks=_bands(columns[5]),
        admitted=_numbers(columns[6]),
        non_admitted=_numbers(columns[7]),
    )


def _total(part: Part) -> ColumnElement[int]:
    return func.coalesce(func.max(RttCount.total).filter(RttCount.part == part), 0)


def _weeks(part: Part) -> ColumnElement[list[int]]:
    return func.max(RttCount.weeks).filter(RttCount.part == part)


def _numbers(column: Sequence[int]) -> Numbers:
    return np.array(column, dtype=np.int64)


def _bands(column: Sequence[list[int] | None]) -> Numbers:
    result = np.zeros((len(column), BANDS), dtype=np.int64)
    for index, weeks in enumerate(column):
        if weeks is not None:
            result[index] = weeks
    return result
