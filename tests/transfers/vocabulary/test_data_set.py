"""The data set is the published one: 27 mandatory elements and 9 optional."""

from __future__ import annotations

from dmas.transfers.vocabulary.data_set import ELEMENTS, FIXED, MANDATORY


def test_the_count_of_elements_is_the_published_one() -> None:
    assert (len(ELEMENTS), len(MANDATORY)) == (36, 27)
    assert len({element.name for element in ELEMENTS.values()}) == 36


def test_what_the_case_knows_is_mandatory_and_never_typed() -> None:
    assert {ELEMENTS[key].mandatory for key in FIXED} == {True}
    assert {"nhs_number", "pathway_id", "clock_start", "rtt_status"} <= FIXED
