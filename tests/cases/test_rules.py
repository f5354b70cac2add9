"""Time limits, and the way from a reference to its page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.cases.rules import Limit, counted_to, day_of, is_late, path_of, still_wanted

THURSDAY = date(2026, 11, 19)
THREE_DAYS = Limit(ends_on=date(2026, 11, 24), days=3)  # given on Thursday: Friday, Monday, Tuesday


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (THURSDAY, 1),
        (date(2026, 11, 20), 1),
        (date(2026, 11, 21), 1),  # Saturday
        (date(2026, 11, 23), 2),
        (date(2026, 11, 24), 3),
        (date(2026, 11, 25), 4),
        (date(2026, 11, 26), 5),
    ],
)
def test_the_days_of_a_limit_are_working_days(today: date, expected: int) -> None:
    assert day_of(THREE_DAYS, today) == expected
    assert is_late(THREE_DAYS, today) == (expected > 3)


def test_a_limit_that_ended_on_friday_is_late_on_saturday() -> None:
    over = Limit(ends_on=date(2026, 11, 20), days=3)
    assert day_of(over, date(2026, 11, 21)) == 4
    assert is_late(over, date(2026, 11, 21))


def test_calendar_days_count_from_the_first() -> None:
    limit = counted_to(THURSDAY, 56)
    assert [day_of(limit, THURSDAY + timedelta(days=days)) for days in (0, 2, 55, 56)] == [1, 3, 56, 57]


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 60), st.integers(0, 90), st.booleans())
def test_a_day_within_the_limit_is_never_late(start: date, days: int, later: int, working: bool) -> None:
    limit = Limit(start + timedelta(days=days), days, working)
    today = start + timedelta(days=later)
    assert (day_of(limit, today) > days) == is_late(limit, today)
    assert day_of(limit, today) >= 1


def test_places_still_wanted_are_never_below_none() -> None:
    assert still_wanted(8, 3, 2) == 3
    assert still_wanted(2, 2, 1) == 0


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("RQ-7K3M9QT", "/requests/RQ-7K3M9QT"),
        (" of-7k3m9qt ", "/offers/OF-7K3M9QT"),
        ("PR\N{NON-BREAKING HYPHEN}7K3M9QT", "/matches/PR-7K3M9QT"),
        ("TR 7K3M9QT", "/transfers/TR7K3M9QT"),
        ("XX-7K3M9QT", None),
        ("", None),
    ],
)
def test_a_reference_leads_to_its_page(typed: str, path: str | None) -> None:
    assert path_of(typed) == path
