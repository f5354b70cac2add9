"""How values are written on a page: dates, waits, distances, counts."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from dmas.core.clock import LONDON

NOTHING = "–"


def day(value: date | datetime | None) -> str:
    """Return a date as `3 November 2026`, in London where it is a moment."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = value.astimezone(LONDON).date()
    return f"{value.day} {value:%B} {value.year}"


def moment(value: datetime | None) -> str:
    """Return a moment as `3 November 2026 at 2:30am`, London time."""
    if value is None:
        return NOTHING
    local = value.astimezone(LONDON)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{day(value)} at {hour}:{local.minute:02}{half}"


def weeks(days: int | None) -> str:
    """Return a wait of some days in whole weeks, as `41 weeks`."""
    if days is None:
        return NOTHING
    return count(days // 7, "week")


def miles(tenths: int | None) -> str:
    """Return tenths of a mile as `12.3 miles in a straight line`."""
    if tenths is None:
        return NOTHING
    return f"{tenths // 10:,}.{tenths % 10} miles in a straight line"


def number(value: int | None) -> str:
    """Return a whole number with commas."""
    return NOTHING if value is None else f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """Return a number and its noun, as `1 place` or `1,200 places`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def reference(value: str | None) -> str:
    """Return a reference with a hyphen that never breaks the line."""
    return NOTHING if value is None else value.replace("-", "\u2011")


def day_n_of_m(n: int, m: int) -> str:
    """Return where a step stands in its time limit: `day 3 of 10`, or by how much it is over."""
    if n > m:
        return f"{count(n - m, 'day')} over its limit of {m}"
    return f"day {n} of {m}"


def percent(part: int, whole: int) -> str:
    """Return a share as a whole percentage; of nothing, a dash."""
    return NOTHING if whole == 0 else f"{(200 * part + whole) // (2 * whole)}%"


FILTERS = {
    "day": day,
    "date": day,
    "moment": moment,
    "weeks": weeks,
    "miles": miles,
    "number": number,
    "count": count,
    "plural": count,
    "reference": reference,
    "day_n_of_m": day_n_of_m,
    "percent": percent,
}


def init_app(app: Flask) -> None:
    """Give an app's templates the filters."""
    app.jinja_env.filters.update(FILTERS)
