"""The order of tasks, and the bands of waits."""

from __future__ import annotations

import pytest

from dmas.home.rules import ORDER, Task, band_of, by_band, in_order


def test_what_is_due_comes_first_then_the_order_of_the_work() -> None:
    found = [Task("still_true", 3, 1), Task("answer", 2), Task("name", 0), Task("re_register", 1)]
    assert [task.kind for task in in_order(found)] == ["still_true", "re_register", "answer"]


def test_every_kind_has_its_place_once() -> None:
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize(
    ("weeks", "band"),
    [
        (0, "Under 40 weeks"),
        (39, "Under 40 weeks"),
        (40, "40 to 51 weeks"),
        (51, "40 to 51 weeks"),
        (52, "52 to 64 weeks"),
        (64, "52 to 64 weeks"),
        (65, "65 to 77 weeks"),
        (77, "65 to 77 weeks"),
        (78, "78 weeks and more"),
        (400, "78 weeks and more"),
    ],
)
def test_bands_meet_without_a_gap(weeks: int, band: str) -> None:
    assert band_of(weeks) == band


def test_places_are_summed_by_band() -> None:
    assert by_band([]) == []
    assert by_band([(45, 2), (50, 3), (80, 1)]) == [
        ("40 to 51 weeks", 5),
        ("52 to 64 weeks", 0),
        ("65 to 77 weeks", 0),
        ("78 weeks and more", 1),
    ]
    assert by_band([(12, 4)])[0] == ("Under 40 weeks", 4)
