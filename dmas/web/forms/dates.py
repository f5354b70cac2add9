"""The date question: day, month and year in three boxes, with errors that say which box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from wtforms.utils import unset_value

from dmas.web.forms.base import AnyField, visible

PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august",
    "september", "october", "november", "december",
)  # fmt: skip


class DateField(AnyField):
    """A date; `data` is a date, or None when left empty. `earliest` and `latest` may be set by the view."""

    kind: ClassVar[str] = "date"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        birthday: bool = False,
        **kwargs: Any,
    ) -> None:
        self.typed: dict[str, str] = dict.fromkeys(PARTS, "")
        self.wrong: tuple[str, ...] = ()
        super().__init__(label, validators, **kwargs)
        self.earliest, self.latest, self.birthday = earliest, latest, birthday

    @property
    def anchor(self) -> str:
        """Return the id of the first box that is wrong."""
        return f"{self.id}-{self.wrong[0] if self.wrong else 'day'}"

    @property
    def empty(self) -> bool:
        """Say whether all three boxes were left empty."""
        return self.data is None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the three boxes where a form was sent, else the value given."""
        self.process_errors = []
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self.object_data = self.data = data
        if data is not None:
            self.typed = {"day": str(data.day), "month": str(data.month), "year": str(data.year)}
        if formdata is not None and any(f"{self.name}-{part}" in formdata for part in PARTS):
            self.typed = {part: _first(formdata, f"{self.name}-{part}") for part in PARTS}
            self.raw_data = list(self.typed.values())
            self.data = None
            try:
                self.data = self._read()
            except ValueError as error:
                self.process_errors.append(str(error))
        for change in (*self.filters, *(extra_filters or ())):
            self.data = change(self.data)

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """Check the date and, where it is given, that it lies between earliest and latest."""
        passed = super().validate(form, extra_validators)
        if passed and self.data is not None and (message := self._outside(self.data)):
            self.errors, passed = [message], False
        if not passed and not self.wrong:
            self.wrong = PARTS
        return passed

    def _outside(self, value: date) -> str | None:
        if self.earliest is not None and value < self.earliest:
            return f"{self.called} must be on or after {_long(self.earliest)}."
        if self.latest is not None and value > self.latest:
            return f"{self.called} must be on or before {_long(self.latest)}."
        return None

    def _read(self) -> date | None:
        if not any(self.typed.values()):
            return None
        self._refuse_missing()
        day = _number(self.typed["day"], 31)
        month = _month(self.typed["month"])
        year = _number(self.typed["year"], 9999)
        self.wrong = tuple(
            part for part, value in zip(PARTS, (day, month, year), strict=True) if value is None
        )
        if self.wrong == ("year",) or not re.fullmatch(r"[0-9]{4}", self.typed["year"]):
            self.wrong = self.wrong or ("year",)
            if self.wrong == ("year",):
                raise ValueError(f"{self.called}: the year must have 4 numbers, like 2026.")
        if day is None or month is None or year is None:
            raise ValueError(f"{self.called} must be a real date.")
        try:
            return date(year, month, day)
        except ValueError:
            self.wrong = ("day",)
            raise ValueError(f"{self.called} must be a real date.") from None

    def _refuse_missing(self) -> None:
        self.wrong = tuple(part for part in PARTS if not self.typed[part])
        if self.wrong:
            raise ValueError(f"{self.called} must include a {' and a '.join(self.wrong)}.")


def _first(formdata: Any, name: str) -> str:
    values = formdata.getlist(name)
    return visible(values[0]).strip()[:20] if values and isinstance(values[0], str) else ""


def _number(text: str, high: int) -> int | None:
    if re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= high:
        return int(text)
    return None


def _month(text: str) -> int | None:
    for names in (MONTHS, FULL_MONTHS):
        if text.lower() in names:
            return names.index(text.lower()) + 1
    return _number(text, 12)


def _long(value: date) -> str:
    return f"{value.day} {value:%B} {value.year}"
