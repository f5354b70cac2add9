"""Calls before options lapse: whose last day is near, and writing a call down."""

from __future__ import annotations

from datetime import timedelta

from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.proposals import queries
from dmas.proposals.forms import CallForm
from dmas.proposals.presenters import options as words
from dmas.proposals.views.blueprint import blueprint
from dmas.proposals.vocabulary import CALL_BEFORE_DAYS
from dmas.requests import queries as requests
from dmas.requests import services
from dmas.requests.commands import LogCall
from dmas.requests.vocabulary import TransferStatus
from dmas.web import access, pages

_CALLERS = (Role.BOOKING_CLERK, Role.HELPLINE_AGENT)
MOST = 200


@blueprint.get("/calls")
@access.staff(*_CALLERS)
def calls() -> ResponseReturnValue:
    """List the patients whose options lapse soon and who were not phoned, the soonest first."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        rows, total = queries.to_call(
            session, actor, due_by=today + timedelta(days=CALL_BEFORE_DAYS), limit=MOST
        )
    return pages.render(
        "proposals/calls.html",
        head=words.CALL_HEAD,
        rows=[words.call_row(row, actor, today) for row in rows],
        total=total,
        most=MOST,
        days=CALL_BEFORE_DAYS,
    )


@blueprint.route("/calls/<reference>", methods=["GET", "POST"])
@access.staff(*_CALLERS)
def log_call(reference: str) -> ResponseReturnValue:
    """Write down that the patient was phoned, reached or not."""
    actor = access.current_actor()
    with pages.transaction() as session:
        transfer = requests.transfer(session, actor, reference)
    form = CallForm(version=transfer.version)
    done = pages.act(
        form,
        lambda step: services.log_call(
            step.session,
            LogCall(reference=reference, version=form.version.data, reached=form.reached.data == "yes"),
            actor=actor,
            now=step.now,
        ),
        outcome="/calls",
        notice="The call is written down.",
    )
    waits = transfer.status == TransferStatus.OPTIONS_OFFERED
    return done or pages.render("proposals/call.html", form, transfer=transfer, waits=waits)
