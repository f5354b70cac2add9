"""The home trust's clinicians: what they decide about a patient's request, and about what has changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import Conflict, InvalidInput, NotAllowed
from dmas.requests import outbox, queries, rules
from dmas.requests.commands import ClearChange, ReviewTransfer
from dmas.requests.models import TransferRequest, TransferReview
from dmas.requests.services import ending, reach, searching
from dmas.requests.services.eligibility import why_not_now
from dmas.requests.vocabulary import LONGEST_ANSWER, EndedBecause, ReviewOutcome, TransferStatus
from dmas.waitinglist.vocabulary import Because

# A date at home is the patient's to take or leave; it does not end a request by itself.
_LEFT_TO_THE_PATIENT = (Because.HAS_DATE,)


def review(session: Session, command: ReviewTransfer, *, actor: Actor, now: datetime) -> TransferRequest:
    """Decide about a request: suitable opens the search, not suitable ends it, else the patient is asked."""
    today = london_date(now)
    transfer = reach.for_clinician(session, command, actor)
    if transfer.status != TransferStatus.IN_REVIEW:
        raise Conflict("This request is not waiting for a decision any more.")
    before = queries.reviews(session, transfer)
    if any(one.asked_again_at and one.reviewed_by == actor.id for one in before) and not actor.is_system:
        raise NotAllowed("You decided about this request before, so another clinician must look at it again.")
    rules.check_review(command, today)
    because = [one for one in why_not_now(session, transfer, today) if one not in _LEFT_TO_THE_PATIENT]
    if because:
        codes = [one.value for one in because]
        return ending.end(session, transfer, EndedBecause.NOT_ELIGIBLE, actor=actor, now=now, why_not=codes)
    decision = _write(session, transfer, command, len(before) + 1, actor=actor, now=now)
    if command.outcome is ReviewOutcome.SUITABLE:
        _approve(session, transfer, decision, actor=actor, now=now)
    elif command.outcome is ReviewOutcome.NOT_SUITABLE:
        ending.refused(session, transfer, actor=actor, now=now, code=command.reason or "")
    else:
        _ask(session, transfer, actor=actor, now=now)
    return transfer


def clear_change(session: Session, command: ClearChange, *, actor: Actor, now: datetime) -> TransferRequest:
    """Say that the search may go on as it is after something has changed."""
    transfer = reach.for_clinician(session, command, actor)
    if not rules.change_is_open(transfer.changed_at, transfer.change_cleared_at):
        raise Conflict("Nothing waits for a look any more: somebody has seen to it.")
    if transfer.status == TransferStatus.IN_REVIEW:
        raise Conflict("This request waits for its review: decide there, with what has changed.")
    if len(command.note) > LONGEST_ANSWER:
        raise InvalidInput(f"Use {LONGEST_ANSWER:,} characters or fewer.", field="note")
    number = len(queries.reviews(session, transfer)) + 1
    cleared = ReviewTransfer(
        reference=transfer.reference, outcome=ReviewOutcome.CHANGE_CLEARED, question=command.note.strip()
    )
    _write(session, transfer, cleared, number, actor=actor, now=now)
    transfer.change_cleared_at, transfer.change_due_on = now, None
    reach.note(session, transfer, "change_cleared", actor=actor, now=now)
    return transfer


def close_clinically(
    session: Session, command: ClearChange, *, actor: Actor, now: datetime
) -> TransferRequest:
    """End a request because what has changed makes a move unsafe; the patient stays on the home list."""
    transfer = reach.for_clinician(session, command, actor)
    if not rules.change_is_open(transfer.changed_at, transfer.change_cleared_at):
        raise Conflict("Nothing waits for a look any more: somebody has seen to it.")
    return ending.end(session, transfer, EndedBecause.CLOSED_CLINICALLY, actor=actor, now=now)


def _approve(
    session: Session, transfer: TransferRequest, decision: TransferReview, *, actor: Actor, now: datetime
) -> None:
    today = london_date(now)
    assert transfer.submitted_on is not None
    searching.open_search(session, transfer, decision, actor=actor, now=now)
    transfer.status = rules.next_transfer_status("approve", transfer.status)
    transfer.review_due_on = None
    transfer.search_from = today
    transfer.search_ends_on = rules.transfer_search_ends_on(transfer.submitted_on, today)
    if rules.change_is_open(transfer.changed_at, transfer.change_cleared_at):
        transfer.change_cleared_at, transfer.change_due_on = now, None
    reach.note(session, transfer, "suitable", actor=actor, now=now)
    outbox.tell_patient(session, transfer, "transfer_suitable", actor=actor, now=now)


def _ask(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime) -> None:
    transfer.status = rules.next_transfer_status("ask", transfer.status)
    transfer.review_due_on = None
    reach.note(session, transfer, "information_wanted", actor=actor, now=now)
    outbox.tell_patient(session, transfer, "transfer_information_wanted", actor=actor, now=now)


def _write(
    session: Session,
    transfer: TransferRequest,
    command: ReviewTransfer,
    number: int,
    *,
    actor: Actor,
    now: datetime,
) -> TransferReview:
    suitable = command.outcome is ReviewOutcome.SUITABLE
    decision = TransferReview(
        request_id=transfer.id,
        number=number,
        home_code=transfer.home_code,
        patient_id=transfer.patient_id,
        outcome=command.outcome.value,
        reason=command.reason if command.outcome is ReviewOutcome.NOT_SUITABLE else None,
        question="" if suitable else command.question.strip(),
        reviewed_by=actor.id,
        reviewer_name=actor.name,
        reviewed_at=now,
    )
    if suitable:
        _write_care(decision, command)
    session.add(decision)
    audit.record(
        session,
        decision,
        f"transfer_review.{command.outcome.value}",
        actor=actor,
        now=now,
        reason=decision.reason,
    )
    return decision


def _write_care(decision: TransferReview, command: ReviewTransfer) -> None:
    assert command.stage is not None
    assert command.setting is not None
    decision.service = command.service
    decision.stage = command.stage.value
    decision.setting = command.setting.value
    decision.procedure_group = command.procedure_group
    decision.priority_code = command.priority_code
    decision.asa, decision.asa_on = command.asa, command.asa_on
    decision.bmi, decision.bmi_on = command.bmi, command.bmi_on
    decision.critical_care = command.critical_care.value
    decision.tokens = sorted(command.tokens)
