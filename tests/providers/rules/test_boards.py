"""Which board a place belongs to once its own was merged or split."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.providers.rules import SPLITS, board_after, board_of_place
from dmas.providers.vocabulary import CURRENT_ICBS, FORMER_ICBS, MERGED_ON

BEFORE = date(2026, 3, 31)
HEIRS = {board.code: set(board.successors) for board in FORMER_ICBS}


def test_every_split_board_has_a_table_of_its_own_heirs() -> None:
    assert set(SPLITS) == {code for code, heirs in HEIRS.items() if len(heirs) > 1} == {"QM7", "QJG", "QNQ"}
    for split, districts in SPLITS.items():
        assert set(districts.values()) == HEIRS[split]
    every = [district for districts in SPLITS.values() for district in districts]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("board", FORMER_ICBS, ids=lambda board: board.code)
def test_a_board_stands_until_its_day_and_no_longer(board) -> None:
    outcode = next(iter(SPLITS.get(board.code, {"": ""})))
    assert board_after(board.code, outcode, BEFORE) == board.code
    assert board_after(board.code, outcode, MERGED_ON) in HEIRS[board.code]


@pytest.mark.parametrize("board", CURRENT_ICBS, ids=lambda board: board.code)
def test_a_board_that_goes_on_goes_on(board) -> None:
    assert board_after(board.code, None, MERGED_ON) == board.code


@pytest.mark.parametrize(
    ("board", "outcode", "now"),
    [
        ("QNQ", "SL2", "S0E4D"), ("QNQ", "GU16", "S9B9J"), ("QNQ", "GU51", "QRL"), ("QNQ", "GU12", None),
        ("QM7", "SG1", "S1Y5D"), ("QM7", "CM20", "D7T5G"), ("QM7", "CM23", None),
        ("QJG", "IP33", "T6Y0W"), ("QJG", "CO4", "D7T5G"), ("QJG", "CO8", None), ("QJG", None, None),
        ("QMJ", None, "Z9B2Z"),
    ],
)  # fmt: skip
def test_a_split_is_decided_by_the_place_or_not_at_all(
    board: str, outcode: str | None, now: str | None
) -> None:
    assert board_after(board, outcode, MERGED_ON) == now


@pytest.mark.parametrize(
    ("provider", "outcode", "board"),
    [
        ("S9B9J", "SL2", "S0E4D"),  # one trust, sites on both sides
        ("S9B9J", "GU16", "S9B9J"),
        ("S9B9J", "GU12", "S9B9J"),
        ("S9B9J", None, "S9B9J"),
        ("QOP", "SL2", "QOP"),  # nothing to do with the split
        (None, "SL2", None),
    ],
)
def test_a_site_lies_where_its_provider_does_unless_its_district_says_better(
    provider: str | None, outcode: str | None, board: str | None
) -> None:
    assert board_of_place(provider, outcode) == board
