"""England as the code knows it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from dmas.providers.vocabulary import CURRENT_ICBS, FORMER_ICBS, MERGED_ON, REGIONS


def test_thirty_six_boards_in_seven_regions() -> None:
    assert Counter(fact.region_code for fact in CURRENT_ICBS) == {
        "Y60": 11, "Y58": 7, "Y56": 4, "Y59": 4, "Y63": 4, "Y61": 3, "Y62": 3,
    }  # fmt: skip
    assert set(REGIONS) == {fact.region_code for fact in CURRENT_ICBS}
    assert sum(fact.opened_on == MERGED_ON for fact in CURRENT_ICBS) == 6


def test_twelve_boards_closed_and_three_of_them_were_split() -> None:
    assert len(FORMER_ICBS) == 12
    assert {fact.closed_on for fact in FORMER_ICBS} == {date(2026, 3, 31)}
    assert {fact.code for fact in FORMER_ICBS if len(fact.successors) > 1} == {"QM7", "QJG", "QNQ"}
    current = {fact.code: fact.region_code for fact in CURRENT_ICBS}
    for fact in FORMER_ICBS:
        assert all(current[successor] == fact.region_code for successor in fact.successors)


def test_a_board_is_named_in_full() -> None:
    assert next(fact for fact in CURRENT_ICBS if fact.code == "QJK").name == "NHS Devon Integrated Care Board"
