"""How a patient's request ends: taken back, stayed, found nothing, or overtaken by what happened at home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core import events
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import Conflict, NotAllowed
from dmas.requests import outbox, queries, rules
from dmas.requests.commands import AnswerHomeDate, ReverseStay, Stay, WithdrawTransfer
from dmas.requests.events import ChoiceTakenBack
from dmas.requests.models import TransferRequest
from dmas.requests.services import reach, searching
from dmas.requests.vocabulary import (
    SEARCH_DAYS,
    TRANSFER_LIVE,
    ClosedBecause,
    EndedBecause,
    RequestStatus,
    TransferStatus,
)

# What the patient is told of an end; of a death nobody is written to.
TOLD = {
    EndedBecause.NOT_ELIGIBLE: "transfer_not_eligible",
    EndedBecause.NOT_SUITABLE: "transfer_not_suitable",
    EndedBecause.STAYED: "transfer_stayed",
    EndedBecause.NOT_FOUND: "transfer_not_found",
    EndedBecause.WITHDRAWN: "transfer_withdrawn",
}
HOME_DATE = "home_date"


def withdraw_transfer(
    session: Session, command: WithdrawTransfer, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Take a request back; the place on the home list is what it was."""
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        status = rules.next_transfer_status("withdraw", transfer.status)
        had_chosen = transfer.status == TransferStatus.ACCEPTED
        _ends(session, transfer, status, EndedBecause.WITHDRAWN, "withdrawn", actor=actor, now=now)
        if had_chosen:
            _take_back(session, transfer, EndedBecause.WITHDRAWN, actor=actor, now=now)
        searching.close_search(session, transfer, ClosedBecause.WITHDRAWN, actor=actor, now=now)
    return transfer


def stay(session: Session, command: Stay, *, actor: Actor, now: datetime) -> TransferRequest:
    """Stay at the home hospital. What was shown stays held until the night, so that it can be reversed."""
    reason(ReasonFor.STAY, command.reason)
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        status = rules.next_transfer_status("stay", transfer.status)
        _ends(
            session,
            transfer,
            status,
            EndedBecause.STAYED,
            "stayed",
            actor=actor,
            now=now,
            reason_code=command.reason,
        )
    return transfer


def reverse_stay(session: Session, command: ReverseStay, *, actor: Actor, now: datetime) -> TransferRequest:
    """Look at the options again, while the search and what it holds still stand."""
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        if not can_reverse(session, transfer, now):
            raise Conflict("The places have gone back, so this cannot be reversed. You can ask again today.")
        transfer.status = rules.next_transfer_status("reverse_stay", transfer.status)
        transfer.ended_because = transfer.ended_on = None
        reach.note(session, transfer, "stay_reversed", actor=actor, now=now)
    return transfer


def can_reverse(session: Session, transfer: TransferRequest, now: datetime) -> bool:
    """Say whether somebody who stays may still look at their options again."""
    if transfer.ended_because != EndedBecause.STAYED or transfer.care_request_id is None:
        return False
    if transfer.answer_due_on is None or transfer.answer_due_on < london_date(now):
        return False
    return queries.by_id(session, transfer.care_request_id).status == RequestStatus.OPEN


def answer_home_date(
    session: Session, command: AnswerHomeDate, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Take the date at home, which ends the request, or go on searching in spite of it."""
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        if transfer.status not in TRANSFER_LIVE:
            raise Conflict("This request has already ended.")
        if command.takes_it:
            return end(session, transfer, EndedBecause.DATED_AT_HOME, actor=actor, now=now)
        answers = queries.answers(session, transfer)
        answers.values = {**answers.values, HOME_DATE: {"kept_searching_on": london_date(now).isoformat()}}
        reach.note(session, transfer, "home_date_declined", actor=actor, now=now)
    return transfer


def end(
    session: Session,
    transfer: TransferRequest,
    because: EndedBecause,
    *,
    actor: Actor,
    now: datetime,
    why_not: Sequence[str] = (),
) -> TransferRequest:
    """End a request for a reason outside the patient's own choice; `why_not` are eligibility codes."""
    status = rules.next_transfer_status("end", transfer.status)
    if why_not:
        answers = queries.answers(session, transfer)
        answers.values = {**answers.values, "why_not": list(why_not)}
    had_chosen = transfer.status == TransferStatus.ACCEPTED
    _ends(session, transfer, status, because, "ended", actor=actor, now=now)
    if had_chosen:
        _take_back(session, transfer, because, actor=actor, now=now)
    searching.close_search(session, transfer, ClosedBecause.WITHDRAWN, actor=actor, now=now)
    return transfer


def expire_transfers(session: Session, *, actor: Actor, now: datetime) -> int:
    """End every search that has run its time, and give back what those who stayed were shown; count them."""
    if not actor.is_system:
        raise NotAllowed("Only the night ends searches that have run their time.")
    today = london_date(now)
    for stayed in queries.lock_transfers(session, queries.stayed_with_places()):
        searching.close_search(session, stayed, ClosedBecause.WITHDRAWN, actor=actor, now=now)
    over = queries.search_is_over(today, submitted_by=today - timedelta(days=SEARCH_DAYS))
    ended = queries.lock_transfers(session, over)
    for transfer in ended:
        status = rules.next_transfer_status("expire", transfer.status)
        _ends(session, transfer, status, EndedBecause.NOT_FOUND, "not_found", actor=actor, now=now)
        searching.close_search(session, transfer, ClosedBecause.UNMET, actor=actor, now=now)
    return len(ended)


def refused(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime, code: str) -> None:
    """End a request that a clinician found not suitable, with the coded reason."""
    status = rules.next_transfer_status("refuse", transfer.status)
    _ends(
        session,
        transfer,
        status,
        EndedBecause.NOT_SUITABLE,
        "not_suitable",
        actor=actor,
        now=now,
        reason_code=code,
    )


# Why the hand-over of somebody who had chosen is cancelled, and whether it was their own wish.
_CANCELLED = {
    EndedBecause.WITHDRAWN: ("patient_changed_mind", True),
    EndedBecause.DATED_AT_HOME: ("home_date", True),
}


def _take_back(
    session: Session, transfer: TransferRequest, because: EndedBecause, *, actor: Actor, now: datetime
) -> None:
    assert transfer.care_request_id is not None
    why, by_patient = _CANCELLED.get(because, ("condition_changed", False))
    events.publish(session, ChoiceTakenBack(transfer.care_request_id, by_patient, why), actor=actor, now=now)


def _ends(
    session: Session,
    transfer: TransferRequest,
    status: str,
    because: EndedBecause,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason_code: str | None = None,
) -> None:
    sent = transfer.submitted_on is not None
    transfer.status = TransferStatus(status).value
    transfer.ended_because, transfer.ended_on = because.value, london_date(now)
    if because in (EndedBecause.STAYED, EndedBecause.NOT_FOUND):
        transfer.ask_again_on = rules.ask_again_on(london_date(now))
    reach.note(session, transfer, action, actor=actor, now=now, reason=reason_code or because.value)
    if because in TOLD and (sent or because is EndedBecause.NOT_ELIGIBLE):
        with acting_for_all(session, reach.CHOICE):
            outbox.tell_patient(session, transfer, TOLD[because], actor=actor, now=now)
