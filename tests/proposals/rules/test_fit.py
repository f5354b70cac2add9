"""An offer's limits against a line and against one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dmas.core.errors import InvalidInput
from dmas.proposals import rules
from dmas.proposals.rules import Group, Limits

TODAY = date(2026, 11, 21)
ANYBODY = Limits(None, None, None, None, None)
PEOPLE = Group(age_from=50, age_to=75, worst_asa=2, worst_bmi=34.0, sex=None)


def _fit(group: Group, limits: Limits) -> dict[str, tuple[str, str, bool | None]]:
    return {one.name: (one.asked, one.limit, one.fits) for one in rules.fits(group, limits)}


def test_without_limits_everybody_fits() -> None:
    assert all(one.fits for one in rules.fits(PEOPLE, ANYBODY))
    unknown = Group(50, 75, None, None, "F")
    assert all(one.fits for one in rules.fits(unknown, ANYBODY))


def test_each_limit_is_shown_beside_what_is_asked() -> None:
    fit = _fit(PEOPLE, Limits(18, None, 2, 33.5, "F"))
    assert fit["Age"] == ("50 to 75", "18 and over", True)
    assert fit["Worst ASA grade"] == ("2", "Up to 2", True)
    assert fit["Worst BMI"] == ("34", "Up to 33.5", False)
    assert fit["Sex"] == ("Any", "Women only", None)
    assert _fit(PEOPLE, Limits(60, 70, None, None, None))["Age"] == ("50 to 75", "60 to 70", False)
    assert _fit(PEOPLE, Limits(None, 80, None, None, None))["Age"] == ("50 to 75", "0 to 80", True)


def test_what_is_not_known_is_asked_and_not_refused() -> None:
    unknown = Group(50, 75, None, None, "M")
    limits = Limits(18, None, 3, 40.0, None)
    assert _fit(unknown, limits)["Worst ASA grade"] == ("Not known", "Up to 3", None)
    assert rules.still_fits(unknown, limits)
    assert not rules.still_fits(PEOPLE, Limits(18, None, 1, None, None))
    assert _fit(unknown, Limits(None, None, None, None, "F"))["Sex"] == ("Men", "Women only", False)


@pytest.mark.parametrize(
    ("born", "age"), [(date(1966, 11, 21), 60), (date(1966, 11, 22), 59), (date(2026, 11, 21), 0)]
)
def test_age_in_whole_years(born: date, age: int) -> None:
    assert rules.age_on(born, TODAY) == age


def test_an_adult_service_starts_at_18_and_a_childrens_one_ends_at_17() -> None:
    blank: dict[str, Any] = {"min_age": None, "max_age": None, "max_asa": None, "max_bmi": None, "sex": None}
    adult = rules.limits_of(service="110", **blank)
    child = rules.limits_of(service="171", **blank)
    assert (adult.min_age, adult.max_age) == (18, None)
    assert (child.min_age, child.max_age) == (None, 17)
    assert rules.limits_of(service="110", **(blank | {"min_age": 40})).min_age == 40


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"born": date(1986, 11, 22)}, "date_of_birth"),
        ({"born": date(1940, 1, 1)}, "date_of_birth"),
        ({"sex": "M"}, "sex"),
        ({"asa": 3}, "asa"),
        ({"asa": None}, "asa"),
        ({"bmi": 35.1}, "bmi"),
        ({"bmi": None}, "bmi"),
    ],
)
def test_the_first_limit_a_person_does_not_meet_is_named(values: dict[str, Any], field: str) -> None:
    limits = Limits(40, 80, 2, 35.0, "F")
    fitting: dict[str, Any] = {"born": date(1966, 1, 1), "asa": 2, "bmi": 35.0, "sex": "F", "today": TODAY}
    rules.check_limits(limits, **fitting)
    rules.check_limits(ANYBODY, **(fitting | values))
    with pytest.raises(InvalidInput) as refused:
        rules.check_limits(limits, **(fitting | values))
    assert refused.value.field == field


def test_a_service_for_men_says_so() -> None:
    with pytest.raises(InvalidInput, match="men only"):
        rules.check_limits(
            Limits(None, None, None, None, "M"), born=TODAY, asa=None, bmi=None, sex="F", today=TODAY
        )
