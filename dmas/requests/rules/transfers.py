"""The lifecycle of a patient's own request, its time limits, and what its search needs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from dmas.catalogue.vocabulary.arrangements import Basis, CriticalCare, Stage
from dmas.catalogue.vocabulary.tokens import STANDARD_NOTICE, hard_only
from dmas.core.calendar import add_working_days
from dmas.core.errors import InvalidInput
from dmas.core.transitions import advance, step
from dmas.requests.vocabulary import (
    ASK_AGAIN_DAYS,
    CHANGE_WORKING_DAYS,
    LEAST_SEARCH_DAYS,
    LONGEST_EXTENSION_DAYS,
    REVIEW_BREACH_WORKING_DAYS,
    REVIEW_KEEPS_DAYS,
    REVIEW_WORKING_DAYS,
    SEARCH_DAYS,
    TransferStatus,
)

_STARTED, _REVIEW, _ASKED = (
    TransferStatus.STARTED,
    TransferStatus.IN_REVIEW,
    TransferStatus.NEEDS_INFORMATION,
)
_SEARCHING, _OPTIONS, _ACCEPTED = (
    TransferStatus.SEARCHING,
    TransferStatus.OPTIONS_OFFERED,
    TransferStatus.ACCEPTED,
)
_TRANSFERRED, _RESTING, _ENDED = (
    TransferStatus.TRANSFERRED,
    TransferStatus.RESTING,
    TransferStatus.ENDED,
)
_BEFORE_A_CHOICE = {_REVIEW, _ASKED, _SEARCHING, _OPTIONS, _RESTING}

TRANSFER_TRANSITIONS = {
    "submit": step({_STARTED}, _REVIEW, "the patient, or a helpline agent for them"),
    "ask": step({_REVIEW}, _ASKED, "clinical reviewer of the home trust"),
    "supply": step({_ASKED}, _REVIEW, "the patient, or a helpline agent for them"),
    "approve": step({_REVIEW}, _SEARCHING, "clinical reviewer of the home trust"),
    "refuse": step({_REVIEW}, _ENDED, "clinical reviewer of the home trust"),
    "reconsider": step({_ENDED}, _REVIEW, "the patient, once; another clinician then decides"),
    "show": step({_SEARCHING}, _OPTIONS, "the system, when receivers have said yes"),
    "choose": step({_OPTIONS}, _ACCEPTED, "the patient, or a helpline agent for them"),
    "search_on": step(
        {_OPTIONS, _ACCEPTED}, _SEARCHING, "the patient who declines all, or the system when they are gone"
    ),
    "rest": step({_SEARCHING, _OPTIONS}, _RESTING, "the night, after silence a second time"),
    "search_again": step({_RESTING}, _SEARCHING, "the patient, any day"),
    "stay": step({_OPTIONS}, _ENDED, "the patient, or a helpline agent for them"),
    "reverse_stay": step({_ENDED}, _OPTIONS, "the patient, while a place shown is still held"),
    "move": step({_ACCEPTED}, _TRANSFERRED, "the system, when the receiver confirms"),
    "come_back": step(
        {_ACCEPTED, _TRANSFERRED}, _RESTING, "the system, when the receiver returns the person"
    ),
    "withdraw": step({_STARTED, *_BEFORE_A_CHOICE, _ACCEPTED}, _ENDED, "the patient, at any time"),
    "expire": step({_ASKED, _SEARCHING, _RESTING}, _ENDED, "the night, after 56 days"),
    "end": step(
        {_STARTED, *_BEFORE_A_CHOICE, _ACCEPTED},
        _ENDED,
        "the system, when a date at home is taken, the wait has ended or the patient has died",
    ),
}


def next_transfer_status(verb: str, status: str) -> str:
    """Return the state a verb leads to; raise IllegalTransition where there is no such step."""
    return advance(TRANSFER_TRANSITIONS, verb, TransferStatus(status), noun="request").value


def review_due_on(submitted_on: date) -> date:
    """Return the day by which the home trust should have decided."""
    return add_working_days(submitted_on, REVIEW_WORKING_DAYS)


def review_breach_on(submitted_on: date) -> date:
    """Return the last day before an undecided review is a breach."""
    return add_working_days(submitted_on, REVIEW_BREACH_WORKING_DAYS)


def change_due_on(told_on: date) -> date:
    """Return the day by which a clinician looks at what has changed: the next working day."""
    return add_working_days(told_on, CHANGE_WORKING_DAYS)


def transfer_search_ends_on(submitted_on: date, opens_on: date) -> date:
    """Return the day that closes a search: 56 days from submission, 14 at least after a late review."""
    return max(submitted_on + timedelta(days=SEARCH_DAYS), opens_on + timedelta(days=LEAST_SEARCH_DAYS))


def ask_again_on(today: date) -> date:
    """Return the day on which a resting patient is asked again: 12 weeks on."""
    return today + timedelta(days=ASK_AGAIN_DAYS)


def change_is_open(changed_at: datetime | None, cleared_at: datetime | None) -> bool:
    """Say whether a change waits for a clinician, who looks before any match."""
    return changed_at is not None and (cleared_at is None or cleared_at < changed_at)


def review_is_old(reviewed_on: date, today: date) -> bool:
    """Say whether a clinician should look again before a search that starts again."""
    return (today - reviewed_on).days > REVIEW_KEEPS_DAYS


def extended_to(ends_on: date, days: int, today: date) -> date:
    """Return the new end of a search; raise InvalidInput for more days than may be given at once."""
    if not 1 <= days <= LONGEST_EXTENSION_DAYS:
        raise InvalidInput(f"Give 1 to {LONGEST_EXTENSION_DAYS} days.", field="days")
    return max(ends_on, today) + timedelta(days=days)


def transfer_needs(
    *,
    stage: str,
    critical_care: str,
    tokens: Collection[str],
    patient_needs: Collection[str],
    short_notice: bool,
) -> list[str]:
    """Return the hard needs of one patient's search, sorted; what only informs is left out."""
    found = {f"stage:{stage}", f"basis:{Basis.WHOLE_PATHWAY.value}", *hard_only({*tokens, *patient_needs})}
    if not short_notice:
        found.add(STANDARD_NOTICE)
    if critical_care != CriticalCare.NONE:
        found.add(f"critical_care:{critical_care}")
    if stage == Stage.FIRST_OUTPATIENT:
        found.add("treatment_follows")
    return sorted(found)
