"""Who may ask to move, to the day."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from dmas.waitinglist import rules
from dmas.waitinglist.rules import PathwayFacts, Thresholds
from dmas.waitinglist.vocabulary import Because, PauseReason

TODAY = date(2026, 11, 21)
LIMITS = Thresholds()


def wait(**values: Any) -> PathwayFacts:
    """Return a wait for an operation of an adult, long enough and without a date."""
    defaults: dict[str, Any] = {
        "pathway_id": uuid.UUID(int=1),
        "patient_id": uuid.UUID(int=2),
        "provider_code": "RXK",
        "service": "110",
        "list_type": "admitted",
        "clock_start": TODAY - timedelta(days=281),
        "date_of_birth": date(1966, 3, 14),
        "told_on": TODAY - timedelta(days=6),
        "rtt_status": "20",
        "practice_code": "M85001",
        "priority_code": "P4",
    }
    return PathwayFacts(**defaults | values)


def why(**values: Any) -> tuple[Because, ...]:
    """Return why a wait with these values is not eligible."""
    return rules.why_not(wait(**values), LIMITS, TODAY)


def days(count: int) -> date:
    """Return a day so many days from today."""
    return TODAY + timedelta(days=count)


def test_forty_weeks_are_more_than_280_days() -> None:
    assert why(clock_start=days(-280)) == (Because.NOT_40_WEEKS,)
    assert why(clock_start=days(-281)) == ()


@pytest.mark.parametrize(("on", "expected"), [(-1, ()), (0, ("has_date",)), (56, ("has_date",)), (57, ())])
def test_a_date_within_56_days_counts_on_both_lists(on: int, expected: tuple[str, ...]) -> None:
    assert why(admission_on=days(on)) == expected
    assert why(list_type="non_admitted", outpatient_on=days(on)) == expected


def test_each_list_looks_at_its_own_date_only() -> None:
    assert why(outpatient_on=days(3)) == ()
    assert why(list_type="non_admitted", admission_on=days(3)) == ()


def test_who_was_seen_in_clinic_waits_mid_pathway_which_is_off_until_a_rule_turns_it_on() -> None:
    seen = wait(list_type="non_admitted", last_attended_on=days(-40))
    assert rules.why_not(seen, LIMITS, TODAY) == (Because.SEEN,)
    assert rules.why_not(seen, Thresholds(mid_pathway=1), TODAY) == ()
    assert why(last_attended_on=days(-40)) == ()


def test_adults_only_from_the_birthday_on() -> None:
    assert why(date_of_birth=date(2008, 11, 22)) == (Because.CHILD,)
    assert why(date_of_birth=date(2008, 11, 21)) == ()


@pytest.mark.parametrize("practice", ["W95001", "V81997", "V81999", "12345", "Z00001", "S12345", None, ""])
def test_only_english_practices(practice: str | None) -> None:
    assert why(practice_code=practice) == (Because.NOT_ENGLISH,)


@pytest.mark.parametrize("practice", ["A81001", "P92003", "Y02495", "K84001"])
def test_every_english_letter(practice: str) -> None:
    assert why(practice_code=practice) == ()


@pytest.mark.parametrize(
    ("source", "sender", "tertiary"),
    [
        ("05", None, True),
        ("05", "RXK", False),
        ("05", "RXK02", False),
        ("03", "RRK", True),
        ("04", "RRK01", True),
        ("03", "M85001", False),
        ("03", "RANDOM1", False),
        (None, None, False),
    ],
)
def test_referred_by_another_hospital(source: str | None, sender: str | None, *, tertiary: bool) -> None:
    found = why(referral_source=source, referring_organisation=sender)
    assert found == ((Because.TERTIARY,) if tertiary else ())


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({"is_cancer": True}, Because.CANCER),
        ({"priority_code": "P1"}, Because.TOO_URGENT),
        ({"priority_code": "P2"}, Because.TOO_URGENT),
        ({"priority_code": "P5"}, Because.POSTPONED),
        ({"priority_code": "P6"}, Because.POSTPONED),
        ({"died_on": days(-1)}, Because.DIED),
        ({"ended_on": days(-1)}, Because.ENDED),
        ({"rtt_status": "30"}, Because.CLOCK_NOT_RUNNING),
        ({"rtt_status": None}, Because.CLOCK_NOT_RUNNING),
        ({"rtt_status": "21"}, Because.ALREADY_MOVING),
        ({"asks_already": True}, Because.ALREADY_MOVING),
    ],
)
def test_each_thing_that_stops_somebody(values: dict[str, Any], because: Because) -> None:
    assert why(**values) == (because,)


@pytest.mark.parametrize("priority", [None, "P3", "P4"])
def test_other_priorities_do_not_stop_anybody(priority: str | None) -> None:
    assert why(priority_code=priority) == ()


def test_all_reasons_are_told_the_gravest_first() -> None:
    assert why(died_on=days(-2), clock_start=days(-9), is_cancer=True) == (
        Because.DIED,
        Because.CANCER,
        Because.NOT_40_WEEKS,
    )


def test_every_reason_has_words_for_staff_and_for_the_patient() -> None:
    for because in Because:
        assert because.label
        assert because.for_patient.endswith(".")


def test_about_to_cross_is_four_weeks_before_and_only_the_wait_is_missing() -> None:
    def near(**values: Any) -> bool:
        return rules.is_about_to_cross(wait(**values), LIMITS, TODAY)

    assert near(clock_start=days(-253))
    assert near(clock_start=days(-280))
    assert not near(clock_start=days(-252))
    assert not near(clock_start=days(-281))
    assert not near(clock_start=days(-270), is_cancer=True)


def test_choice_begins_after_18_weeks() -> None:
    def may(**values: Any) -> bool:
        return rules.may_ask_for_choice(wait(**values), LIMITS, TODAY)

    assert not may(clock_start=days(-126))
    assert may(clock_start=days(-127))
    assert not may(ended_on=days(-1))
    assert not may(died_on=days(-1))
    assert not may(rtt_status="34")


@pytest.mark.parametrize(
    ("values", "paused"),
    [
        ({}, None),
        ({"died_on": days(-1)}, PauseReason.DIED),
        ({"ended_on": days(-1)}, PauseReason.ENDED),
        ({"absent_weeks": 1}, None),
        ({"absent_weeks": 2}, PauseReason.ABSENT_TWICE),
        ({"told_on": days(-10)}, None),
        ({"told_on": days(-11)}, PauseReason.LIST_TOO_OLD),
        ({"told_on": days(-30), "still_true_on": days(-10)}, None),
        ({"told_on": days(-30), "still_true_on": days(-11)}, PauseReason.LIST_TOO_OLD),
    ],
)
def test_what_pauses_a_wait(values: dict[str, Any], paused: PauseReason | None) -> None:
    assert rules.pause(wait(**values), LIMITS, TODAY) is paused


def test_somebody_born_on_29_february_has_a_birthday_on_1_march_in_other_years() -> None:
    born = date(2008, 2, 29)
    assert rules.age_on(born, date(2026, 2, 28)) == 17
    assert rules.age_on(born, date(2026, 3, 1)) == 18
