"""The lifecycle of a patient's own request, its limits and its needs, on values alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.core.errors import IllegalTransition, InvalidInput
from dmas.requests import rules
from dmas.requests.vocabulary import TransferStatus

DAY = date(2026, 11, 21)  # a Saturday
MOMENT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
_T = TransferStatus


@pytest.mark.parametrize(
    ("verb", "source", "target"),
    [
        ("submit", _T.STARTED, _T.IN_REVIEW),
        ("ask", _T.IN_REVIEW, _T.NEEDS_INFORMATION),
        ("supply", _T.NEEDS_INFORMATION, _T.IN_REVIEW),
        ("approve", _T.IN_REVIEW, _T.SEARCHING),
        ("refuse", _T.IN_REVIEW, _T.ENDED),
        ("show", _T.SEARCHING, _T.OPTIONS_OFFERED),
        ("choose", _T.OPTIONS_OFFERED, _T.ACCEPTED),
        ("search_on", _T.ACCEPTED, _T.SEARCHING),
        ("move", _T.ACCEPTED, _T.TRANSFERRED),
        ("come_back", _T.TRANSFERRED, _T.RESTING),
        ("search_again", _T.RESTING, _T.SEARCHING),
    ],
)
def test_each_step_leads_where_it_should(verb: str, source: TransferStatus, target: TransferStatus) -> None:
    assert rules.next_transfer_status(verb, source) == target


@pytest.mark.parametrize(
    ("verb", "source"),
    [
        ("withdraw", _T.TRANSFERRED),
        ("withdraw", _T.ENDED),
        ("show", _T.IN_REVIEW),
        ("show", _T.RESTING),
        ("approve", _T.SEARCHING),
        ("expire", _T.OPTIONS_OFFERED),
        ("expire", _T.IN_REVIEW),
        ("end", _T.TRANSFERRED),
    ],
)
def test_a_step_that_is_not_in_the_table_is_refused(verb: str, source: TransferStatus) -> None:
    with pytest.raises(IllegalTransition):
        rules.next_transfer_status(verb, source)


def test_a_patient_may_withdraw_from_every_state_before_the_move() -> None:
    sources = rules.TRANSFER_TRANSITIONS["withdraw"].sources
    assert sources == set(TransferStatus) - {_T.TRANSFERRED, _T.ENDED}


def test_time_limits_are_counted_in_working_days() -> None:
    assert rules.review_due_on(DAY) == date(2026, 11, 27)
    assert rules.review_breach_on(DAY) == date(2026, 12, 4)
    assert rules.change_due_on(DAY) == date(2026, 11, 23)


def test_a_search_ends_56_days_from_submission_and_never_within_a_fortnight_of_its_start() -> None:
    assert rules.transfer_search_ends_on(DAY, DAY) == DAY + timedelta(days=56)
    late = DAY + timedelta(days=50)
    assert rules.transfer_search_ends_on(DAY, late) == late + timedelta(days=14)


@given(st.integers(0, 400))
def test_a_search_is_never_shorter_than_promised(days: int) -> None:
    opens = DAY + timedelta(days=days)
    ends = rules.transfer_search_ends_on(DAY, opens)
    assert ends >= DAY + timedelta(days=56)
    assert ends >= opens + timedelta(days=14)


def test_a_resting_patient_is_asked_again_after_12_weeks() -> None:
    assert rules.ask_again_on(DAY) == DAY + timedelta(weeks=12)


def test_a_change_is_open_until_it_is_cleared_after_it_was_said() -> None:
    hour = timedelta(hours=1)
    assert not rules.change_is_open(None, None)
    assert rules.change_is_open(MOMENT, None)
    assert rules.change_is_open(MOMENT, MOMENT - hour)
    assert not rules.change_is_open(MOMENT, MOMENT)


def test_a_review_is_looked_at_again_after_84_days() -> None:
    assert not rules.review_is_old(DAY - timedelta(days=84), DAY)
    assert rules.review_is_old(DAY - timedelta(days=85), DAY)


def test_an_extension_counts_from_the_end_or_from_today() -> None:
    assert rules.extended_to(DAY, 28, DAY - timedelta(days=5)) == DAY + timedelta(days=28)
    assert rules.extended_to(DAY, 7, DAY + timedelta(days=3)) == DAY + timedelta(days=10)
    for days in (0, 29):
        with pytest.raises(InvalidInput):
            rules.extended_to(DAY, days, DAY)


def test_needs_hold_what_is_hard_and_leave_out_what_only_informs() -> None:
    assert rules.transfer_needs(
        stage="decision_to_admit",
        critical_care="2",
        tokens=["general_anaesthetic"],
        patient_needs=["hoist", "interpreter"],
        short_notice=False,
    ) == [
        "basis:whole_pathway",
        "critical_care:2",
        "general_anaesthetic",
        "hoist",
        "stage:decision_to_admit",
        "standard_notice",
    ]


def test_a_first_appointment_needs_the_treatment_that_follows() -> None:
    found = rules.transfer_needs(
        stage="first_outpatient", critical_care="none", tokens=[], patient_needs=[], short_notice=True
    )
    assert found == ["basis:whole_pathway", "stage:first_outpatient", "treatment_follows"]
