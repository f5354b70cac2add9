"""Where a case stands in its time limit, and how far along it is: decisions on values alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dmas.core.calendar import working_days_between


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: the day it ends, its length in days, and whether only working days count."""

    ends_on: date
    days: int
    working: bool = True


def day_of(limit: Limit, today: date) -> int:
    """Return which day of its limit a step is in: 1 on the first day, more than `days` once it is late."""
    if today > limit.ends_on:
        return limit.days + max(1, _between(limit.ends_on, today, limit.working))
    return max(1, limit.days - _between(today, limit.ends_on, limit.working))


def is_late(limit: Limit, today: date) -> bool:
    """Say whether the limit is over."""
    return today > limit.ends_on


def counted_to(started_on: date, days: int) -> Limit:
    """Return a limit of calendar days in which the day it started on is day 1."""
    return Limit(started_on + timedelta(days=days - 1), days, working=False)


def still_wanted(places: int, held: int, taken: int) -> int:
    """Return how many places are still to find, never less than none."""
    return max(0, places - held - taken)


# The first letters of a reference, and where its pages are.
_ROOMS = {
    "OF": "offers",
    "RQ": "requests",
    "PT": "transfer-requests",
    "PR": "matches",
    "TR": "transfers",
}


def path_of(reference: str) -> str | None:
    """Return the address of the page of a reference as typed, or None where it is of no known kind."""
    written = "".join(reference.split()).upper().replace("\N{NON-BREAKING HYPHEN}", "-")
    room = _ROOMS.get(written[:2])
    return f"/{room}/{written}" if room else None


def _between(start: date, end: date, working: bool) -> int:
    return working_days_between(start, end) if working else (end - start).days
