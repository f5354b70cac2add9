"""The helpline: who is on the phone, checked before anything about them is shown."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.requests import services
from dmas.requests.commands import FindCaller
from dmas.requests.forms import FindPersonForm
from dmas.requests.views_patient.places import Whose, blueprint, read
from dmas.web import access, pages


@blueprint.route("/on-behalf", methods=["GET", "POST"])
@access.staff(Role.HELPLINE_AGENT)
def find() -> ResponseReturnValue:
    """Ask for the code or the NHS number, and the date of birth; never in an address."""
    form = FindPersonForm()
    if form.validate_on_submit():
        caller = FindCaller(
            code=form.code.data or "",
            nhs_number=form.nhs_number.data or "",
            date_of_birth=form.date_of_birth.data,
        )
        with pages.refusals(form), pages.once(form) as step:
            transfer = services.check_caller(step.session, caller, actor=access.current_actor(), now=step.now)
            step.outcome = f"/on-behalf/{transfer.reference}/request"
        if not form.failed:
            return pages.go(step)
    return pages.render("requests/journey/find.html", form)


@blueprint.get("/on-behalf/<reference>")
@access.staff(Role.HELPLINE_AGENT)
def caller(reference: str) -> ResponseReturnValue:
    """Go to where a caller's request stands."""
    return redirect(read(Whose(reference)).path("request"), code=303)
