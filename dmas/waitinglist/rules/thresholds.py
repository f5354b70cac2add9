"""Which thresholds are in force on a day: the newest signed value not after it, else what is shipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from dmas.core.errors import InvalidInput
from dmas.waitinglist.vocabulary import RuleName


class Dated(NamedTuple):
    """One signed value of one threshold from a date on."""

    name: str
    value: int
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Every threshold of one day; the defaults are those dmas is shipped with."""

    wait_over_days: int = 280
    no_date_within_days: int = 56
    adult_from_age: int = 18
    mid_pathway: int = 0
    about_to_cross_days: int = 28
    choice_over_days: int = 126
    stale_days: int = 10
    absences_that_pause: int = 2
    shrinkage_percent: int = 30
    invitation_days: int = 365

    def value(self, name: RuleName) -> int:
        """Return one threshold by its name."""
        found: int = getattr(self, name.value)
        return found


def thresholds(rows: Iterable[Dated], on: date) -> Thresholds:
    """Return the thresholds of a day; rows of unknown names or later dates change nothing."""
    known = {name.value for name in RuleName}
    reached = sorted((row for row in rows if row.name in known and row.effective_on <= on), key=_when)
    return replace(Thresholds(), **{row.name: row.value for row in reached})


def check_value(name: RuleName, value: int) -> None:
    """Raise InvalidInput where a threshold cannot have this value."""
    low, high = name.limits
    if not low <= value <= high:
        raise InvalidInput(f"{name.label}: enter a whole number from {low} to {high}.", field="value")


def _when(row: Dated) -> tuple[date, str]:
    return row.effective_on, row.name
