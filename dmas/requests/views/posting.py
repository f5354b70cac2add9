"""The page of a new request: which service first, then everything else at once."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS, treatment_function
from dmas.providers.queries import sites_of
from dmas.requests import policy, presenters, queries, services
from dmas.requests.forms import RequestForm, ServiceForm
from dmas.requests.views.blueprint import blueprint
from dmas.web import access, pages


@blueprint.route("/requests/new", methods=["GET", "POST"])
@access.staff(*policy.POSTERS)
def new() -> ResponseReturnValue:
    """Ask which service, then everything else on one page, and send it to the ICB."""
    service = request.args.get("service", "")
    if service not in TREATMENT_FUNCTIONS:
        return _choose_service(service)
    form = RequestForm(service=service, sites=sites_to_choose())
    if form.is_submitted() and form.rearrange():
        return pages.render("requests/form.html", form, status=200)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            posted = services.post(step.session, form.post(), actor=access.current_actor(), now=step.now)
            step.outcome = presenters.path(posted.reference)
            step.notice = "Your request is with your ICB, which decides within 2 working days."
        if not form.failed:
            return pages.go(step)
    return pages.render("requests/form.html", form)


def _choose_service(asked: str) -> ResponseReturnValue:
    actor = access.current_actor()
    with pages.transaction() as session:
        before = [treatment_function(code) for code in queries.services_asked(session, actor)]
    form = ServiceForm(formdata=None)
    if "service" in request.args:
        form.service.data = asked[:5]
        form.refuse("Choose a service from the list.", field="service")
    return pages.render("requests/choose_service.html", form, before=before)


def sites_to_choose() -> list[tuple[str, str]]:
    """Return the sites of one's own trust that are open today, by code and name."""
    code = access.current_actor().organisation or ""
    with pages.transaction() as session:
        return [(site.code, site.name) for site in sites_of(session, code, on=pages.today())]
