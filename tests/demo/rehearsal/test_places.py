"""Where providers are: their own place, else their board's; a merged board stands for its successor."""

from __future__ import annotations

import pytest

from dmas.demo.rehearsal.places import ICB_MIDDLES, locate
from dmas.providers.vocabulary import CURRENT_ICBS, FORMER_ICBS

HERE = (52.4, -1.9)


def test_every_current_board_has_a_middle_in_england() -> None:
    assert set(ICB_MIDDLES) == {board.code for board in CURRENT_ICBS}
    assert all(49.9 < north < 55.8 and -6 < east < 1.8 for north, east in ICB_MIDDLES.values())


def test_a_known_place_is_its_own() -> None:
    place = locate("RRK", "Example", "QHL", {"RRK": HERE})
    assert place is not None
    assert ((place.latitude, place.longitude), place.approximate, place.region) == (HERE, False, "Y60")


def test_an_unknown_one_stands_in_the_middle_of_its_board() -> None:
    place = locate("RRK", "Example", "QHL", {})
    assert place is not None
    assert ((place.latitude, place.longitude), place.approximate) == (ICB_MIDDLES["QHL"], True)


@pytest.mark.parametrize("former", FORMER_ICBS, ids=lambda board: board.code)
def test_a_merged_board_stands_for_its_successor(former: object) -> None:
    place = locate("RRK", "Example", former.code, {})  # type: ignore[attr-defined]
    assert place is not None
    assert place.icb == former.successors[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("icb", [None, "", "Q99", "X24"])
def test_without_a_known_board_there_is_no_place(icb: str | None) -> None:
    assert locate("RRK", "Example", icb, {"RRK": HERE}) is None


@pytest.mark.parametrize(
    ("code", "independent"), [("RRK", False), ("TAJ", False), ("NT401", True), ("A0C5S", True)]
)
def test_trusts_are_known_by_their_code(code: str, independent: bool) -> None:
    place = locate(code, "Example", "QHL", {})
    assert place is not None
    assert place.independent is independent
