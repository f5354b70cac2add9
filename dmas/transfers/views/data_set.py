"""The minimum data set: filled in by the home trust, seen by both sides, sent, and saved as a file."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from dmas.transfers import policy, presenters, queries, services
from dmas.transfers.forms import DataSetForm, StepForm, data_set_values
from dmas.transfers.views.blueprint import blueprint, opened
from dmas.transfers.vocabulary import TransferStatus
from dmas.web import access, pages


@blueprint.route("/transfers/<reference>/data-set", methods=["GET", "POST"])
@access.staff(*policy.READS_PEOPLE)
def data_set(reference: str) -> ResponseReturnValue:
    """Show the data set; the home trust fills it in until it is sent."""
    actor = access.current_actor()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
        if request.method == "POST":
            policy.require(policy.may_act_for_home(actor, row.transfer), "Only the home trust fills this in.")
        values = services.look_at_person(session, row.transfer, actor=actor, now=pages.now())
    form = DataSetForm(version=row.transfer.version, **data_set_values(values))
    here = f"{presenters.path(reference)}/data-set"
    done = pages.act(
        form,
        lambda step: services.complete_data_set(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=here,
        notice="The data set is saved.",
    )
    if done:
        return done
    preparing = row.transfer.status == TransferStatus.PREPARING
    editing = preparing and policy.may_act_for_home(actor, row.transfer)
    return pages.render(
        "transfers/data_set.html",
        form,
        row=row,
        words=presenters,
        values=values,
        editing=editing,
        sending=StepForm(version=row.transfer.version),
    )


@blueprint.post("/transfers/<reference>/send")
@access.staff(*policy.HANDS_OVER)
def send(reference: str) -> ResponseReturnValue:
    """Send the complete data set to the receiver."""
    actor, row = access.current_actor(), opened(reference, "send", policy.may_act_for_home)
    form = StepForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.send(step.session, form.send(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The data set is sent. The receiver confirms within 3 working days.",
    )
    return done or pages.render("transfers/refused.html", form, row=row, words=presenters)


@blueprint.get("/transfers/<reference>/data-set.csv")
@access.staff(*policy.READS_PEOPLE)
def data_set_csv(reference: str) -> ResponseReturnValue:
    """Save the data set as CSV; that it was saved is recorded."""
    with pages.transaction() as session:
        _, values = services.download(session, reference, actor=access.current_actor(), now=pages.now())
    return _file(presenters.as_csv(values), "text/csv; charset=utf-8", f"{reference}.csv")


@blueprint.get("/transfers/<reference>/data-set.json")
@access.staff(*policy.READS_PEOPLE)
def data_set_json(reference: str) -> ResponseReturnValue:
    """Save the data set as JSON; that it was saved is recorded."""
    with pages.transaction() as session:
        transfer, values = services.download(
            session, reference, actor=access.current_actor(), now=pages.now()
        )
    return _file(presenters.as_json(transfer, values), "application/json", f"{reference}.json")


def _file(text: str, content_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=content_type, headers=headers)
