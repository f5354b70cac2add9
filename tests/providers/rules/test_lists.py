"""Short lists: ratings, and who followed whom."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.core.errors import InvalidInput
from dmas.providers.rules import list_columns, read_rating, read_succession
from dmas.providers.vocabulary import QualityRating

RATINGS = list_columns(["Site", "Rating", "Date", "more"], ("site", "rating", "date"), "ratings")
SUCCESSIONS = list_columns(["old_code", "new_code", "date"], ("old_code", "new_code", "date"), "successions")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InvalidInput, match="not a list of ratings: rating, date missing"):
        list_columns(["site"], ("site", "rating", "date"), "ratings")


@pytest.mark.parametrize("day", ["2026-04-01", "1/4/2026", "01/04/2026"])
def test_a_rating_is_read(day: str) -> None:
    row = read_rating(["rrk02", " requires  improvement", day, "x"], RATINGS)
    assert (row.code, row.rating, row.rated_on) == (
        "RRK02",
        QualityRating.REQUIRES_IMPROVEMENT,
        date(2026, 4, 1),
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["RRK02", "splendid", "2026-04-01"], "Give one of: Outstanding, Good"),
        (["?", "Good", "2026-04-01"], "is not an organisation code"),
        (["RRK02", "Good", "31/4/2026"], "is not a date"),
        (["RRK02", "Good", "April"], "is not a date"),
        (["RRK02"], "only 1 columns"),
    ],
)
def test_ratings_that_cannot_be_taken(cells: list[str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_rating(cells, RATINGS)


def test_a_succession_is_read_and_nobody_follows_themselves() -> None:
    row = read_succession(["RDD", "RAJ", "2020-04-01"], SUCCESSIONS)
    assert (row.old_code, row.new_code, row.effective_on) == ("RDD", "RAJ", date(2020, 4, 1))
    with pytest.raises(InvalidInput, match="cannot follow itself"):
        read_succession(["RDD", "RDD", "2020-04-01"], SUCCESSIONS)
