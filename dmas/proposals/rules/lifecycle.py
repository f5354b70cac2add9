"""The proposal's lifecycle, whose turn it is and by when, and the words and numbers an answer may hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from dmas.core.calendar import add_working_days
from dmas.core.errors import InvalidInput
from dmas.core.transitions import step
from dmas.proposals.vocabulary import (
    ANSWER_WORKING_DAYS,
    ANSWER_WORKING_DAYS_TIER_2,
    ANSWERED,
    CHOOSE_DAYS,
    CHOOSE_DAYS_BY_LETTER,
    DECIDE_WORKING_DAYS,
    GATHER_WORKING_DAYS,
    LIVE,
    NAME_WORKING_DAYS,
    PERSON_ANSWER_DAYS,
    REMINDER_DAYS,
    REMINDER_DAYS_BY_LETTER,
    ProposalStatus,
    Turn,
)

_S = ProposalStatus
_RECEIVER, _HOME = "manager of the receiving provider", "capacity manager of the home trust"
_PATIENT = "the patient, or a helpline agent for them"
_TO_ANSWER = {_S.PROPOSED, _S.ASKED}
_ANSWERED = set(ANSWERED)
_LAPSES = {*_TO_ANSWER, _S.NEEDS_INFORMATION, *_ANSWERED, _S.OFFERED}

TRANSITIONS = {
    "accept": step(_TO_ANSWER, _S.RECEIVER_ACCEPTED, _RECEIVER),
    "accept_subject": step(_TO_ANSWER, _S.ACCEPTED_SUBJECT, f"{_RECEIVER} or clinical reviewer"),
    "ask": step(_TO_ANSWER, _S.NEEDS_INFORMATION, f"{_RECEIVER} or clinical reviewer"),
    "answer": step({_S.NEEDS_INFORMATION}, _S.PROPOSED, f"{_HOME} or clinical reviewer"),
    "answer_option": step(
        {_S.NEEDS_INFORMATION}, _S.ASKED, f"{_HOME} or clinical reviewer, for a further option"
    ),
    "decline": step({*_TO_ANSWER, _S.NEEDS_INFORMATION}, _S.RECEIVER_DECLINED, _RECEIVER),
    "choose": step(_ANSWERED, _S.CHOSEN, _HOME),
    "decline_capacity": step({_S.NEEDS_INFORMATION, *_ANSWERED}, _S.DECLINED, _HOME),
    "show": step(_ANSWERED, _S.OFFERED, "the system, when a patient's options are gathered"),
    "choose_option": step({_S.OFFERED}, _S.CHOSEN, _PATIENT),
    "decline_option": step({_S.OFFERED}, _S.DECLINED, _PATIENT),
    "settle": step({_S.CHOSEN}, _S.SETTLED, "the system, when no place is held any more"),
    "lapse": step(_LAPSES, _S.LAPSED, "the night, once due; a patient's options after a logged call"),
    "withdraw": step(set(LIVE), _S.WITHDRAWN, "the system, when the offer or the request is withdrawn"),
    "lose": step(set(LIVE), _S.GONE, "the system, when the offer is suspended or full, or no longer fits"),
    "supersede": step(
        set(LIVE) - {_S.CHOSEN}, _S.SUPERSEDED, "the system, when the request closes or another is chosen"
    ),
}


NO_ANSWER, LIMITS_TIGHTENED = "no_answer", "limits_tightened"


def turn_of(status: str, *, patient: bool = False) -> Turn | None:
    """Return whose turn it is, or None once it is over; `patient` where it is one of a patient's options."""
    if status in _TO_ANSWER:
        return Turn.RECEIVER
    if status == _S.OFFERED:
        return Turn.PATIENT
    if patient and status in ANSWERED:
        return Turn.EXCHANGE
    return Turn.HOME if status in LIVE else None


def answer_due(today: date, tier: int) -> date:
    """Return by when the receiver answers, or the home trust a question: 3 working days, 1 in tier 2."""
    return add_working_days(today, ANSWER_WORKING_DAYS_TIER_2 if tier == 2 else ANSWER_WORKING_DAYS)


def decide_due(today: date) -> date:
    """Return by when the home trust takes or leaves what the receiver accepted."""
    return add_working_days(today, DECIDE_WORKING_DAYS)


def name_due(chosen_on: date) -> date:
    """Return by when people are named for places taken on a day."""
    return add_working_days(chosen_on, NAME_WORKING_DAYS)


def person_due(named_on: date) -> date:
    """Return by when a person named on a day must have answered."""
    return named_on + timedelta(days=PERSON_ANSWER_DAYS)


def chosen_due(chosen_on: date, held: int, named_on: Iterable[date]) -> date:
    """Return the next date on which held places lapse: those unnamed, or a person not yet answered."""
    waiting = [person_due(day) for day in named_on]
    unnamed = [name_due(chosen_on)] if held > len(waiting) else []
    return min(waiting + unnamed)


def gather_due(today: date) -> date:
    """Return until when the other receivers' answers are waited for: 2 working days."""
    return add_working_days(today, GATHER_WORKING_DAYS)


def patient_due(shown_on: date, *, by_letter: bool) -> date:
    """Return the last day on which a patient chooses: 7 days, 14 by letter, interpreter or proxy."""
    return shown_on + timedelta(days=CHOOSE_DAYS_BY_LETTER if by_letter else CHOOSE_DAYS)


def reminders(shown_on: date, due_on: date) -> list[date]:
    """Return the days on which a patient is reminded of options that were shown on one day until another."""
    by_letter = (due_on - shown_on).days > CHOOSE_DAYS
    days = REMINDER_DAYS_BY_LETTER if by_letter else REMINDER_DAYS
    return [shown_on + timedelta(days=after) for after in days]


def may_lapse(due_on: date, called_at: datetime | None, today: date) -> bool:
    """Say whether a patient's options lapse: the last day has passed and one call is logged."""
    return due_on < today and called_at is not None


def lapse_since(now: datetime, days: int) -> datetime:
    """Return the moment from which lapses count towards a suspension."""
    return now - timedelta(days=days)


def check_places(places: int, most: int) -> None:
    """Raise InvalidInput unless places lie between 1 and what is held."""
    if not 1 <= places <= most:
        raise InvalidInput(f"Places must be between 1 and {most}.", field="places")


def check_words(text: str, *, field: str, ask: str, most: int = 2000) -> str:
    """Return trimmed text; raise InvalidInput where it is empty or too long."""
    text = text.strip()
    if not text:
        raise InvalidInput(ask, field=field)
    if len(text) > most:
        raise InvalidInput(f"Use {most:,} characters or fewer.", field=field)
    return text


def check_note(reason: str, note: str) -> str:
    """Return the note that goes with a coded reason; another reason must say which."""
    if reason == "other":
        return check_words(note, field="note", ask="Say what the reason is.")
    return check_words(note, field="note", ask="") if note.strip() else ""
