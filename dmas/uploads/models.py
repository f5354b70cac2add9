"""The uploaded file between its check and its application."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Audited, Base


class Upload(Audited, Base):
    """One file of one kind for one organisation. The file is kept only until it is applied or refused.

    `faults` hold line, column and what to do, never a value of the file.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("status IN ('received','checked','applied','refused','abandoned')", name="status"),
        CheckConstraint("rows >= 0", name="rows"),
        CheckConstraint("status IN ('received','checked') OR file IS NULL", name="file_let_go"),
        Index("ix_upload_organisation_code_kind", "organisation_code", "kind", "received_at"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    status: Mapped[str]
    week_ending: Mapped[date | None]
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    file_hash: Mapped[str]
    rows: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    faults: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    must_confirm: Mapped[list[str]] = mapped_column(default=list)
    received_by: Mapped[str]
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def audit_parties(self) -> list[str]:
        """The organisation may read the history."""
        return [self.organisation_code]


class UploadProgress(Base):
    """How far a step has come, written beside the transaction that does the work so that others see it."""

    __tablename__ = "upload_progress"

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    step: Mapped[str]
    done: Mapped[int]
    of: Mapped[int]
    at: Mapped[datetime]
