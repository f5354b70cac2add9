"""Changing a request before its approval, and withdrawing one."""

from __future__ import annotations

from functools import partial

from flask import redirect
from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.errors import IllegalTransition
from dmas.requests import policy, presenters, queries, services
from dmas.requests.forms import RequestForm, WithdrawForm
from dmas.requests.views.blueprint import blueprint
from dmas.requests.views.posting import sites_to_choose
from dmas.web import access, pages


@blueprint.route("/requests/<reference>/amend", methods=["GET", "POST"])
@access.staff(*policy.POSTERS)
def amend(reference: str) -> ResponseReturnValue:
    """Change a request that its ICB has not approved, and send it again."""
    actor = access.current_actor()
    with pages.transaction() as session:
        care_request = queries.get_own(session, actor, reference)
    if care_request.pathway == Pathway.DIAGNOSTIC:
        return redirect(f"/diagnostics/requests/{reference}/amend", code=303)
    heading = presenters.heading(care_request)
    if not heading.amendable:
        raise IllegalTransition("An approved request is not changed. Withdraw it and ask again.")
    form = RequestForm(
        service=care_request.service,
        sites=sites_to_choose(),
        version=care_request.version,
        data=presenters.as_form(care_request),
    )
    show = partial(pages.render, "requests/form.html", heading=heading, returned=care_request.returned_reason)
    if form.is_submitted() and form.rearrange():
        return show(form, status=200)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.resubmit(step.session, form.resubmit(reference), actor=actor, now=step.now)
            step.outcome, step.notice = heading.path, "Your request is with your ICB again."
        if not form.failed:
            return pages.go(step)
    return show(form)


@blueprint.route("/requests/<reference>/withdraw", methods=["GET", "POST"])
@access.staff(*policy.POSTERS)
def withdraw(reference: str) -> ResponseReturnValue:
    """Take a request back, with a reason."""
    actor = access.current_actor()
    with pages.transaction() as session:
        care_request = queries.get_own(session, actor, reference)
    form, heading = WithdrawForm(version=care_request.version), presenters.heading(care_request)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.withdraw(step.session, form.command(reference), actor=actor, now=step.now)
            step.outcome, step.notice = heading.path, "The request is withdrawn."
        if not form.failed:
            return pages.go(step)
    if not heading.withdrawable and not form.failed:
        raise IllegalTransition("This request has already ended.")
    return pages.render("requests/withdraw.html", form, heading=heading)
