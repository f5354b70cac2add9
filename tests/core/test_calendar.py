"""England's working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.core.calendar import add_working_days, bank_holidays, is_working_day, working_days_between

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),  # in place of Boxing Day, a Saturday
        date(2023, 5, 8),  # the coronation
        date(2022, 9, 19),  # the state funeral
    ],
)
def test_bank_holidays_are_not_worked(day: date) -> None:
    assert not is_working_day(day)
    assert day in bank_holidays(day.year)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 17),  # St Patrick's day is Northern Ireland's
        date(2026, 8, 3),  # Scotland's
        date(2026, 11, 30),  # St Andrew's
    ],
)
def test_other_countries_holidays_are_worked(day: date) -> None:
    assert is_working_day(day)


def test_weekends_are_not_worked() -> None:
    assert [is_working_day(FRIDAY + timedelta(days=n)) for n in range(4)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, MONDAY),
        (FRIDAY + timedelta(days=1), 1, MONDAY),
        (FRIDAY + timedelta(days=1), 2, MONDAY + timedelta(days=1)),
        (date(2026, 12, 24), 2, date(2026, 12, 30)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
    ],
)
def test_working_days_are_counted_from_the_next(start: date, count: int, end: date) -> None:
    assert add_working_days(start, count) == end
    assert working_days_between(start, end) == count


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(MONDAY, MONDAY) == 0
    assert working_days_between(MONDAY, FRIDAY) == 0


@given(DAYS, st.integers(1, 30))
def test_counting_undoes_adding(start: date, count: int) -> None:
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_adding_twice_is_adding_the_sum(start: date, one: int, other: int) -> None:
    assert add_working_days(add_working_days(start, one), other) == add_working_days(start, one + other)
