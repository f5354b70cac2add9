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
    DECIDE_WORKING_DAYS,
    LIVE,
    NAME_WORKING_DAYS,
    PERSON_ANSWER_DAYS,
    ProposalStatus,
)

_S = ProposalStatus
_RECEIVER, _HOME = "manager of the receiving provider", "capacity manager of the home trust"
_ANSWERED = {_S.RECEIVER_ACCEPTED, _S.ACCEPTED_SUBJECT}

TRANSITIONS = {
    "accept": step({_S.PROPOSED}, _S.RECEIVER_ACCEPTED, _RECEIVER),
    "accept_subject": step({_S.PROPOSED}, _S.ACCEPTED_SUBJECT, f"{_RECEIVER} or clinical reviewer"),
    "ask": step({_S.PROPOSED}, _S.NEEDS_INFORMATION, f"{_RECEIVER} or clinical reviewer"),
    "answer": step({_S.NEEDS_INFORMATION}, _S.PROPOSED, f"{_HOME} or clinical reviewer"),
    "decline": step({_S.PROPOSED, _S.NEEDS_INFORMATION}, _S.RECEIVER_DECLINED, _RECEIVER),
    "choose": step(_ANSWERED, _S.CHOSEN, _HOME),
    "decline_capacity": step({_S.NEEDS_INFORMATION, *_ANSWERED}, _S.DECLINED, _HOME),
    "settle": step({_S.CHOSEN}, _S.SETTLED, "the system, when no place is held any more"),
    "lapse": step({_S.PROPOSED, _S.NEEDS_INFORMATION, *_ANSWERED}, _S.LAPSED, "the night, once due"),
    "withdraw": step(set(LIVE), _S.WITHDRAWN, "the system, when the offer or the request is withdrawn"),
    "lose": step(set(LIVE), _S.GONE, "the system, when the offer is suspended or no longer fits"),
    "supersede": step(set(LIVE) - {_S.CHOSEN}, _S.SUPERSEDED, "the system, when the request closes"),
}


NO_ANSWER, LIMITS_TIGHTENED = "no_answer", "limits_tightened"


def turn_of(status: str) -> str | None:
    """Return whose turn it is, `home` or `receiver`, or None once it is over."""
    if status == _S.PROPOSED:
        return "receiver"
    return "home" if status in LIVE else None


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
