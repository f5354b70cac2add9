"""The test's own clock: 41 days are within six weeks, 42 are not, and over 91 a routine test is lifted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.diagnostics import rules
from dmas.diagnostics.vocabulary import BANDS, BREACH_DAYS
from dmas.requests.rules import tier_of

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(("days", "breach"), [(0, False), (41, False), (42, True), (43, True), (400, True)])
def test_day_42_is_a_breach_and_day_41_is_not(days: int, breach: bool) -> None:
    assert rules.is_breach(days) is breach


@pytest.mark.parametrize(
    ("code", "days", "tier"),
    [("D2", 0, 2), ("D3", 0, 3), ("D4", 0, 4), ("D4", 91, 4), ("D4", 92, 3), ("D3", 400, 3), ("D2", 400, 2)],
)
def test_routine_tests_are_lifted_after_91_days_on_their_own_clock(code: str, days: int, tier: int) -> None:
    assert tier_of(code, days) == tier
    assert rules.is_lifted(days) is (days > 91)


def test_a_planned_test_has_not_waited_before_it_is_due() -> None:
    assert rules.days_on_clock(TODAY + timedelta(days=3), TODAY) == 0
    view = rules.six_weeks([(TODAY + timedelta(days=1), 4), (TODAY, 3)], TODAY)
    assert (view.not_due, view.people, view.within) == (4, 3, 3)


def test_the_view_counts_everybody_in_one_band_on_one_side_of_six_weeks() -> None:
    waits = [(TODAY - timedelta(days=days), 1) for days in (0, 13, 14, 41, 42, 91, 92)]
    view = rules.six_weeks(waits, TODAY)
    assert [band.people for band in view.bands] == [2, 1, 1, 1, 0, 1, 1]
    assert (view.within, view.breached, view.lifted) == (4, 3, 1)
    assert [band.breach for band in view.bands] == [first >= BREACH_DAYS for first, _ in BANDS]


@given(st.lists(st.tuples(st.integers(-100, 1000), st.integers(1, 50))))
def test_nobody_is_lost_between_the_bands(waits: list[tuple[int, int]]) -> None:
    view = rules.six_weeks([(TODAY - timedelta(days=days), people) for days, people in waits], TODAY)
    assert sum(band.people for band in view.bands) == view.people
    assert view.people + view.not_due == sum(people for _, people in waits)
    assert sum(band.people for band in view.bands if band.breach) == view.breached
