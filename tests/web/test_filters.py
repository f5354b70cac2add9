"""How values are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dmas.web import filters


def test_dates_are_londons() -> None:
    assert filters.day(date(2026, 11, 3)) == "3 November 2026"
    assert filters.day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026"
    assert filters.day(None) == "–"


def test_moments_are_londons() -> None:
    assert filters.moment(datetime(2026, 7, 1, 23, 5, tzinfo=UTC)) == "2 July 2026 at 12:05am"
    assert filters.moment(datetime(2026, 11, 1, 12, 0, tzinfo=UTC)) == "1 November 2026 at 12:00pm"
    assert filters.moment(None) == "–"


def test_waits_are_whole_weeks() -> None:
    assert filters.weeks(280) == "40 weeks"
    assert filters.weeks(286) == "40 weeks"
    assert filters.weeks(7) == "1 week"
    assert filters.weeks(None) == "–"


def test_distances_are_tenths_of_a_mile() -> None:
    assert filters.miles(123) == "12.3 miles in a straight line"
    assert filters.miles(0) == "0.0 miles in a straight line"
    assert filters.miles(None) == "–"


def test_numbers_have_commas_and_nouns_agree() -> None:
    assert filters.number(1234567) == "1,234,567"
    assert filters.number(None) == "–"
    assert filters.count(1, "place") == "1 place"
    assert filters.count(1200, "place") == "1,200 places"
    assert filters.count(2, "person", "people") == "2 people"


def test_references_never_break() -> None:
    assert filters.reference("OF-7K3M9QT") == "OF\u20117K3M9QT"
    assert filters.reference(None) == "–"


def test_time_limits_say_where_they_stand() -> None:
    assert filters.day_n_of_m(3, 10) == "day 3 of 10"
    assert filters.day_n_of_m(10, 10) == "day 10 of 10"
    assert filters.day_n_of_m(11, 10) == "1 day over its limit of 10"


def test_shares_are_whole_percentages() -> None:
    assert filters.percent(1, 3) == "33%"
    assert filters.percent(1, 200) == "1%"
    assert filters.percent(1, 0) == "–"
