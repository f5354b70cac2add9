"""The test's own clock: six weeks, the lift after 91 days, and people by how long they have waited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dmas.diagnostics.vocabulary import BANDS, BREACH_DAYS, LIFT_AFTER_DAYS


def is_breach(days_waited: int) -> bool:
    """Say whether a wait on the test's own clock breaches six weeks: day 42 does, day 41 does not."""
    return days_waited >= BREACH_DAYS


def is_lifted(days_waited: int) -> bool:
    """Say whether a routine test is ranked with D3, because its clock has run for over 91 days."""
    return days_waited > LIFT_AFTER_DAYS


def days_on_clock(clock_start: date, today: date) -> int:
    """Return whole days on the test's clock; a planned test that is not due yet has waited none."""
    return max(0, (today - clock_start).days)


@dataclass(frozen=True, slots=True)
class Band:
    """One column of the six-week view; `breach` where everybody in it has waited six weeks or more."""

    label: str
    people: int
    breach: bool


@dataclass(frozen=True, slots=True)
class SixWeeks:
    """How people who wait for tests stand against six weeks, by the shortest wait of each line."""

    bands: tuple[Band, ...]
    within: int
    breached: int
    lifted: int
    not_due: int

    @property
    def people(self) -> int:
        """Everybody whose clock has started."""
        return self.within + self.breached


def six_weeks(waits: Iterable[tuple[date, int]], today: date) -> SixWeeks:
    """Return the six-week view of (clock start, people) pairs; a clock in the future has not started."""
    counted = [0] * len(BANDS)
    within = breached = lifted = not_due = 0
    for clock_start, people in waits:
        days = (today - clock_start).days
        if days < 0:
            not_due += people
            continue
        counted[max(index for index, (first, _) in enumerate(BANDS) if days >= first)] += people
        within += 0 if is_breach(days) else people
        breached += people if is_breach(days) else 0
        lifted += people if is_lifted(days) else 0
    bands = tuple(
        Band(words, people, is_breach(first)) for (first, words), people in zip(BANDS, counted, strict=True)
    )
    return SixWeeks(bands, within, breached, lifted, not_due)
