"""Dated thresholds: on their day, not before."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.core.errors import InvalidInput
from dmas.waitinglist.rules import Dated, Thresholds, check_value, thresholds
from dmas.waitinglist.vocabulary import RuleName

FIRST = date(2026, 12, 1)


def test_without_rows_the_shipped_values_stand() -> None:
    assert thresholds([], FIRST) == Thresholds()
    assert Thresholds().value(RuleName.WAIT_OVER_DAYS) == 280


def test_a_value_takes_effect_on_its_day() -> None:
    rows = [Dated("wait_over_days", 182, FIRST)]
    assert thresholds(rows, date(2026, 11, 30)).wait_over_days == 280
    assert thresholds(rows, FIRST).wait_over_days == 182


def test_the_newest_that_has_come_stands_whatever_the_order() -> None:
    rows = [
        Dated("wait_over_days", 100, date(2027, 1, 1)),
        Dated("wait_over_days", 182, FIRST),
        Dated("wait_over_days", 200, date(2026, 1, 1)),
    ]
    assert thresholds(rows, date(2026, 12, 31)).wait_over_days == 182


def test_a_name_nobody_knows_changes_nothing() -> None:
    assert thresholds([Dated("colour", 1, FIRST)], FIRST) == Thresholds()


@pytest.mark.parametrize("name", list(RuleName))
def test_each_threshold_has_words_limits_and_a_shipped_value_within_them(name: RuleName) -> None:
    low, high = name.limits
    assert low <= Thresholds().value(name) <= high
    assert name.label
    assert name.meaning.endswith(".")
    check_value(name, low)
    check_value(name, high)
    for bad in (low - 1, high + 1):
        with pytest.raises(InvalidInput, match="from"):
            check_value(name, bad)


def test_only_mid_pathway_is_a_switch() -> None:
    assert [name for name in RuleName if name.is_switch] == [RuleName.MID_PATHWAY]
