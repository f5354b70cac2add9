"""The proposal's lifecycle, whose turn it is and by when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dmas.core.errors import IllegalTransition, InvalidInput
from dmas.core.transitions import advance
from dmas.proposals import rules
from dmas.proposals.vocabulary import LIVE, ProposalStatus

_S = ProposalStatus
FRIDAY = date(2026, 11, 20)


def test_nothing_leaves_an_end_and_every_live_state_can_end() -> None:
    ends = set(ProposalStatus) - LIVE
    for verb, row in rules.TRANSITIONS.items():
        assert not row.sources & ends, verb
    for state in LIVE:
        targets = {row.target for row in rules.TRANSITIONS.values() if state in row.sources}
        assert targets & ends


def test_every_state_but_the_first_is_reached() -> None:
    assert {row.target for row in rules.TRANSITIONS.values()} == set(ProposalStatus)


def test_a_closed_request_leaves_chosen_places_alone() -> None:
    with pytest.raises(IllegalTransition):
        advance(rules.TRANSITIONS, "supersede", _S.CHOSEN, noun="match")


@pytest.mark.parametrize(
    ("status", "turn"),
    [
        (_S.PROPOSED, "receiver"),
        (_S.NEEDS_INFORMATION, "home"),
        (_S.RECEIVER_ACCEPTED, "home"),
        (_S.CHOSEN, "home"),
        (_S.SETTLED, None),
        (_S.LAPSED, None),
    ],
)
def test_whose_turn_it_is(status: ProposalStatus, turn: str | None) -> None:
    assert rules.turn_of(status) == turn


@pytest.mark.parametrize(
    ("status", "turn"),
    [
        (_S.PROPOSED, "receiver"),
        (_S.ASKED, "receiver"),
        (_S.NEEDS_INFORMATION, "home"),
        (_S.RECEIVER_ACCEPTED, "exchange"),
        (_S.ACCEPTED_SUBJECT, "exchange"),
        (_S.OFFERED, "patient"),
        (_S.GONE, None),
    ],
)
def test_whose_turn_it_is_with_a_patients_option(status: ProposalStatus, turn: str | None) -> None:
    assert rules.turn_of(status, patient=True) == turn


def test_answers_are_gathered_for_two_working_days() -> None:
    assert rules.gather_due(FRIDAY) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("by_letter", "due", "reminded"),
    [
        (False, date(2026, 11, 27), [date(2026, 11, 22), date(2026, 11, 25)]),
        (True, date(2026, 12, 4), [date(2026, 11, 23), date(2026, 11, 30)]),
    ],
)
def test_a_patient_has_7_days_or_14_and_two_reminders(
    by_letter: bool, due: date, reminded: list[date]
) -> None:
    assert rules.patient_due(FRIDAY, by_letter=by_letter) == due
    assert rules.reminders(FRIDAY, due) == reminded


def test_options_lapse_after_their_last_day_and_one_call() -> None:
    called = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert not rules.may_lapse(FRIDAY, called, FRIDAY)
    assert not rules.may_lapse(FRIDAY, None, date(2026, 12, 24))
    assert rules.may_lapse(FRIDAY, called, date(2026, 11, 21))


def test_time_limits_count_working_days() -> None:
    assert rules.answer_due(FRIDAY, 4) == date(2026, 11, 25)
    assert rules.answer_due(FRIDAY, 2) == date(2026, 11, 23)
    assert rules.decide_due(date(2026, 12, 23)) == date(2026, 12, 30)
    assert rules.name_due(FRIDAY) == date(2026, 11, 25)
    assert rules.person_due(FRIDAY) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("held", "named", "due"),
    [
        (2, [], date(2026, 11, 25)),
        (2, [FRIDAY], date(2026, 11, 25)),
        (2, [FRIDAY, date(2026, 11, 23)], date(2026, 11, 27)),
        (2, [date(2026, 11, 16)], date(2026, 11, 23)),
    ],
)
def test_held_places_lapse_unnamed_or_unanswered_whichever_is_first(
    held: int, named: list[date], due: date
) -> None:
    assert rules.chosen_due(FRIDAY, held, named) == due


def test_lapses_count_for_four_weeks() -> None:
    now = datetime(2026, 11, 29, 2, 30, tzinfo=UTC)
    assert rules.lapse_since(now, 28) == datetime(2026, 11, 1, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("places", [0, -1, 4])
def test_places_lie_within_what_is_held(places: int) -> None:
    rules.check_places(3, 3)
    with pytest.raises(InvalidInput, match="between 1 and 3"):
        rules.check_places(places, 3)


def test_words_are_trimmed_and_bounded() -> None:
    assert rules.check_words("  yes ", field="x", ask="Say it.", most=3) == "yes"
    with pytest.raises(InvalidInput, match="Say it"):
        rules.check_words(" \n ", field="x", ask="Say it.")
    with pytest.raises(InvalidInput, match="3 characters"):
        rules.check_words("four", field="x", ask="Say it.", most=3)


def test_another_reason_says_which() -> None:
    assert rules.check_note("staffing", "  ") == ""
    assert rules.check_note("staffing", " Two away. ") == "Two away."
    with pytest.raises(InvalidInput, match="Say what"):
        rules.check_note("other", " ")
