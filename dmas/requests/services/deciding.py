"""Deciding about a trust's request and ending it: approve, return, withdraw, close, expire."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor
from dmas.core import audit, events
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import NotAllowed
from dmas.requests import outbox, policy, queries, rules
from dmas.requests.commands import (
    ApproveRequest,
    RequestStep,
    ReturnRequest,
    WithdrawRequest,
)
from dmas.requests.events import RequestClosed, RequestWithdrawn
from dmas.requests.models import CareRequest
from dmas.requests.services import steps
from dmas.requests.vocabulary import SEARCH_DAYS, ClosedBecause, RequestStatus


def approve(session: Session, command: ApproveRequest, *, actor: Actor, now: datetime) -> CareRequest:
    """Let the search begin tonight: by the trust's ICB, or its region when the ICB is late."""
    care_request = _to_decide(session, command, actor, london_date(now))
    care_request.status = steps.next_status("approve", care_request.status)
    care_request.approved_by, care_request.approved_at = actor.id, now
    care_request.opened_on = london_date(now)
    audit.record(session, care_request, "request.approved", actor=actor, now=now)
    outbox.tell_trust(session, care_request, "request_approved", actor=actor, now=now)
    return care_request


def return_to_provider(
    session: Session, command: ReturnRequest, *, actor: Actor, now: datetime
) -> CareRequest:
    """Give a request back to its trust with a coded reason; the trust may send it again."""
    care_request = _to_decide(session, command, actor, london_date(now))
    words = rules.check_note(ReasonFor.ICB_RETURN, command.reason, command.note)
    care_request.status = steps.next_status("return", care_request.status)
    care_request.returned_reason = words
    care_request.approval_due_on = None
    audit.record(session, care_request, "request.returned", actor=actor, now=now, reason=command.reason)
    outbox.tell_trust(session, care_request, "request_returned", actor=actor, now=now)
    return care_request


def withdraw(session: Session, command: WithdrawRequest, *, actor: Actor, now: datetime) -> CareRequest:
    """Take a request back; whoever holds places for it hears of it at once."""
    care_request = steps.own(session, command.reference, command.version, actor)
    rules.check_note(ReasonFor.WITHDRAW_REQUEST, command.reason, command.note)
    _end(care_request, "withdraw", ClosedBecause.WITHDRAWN, london_date(now))
    audit.record(
        session,
        care_request,
        "request.withdrawn",
        actor=actor,
        now=now,
        reason=command.reason,
        details={"note": command.note} if command.note else None,
    )
    events.publish(session, RequestWithdrawn(care_request.id), actor=actor, now=now)
    return care_request


def close(
    session: Session, care_request: CareRequest, because: ClosedBecause, *, actor: Actor, now: datetime
) -> CareRequest:
    """End an open request because its places are found or cannot be; called by rooms above, in their step."""
    _end(care_request, "close", because, london_date(now))
    audit.record(session, care_request, "request.closed", actor=actor, now=now, reason=because.value)
    taken_back = because is ClosedBecause.WITHDRAWN
    news = RequestWithdrawn(care_request.id) if taken_back else RequestClosed(care_request.id)
    events.publish(session, news, actor=actor, now=now)
    return care_request


def expire_searches(session: Session, *, actor: Actor, now: datetime) -> int:
    """Close every search that has run its 56 days or is no longer of use; return how many."""
    if not actor.is_system:
        raise NotAllowed("Only the night ends searches that have run their time.")
    today = london_date(now)
    over = queries.search_over(today, opened_by=today - timedelta(days=SEARCH_DAYS))
    in_time = CareRequest.needed_by.is_(None) | (CareRequest.needed_by >= today)
    unmet = in_time | CareRequest.priority_date.is_not(None)
    ended = session.scalars(
        update(CareRequest)
        .where(over)
        .values(
            status=steps.next_status("expire", RequestStatus.OPEN),
            closed_because=case((unmet, ClosedBecause.UNMET.value), else_=ClosedBecause.EXPIRED.value),
            closed_on=today,
            version=CareRequest.version + 1,
        )
        .returning(CareRequest)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    audit.record_many(
        session, ended, "request.closed", actor=actor, now=now, reason=lambda one: one.closed_because
    )
    for one in sorted(ended, key=lambda one: one.reference):
        events.publish(session, RequestClosed(one.id), actor=actor, now=now)
    return len(ended)


def _end(care_request: CareRequest, verb: str, because: ClosedBecause, today: date) -> None:
    care_request.status = steps.next_status(verb, care_request.status)
    care_request.closed_because = because.value
    care_request.closed_on = today
    care_request.approval_due_on = None


def _to_decide(session: Session, command: RequestStep, actor: Actor, today: date) -> CareRequest:
    care_request = queries.get(session, actor, command.reference)
    if not policy.approves_for(actor, care_request):
        raise NotAllowed("Only a coordinator of the trust's ICB, or later of its region, decides about this.")
    if command.version is not None:
        check_version(care_request, command.version)
    steps.next_status("approve", care_request.status)
    if not policy.may_approve(actor, care_request, today):
        own = actor.id == care_request.posted_by
        raise NotAllowed(
            "You posted this request, so somebody else must decide about it."
            if own
            else "The ICB still has time to decide. You can once its two working days are over."
        )
    return care_request
