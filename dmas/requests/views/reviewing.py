"""Clinical review: the queue, one request with its facts and the decision, and what has changed."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Role
from dmas.requests import loading, presenters, queries, rules, services
from dmas.requests.forms import ChangeForm, ReviewForm
from dmas.requests.loading import Journey
from dmas.requests.models import TransferRequest
from dmas.requests.views.blueprint import blueprint
from dmas.requests.vocabulary import TransferStatus
from dmas.web import access, lists, pages

_Column = lists.Column[presenters.QueueRow]
QUEUE = lists.Furniture[presenters.QueueRow](
    caption="Requests that wait for a clinician",
    one="request",
    many="requests",
    columns=(
        _Column(
            "Reference", lambda row: lists.Link(row.reference, row.path), export=lambda row: row.reference
        ),
        _Column("Why", lambda row: row.why),
        _Column("Service", lambda row: row.service),
        _Column("Waited", lambda row: row.waited),
        _Column("Asked on", lambda row: row.asked),
        _Column("Decision", lambda row: row.due),
    ),
    filters=(),
    sort="",
    empty="Nobody waits for a decision. Requests of your patients come here when they send them.",
)


@blueprint.get("/reviews")
@access.staff(Role.CLINICAL_REVIEWER)
def reviews() -> ResponseReturnValue:
    """List what waits for a clinician of one's trust: changes first, then the oldest."""
    listing = QUEUE.listing()
    with pages.transaction() as session:
        found, total = queries.review_queue(session, access.current_actor(), **listing.bounds)
    listing = listing.filled([presenters.queue_row(one, pages.today()) for one in found], total)
    return pages.show_list(listing, "requests/reviews.html", file="reviews")


@blueprint.route("/reviews/<reference>", methods=["GET", "POST"])
@access.staff(Role.CLINICAL_REVIEWER)
def review(reference: str) -> ResponseReturnValue:
    """Show the facts of one request on one page, and take the decision."""
    with pages.transaction() as session:
        transfer, found = _open(session, reference)
    form = ReviewForm(
        version=transfer.version,
        service=found.pathway.service,
        data=presenters.as_review(found, pages.today()),
    )
    answer = pages.act(
        form,
        lambda step: services.review(
            step.session, form.command(reference), actor=access.current_actor(), now=step.now
        ),
        outcome="/reviews",
        notice=f"Your decision about {reference} is recorded, and the patient is told.",
    )
    if answer is not None:
        return answer
    waits = transfer.status == TransferStatus.IN_REVIEW
    if not waits and _change_waits(transfer):
        return redirect(f"/reviews/{reference}/change", code=303)
    return _render("review", transfer, found, form, waits=waits)


@blueprint.route("/reviews/<reference>/change", methods=["GET", "POST"])
@access.staff(Role.CLINICAL_REVIEWER)
def change(reference: str) -> ResponseReturnValue:
    """Look at what has changed, before any match."""
    with pages.transaction() as session:
        transfer, found = _open(session, reference)
    form = ChangeForm(version=transfer.version)

    def do(step: pages.Step) -> None:
        decide = services.clear_change if form.goes_on.data == "yes" else services.close_clinically
        decide(step.session, form.command(reference), actor=access.current_actor(), now=step.now)

    answer = pages.act(form, do, outcome="/reviews", notice=f"Your decision about {reference} is recorded.")
    if answer is not None:
        return answer
    if transfer.status == TransferStatus.IN_REVIEW or not _change_waits(transfer):
        return redirect(f"/reviews/{reference}", code=303)
    return _render("review_change", transfer, found, form)


def _open(session: Session, reference: str) -> tuple[TransferRequest, Journey]:
    actor = access.current_actor()
    transfer = queries.transfer(session, actor, reference)
    found = loading.journey_of(session, transfer)
    audit.record_view(session, found.patient, "patient.viewed", actor=actor, now=pages.now())
    return transfer, found


def _change_waits(transfer: TransferRequest) -> bool:
    return rules.change_is_open(transfer.changed_at, transfer.change_cleared_at)


def _render(
    name: str, transfer: TransferRequest, found: Journey, form: ReviewForm | ChangeForm, *, waits: bool = True
) -> ResponseReturnValue:
    today = pages.today()
    return pages.render(
        f"requests/{name}.html",
        form,
        transfer=transfer,
        waits=waits,
        patient=presenters.patient_facts(found, today),
        wait=presenters.wait_facts(found, today),
        rows=presenters.answered(found.answers),
        changed=presenters.changed_words(found),
        history=presenters.decisions(found),
        standing=presenters.standing(found),
        conflict=presenters.decided_before(found, access.current_actor().id),
    )
