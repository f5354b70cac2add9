"""The outbox: a row in the transaction of the change it tells of, and the letters made from it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Base


class OutboxMessage(Base):
    """One message to one recipient. It holds an id and template values, never an address or a name.

    `dedup` makes a second writing of the same news impossible; `template` names the words.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("recipient_kind IN ('patient','staff','organisation')", name="recipient_kind"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("num_nonnulls(sent_at, held_back_at, dead_at) <= 1", name="one_end"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim"),
        Index(
            "ix_outbox_message_waiting",
            "send_after",
            postgresql_where=text("sent_at IS NULL AND dead_at IS NULL AND held_back_at IS NULL"),
        ),
        Index("ix_outbox_message_recipient", "recipient_kind", "recipient_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    dedup: Mapped[str] = mapped_column(unique=True)
    template: Mapped[str]
    recipient_kind: Mapped[str]
    recipient_id: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    request_id: Mapped[str | None]
    send_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    channel: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    held_back_at: Mapped[datetime | None]  # the address book said: do not send
    held_back_reason: Mapped[str | None]
    dead_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]

    def audit_parties(self) -> list[str]:
        """Only the nation reads what was done to a message."""
        return []


class Letter(Base):
    """A letter as PDF, waiting to be printed and posted by the trust's own post room."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_organisation_code", "organisation_code", "printed_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_message.id"), unique=True)
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]
    printed_by: Mapped[str | None]
