"""The night's run, one a service date, its files, and the outcome of every line it looked at."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Audited, Base


class MatchRun(Audited, Base):
    """One night. `fence` rises with each claim, so an owner that lost the night writes nothing more."""

    __tablename__ = "match_run"
    __table_args__ = (
        CheckConstraint(
            "status IN ('claimed','planned','checked','applied','refused','failed')", name="status"
        ),
    )

    service_date: Mapped[date] = mapped_column(unique=True)
    status: Mapped[str]
    owner: Mapped[str]
    fence: Mapped[int] = mapped_column(default=1)
    claimed_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    inputs_digest: Mapped[str | None]
    rules_version: Mapped[str]
    engine_version: Mapped[str]
    verdict: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str | None]

    def audit_parties(self) -> list[str]:
        """Runs are the nation's."""
        return []


class MatchRunFile(Base):
    """The problem and the solution of a run, compressed, exactly as they were solved and checked."""

    __tablename__ = "match_run_file"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match_run.id"), primary_key=True)
    problem: Mapped[bytes] = mapped_column(LargeBinary)
    solution: Mapped[bytes] = mapped_column(LargeBinary)


class Outcome(Base):
    """What one night did for one line of a request: places found, places left, and why."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_request_id", "request_id"),
        Index("ix_outcome_line_id", "line_id"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match_run.id"), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("request_line.id"), primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("care_request.id"))
    service_date: Mapped[date]
    wanted: Mapped[int]
    served: Mapped[int]
    code: Mapped[str | None]  # the contract's reason for what was left; None when all was found
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
