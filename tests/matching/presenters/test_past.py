"""Nights looked at again, in words."""

from __future__ import annotations

from typing import Any

import pytest

from dmas.matching.engine.nearly import Nearly
from dmas.matching.engine.whatif import LIMITS, Compared, Tally
from dmas.matching.engine.worth import Filler, Wasted, Worth
from dmas.matching.presenters import past

NAMES = {"R1": "Midlands", "R2": "London"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Nearly("travel", 62, 1), "people would travel up to 62 miles: 1 place would be found"),
        (Nearly("travel", "national", 3), "people would travel anywhere in England: 3 places would be found"),
        (
            Nearly("needed_by", "2027-01-14", 1),
            "it were needed by 14 January 2027 or later: 1 place would be found",
        ),
        (Nearly("age", 70, 1), "the age were 70: 1 place would be found"),
        (Nearly("asa", 2, 1), "the ASA class were 2 or less: 1 place would be found"),
        (Nearly("bmi", 39.5, 1), "the BMI were 39.5 or less: 1 place would be found"),
        (Nearly("sex", "F", 1), "it were for women: 1 place would be found"),
        (Nearly("sex", "M", 1), "it were for men: 1 place would be found"),
        (Nearly("needs", "made-up", 1), "it did not need this: made-up: 1 place would be found"),
        (
            Nearly("declined", "OF-1", 1, "OF-1"),
            "offer OF-1, declined or being answered, could be proposed again: 1 place would be found",
        ),
        (
            Nearly("accepts_from", "OF-1", 1, "OF-1"),
            "offer OF-1 accepted people from this area: 1 place would be found",
        ),
        (Nearly("places", 1, 1, "OF-1"), "offer OF-1 had 1 more place: 1 place would be found"),
        (Nearly("places", 4, 1, "OF-1"), "offer OF-1 had 4 more places: 1 place would be found"),
    ],
)
def test_every_smallest_change_has_its_words(change: Nearly, words: str) -> None:
    assert past.nearly([change]) == [words]


def test_a_need_is_said_in_the_catalogues_words() -> None:
    (words,) = past.nearly([Nearly("needs", "standard_notice", 1)])
    assert "standard_notice" not in words


def _compared(**regions: Any) -> Compared:
    return Compared((Tally(), Tally()), {}, regions, 0, 0)


def test_the_nation_sees_each_region_and_others_their_own() -> None:
    one, other = (Tally(1, 2, 3), Tally(2, 4, 6)), (Tally(5, 6, 7), Tally(5, 6, 8))
    found = _compared(R1=one, R2=other)
    assert past.by_home(found, NAMES, None) == [("Midlands", one), ("London", other)]
    assert past.by_home(found, NAMES, "R1") == [("Midlands", one), ("Elsewhere", other)]
    nobody = (Tally(), Tally())
    assert past.by_home(_compared(R1=one), NAMES, "R2") == [("London", nobody), ("Elsewhere", one)]
    assert past.by_home(_compared(), NAMES, "R1")[1] == ("Elsewhere", nobody)


def test_rows_of_before_and_after() -> None:
    pair = (Tally(1, 20, 105), Tally(3, 62, 15_000))
    assert past.compared([("All", pair)]) == [("All", 1, 3, 20, 62, "10.5", "1,500.0")]
    found = Compared(pair, {("110", "inpatient"): pair}, {}, 2, 0)
    assert [name for name, _ in past.by_market(found)] == ["Trauma and orthopaedics, inpatient"]


def test_services_asked_for_are_choices_by_name() -> None:
    asked = [
        {"service": "502", "setting": "day_case"},
        {"service": "110", "setting": "inpatient"},
        {"service": "502", "setting": "day_case"},
    ]
    choices = past.market_choices({"requests": asked})
    assert [value for value, _ in choices] == ["502 day_case", "110 inpatient"]


def test_one_more_list_says_what_it_gains() -> None:
    one = Worth("110", "inpatient", "R1", "OF-1", Tally(5, 100, 900), Tally(7, 150, 850))
    assert past.worth([one], NAMES) == [("Midlands", "OF-1", 2, 50, "5.0")]


def test_every_limit_that_could_give_way_has_its_words() -> None:
    assert set(past.LIMIT_NAMES) == set(LIMITS)
    fillers = (Filler("radius", 75, 2), Filler("max_bmi", 43.5, 1), Filler("sex", "any", 3))
    lost = Wasted("OF-1", "110", "inpatient", "2026-12-01", 4, fillers)
    assert past.wasted([lost]) == [
        (
            "OF-1", 4, "1 December 2026",
            "everybody would travel 75 miles: fills 2; highest BMI 43.5: fills 1; no limit for sex: fills 3",
        )
    ]  # fmt: skip
    assert past.wasted([Wasted("OF-1", "110", "inpatient", "2026-12-01", 4, ())])[0][3] == "No single change"
