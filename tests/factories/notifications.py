"""Messages in the outbox."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.models import ContactTask, Letter, OutboxMessage
from dmas.notifications.vocabulary import RecipientKind

_numbers = itertools.count(1)
_maker = Actor.system("tests")


def a_message(**changes: Any) -> Message:
    """Return a message to an organisation, a new one each time."""
    values: dict[str, Any] = {
        "template": "match_declined",
        "recipient_kind": RecipientKind.ORGANISATION,
        "recipient_id": "RX1",
        "values": {"reference": "PR-7K3M9QT"},
        "dedup": f"test:{next(_numbers)}",
    }
    return Message(**{**values, **changes})


def make_message(session: Session, *, now: datetime, **changes: Any) -> OutboxMessage:
    """Queue a message and return its row; `changes` may name columns of the row too."""
    columns = {name: changes.pop(name) for name in [*changes] if name not in Message.__slots__}
    message = a_message(**changes)
    outbox.queue(session, message, actor=_maker, now=now)
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.dedup == message.dedup)).one()
    for name, value in columns.items():
        setattr(row, name, value)
    session.flush()
    return row


def queued(session: Session, *templates: str) -> list[OutboxMessage]:
    """Return what was queued, oldest first: all of it, or that of some templates."""
    found = select(OutboxMessage).order_by(OutboxMessage.made_at, OutboxMessage.dedup)
    return list(session.scalars(found.where(OutboxMessage.template.in_(templates)) if templates else found))


def make_letter(session: Session, *, now: datetime, organisation_code: str, **changes: Any) -> Letter:
    """Make a letter that waits to be printed, of a message of its own."""
    values: dict[str, Any] = {
        "message_id": _to_patient(session, now),
        "organisation_code": organisation_code,
        "template": "transfer_suitable",
        "reference": "TR-7K3M9QT",
        "format": "standard",
        "pdf": b"%PDF-1.3 a letter",
        "made_at": now,
    }
    letter = Letter(**{**values, **changes})
    session.add(letter)
    session.flush()
    return letter


def make_contact_task(
    session: Session, *, now: datetime, organisation_code: str, **changes: Any
) -> ContactTask:
    """Make somebody to tell another way, of a message of its own."""
    values: dict[str, Any] = {
        "message_id": _to_patient(session, now),
        "organisation_code": organisation_code,
        "template": "transfer_suitable",
        "reference": "TR-7K3M9QT",
        "reason": "The person is to be asked first, by the trust.",
        "made_at": now,
    }
    task = ContactTask(**{**values, **changes})
    session.add(task)
    session.flush()
    return task


def _to_patient(session: Session, now: datetime) -> uuid.UUID:
    message = make_message(
        session,
        now=now,
        template="transfer_suitable",
        recipient_kind=RecipientKind.PATIENT,
        recipient_id=str(uuid.uuid4()),
        values={"reference": "TR-7K3M9QT"},
    )
    return message.id
