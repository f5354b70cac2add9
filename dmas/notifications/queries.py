"""Reading the outbox, for whoever looks after it, and a trust's letters and people to tell."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session, undefer

from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.notifications import policy
from dmas.notifications.models import ContactTask, Letter, OutboxMessage, PatientWording
from dmas.notifications.vocabulary import LetterState, MessageState

MOST_AT_ONCE = 200

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


def post_of(actor: Actor) -> ColumnElement[bool]:
    """Return the scope of letters: those of the actor's own trust, for who posts them."""
    return Letter.organisation_code == actor.organisation if policy.may_post(actor) else ~true()


def tasks_of(actor: Actor) -> ColumnElement[bool]:
    """Return the scope of people to tell: those of the actor's own trust, for who tells them."""
    return ContactTask.organisation_code == actor.organisation if policy.may_post(actor) else ~true()


def letter(session: Session, actor: Actor, letter_id: uuid.UUID) -> Letter:
    """Return a letter of the actor's trust with its PDF; raise NotFound."""
    statement = select(Letter).where(Letter.id == letter_id, post_of(actor)).options(undefer(Letter.pdf))
    found = session.scalar(statement)
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def letters(
    session: Session, actor: Actor, *, state: LetterState | None = None, limit: int, offset: int = 0
) -> tuple[Sequence[Letter], int]:
    """Return a page of the trust's letters, those to print first, and how many there are."""
    found = select(Letter).where(post_of(actor))
    if state is not None:
        waits = Letter.printed_at.is_(None)
        found = found.where(waits if state is LetterState.TO_PRINT else ~waits)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    ordered = found.order_by(Letter.printed_at.desc().nulls_first(), Letter.made_at.desc(), Letter.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all(), total


def letters_to_print(session: Session, actor: Actor, until: datetime) -> Sequence[Letter]:
    """Return the letters that wait for the trust's printer with their PDFs, oldest first, MOST_AT_ONCE."""
    waiting = select(Letter).where(post_of(actor), Letter.printed_at.is_(None), Letter.made_at <= until)
    ordered = waiting.order_by(Letter.made_at, Letter.id).limit(MOST_AT_ONCE).options(undefer(Letter.pdf))
    return session.scalars(ordered).all()


def printing_until(session: Session, actor: Actor) -> datetime | None:
    """Return when the last of the letters that are printed together was written; None where none waits."""
    oldest = (
        select(Letter.made_at)
        .where(post_of(actor), Letter.printed_at.is_(None))
        .order_by(Letter.made_at, Letter.id)
        .limit(MOST_AT_ONCE)
        .subquery()
    )
    found: datetime | None = session.scalar(select(func.max(oldest.c.made_at)))
    return found


def contact_task(session: Session, actor: Actor, task_id: uuid.UUID) -> ContactTask:
    """Return somebody to tell, of the actor's trust; raise NotFound."""
    found = session.scalar(select(ContactTask).where(ContactTask.id == task_id, tasks_of(actor)))
    if found is None:
        raise NotFound("There is no such task.")
    return found


def contact_tasks(
    session: Session, actor: Actor, *, done: bool = False, limit: int, offset: int = 0
) -> tuple[Sequence[ContactTask], int]:
    """Return a page of people to tell, or who were told, longest waiting first, and how many there are."""
    ended = ContactTask.done_at.is_not(None)
    found = select(ContactTask).where(tasks_of(actor), ended if done else ~ended)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    ordered = found.order_by(ContactTask.made_at, ContactTask.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all(), total


def post_waiting(session: Session, actor: Actor) -> tuple[int, int]:
    """Count the letters to print and the people to tell of the actor's trust."""
    letters_waiting = select(func.count()).where(post_of(actor), Letter.printed_at.is_(None))
    tasks_waiting = select(func.count()).where(tasks_of(actor), ContactTask.done_at.is_(None))
    return session.scalar(letters_waiting) or 0, session.scalar(tasks_waiting) or 0


def wording(session: Session, organisation_code: str) -> PatientWording | None:
    """Return what a trust's patients read on everything, or None where it has written nothing."""
    return session.scalar(select(PatientWording).where(PatientWording.organisation_code == organisation_code))
