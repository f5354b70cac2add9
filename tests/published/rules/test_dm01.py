"""Adding up a month of tests: every trap of the published layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from dmas.core.errors import InvalidInput
from dmas.published.rules import Dm01Tally, dm01_disagreements, dm01_layout
from dmas.published.vocabulary import DM01_BAND_COLUMNS, DM01_BANDS
from tests.factories.publishers import DM01_HEADER, dm01_row


def tallied(rows: Sequence[Sequence[str]]) -> Dm01Tally:
    tally = Dm01Tally(dm01_layout(DM01_HEADER))
    for row in rows:
        assert tally.add(row) is None
    return tally


def test_the_official_layout_has_thirty_columns() -> None:
    assert len(DM01_HEADER) == 30
    assert DM01_BAND_COLUMNS[:2] == ("00 < 01 Week", "01 < 02 Weeks")
    assert DM01_BAND_COLUMNS[-2:] == ("12 < 13 Weeks", "13+ Weeks")
    assert dm01_layout(DM01_HEADER).numbers[:DM01_BANDS] == tuple(range(11, 25))
    moved = [*DM01_HEADER[15:], *DM01_HEADER[:15]]
    assert dm01_layout(moved).period == 15


def test_missing_columns_are_named() -> None:
    with pytest.raises(InvalidInput, match="not the monthly DM01 full extract: missing Diagnostic Tests, "):
        dm01_layout([name for name in DM01_HEADER if name not in ("Diagnostic Tests", "13+ Weeks")])
    with pytest.raises(InvalidInput, match="and 15 more"):
        dm01_layout(DM01_HEADER[:10])


def test_commissioners_are_added_and_totals_left_out() -> None:
    tally = tallied(
        [
            dm01_row(bands={0: 2, 13: 1}, activity=(5, 1, 2)),
            dm01_row(bands={0: 3}, activity=(1, 0, 0), commissioner="00L"),
            dm01_row(test="TOTAL", bands={0: 5, 13: 1}, activity=(6, 1, 2)),
            dm01_row("NVC01", "colonoscopy", bands={2: 7}),
        ]
    )
    assert tally.period == date(2026, 3, 31)
    assert tally.rows == 3
    counts = {key: values.tolist() for key, values in tally.kept.items()}
    assert counts[("RRK", "MRI")] == [5, *[0] * 12, 1, 6, 6, 1, 2]
    assert counts[("NVC01", "COLONOSCOPY")][2] == 7
    assert dm01_disagreements(tally) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (dm01_row(test="X-RAY"), "'X-RAY' is not one of the 15 tests"),
        (dm01_row("R!"), "'R!' is not a provider code"),
        ([*dm01_row()[:25], "4", *dm01_row()[26:]], "bands add up to 0 and its total says 4; nothing of RRK"),
        ([*dm01_row()[:29], "4"], "activities add up to 0 and their total says 4; nothing of RRK"),
        ([*dm01_row()[:11], "*", *dm01_row()[12:]], "missing or not a whole number; nothing of RRK is kept"),
        ([*dm01_row()[:11], "-1", *dm01_row()[12:]], "below nothing or far too large"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_reason(row: list[str], said: str) -> None:
    reason = Dm01Tally(dm01_layout(DM01_HEADER)).add(row)
    assert reason is not None
    assert said in reason


def test_a_refused_row_takes_the_whole_count_with_it() -> None:
    tally = tallied([dm01_row(bands={1: 5}), dm01_row(test="CT", bands={1: 9})])
    broken = dm01_row(bands={1: 5}, commissioner="00L")
    broken[25] = "6"
    assert tally.add(broken) is not None
    tally.add(dm01_row(test="TOTAL", bands={1: 99}))
    assert set(tally.kept) == {("RRK", "CT")}
    assert dm01_disagreements(tally) == []  # nobody knows what the total should be


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (dm01_row()[:-1], "29 columns, not 30: the file may be cut off"),
        (dm01_row(period="DM01-APRIL-2026"), "one month at a time"),
    ],
)
def test_a_file_that_is_wrong_itself_is_refused_whole(row: list[str], said: str) -> None:
    tally = tallied([dm01_row()])
    with pytest.raises(InvalidInput, match=said):
        tally.add(row)


def test_a_month_of_another_return_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not a month like DM01-April-2026"):
        tallied([dm01_row(period="RTT-March-2026")])
    with pytest.raises(InvalidInput, match="a header and no rows"):
        assert tallied([]).period


def test_a_provider_that_does_not_add_up_is_named() -> None:
    tally = tallied([dm01_row(bands={0: 2}), dm01_row(test="TOTAL", bands={0: 3})])
    assert dm01_disagreements(tally) == [
        "RRK EXAMPLE RRK: its tests add up to 2 waiting and its total row says 3"
    ]
    only_total = tallied([dm01_row(test="TOTAL", bands={0: 3}), dm01_row(test="TOTAL", commissioner="00L")])
    assert len(dm01_disagreements(only_total)) == 1
