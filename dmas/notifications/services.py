"""What happens to a message in the outbox: claimed, sent, tried again, held back, given up, sent again.

A claim counts as a try before anything is sent, so that a message that kills its sender is given up too.
Every later statement is guarded by the claim: an owner that was too slow writes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.db import Audited, check_version
from dmas.core.errors import Conflict
from dmas.notifications import policy, queries, rules
from dmas.notifications.commands import DoNotSend, FinishContact, SayToPatients, Sheet
from dmas.notifications.models import ContactTask, Letter, OutboxMessage, PatientWording
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


def mark_sent(session: Session, claim: Claim, *, now: datetime, channel: Channel = Channel.EMAIL) -> bool:
    """Write that a claimed message has gone; False where the claim was lost meanwhile."""
    return _settle(session, claim, sent_at=now, channel=channel.value, last_failure=None)


def file_letter(session: Session, claim: Claim, sheet: Sheet, pdf: bytes, *, now: datetime) -> bool:
    """Lay a letter before the trust that prints it, once; False where the claim was lost meanwhile."""
    if not mark_sent(session, claim, now=now, channel=Channel.LETTER):
        return False
    message = claim.message
    session.add(
        Letter(
            message_id=message.id,
            organisation_code=sheet.home_code,
            template=message.template,
            reference=message.values.get("reference"),
            format=sheet.format.value,
            pdf=pdf,
            made_at=now,
        )
    )
    session.flush()
    return True


def mark_failed(session: Session, claim: Claim, failure: str, *, spread: float, now: datetime) -> bool:
    """Write that a try failed: wait longer each time, and give the message up after the last."""
    tries = claim.message.attempts
    if rules.is_given_up(tries):
        return _settle(session, claim, dead_at=now, last_failure=failure)
    again = now + timedelta(seconds=rules.wait_seconds(tries, spread))
    return _settle(session, claim, send_after=again, last_failure=failure)


def put_back(
    session: Session, claim: Claim, failure: str, *, now: datetime, seconds: float | None = None
) -> bool:
    """Put a message back that was never handed over, so that no try of it counts; a minute if not told."""
    again = now + timedelta(seconds=rules.wait_seconds(1, 0) if seconds is None else seconds)
    tries = claim.message.attempts - 1
    return _settle(session, claim, send_after=again, attempts=tries, last_failure=failure)


def hold_back(session: Session, claim: Claim, why: DoNotSend, *, now: datetime) -> bool:
    """Write that a message does not go, and why; where a trust must tell the person, make that its task."""
    if not _settle(session, claim, held_back_at=now, held_back_reason=why.reason):
        return False
    if why.task_for:
        message = claim.message
        session.add(
            ContactTask(
                message_id=message.id,
                organisation_code=why.task_for,
                template=message.template,
                reference=message.values.get("reference"),
                pathway_id=why.pathway_id,
                reason=why.reason,
                made_at=now,
            )
        )
        session.flush()
    return True


def take_letter(session: Session, letter_id: uuid.UUID, *, actor: Actor, now: datetime) -> Letter:
    """Return a letter for printing, and write that the actor looked at it."""
    letter = queries.letter(session, actor, letter_id)
    audit.record_view(session, cast(Audited, letter), "letter.viewed", actor=actor, now=now)
    return letter


def take_letters(
    session: Session, *, until: datetime | None, actor: Actor, now: datetime
) -> Sequence[Letter]:
    """Return the letters to print that were written up to a moment, oldest first; each view is recorded."""
    waiting = queries.letters_to_print(session, actor, until or now)
    audit.record_views(session, cast(Any, waiting), "letter.viewed", actor=actor, now=now)
    return waiting


def mark_all_printed(session: Session, *, until: datetime | None, actor: Actor, now: datetime) -> int:
    """Write that the letters written up to a moment were printed and posted; return how many."""
    if until is None:
        raise Conflict("Open the list of letters again: it has changed.")
    waiting = queries.letters_to_print(session, actor, until)
    return mark_printed(session, [letter.id for letter in waiting], actor=actor, now=now)


def mark_printed(session: Session, letter_ids: Iterable[uuid.UUID], *, actor: Actor, now: datetime) -> int:
    """Write that letters were printed and posted; return how many were not before."""
    policy.require(policy.may_post(actor), "Only the trust's own booking clerks and managers post letters.")
    printed = session.scalars(
        update(Letter)
        .where(Letter.id.in_(list(letter_ids)), Letter.printed_at.is_(None), queries.post_of(actor))
        .values(printed_at=now, printed_by=actor.id)
        .returning(Letter)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    _write_events(session, printed, "letter.printed", actor, now)
    return len(printed)


def finish_contact(session: Session, command: FinishContact, *, actor: Actor, now: datetime) -> ContactTask:
    """Write what came of telling somebody another way; raise Conflict where a colleague already has."""
    policy.require(policy.may_post(actor), "Only the trust's own booking clerks and managers do this.")
    task = queries.contact_task(session, actor, command.task_id)
    done = session.scalar(
        update(ContactTask)
        .where(ContactTask.id == task.id, ContactTask.done_at.is_(None))
        .values(done_at=now, done_by=actor.id, outcome=command.outcome.value)
        .returning(ContactTask)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if done is None:
        raise Conflict("Somebody has already done this.")
    _write_events(session, [done], f"contact_task.{command.outcome.value}", actor, now)
    return done


def say_to_patients(
    session: Session, command: SayToPatients, *, actor: Actor, now: datetime
) -> PatientWording:
    """Keep what a trust's patients read on everything from now on; raise StaleEdit for an older form."""
    own = actor.is_system or actor.organisation == command.organisation_code
    allowed = actor.is_system or policy.may_word(actor)
    policy.require(own and allowed, "Only the trust's own managers write what its patients read.")
    kept = queries.wording(session, command.organisation_code)
    if kept is None:
        kept = PatientWording(organisation_code=command.organisation_code)
        session.add(kept)
    else:
        check_version(kept, command.version or 0)
    kept.phone, kept.worse = command.phone, command.worse
    kept.changed_at, kept.changed_by = now, actor.id
    audit.record(session, kept, "patient_wording.changed", actor=actor, now=now)
    return kept


def _write_events(
    session: Session, entities: Sequence[Letter | ContactTask], action: str, actor: Actor, now: datetime
) -> None:
    rows = [
        audit.event_values(cast(Audited, one), action, actor=actor, now=now, version=None) for one in entities
    ]
    if rows:
        session.execute(insert(audit.AuditEvent), rows)


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
