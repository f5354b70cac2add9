"""The drawing of a comparison."""

from __future__ import annotations

from dmas.published.presenters.drawing import drawing
from tests.published.presenters.test_compare import compared


def test_marks_stand_where_distance_and_wait_meet() -> None:
    found = drawing(
        [
            compared("A", tenths=0, half=0, nine=10),
            compared("B", tenths=420, half=10, nine=27, independent=True),
            compared("C", tenths=None),
            compared("D", half=None),
        ]
    )
    assert found is not None
    first, second = found.dots
    assert (first.x, first.y) == (found.left, found.bottom)
    assert first.independent is False
    assert second.independent is True
    assert second.top < second.y < found.bottom
    assert [tick.label for tick in found.up] == ["0", "5", "10", "15", "20", "25", "30"]
    assert [tick.label for tick in found.across] == ["0", "10", "20", "30", "40", "50"]
    assert all(found.left <= tick.at <= found.right for tick in found.across)
    assert second.said == "Provider B: 42.0 miles, half within 10 weeks, nine in ten within 27"
    assert found.summary.startswith(
        "2 providers by distance and usual wait: half of people within 0 to 10 weeks"
    )


def test_a_crowd_is_drawn_smaller() -> None:
    few, many = drawing([compared("A")] * 40), drawing([compared("A")] * 41)
    assert few is not None
    assert many is not None
    assert many.size < few.size


def test_one_alone_is_not_drawn() -> None:
    assert drawing([compared("A"), compared("B", half=None)]) is None


def test_everybody_at_the_door_is_drawn() -> None:
    assert drawing([compared("A", tenths=0, half=0, nine=0), compared("B", tenths=0, half=0, nine=0)])
