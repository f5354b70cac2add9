"""The weekly list in four steps: sent, checked, reviewed, applied; with how far it has come."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from dmas.core import audit, clock
from dmas.uploads import queries as uploads
from dmas.uploads import services as pipeline
from dmas.uploads.commands import AbandonUpload
from dmas.uploads.models import Upload, UploadProgress
from dmas.uploads.vocabulary import MOST_BYTES, UploadKind, UploadStatus
from dmas.waitinglist import policy, presenters, queries, services, upload
from dmas.waitinglist.commands import ApplyExtract
from dmas.waitinglist.forms import ActForm, ApplyForm, UploadForm
from dmas.waitinglist.views.blueprint import blueprint
from dmas.web import access, pages

_MULTIPART = 2**20  # what a form puts round its file
_SILENT_FOR = timedelta(seconds=60)


@blueprint.get("/waiting-list/uploads")
@access.staff(*policy.UPLOADERS)
def uploads_index() -> ResponseReturnValue:
    """List the files that were sent and the lists that were applied."""
    actor = access.current_actor()
    with pages.transaction() as session:
        sent = uploads.uploads_of(session, actor, UploadKind.WAITING_LIST)
        applied = queries.extracts(session, actor)
        fresh = queries.freshness(session, actor.organisation or "", today=pages.today())
    return pages.render("waitinglist/uploads.html", sent=sent, applied=applied, fresh=fresh, words=presenters)


@blueprint.route("/waiting-list/uploads/new", methods=["GET", "POST"])
@access.staff(*policy.UPLOADERS)
@pages.takes_files(MOST_BYTES + _MULTIPART)
def new_upload() -> ResponseReturnValue:
    """Take a file, and begin to check it."""
    actor, form = access.current_actor(), UploadForm()
    if form.validate_on_submit():
        sent: list[Upload] = []
        with pages.refusals(form), pages.once(form) as step:
            kept = services.receive_extract(
                step.session, actor.organisation or "", form.content(), actor=actor, now=step.now
            )
            sent.append(kept)
            step.outcome = presenters.path(kept)
        if not form.failed:
            _check_later(sent[0].reference)
            return pages.go(step)
    return pages.render("waitinglist/new_upload.html", form)


@blueprint.get("/waiting-list/uploads/<reference>")
@access.staff(*policy.UPLOADERS)
def upload_page(reference: str) -> ResponseReturnValue:
    """Show where a list is: on its way, to review, or done."""
    return _show(reference, ApplyForm())


@blueprint.post("/waiting-list/uploads/<reference>/check")
@access.staff(*policy.UPLOADERS)
def check_again(reference: str) -> ResponseReturnValue:
    """Begin to check a list whose check has stopped."""
    form = ActForm()
    with pages.transaction() as session:
        uploads.upload_for(session, access.current_actor(), reference)
    if form.validate_on_submit():
        _check_later(reference)
    return redirect(url_for("waitinglist.upload_page", reference=reference), code=303)


@blueprint.post("/waiting-list/uploads/<reference>/apply")
@access.staff(*policy.UPLOADERS)
def apply_upload(reference: str) -> ResponseReturnValue:
    """Apply a reviewed list once every doubt is confirmed."""
    actor, form = access.current_actor(), ApplyForm()
    with pages.transaction() as session:
        found = uploads.upload_for(session, actor, reference)
    if form.validate_on_submit() and form.demand(found.must_confirm):
        if form.version.data != found.version or found.status != UploadStatus.CHECKED:
            form.refuse(
                "This list was dealt with meanwhile. See below how it stands.", status=409, stale=True
            )
        else:
            command = ApplyExtract(reference, found.version, form.confirmed())
            database, now = pages.database(), pages.now()
            pages.later(lambda: upload.apply(database, command, actor=actor, now=now))
            return redirect(presenters.path(found), code=303)
    return _show(reference, form)


@blueprint.post("/waiting-list/uploads/<reference>/abandon")
@access.staff(*policy.UPLOADERS)
def abandon_upload(reference: str) -> ResponseReturnValue:
    """Let a list go that is not to be applied."""
    actor, form = access.current_actor(), ApplyForm()
    with pages.transaction() as session:
        uploads.upload_for(session, actor, reference)

    def do(step: pages.Step) -> None:
        command = AbandonUpload(reference, form.version.data or 0)
        pipeline.abandon(step.session, command, actor=actor, now=step.now)

    done = pages.act(
        form,
        do,
        outcome=url_for("waitinglist.uploads_index"),
        notice="The list is abandoned. Nothing of it was applied.",
    )
    return done or _show(reference, form)


def _check_later(reference: str) -> None:
    database, actor, now = pages.database(), access.current_actor(), pages.now()
    pages.later(lambda: upload.check(database, reference, actor=actor, now=now))


def _show(reference: str, form: ApplyForm) -> ResponseReturnValue:
    actor = access.current_actor()
    with pages.transaction() as session:
        found = uploads.upload_for(session, actor, reference)
        progress = uploads.progress_of(session, found.id)
        absent = []
        if found.status == UploadStatus.CHECKED:
            ids = [uuid.UUID(one) for one in found.counts.get("absent_ids", [])]
            absent = queries.rows_of(session, actor, ids, today=pages.today())
            people = {row.patient.id: row.patient for row in absent}.values()
            audit.record_views(session, people, "patient.listed", actor=actor, now=pages.now())
    doing, share = presenters.progress_of(progress)
    working = _is_working(found, progress)
    form.version.data = found.version
    return pages.render(
        "waitinglist/upload.html",
        form,
        upload=found,
        working=working,
        doing=doing,
        share=share,
        stopped=progress is not None and progress.step == upload.STOPPED,
        absent=absent,
        act=ActForm(),
        words=presenters,
    )


def _is_working(found: Upload, progress: UploadProgress | None) -> bool:
    """Say whether somebody works on an upload now: it moved within the last minute."""
    if found.status not in (UploadStatus.RECEIVED, UploadStatus.CHECKED) or progress is None:
        return found.status == UploadStatus.RECEIVED and pages.now() - found.received_at < _SILENT_FOR
    quiet = clock.now() - progress.at >= _SILENT_FOR
    done = (
        progress.step == "compare" and found.status == UploadStatus.CHECKED and progress.done == progress.of
    )
    return not (quiet or done or progress.step == upload.STOPPED)
