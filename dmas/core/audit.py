"""The audit trail: who did what to which record, why, and which organisations may read it.

Rows are added in the transaction of the change and can never be changed: the serving role has no right
to, and a trigger refuses even the owner.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dmas.core.actors import Actor
from dmas.core.db import Audited, Base

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class AuditEvent(Base):
    """One thing done or one identifiable record looked at."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id", "entity_version"),
        Index("ix_audit_event_parties", "parties", postgresql_using="gin"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    role: Mapped[str | None]
    organisation_code: Mapped[str | None]
    action: Mapped[str]
    entity_type: Mapped[str]
    entity_id: Mapped[uuid.UUID]
    entity_version: Mapped[int | None]
    reference: Mapped[str | None]
    parties: Mapped[list[str]]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    request_id: Mapped[str | None]


def record(
    session: Session,
    entity: Audited,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Flush the change of an audited record, raise its version and write its one event.

    A new record keeps version 1. `details` are plain JSON values and never personal data.
    """
    if entity in session.new:
        session.flush()
    else:
        entity.version += 1
        session.flush()
    values = event_values(
        entity, action, actor=actor, now=now, reason=reason, details=details, version=entity.version
    )
    session.execute(insert(AuditEvent), [values])


def record_many(
    session: Session,
    entities: Iterable[Audited],
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: Callable[[Any], str | None] = lambda entity: None,
) -> None:
    """Write one event for each of many records whose versions one statement has already raised."""
    rows = [
        event_values(one, action, actor=actor, now=now, version=one.version, reason=reason(one))
        for one in entities
    ]
    if rows:
        session.execute(insert(AuditEvent), rows)


def record_view(session: Session, entity: Audited, action: str, *, actor: Actor, now: datetime) -> None:
    """Write that an identifiable record was looked at; the record itself does not change."""
    record_views(session, [entity], action, actor=actor, now=now)


def record_views(
    session: Session, entities: Iterable[Audited], action: str, *, actor: Actor, now: datetime
) -> None:
    """Write in one statement that several identifiable records were looked at."""
    rows = [event_values(one, action, actor=actor, now=now, version=None) for one in entities]
    if rows:
        session.execute(insert(AuditEvent), rows)


def event_values(
    entity: Audited,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one event as column values, for a single insert or a bulk one."""
    return {
        **event_of(_table(entity), action, actor=actor, now=now, version=version),
        "entity_id": entity.id,
        "reference": getattr(entity, "reference", None),
        "parties": sorted({code for code in entity.audit_parties() if code}),
        "reason": reason,
        "details": dict(details or {}),
    }


def event_of(table: str, action: str, *, actor: Actor, now: datetime, version: int | None) -> dict[str, Any]:
    """Return what the events of many records have in common; each adds its id, reference and parties."""
    return {
        "at": now,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "role": actor.role.value if actor.role else None,
        "organisation_code": actor.organisation,
        "action": action,
        "entity_type": table,
        "entity_id": None,
        "entity_version": version,
        "reference": None,
        "parties": [],
        "reason": None,
        "details": {},
        "request_id": request_id.get(),
    }


def _table(entity: Audited) -> str:
    return type(entity).__tablename__  # type: ignore[attr-defined,no-any-return]


def history(session: Session, entities: Iterable[Audited]) -> list[AuditEvent]:
    """Return the events of some records that the acting person may read, oldest first."""
    ids = [entity.id for entity in entities]
    return list(
        session.scalars(select(AuditEvent).where(AuditEvent.entity_id.in_(ids)).order_by(AuditEvent.id))
    )
