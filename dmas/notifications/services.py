"""What happens to a message in the outbox: claimed, sent, tried again, held back, given up, sent again.

A claim counts as a try before anything is sent, so that a message that kills its sender is given up too.
Every later statement is guarded by the claim: an owner that was too slow writes nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.db import Audited
from dmas.core.errors import Conflict
from dmas.notifications import policy, queries, rules
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import CLAIM_SECONDS, MOST_TRIES, Channel, MessageState

KILLED = "the process that sent it ended"


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that one owner may send until a moment."""

    message: OutboxMessage
    owner: str
    until: datetime


def claim_next(session: Session, *, owner: str, now: datetime) -> Claim | None:
    """Claim the message that is due and has waited longest, counting a try; None where none is due."""
    until = now + timedelta(seconds=CLAIM_SECONDS)
    due = (
        select(OutboxMessage.id)
        .where(
            queries.WAITING,
            OutboxMessage.send_after <= now,
            OutboxMessage.attempts < MOST_TRIES,
            _unclaimed(now),
        )
        .order_by(OutboxMessage.send_after, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = session.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(due))
        .values(claimed_by=owner, claimed_until=until, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return Claim(claimed, owner, until) if claimed else None


def give_up_killed(session: Session, *, now: datetime) -> int:
    """Give up messages whose last try ended with its process; return how many."""
    statement = (
        update(OutboxMessage)
        .where(queries.WAITING, OutboxMessage.attempts >= MOST_TRIES, _unclaimed(now))
        .values(dead_at=now, last_failure=KILLED, claimed_by=None, claimed_until=None)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def mark_sent(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Write that a claimed message has gone; False where the claim was lost meanwhile."""
    return _settle(session, claim, sent_at=now, channel=Channel.EMAIL.value, last_failure=None)


def mark_failed(session: Session, claim: Claim, failure: str, *, spread: float, now: datetime) -> bool:
    """Write that a try failed: wait longer each time, and give the message up after the last."""
    tries = claim.message.attempts
    if rules.is_given_up(tries):
        return _settle(session, claim, dead_at=now, last_failure=failure)
    again = now + timedelta(seconds=rules.wait_seconds(tries, spread))
    return _settle(session, claim, send_after=again, last_failure=failure)


def put_back(session: Session, claim: Claim, failure: str, *, now: datetime) -> bool:
    """Put a message back that was never handed over: the server is down, so no try of it counts."""
    again = now + timedelta(seconds=rules.wait_seconds(1, 0))
    tries = claim.message.attempts - 1
    return _settle(session, claim, send_after=again, attempts=tries, last_failure=failure)


def hold_back(session: Session, claim: Claim, reason: str, *, now: datetime) -> bool:
    """Write that a message does not go, and why."""
    return _settle(session, claim, held_back_at=now, held_back_reason=reason)


def resend(session: Session, message_id: uuid.UUID, *, actor: Actor, now: datetime) -> OutboxMessage:
    """Let a message that was given up be tried again from now on, under the id it always had."""
    policy.require(policy.may_look_after(actor), "Only a national administrator looks after the outbox.")
    message = queries.get(session, actor, message_id)
    again = session.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, queries.IN_STATE[MessageState.DEAD])
        .values(dead_at=None, attempts=0, send_after=now)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if again is None:
        raise Conflict("Only a message that was given up can be sent again.")
    values = audit.event_values(
        cast(Audited, again), "message.sent_again", actor=actor, now=now, version=None
    )
    session.execute(insert(audit.AuditEvent), [values])
    return again


def count_as_sent(session: Session) -> int:
    """Write that all that waits went a minute after it was due: for an invented past, which mails nobody."""
    statement = (
        update(OutboxMessage)
        .where(queries.WAITING, OutboxMessage.claimed_by.is_(None))
        .values(
            sent_at=OutboxMessage.send_after + timedelta(minutes=1),
            attempts=1,
            channel=Channel.EMAIL.value,
        )
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now)


def _settle(session: Session, claim: Claim, **values: Any) -> bool:
    """End a claim, if it is still this owner's."""
    settled = session.scalar(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == claim.message.id,
            OutboxMessage.claimed_by == claim.owner,
            OutboxMessage.claimed_until == claim.until,
        )
        .values(claimed_by=None, claimed_until=None, **values)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return settled is not None
