"""Messages in the outbox."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.models import OutboxMessage
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
