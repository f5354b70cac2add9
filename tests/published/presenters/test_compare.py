"""The list that compares: its order, what is left out, and its words."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.providers.queries import Rating
from dmas.providers.vocabulary import QualityRating
from dmas.published.presenters import compare as words
from dmas.published.queries import Compared
from dmas.published.rules import UsualWait
from dmas.published.vocabulary import Counted


def compared(
    code: str,
    *,
    tenths: int | None = 100,
    half: int | None = 10,
    nine: int = 20,
    independent: bool | None = False,
    rating: QualityRating | None = None,
) -> Compared:
    """Return one provider to compare."""
    wait = UsualWait(
        counted=Counted.TREATED,
        period=date(2026, 4, 30),
        half=half or 0,
        nine_in_ten=nine,
        sample=50,
        longest=104,
    )
    return Compared(
        code=code,
        name=f"Provider {code}",
        independent=independent,
        site=None if tenths is None else f"SITE {code}",
        site_code=None,
        tenths=tenths,
        approximate=code == "A",
        waiting=5,
        wait=None if half is None else wait,
        rating=Rating(rating, date(2025, 1, 1)) if rating else None,
    )


ROWS = [
    compared("A", tenths=300, half=5, rating=QualityRating.NOT_RATED),
    compared("B", tenths=None, half=4, rating=QualityRating.GOOD),
    compared("C", tenths=20, half=None, independent=True, rating=QualityRating.OUTSTANDING),
    compared("D", tenths=10, half=5, nine=30, independent=None),
]


@pytest.mark.parametrize(
    ("key", "descending", "codes"),
    [
        ("wait", False, "BADC"),
        ("wait", True, "DABC"),
        ("distance", False, "DCAB"),
        ("distance", True, "ACDB"),
        ("rating", False, "CBDA"),
        ("rating", True, "BCDA"),
        ("name", False, "ABCD"),
        ("name", True, "DCBA"),
    ],
)
def test_what_is_not_known_comes_last_either_way(key: str, descending: bool, codes: str) -> None:
    assert "".join(row.code for row in words.ordered(ROWS, key, descending=descending)) == codes


@pytest.mark.parametrize(
    ("within", "chosen", "codes"),
    [("", "", "ABCD"), ("10", "", "CD"), ("", "nhs", "AB"), ("", "independent", "C"), ("50", "nhs", "A")],
)
def test_the_list_is_narrowed(within: str, chosen: str, codes: str) -> None:
    assert "".join(row.code for row in words.narrowed(ROWS, within=within, chosen=chosen)) == codes


def test_an_empty_list_says_what_would_fill_it() -> None:
    assert words.nothing([], within="10", chosen="").text.startswith("No provider reported this service")
    assert words.nothing(ROWS[:1], within="10", chosen="independent").text.startswith(
        "No provider of this kind"
    )
    near = words.nothing(ROWS[:2], within="10", chosen="nhs")
    assert near.text == "Nobody within 10 miles. The nearest is Provider A, about 30.0 miles away."
    assert near.wider
    assert words.nothing(ROWS[1:2], within="10", chosen="").text.startswith("No provider's place is known")


@pytest.mark.parametrize(
    ("published", "written"),
    [
        (
            "CAMBRIDGE UNIVERSITY HOSPITALS NHS FOUNDATION TRUST",
            "Cambridge University Hospitals NHS Foundation Trust",
        ),
        ("ST GEORGE'S HOSPITAL", "St George's Hospital"),
        ("THE SHREWSBURY AND TELFORD HOSPITAL", "The Shrewsbury and Telford Hospital"),
        ("Spire Lea Hospital", "Spire Lea Hospital"),
    ],
)
def test_names_in_capitals_are_written_as_people_do(published: str, written: str) -> None:
    assert words.proper(published) == written


def test_cells_say_what_is_not_known() -> None:
    near, nowhere, unknown, private = ROWS[0], ROWS[1], ROWS[3], ROWS[2]
    assert (words.distance(near), words.distance(nowhere)) == ("about 30.0", "")
    assert (words.where(near), words.where(nowhere)) == ("Site A", "Place not known")
    assert (words.half(near), words.nine_in_ten(near), words.sample(near)) == ("5 weeks", "20 weeks", "50")
    assert (words.half(private), words.nine_in_ten(private), words.sample(private)) == ("", "", "Too few")
    assert [words.sector(row) for row in (near, private, unknown)] == ["NHS", "Independent", "Not known"]
    assert words.who(unknown) == "Provider D (sector not known)"
    assert (words.quality(private), words.quality(unknown)) == ("Outstanding (whole provider)", "Not known")
