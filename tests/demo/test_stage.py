"""What every part of the demo's story stands on."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dmas.core.db import Database
from dmas.core.nhs_number import parse_nhs_number
from dmas.demo.stage import Stage


def test_moments_are_counted_back_from_the_day_of_loading(database: Database) -> None:
    stage = Stage(database, date(2026, 11, 21))
    assert stage.at(2, 9, 30) == datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


def test_patients_have_valid_numbers_of_the_test_range_and_never_one_twice(database: Database) -> None:
    stage = Stage(database, date(2026, 11, 21))
    numbers = [stage.next_patient()[0] for _ in range(500)]
    assert len(set(numbers)) == 500
    assert all(number.startswith("999") and parse_nhs_number(number) == number for number in numbers)


def test_two_stages_choose_alike(database: Database) -> None:
    one, other = Stage(database, date(2026, 11, 21)), Stage(database, date(2026, 11, 21))
    assert [one.random.random() for _ in range(5)] == [other.random.random() for _ in range(5)]
