"""More days for a patient's search, given by the ICB that plans their care."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.core.errors import NotFound
from dmas.requests import policy, queries, services
from dmas.requests.forms import ExtendForm
from dmas.requests.views.blueprint import blueprint
from dmas.requests.vocabulary import TransferStatus
from dmas.web import access, pages

SEARCHES = (TransferStatus.SEARCHING, TransferStatus.OPTIONS_OFFERED)


@blueprint.route("/transfer-requests/<reference>/extend", methods=["GET", "POST"])
@access.staff(Role.ICB_COORDINATOR)
def extend(reference: str) -> ResponseReturnValue:
    """Give a search more days than its 56, where the patient agrees."""
    actor, path = access.current_actor(), f"/transfer-requests/{reference}"
    with pages.transaction() as session:
        transfer = queries.transfer(session, actor, reference)
    if not policy.may_extend(actor, transfer):
        raise NotFound
    form = ExtendForm(version=transfer.version)
    done = pages.act(
        form,
        lambda step: services.extend(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=path,
        notice="The search has more days.",
    )
    searches = transfer.status in SEARCHES
    return done or pages.render("requests/extend.html", form, transfer=transfer, searches=searches, path=path)
