"""The outbox: a row in the transaction of the change it tells of, and the letters made from it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Audited, Base, explain_constraint


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
    """A letter as PDF, waiting to be printed and posted by the trust's own post room.

    The name and address stand in the PDF only, as they were when it was made.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("format IN ('standard','large_print','other')", name="format"),
        CheckConstraint("(printed_at IS NULL) = (printed_by IS NULL)", name="printed"),
        Index("ix_letter_organisation_code", "organisation_code", "printed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_message.id"), unique=True)
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    template: Mapped[str]
    reference: Mapped[str | None]
    format: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]
    printed_by: Mapped[str | None]

    def audit_parties(self) -> list[str]:
        """The trust that prints it may read what was done to it."""
        return [self.organisation_code]


class ContactTask(Base):
    """News for a patient that may not or cannot go as a message: their trust tells them another way."""

    __tablename__ = "contact_task"
    __table_args__ = (
        CheckConstraint("num_nonnulls(done_at, done_by, outcome) IN (0, 3)", name="done"),
        CheckConstraint("outcome IN ('told','not_reached','not_needed')", name="outcome"),
        Index("ix_contact_task_organisation_code", "organisation_code", "done_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_message.id"), unique=True)
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    template: Mapped[str]
    reference: Mapped[str | None]
    pathway_id: Mapped[uuid.UUID | None]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    outcome: Mapped[str | None]

    def audit_parties(self) -> list[str]:
        """The trust that has to reach the person may read what was done."""
        return [self.organisation_code]


class PatientWording(Audited, Base):
    """What a trust's patients read on everything: its own number, and what to do when they get worse."""

    __tablename__ = "patient_wording"

    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"), unique=True)
    phone: Mapped[str] = mapped_column(default="")
    worse: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    def audit_parties(self) -> list[str]:
        """The trust may read who changed its words."""
        return [self.organisation_code]


explain_constraint("uq_patient_wording_organisation_code", "A colleague has just written these words too.")
