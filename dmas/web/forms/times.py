"""The time question: one box, the clock on the wall in London."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from dmas.core.clock import LONDON
from dmas.web.forms.text import TextField

_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?", re.IGNORECASE)


class TimeField(TextField):
    """A time of day, such as `9:05`, `14:30` or `2.30pm`; `data` is a time, or None when left empty."""

    data: Any

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **({"max": 10, "width": 5} | kwargs))

    @property
    def shown(self) -> str:
        """Return the time as typed where it was wrong, else as `14:30`."""
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else super().shown

    @property
    def empty(self) -> bool:
        """Say whether nothing was typed; midnight is an answer."""
        return self.data in (None, "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the clock."""
        super().process_formdata(valuelist)
        if valuelist:
            self.data = _read(self.data, self.called) if self.data else None


def in_london(day: date | None, clock: time | None) -> datetime | None:
    """Return the moment of a date and a time in London, or None where either is missing."""
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock, tzinfo=LONDON)


def _read(text: str, called: str) -> time:
    match = _CLOCK.fullmatch(text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    half = (match[3] or "").lower() if match else ""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half or (match and not match[2]):
        hour = 99
    if hour > 23 or minute > 59:
        raise ValueError(f"{called} must be a time, like 14:30 or 2:30pm.")
    return time(hour, minute)
