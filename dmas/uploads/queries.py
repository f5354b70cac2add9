"""Reading uploads: one's own provider's only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session, undefer

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.uploads.models import Upload, UploadProgress
from dmas.uploads.vocabulary import UploadKind


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the uploads an actor may read."""
    if actor.is_system:
        return true()
    return Upload.organisation_code == actor.organisation if actor.reach is Reach.ORGANISATION else false()


def upload_for(
    session: Session, actor: Actor, reference: str, *, hold: bool = False, with_file: bool = False
) -> Upload:
    """Return an upload; `hold` locks its row for this transaction. Raises NotFound for anybody else's."""
    statement = select(Upload).where(Upload.reference == reference, visible_to(actor))
    if hold:
        statement = statement.with_for_update(key_share=True)  # its progress refers to it meanwhile
    if with_file:
        statement = statement.options(undefer(Upload.file))
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such upload, or it is not yours.")
    return found


def uploads_of(session: Session, actor: Actor, kind: UploadKind, *, limit: int = 25) -> Sequence[Upload]:
    """Return the actor's uploads of a kind, the latest first."""
    return session.scalars(
        select(Upload)
        .where(Upload.kind == kind, visible_to(actor))
        .order_by(Upload.received_at.desc(), Upload.reference)
        .limit(limit)
    ).all()


def progress_of(session: Session, upload_id: uuid.UUID) -> UploadProgress | None:
    """Return how far the step in hand has come, or None before the first was written."""
    return session.get(UploadProgress, upload_id, populate_existing=True)
