"""The weekly extract: checked against the lists we hold, reviewed, and applied whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit, bulk, events
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all, check_version
from dmas.core.errors import Conflict, InvalidInput
from dmas.providers import queries as providers
from dmas.providers.models import Organisation, Succession
from dmas.providers.vocabulary import OrganisationKind
from dmas.uploads import queries as uploads
from dmas.uploads import services as pipeline
from dmas.uploads.commands import Checked, ReceiveUpload
from dmas.uploads.models import Upload
from dmas.uploads.upload import Report, silent
from dmas.uploads.vocabulary import UploadKind, UploadStatus
from dmas.waitinglist import policy, queries
from dmas.waitinglist.commands import ApplyExtract, ConfirmList
from dmas.waitinglist.events import ExtractApplied
from dmas.waitinglist.loading import extract as reading
from dmas.waitinglist.loading import storing
from dmas.waitinglist.models import Extract, Invitation, Pathway
from dmas.waitinglist.vocabulary import Confirm

JOB = "weekly-list"
_NOT_YOURS = "Only the provider whose list it is can send it."


def receive_extract(
    session: Session, provider_code: str, file: bytes, *, actor: Actor, now: datetime
) -> Upload:
    """Keep a provider's weekly list until it is checked."""
    policy.require(policy.may_upload(actor), _NOT_YOURS)
    if not actor.is_system and actor.organisation != provider_code:
        policy.require(False, _NOT_YOURS)
    providers.provider(session, provider_code)
    command = ReceiveUpload(UploadKind.WAITING_LIST, provider_code, file)
    return pipeline.receive(session, command, actor=actor, now=now)


def check_extract(
    session: Session, reference: str, *, actor: Actor, now: datetime, report: Report = silent
) -> Upload:
    """Read a list that was received and write what applying it would do; a list that cannot be is refused."""
    upload = _held(session, reference, actor)
    if upload.status == UploadStatus.RECEIVED:
        _check(session, upload, actor=actor, now=now, report=report)
    return upload


def take_extract(
    session: Session, command: ApplyExtract, *, actor: Actor, now: datetime, report: Report = silent
) -> Upload:
    """Check a list that was received and apply it at once, unless it is refused or leaves a doubt."""
    upload = _held(session, command.reference, actor)
    if upload.status != UploadStatus.RECEIVED:
        raise Conflict("This list was looked at before. Open it to see what it needs.")
    looked = _check(session, upload, actor=actor, now=now, report=report)
    if looked is not None and not set(looked[0].must_confirm) - set(command.confirmed):
        _apply(session, upload, *looked, actor=actor, now=now, report=report)
    return upload


def apply_extract(
    session: Session, command: ApplyExtract, *, actor: Actor, now: datetime, report: Report = silent
) -> Extract:
    """Apply a checked list in this transaction; raise Conflict until everything doubtful is confirmed.

    The list is looked at again, since others may have been applied after its check.
    """
    upload = _held(session, command.reference, actor)
    if command.version is not None:
        check_version(upload, command.version)
    if upload.status != UploadStatus.CHECKED:
        raise Conflict("Only a list that was checked can be applied. Open it again to see what it needs.")
    found, read = _look(session, upload, now=now, report=report)
    missing = [one for one in found.must_confirm if one not in command.confirmed]
    if missing:
        raise Conflict(f"{Confirm(missing[0]).label} Confirm it to apply the list.")
    upload.rows, upload.counts = found.rows, dict(found.counts)
    return _apply(session, upload, found, read, actor=actor, now=now, report=report)


def confirm_still_true(session: Session, command: ConfirmList, *, actor: Actor, now: datetime) -> Extract:
    """Say of a list that is late: everybody on it is alive and still waits."""
    policy.require(policy.may_invite(actor, command.provider_code), _NOT_YOURS)
    extract = queries.extract_for(session, command.provider_code)
    extract.still_true_on = london_date(now)
    audit.record(session, extract, "extract.confirmed", actor=actor, now=now)
    return extract


def _held(session: Session, reference: str, actor: Actor) -> Upload:
    """Return an upload with its file, held for this transaction."""
    policy.require(policy.may_upload(actor), _NOT_YOURS)
    return uploads.upload_for(session, actor, reference, hold=True, with_file=True)


def _check(
    session: Session, upload: Upload, *, actor: Actor, now: datetime, report: Report
) -> tuple[Checked, reading.Read] | None:
    """Look at a list and write what came of it; None where the whole of it is refused."""
    try:
        found, read = _look(session, upload, now=now, report=report)
    except InvalidInput as error:
        pipeline.settle_refused(session, upload, str(error), actor=actor, now=now)
        return None
    pipeline.settle_checked(session, upload, found, actor=actor, now=now)
    return found, read


def _apply(
    session: Session,
    upload: Upload,
    found: Checked,
    read: reading.Read,
    *,
    actor: Actor,
    now: datetime,
    report: Report,
) -> Extract:
    extract, moved = _store(session, upload, found, read, actor=actor, now=now, report=report)
    pipeline.settle_applied(session, upload, actor=actor, now=now)
    news = ExtractApplied(
        extract.id, extract.provider_code, moved.ended, moved.dated, moved.died, moved.raised
    )
    events.publish(session, news, actor=actor, now=now)
    return extract


def _look(session: Session, upload: Upload, *, now: datetime, report: Report) -> tuple[Checked, reading.Read]:
    """Stage a list and compare it with what we hold; return what it would do, and what was read."""
    code, today = upload.organisation_code, london_date(now)
    file = pipeline.content_of(upload)
    bulk.allow_long_statements(session)
    last = queries.freshness(session, code, today=today).extract
    with session.begin_nested():  # a list that is refused midway ends its COPY, not the transaction
        read = reading.stage(
            session,
            file,
            provider_code=code,
            icbs=_icbs(session, today),
            applied=last.week_ending if last else None,
            today=today,
            report=report,
        )
    with acting_for_all(session, JOB):
        report("compare", 0, 1)
        storing.prepare(session)
        storing.refuse_shared_numbers(session, code, read.clashing, read.faults, read.refused_ids)
        counts = storing.compare(session, code, read.present, read.refused_ids)
        report("compare", 1, 1)
    counts |= {
        "refused": read.faults.count,
        "dirty": read.dirty,
        "doubtful_dates": read.doubtful_dates,
        "before": last.rows if last else 0,
    }
    limits = queries.thresholds_on(session, today)
    shrunk = last is not None and counts["accepted"] * 100 < last.rows * (100 - limits.shrinkage_percent)
    doubts = {
        Confirm.SHRINKAGE: shrunk,
        Confirm.REFUSED_ROWS: read.faults.count > 0,
        Confirm.DATE_ORDER: bool(read.doubtful_dates),
    }
    must = tuple(doubt.value for doubt, holds in doubts.items() if holds)
    return Checked(read.week_ending, read.rows, counts, read.faults, must), read


def _store(
    session: Session,
    upload: Upload,
    found: Checked,
    read: reading.Read,
    *,
    actor: Actor,
    now: datetime,
    report: Report,
) -> tuple[Extract, storing.Moved]:
    provider = session.get_one(Organisation, upload.organisation_code)
    before = queries.freshness(session, provider.code, today=london_date(now)).extract
    extract = Extract(
        provider_code=provider.code,
        week_ending=found.week_ending,
        upload_id=upload.id,
        file_hash=upload.file_hash,
        rows=int(found.counts["accepted"]),
        counts={name: value for name, value in found.counts.items() if name != "absent_ids"},
        shrinkage_confirmed=Confirm.SHRINKAGE in found.must_confirm,
        applied_by=actor.id,
        applied_at=now,
    )
    session.add(extract)
    audit.record(session, extract, "extract.applied", actor=actor, now=now, details=_details(extract))
    with acting_for_all(session, JOB):
        moved = storing.note_moves(session, provider.code, extract.id)
        storing.store_people(session, provider.code, provider.icb_code, read.present)
        report("store", 1, 3)
        area = (provider.icb_code, provider.region_code)
        storing.store_waits(session, provider.code, area, found.week_ending, read.present)
        report("store", 2, 3)
        storing.count_absences(session, before.week_ending if before else None)
        _withdraw_invitations(session, moved.died, actor, now)
        report("store", 3, 3)
    return extract, moved


def _withdraw_invitations(
    session: Session, pathway_ids: Sequence[uuid.UUID], actor: Actor, now: datetime
) -> None:
    """Make the codes of people who have died worthless, on whichever list they stood."""
    if not pathway_ids:
        return
    patients = select(Pathway.patient_id).where(Pathway.id.in_(pathway_ids))
    standing = select(Invitation).where(
        Invitation.patient_id.in_(patients),
        Invitation.replaced_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    for invitation in session.scalars(standing.order_by(Invitation.id)).all():
        invitation.withdrawn_at = now
        audit.record(session, invitation, "invitation.withdrawn", actor=actor, now=now)


def _icbs(session: Session, today: date) -> dict[str, str]:
    """Return today's ICB for every ICB code there ever was; boards that were split are left out."""
    heirs = session.execute(select(Succession.old_code, Succession.new_code)).all()
    boards = session.execute(
        select(Organisation.code, Organisation.closed_on).where(Organisation.kind == OrganisationKind.ICB)
    ).all()
    found = {}
    for code, closed_on in boards:
        now_called = code
        if closed_on is not None and closed_on < today:
            after = [new for old, new in heirs if old == code]
            if len(after) != 1:
                continue
            now_called = after[0]
        found[code] = now_called
    return found


def _details(extract: Extract) -> dict[str, int | str]:
    kept = ("new", "changed", "ended", "absent", "absent_again", "refused", "clocks")
    return {"week": extract.week_ending.isoformat()} | {name: extract.counts.get(name, 0) for name in kept}
