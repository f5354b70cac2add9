"""A form acts once: its key is written in the same transaction as what it did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from dmas.core.actors import Actor
from dmas.core.db import Base
from dmas.core.errors import AlreadyDone


class FormKey(Base):
    """A form that was sent: whose, its random key, where the first sending led and what it said there."""

    __tablename__ = "form_key"

    actor_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
    outcome: Mapped[str]
    notice: Mapped[str] = mapped_column(server_default="")


def claim(session: Session, key: str, *, actor: Actor, now: datetime) -> None:
    """Write the key; raise AlreadyDone with the first outcome if it was sent before.

    A second sending that arrives at the same moment waits on the first one's row, so it sees its outcome.
    """
    statement = (
        insert(FormKey)
        .values(actor_id=actor.id, key=key, sent_at=now, outcome="")
        .on_conflict_do_nothing()
        .returning(FormKey.key)
    )
    if session.execute(statement).first() is None:
        sent = select(FormKey.outcome, FormKey.notice).where(FormKey.actor_id == actor.id, FormKey.key == key)
        outcome, notice = session.execute(sent).one()
        raise AlreadyDone(outcome or "/home", notice)


def settle(session: Session, key: str, outcome: str, *, actor: Actor, notice: str = "") -> None:
    """Write where the form led and what it said there, to answer a second sending the same way.

    The browser drops the answer to the first sending of a double click, and the notice with it.
    """
    row = session.get_one(FormKey, (actor.id, key))
    row.outcome, row.notice = outcome, notice
    session.flush()
