"""Reading the outbox, for whoever looks after it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.notifications import policy
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import MessageState

WAITING = and_(
    OutboxMessage.sent_at.is_(None), OutboxMessage.held_back_at.is_(None), OutboxMessage.dead_at.is_(None)
)
IN_STATE: dict[MessageState, ColumnElement[bool]] = {
    MessageState.WAITING: WAITING,
    MessageState.SENT: OutboxMessage.sent_at.is_not(None),
    MessageState.HELD_BACK: OutboxMessage.held_back_at.is_not(None),
    MessageState.DEAD: OutboxMessage.dead_at.is_not(None),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands: how many messages are in each state, and since when the oldest waits."""

    counts: dict[MessageState, int]
    oldest: datetime | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the scope: all of it for who looks after it, nothing for anybody else."""
    return true() if policy.may_look_after(actor) else ~true()


def get(session: Session, actor: Actor, message_id: uuid.UUID) -> OutboxMessage:
    """Return a message; raise NotFound."""
    found = session.scalar(select(OutboxMessage).where(OutboxMessage.id == message_id, visible_to(actor)))
    if found is None:
        raise NotFound("There is no such message.")
    return found


def page(
    session: Session,
    actor: Actor,
    *,
    state: MessageState | None = None,
    template: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[Sequence[OutboxMessage], int]:
    """Return a page of messages, newest first, and how many there are."""
    found = select(OutboxMessage).where(visible_to(actor))
    if state is not None:
        found = found.where(IN_STATE[state])
    if template:
        found = found.where(OutboxMessage.template == template)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    ordered = found.order_by(OutboxMessage.made_at.desc(), OutboxMessage.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all(), total


def standing(session: Session, actor: Actor, now: datetime) -> Standing:
    """Return how the outbox stands; a message not yet due does not count as old."""
    counted = session.execute(
        select(
            *(func.count().filter(condition).label(state.value) for state, condition in IN_STATE.items()),
            func.min(OutboxMessage.made_at).filter(WAITING, OutboxMessage.send_after <= now).label("oldest"),
        ).where(visible_to(actor))
    ).one()
    return Standing({state: getattr(counted, state.value) for state in MessageState}, counted.oldest)


def state_of(message: OutboxMessage) -> MessageState:
    """Return where a message stands."""
    if message.sent_at is not None:
        return MessageState.SENT
    if message.dead_at is not None:
        return MessageState.DEAD
    return MessageState.WAITING if message.held_back_at is None else MessageState.HELD_BACK
