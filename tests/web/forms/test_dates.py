"""The date question: real dates only, and the error says which box."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.web.forms import DateField, DmasForm
from dmas.web.forms.dates import DateField as Field
from tests.web.forms.conftest import Ask


@pytest.mark.parametrize(
    ("day", "month", "year"), [("3", "11", "2026"), ("03", "Nov", "2026"), (" 3 ", "november", "2026")]
)
def test_a_date_in_three_boxes(ask: Ask, day: str, month: str, year: str) -> None:
    field = ask(DateField("Date"), asked_day=day, asked_month=month, asked_year=year)
    assert (field.error, field.data) == (None, date(2026, 11, 3))


@pytest.mark.parametrize(
    ("day", "month", "year", "error", "wrong"),
    [
        ("", "11", "2026", "Date must include a day.", ("day",)),
        ("3", "", "", "Date must include a month and a year.", ("month", "year")),
        ("31", "2", "2026", "Date must be a real date.", ("day",)),
        ("29", "2", "2025", "Date must be a real date.", ("day",)),
        ("32", "1", "2026", "Date must be a real date.", ("day",)),
        ("1", "13", "2026", "Date must be a real date.", ("month",)),
        ("1", "Nove", "2026", "Date must be a real date.", ("month",)),
        ("x", "y", "z", "Date must be a real date.", ("day", "month", "year")),
        ("1", "1", "26", "Date: the year must have 4 numbers, like 2026.", ("year",)),
        ("1", "1", "0000", "Date: the year must have 4 numbers, like 2026.", ("year",)),
        ("٣", "1", "2026", "Date must be a real date.", ("day",)),
    ],
)
def test_what_is_no_date(
    ask: Ask, day: str, month: str, year: str, error: str, wrong: tuple[str, ...]
) -> None:
    field = ask(DateField("Date"), asked_day=day, asked_month=month, asked_year=year)
    assert isinstance(field, Field)
    assert (field.errors, field.wrong) == ([error], wrong)
    assert field.anchor == f"asked-{wrong[0]}"
    assert field.typed == {"day": day, "month": month, "year": year}


def test_an_empty_date(ask: Ask) -> None:
    assert ask(DateField("Date"), asked_day="", asked_month="", asked_year="").data is None
    field = ask(DateField("Date", required="Enter the date"), asked_day="")
    assert field.error == "Enter the date"
    assert field.anchor == "asked-day"


@pytest.mark.parametrize(
    ("year", "error"),
    [
        ("2025", "Date must be on or after 1 January 2026."),
        ("2028", "Date must be on or before 31 December 2027."),
        ("2027", None),
    ],
)
def test_a_date_within_bounds(ask: Ask, year: str, error: str | None) -> None:
    bounded = DateField("Date", earliest=date(2026, 1, 1), latest=date(2027, 12, 31))
    assert ask(bounded, asked_day="1", asked_month="6", asked_year=year).error == error


def test_a_date_given_is_shown(ask: Ask) -> None:
    class OneForm(DmasForm):
        """One date."""

        asked = DateField("Date", filters=[lambda value: value])

    assert OneForm(formdata=None, asked=date(2026, 11, 3)).asked.typed == {
        "day": "3",
        "month": "11",
        "year": "2026",
    }
    assert OneForm(formdata=None).asked.data is None
