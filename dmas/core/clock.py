"""The one place that reads the time. Only edges call it; everything below takes `now=` or `today=`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def london_date(moment: datetime) -> date:
    """Return the calendar date in London at an aware moment."""
    return moment.astimezone(LONDON).date()
