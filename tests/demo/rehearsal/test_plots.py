"""Plots are well-formed, name what they draw and keep their labels apart."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from dmas.demo.rehearsal import plots


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(svg).iter("text")]


def test_lines_are_named_at_their_ends_with_their_last_figure() -> None:
    svg = plots.lines("Places", [("held & moved", [1, 2_000]), ("searching", [5, 1_999])], "nights")
    found = texts(svg)
    assert "held & moved 2,000" in found
    assert "searching 1,999" in found
    drawn = ElementTree.fromstring(svg).iter("text")
    ends = [float(one.get("y", "")) for one in drawn if one.get("font-weight")]
    assert abs(ends[0] - ends[1]) >= 16


def test_bars_say_part_and_whole() -> None:
    found = texts(
        plots.bars("By region", [("North <West>", 1_000, 250), ("Nowhere", 0, 0)], ("asked", "moved"))
    )
    assert "250 of 1,000" in found
    assert "North <West>" in found
    assert "Filled: moved. Outline: asked." in found


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (1, 4), (7, 8), (11, 20), (4_100, 6_000), (99_000, 100_000)]
)
def test_scales_are_round_and_divide_by_four(most: int, top: int) -> None:
    assert plots._round_up(most) == top
    assert top % 4 == 0


def test_nothing_is_a_plot_too() -> None:
    assert texts(plots.lines("Nothing", [("held", [0])], "nights"))
    assert texts(plots.bars("Nothing", [], ("asked", "moved")))
