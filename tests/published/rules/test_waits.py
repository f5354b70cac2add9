"""The usual wait: half of the people and nine in ten, never of a few."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.treatment_functions import PUBLISHED_FUNCTIONS
from dmas.core.errors import InvalidInput
from dmas.published import rules
from dmas.published.rules import MIN_SAMPLE, UsualWait, within
from dmas.published.vocabulary import Counted, Part

APRIL = date(2026, 4, 30)


@pytest.mark.parametrize(
    ("bands", "half"),
    [([0, 0, 0], None), ([4, 0, 0], 1), ([1, 1, 2], 2), ([1, 1, 3], 3), ([0, 0, 1], 3)],
)
def test_half_of_the_people_waited_no_longer(bands: list[int], half: int | None) -> None:
    assert within(bands, 5) == half


@given(st.lists(st.integers(0, 40), min_size=14, max_size=14).filter(any))
def test_it_is_what_a_row_of_people_would_say(bands: list[int]) -> None:
    people = [week for week, count in enumerate(bands, start=1) for _ in range(count)]
    assert within(bands, 5) == people[(len(people) + 1) // 2 - 1]
    assert within(bands, 9) == people[-(-9 * len(people) // 10) - 1]


def test_nothing_is_said_of_fewer_than_ten() -> None:
    assert MIN_SAMPLE == 10
    assert rules.usual_wait(Counted.ADMITTED, APRIL, [3, 6]) is None
    assert rules.usual_wait(Counted.ADMITTED, APRIL, [0, 0]) is None
    assert rules.usual_wait(Counted.ADMITTED, APRIL, [8, 0, 2]) == UsualWait(
        counted=Counted.ADMITTED, period=APRIL, half=1, nine_in_ten=3, sample=10, longest=2
    )


def test_bands_are_added_week_by_week() -> None:
    assert rules.add_bands([[1, 2], [10, 20]]) == [11, 22]


@pytest.mark.parametrize(
    ("service", "row"), [("MRI", "MRI"), ("C_110", "C_110"), ("X05", "X05"), ("104", "X05"), ("110", "C_110")]
)
def test_a_service_is_counted_in_its_published_row(service: str, row: str) -> None:
    assert rules.counted_under(service) == row
    assert row in PUBLISHED_FUNCTIONS or row in DIAGNOSTIC_TESTS


def test_what_is_no_service_is_counted_nowhere() -> None:
    with pytest.raises(InvalidInput):
        rules.counted_under("999")


def test_people_are_counted_as_they_will_be_treated() -> None:
    assert rules.counted_as("110", "outpatient") is Counted.OUTPATIENT
    assert rules.counted_as("110", "day_case") is Counted.ADMITTED
    assert rules.counted_as("MRI", "diagnostic") is Counted.TEST
    assert rules.parts_of(Counted.TREATED) == (Part.ADMITTED, Part.NON_ADMITTED)
    assert rules.parts_of(Counted.TEST) == ()


def test_every_row_of_the_figures_can_be_chosen_once() -> None:
    codes = [code for code, _ in rules.services()]
    assert sorted(codes) == sorted([*PUBLISHED_FUNCTIONS, *DIAGNOSTIC_TESTS])
    assert dict(rules.services())["MRI"] == "Test: MRI scan"
