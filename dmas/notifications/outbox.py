"""Writing news into the outbox, in the transaction of the change it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.audit import request_id
from dmas.notifications import messages
from dmas.notifications.commands import Message
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import RecipientKind


class Told(Protocol):
    """A record that messages tell of: its version makes the news of each change its own."""

    @property
    def id(self) -> uuid.UUID: ...

    @property
    def version(self) -> int: ...


def queue(session: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """Write one message, which goes if the change is committed; its `dedup` a second time writes nothing."""
    queue_many(session, [message], actor=actor, now=now)


def queue_many(session: Session, news: Iterable[Message], *, actor: Actor, now: datetime) -> None:
    """Write many messages in one statement, as `queue` does."""
    rows = [_row(message, actor, now) for message in news]
    if rows:
        # Without naming `dedup`: the writer may not read the outbox, and naming a column would need that.
        session.execute(insert(OutboxMessage).on_conflict_do_nothing(), rows)


def to_organisation(template: str, code: str, told: Told, **values: Any) -> Message:
    """Return the message to an organisation about one version of a record."""
    return Message(
        template=template,
        recipient_kind=RecipientKind.ORGANISATION,
        recipient_id=code,
        values=values,
        dedup=f"{template}:{told.id}:{told.version}:{code}",
    )


def to_staff(template: str, staff_id: uuid.UUID, told: Told, **values: Any) -> Message:
    """Return the message to a member of staff about one version of a record."""
    return Message(
        template=template,
        recipient_kind=RecipientKind.STAFF,
        recipient_id=str(staff_id),
        values=values,
        dedup=f"{template}:{told.id}:{told.version}:{staff_id}",
    )


def to_patient(template: str, patient_id: uuid.UUID, told: Told, **values: Any) -> Message:
    """Return the message to a patient about one version of a record."""
    return Message(
        template=template,
        recipient_kind=RecipientKind.PATIENT,
        recipient_id=str(patient_id),
        values=values,
        dedup=f"{template}:{told.id}:{told.version}:{patient_id}",
    )


def _row(message: Message, actor: Actor, now: datetime) -> dict[str, Any]:
    messages.check_values(message.recipient_kind, message.template, message.values)
    return {
        "id": uuid.uuid4(),
        "dedup": message.dedup,
        "template": message.template,
        "recipient_kind": message.recipient_kind.value,
        "recipient_id": message.recipient_id,
        "values": dict(message.values),
        "made_at": now,
        "made_by": actor.id,
        "request_id": request_id.get(),
        "send_after": message.send_after or now,
        "attempts": 0,
    }
