"""The pipeline's own steps: a file is received, found good or bad, applied or abandoned, and let go."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.db import check_version
from dmas.core.errors import InvalidInput
from dmas.core.references import new_reference
from dmas.core.transitions import advance
from dmas.uploads import queries
from dmas.uploads.commands import AbandonUpload, Checked, Fault, Faults, ReceiveUpload
from dmas.uploads.models import Upload, UploadProgress
from dmas.uploads.rules import TRANSITIONS
from dmas.uploads.vocabulary import MOST_BYTES, UploadStatus

NOUN = "upload"


def receive(session: Session, command: ReceiveUpload, *, actor: Actor, now: datetime) -> Upload:
    """Keep a file until it is checked and applied; raise InvalidInput where it is empty or too large."""
    if not command.file:
        raise InvalidInput("The file is empty. Export the list again.", field="file")
    if len(command.file) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES // 2**20} MB.", field="file")
    upload = Upload(
        reference=new_reference("UP"),
        kind=command.kind.value,
        organisation_code=command.organisation_code,
        status=UploadStatus.RECEIVED,
        file=zlib.compress(command.file, 1),  # lists repeat themselves: a tenth of the size, and quicker
        file_hash=hashlib.sha256(command.file).hexdigest(),
        received_by=actor.id,
        received_at=now,
    )
    session.add(upload)
    audit.record(session, upload, "upload.received", actor=actor, now=now)
    return upload


def content_of(upload: Upload) -> bytes:
    """Return an upload's file as it was sent; raise InvalidInput where it has been let go."""
    if upload.file is None:
        raise InvalidInput("The file has been let go. Send it again.")
    return zlib.decompress(upload.file)


def settle_checked(session: Session, upload: Upload, found: Checked, *, actor: Actor, now: datetime) -> None:
    """Write what a check found; the file waits for somebody's yes."""
    _advance(upload, "check")
    upload.week_ending = found.week_ending
    upload.rows = found.rows
    upload.counts = dict(found.counts)
    upload.faults = [asdict(fault) for fault in sorted(found.faults.shown)]
    upload.must_confirm = list(found.must_confirm)
    audit.record(session, upload, "upload.checked", actor=actor, now=now)


def settle_refused(session: Session, upload: Upload, message: str, *, actor: Actor, now: datetime) -> None:
    """Write why a whole file cannot be taken, and let it go."""
    _advance(upload, "refuse")
    upload.faults = [asdict(Fault(0, "", message))]
    _let_go(upload, now)
    audit.record(session, upload, "upload.refused", actor=actor, now=now)


def settle_applied(session: Session, upload: Upload, *, actor: Actor, now: datetime) -> None:
    """Write that a file was applied, and let it go."""
    _advance(upload, "apply")
    _let_go(upload, now)
    audit.record(session, upload, "upload.applied", actor=actor, now=now)


def abandon(session: Session, command: AbandonUpload, *, actor: Actor, now: datetime) -> Upload:
    """Let a file go that is not to be applied."""
    upload = queries.upload_for(session, actor, command.reference, hold=True)
    check_version(upload, command.version)
    _advance(upload, "abandon")
    _let_go(upload, now)
    audit.record(session, upload, "upload.abandoned", actor=actor, now=now)
    return upload


def note_progress(
    session: Session, upload_id: uuid.UUID, step: str, done: int, of: int, *, now: datetime
) -> None:
    """Write how far a step has come; committed beside the work itself, so that everybody sees it."""
    values = {"step": step, "done": done, "of": of, "at": now}
    session.execute(
        insert(UploadProgress)
        .values(upload_id=upload_id, **values)
        .on_conflict_do_update(index_elements=["upload_id"], set_=values)
    )


def faults_of(upload: Upload) -> Faults:
    """Return what was wrong with an upload as it was found."""
    shown = [Fault(**one) for one in upload.faults]
    return Faults(int(upload.counts.get("refused", len(shown))), shown)


def _advance(upload: Upload, verb: str) -> None:
    upload.status = advance(TRANSITIONS, verb, UploadStatus(upload.status), noun=NOUN)


def _let_go(upload: Upload, now: datetime) -> None:
    upload.file = None
    upload.ended_at = now
