"""The people of a rehearsal have numbers that are valid, never issued and nobody else's."""

from __future__ import annotations

from itertools import islice

from dmas.core.nhs_number import parse_nhs_number
from dmas.demo.rehearsal.patients import nhs_numbers


def test_numbers_are_valid_of_the_range_never_issued_and_all_different() -> None:
    found = list(islice(nhs_numbers(), 3_000))
    assert len(set(found)) == 3_000
    assert all(number.startswith("999") and parse_nhs_number(number) == number for number in found)
