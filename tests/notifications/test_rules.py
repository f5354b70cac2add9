"""When a message is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.notifications import rules


@pytest.mark.parametrize(
    ("tries", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (12, 60), (500, 60)],
)
def test_each_wait_is_twice_the_last_up_to_an_hour(tries: int, minutes: int) -> None:
    assert rules.wait_seconds(tries, 0) == minutes * 60


@given(st.integers(1, 12), st.floats(-1, 1))
def test_a_wait_is_moved_by_a_fifth_at_most(tries: int, spread: float) -> None:
    middle = rules.wait_seconds(tries, 0)
    assert middle * 0.8 - 1e-6 <= rules.wait_seconds(tries, spread) <= middle * 1.2 + 1e-6


@pytest.mark.parametrize(("tries", "spread"), [(0, 0), (1, 1.01), (1, -2)])
def test_senseless_waits_are_refused(tries: int, spread: float) -> None:
    with pytest.raises(ValueError, match="at least one try"):
        rules.wait_seconds(tries, spread)


def test_the_twelfth_try_is_the_last() -> None:
    assert not rules.is_given_up(11)
    assert rules.is_given_up(12)
