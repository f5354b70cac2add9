"""Whom a trust may name, in which rank, and how far they may be asked to go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dmas.core.errors import InvalidInput
from dmas.proposals import rules
from dmas.proposals.commands import NamePerson
from dmas.proposals.rules import CutOff

TODAY = date(2026, 11, 21)
PERSON = NamePerson(
    reference="PR-7K3M9QT",
    pathway_id=" path1 ",
    nhs_number="999 000 0018",
    given_name=" Morgan ",
    family_name="Example",
    date_of_birth=date(1960, 2, 1),
    sex="F",
    postcode="b152gw",
    phone="07700 900123",
    clock_start=date(2025, 12, 1),
    priority_code="p4",
    asa=2,
    bmi=28.0,
    travel_miles=0,
    communication_needs=" BSL ",
)


def test_every_value_gets_its_one_form() -> None:
    person = rules.check_person(PERSON, TODAY)
    assert (person.pathway_id, person.nhs_number, person.postcode) == ("PATH1", "9990000018", "B15 2GW")
    assert (person.given_name, person.priority_code, person.communication_needs) == ("Morgan", "P4", "BSL")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pathway_id": " "}, "pathway_id"),
        ({"pathway_id": "x" * 21}, "pathway_id"),
        ({"given_name": ""}, "given_name"),
        ({"family_name": "x" * 71}, "family_name"),
        ({"phone": ""}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"nhs_number": "9990000019"}, "nhs_number"),
        ({"sex": "X"}, "sex"),
        ({"date_of_birth": date(2026, 11, 22)}, "date_of_birth"),
        ({"date_of_birth": date(1890, 1, 1)}, "date_of_birth"),
        ({"clock_start": date(2026, 11, 22)}, "clock_start"),
        ({"clock_start": date(1950, 1, 1)}, "clock_start"),
        ({"asa": 6}, "asa"),
        ({"bmi": 4.9}, "bmi"),
        ({"travel_miles": 1001}, "travel_miles"),
        ({"communication_needs": "x" * 501}, "communication_needs"),
        ({"postcode": "nowhere"}, "postcode"),
        ({"priority_code": "urgent"}, "priority_code"),
    ],
)
def test_the_first_wrong_value_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_person(replace(PERSON, **values), TODAY)
    assert refused.value.field == field


def test_a_rank_at_the_cut_off_is_named_and_one_below_is_not() -> None:
    cut_off = CutOff(4, date(2026, 1, 10))
    rules.check_rank("P4", date(2026, 1, 10), cut_off, TODAY)
    rules.check_rank("P3", date(2026, 6, 1), cut_off, TODAY)
    rules.check_rank("P4", date(2026, 11, 1), None, TODAY)
    with pytest.raises(InvalidInput, match="since 11 January 2026 is shorter") as refused:
        rules.check_rank("P4", date(2026, 1, 11), cut_off, TODAY)
    assert refused.value.field == "clock_start"
    with pytest.raises(InvalidInput, match="tier 4, and the places went down to tier 3"):
        rules.check_rank("P4", date(2026, 6, 1), CutOff(3, date(2026, 1, 1)), TODAY)


def test_over_a_year_lifts_a_person_above_a_tier_3_cut_off() -> None:
    rules.check_rank("P4", TODAY - timedelta(days=365), CutOff(3, date(2026, 1, 1)), TODAY)


@pytest.mark.parametrize("code", ["P1", "P5", "P6"])
def test_codes_that_are_never_matched_are_never_named(code: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_rank(code, date(2025, 1, 1), None, TODAY)


def test_a_journey_beyond_the_limit_or_not_known_needs_a_yes() -> None:
    assert rules.travel_limit(None) == 25
    assert rules.travel_limit(0) == 0
    assert not rules.too_far(250, 25)
    rules.check_travel(250, 25, agreed=False)
    rules.check_travel(251, 25, agreed=True)
    rules.check_travel(None, 25, agreed=True)
    with pytest.raises(InvalidInput, match="26 miles away"):
        rules.check_travel(260, 25, agreed=False)
    with pytest.raises(InvalidInput, match="is not known"):
        rules.check_travel(None, 25, agreed=False)


def test_a_person_is_asked_after_they_were_named_and_not_in_the_future() -> None:
    named = datetime(2026, 11, 21, 18, 0, 30, tzinfo=UTC)
    now = named + timedelta(minutes=5)
    rules.check_asked_at(datetime(2026, 11, 21, 18, 0, tzinfo=UTC), named, now)
    for wrong in (named - timedelta(minutes=1), now + timedelta(seconds=1)):
        with pytest.raises(InvalidInput):
            rules.check_asked_at(wrong, named, now)
