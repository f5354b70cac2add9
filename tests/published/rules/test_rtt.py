"""Adding up the extract: every trap of the published layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.core.errors import InvalidInput
from dmas.published.rules import Tally, check_totals, layout, returns
from dmas.published.vocabulary import BAND_COLUMNS, BANDS, Part
from tests.factories.publishers import RTT_HEADER, rtt_row, with_totals


def tallied(rows: Sequence[Sequence[str]]) -> Tally:
    tally = Tally(layout(RTT_HEADER))
    for row in rows:
        tally.add(row)
    return tally


def test_the_official_layout_has_121_columns() -> None:
    assert len(RTT_HEADER) == 121
    assert (layout(RTT_HEADER).first_band, layout(RTT_HEADER).width) == (13, 121)
    assert BAND_COLUMNS[0] == "Gt 00 To 01 Weeks SUM 1"
    assert BAND_COLUMNS[-2:] == ("Gt 103 To 104 Weeks SUM 1", "Gt 104 Weeks SUM 1")


def test_missing_columns_are_named() -> None:
    with pytest.raises(InvalidInput, match="missing RTT Part Type, Total All"):
        layout([name for name in RTT_HEADER if name not in ("Total All", "RTT Part Type")])
    with pytest.raises(InvalidInput, match=r"Gt 53 To 54 Weeks SUM 1, .* and 47 more"):
        layout([name for name in RTT_HEADER if name not in BAND_COLUMNS[53:]])
    with pytest.raises(InvalidInput, match="not in order"):
        layout([*RTT_HEADER[:13], *reversed(RTT_HEADER[13:118]), *RTT_HEADER[118:]])


def test_commissioners_are_added_and_parts_kept_apart() -> None:
    tally = tallied(
        with_totals(
            [
                rtt_row(bands={0: 3, 41: 2}),
                rtt_row(bands={41: 5, 104: 1}, commissioner="00L"),
                rtt_row(part="Part_2A", bands={41: 4}),
                rtt_row(part="Part_1A", bands={20: 6}),
                rtt_row(part="Part_3", total=9),
                rtt_row(function="X05", bands={50: 7}),
            ]
        )
    )
    check_totals(tally)
    waiting = tally.counts[("RRK", "C_110", Part.INCOMPLETE)]
    assert (waiting[0], waiting[41], waiting[104], waiting[BANDS]) == (3, 7, 1, 11)
    assert tally.counts[("RRK", "C_110", Part.INCOMPLETE_ADMIT)][BANDS] == 4
    assert tally.counts[("RRK", "C_110", Part.NEW_PERIODS)].tolist() == [0] * BANDS + [9]
    assert tally.incomplete == 18
    assert tally.period == date(2026, 4, 30)
    assert tally.providers["RRK"] == returns.ProviderFact("EXAMPLE RRK", "QHL")
    assert all(function != "C_999" for _, function, _ in tally.counts)


def edited(row: list[str], **cells: str) -> list[str]:
    names = {"band": 13, "total": -1, "period": 0, "provider": 3, "part": 9, "function": 11}
    for name, text in cells.items():
        row[names[name]] = text
    return row


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (rtt_row()[:100], "it has 100 columns, not 121: the file may be cut off"),
        (rtt_row(part="Part_4"), "not a part"),
        (rtt_row(function="C_190"), "not a published treatment function"),
        (rtt_row(function="110"), "not a published treatment function"),
        (rtt_row("R K"), "not a provider code"),
        (rtt_row(period="RTT-May-2026"), "import one month at a time"),
        (edited(rtt_row(), band="few"), "not a whole number"),
        (edited(rtt_row(), total=""), "not a whole number"),
        (edited(rtt_row(bands={1: 2}), band="-1"), "below nothing"),
        (edited(rtt_row(part="Part_3"), total=str(2**31)), "far too large"),
        (rtt_row(bands={1: 2}, total=3), "bands add up to 2 and its total says 3"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(row: list[str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        tallied([rtt_row(), row])


def test_a_file_without_rows_has_no_period() -> None:
    with pytest.raises(InvalidInput, match="a header and no rows"):
        _ = tallied([]).period


def test_too_many_providers_are_not_the_national_extract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "MOST_PROVIDERS", 2)
    with pytest.raises(InvalidInput, match="not the national extract"):
        tallied([rtt_row("RAA"), rtt_row("RBB"), rtt_row("RAA"), rtt_row("RCC")])


def test_unknown_clock_starts_count_in_the_total() -> None:
    row = rtt_row(part="Part_1B", bands={3: 4}, total=6)
    row[-2] = "2"
    assert tallied([row]).counts[("RRK", "C_110", Part.NON_ADMITTED)][BANDS] == 6


def test_a_provider_that_does_not_add_up_is_named() -> None:
    rows = with_totals([rtt_row(bands={41: 2}), rtt_row("RJ1", bands={41: 3}), rtt_row("RGT", bands={5: 3})])
    rows[3] = rtt_row("RRK", "C_999", bands={41: 1})
    del rows[4]
    rows[4] = rtt_row("RGT", "C_999", bands={6: 3})  # the same total in another week
    with pytest.raises(InvalidInput) as refused:
        check_totals(tallied(rows))
    said = str(refused.value)
    assert "RRK EXAMPLE RRK: part 2 adds up to 2 and its total row says 1" in said
    assert "RJ1 EXAMPLE RJ1: part 2 adds up to 3 and its total row says 0" in said
    assert "RGT EXAMPLE RGT" in said


def test_of_many_that_do_not_add_up_the_first_are_named() -> None:
    with pytest.raises(InvalidInput, match="and 3 more"):
        check_totals(tallied([rtt_row(f"R{n}A", bands={1: 1}) for n in range(10, 18)]))


cells = st.tuples(
    st.sampled_from(["RRK", "RJ1"]),
    st.sampled_from(["C_100", "C_110", "X02"]),
    st.sampled_from(["Part_1A", "Part_2", "Part_2A", "Part_3"]),
    st.sampled_from(["15E", "00L"]),
    st.dictionaries(st.integers(0, 104), st.integers(0, 50), max_size=4),
)


@given(st.lists(cells, min_size=1, max_size=12))
def test_sums_never_depend_on_the_order_of_rows(chosen: list) -> None:
    rows = [
        rtt_row(
            provider,
            function,
            part,
            {} if part == "Part_3" else bands,
            total=sum(bands.values()),
            commissioner=c,
        )
        for provider, function, part, c, bands in chosen
    ]
    whole = with_totals(rows)
    forwards, backwards = tallied(whole), tallied(whole[::-1])
    check_totals(forwards)
    assert forwards.counts.keys() == backwards.counts.keys()
    assert all(np.array_equal(forwards.counts[key], backwards.counts[key]) for key in forwards.counts)
    assert forwards.incomplete == sum(sum(b.values()) for _, _, part, _, b in chosen if part == "Part_2")
