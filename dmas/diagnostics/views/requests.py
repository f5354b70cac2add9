"""Asking for tests, and changing a request before its ICB has approved it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.core.errors import IllegalTransition
from dmas.diagnostics import queries, rules, services
from dmas.diagnostics.forms import TestForm, TestRequestForm
from dmas.diagnostics.models import DiagnosticRequestDetail
from dmas.diagnostics.views.blueprint import blueprint
from dmas.providers.queries import sites_of
from dmas.requests import policy
from dmas.requests import presenters as words
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest
from dmas.web import access, pages


@blueprint.route("/diagnostics/requests/new", methods=["GET", "POST"])
@access.staff(*policy.POSTERS)
def new_request() -> ResponseReturnValue:
    """Ask which test, then everything else on one page, and send it to the ICB."""
    test = request.args.get("service", "")
    if test not in DIAGNOSTIC_TESTS:
        form = TestForm(formdata=None)
        if "service" in request.args:
            form.refuse("Choose a test from the list.", field="service")
        return pages.render("diagnostics/choose_test.html", form)
    form = TestRequestForm(test=test, sites=_sites())
    if form.is_submitted() and form.rearrange():
        return pages.render("diagnostics/request.html", form, status=200)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            actor = access.current_actor()
            posted = services.post_request(step.session, form.post(), actor=actor, now=step.now)
            step.outcome = words.path(posted.reference)
            step.notice = "Your request is with your ICB, which decides within 2 working days."
        if not form.failed:
            return pages.go(step)
    return pages.render("diagnostics/request.html", form)


@blueprint.route("/diagnostics/requests/<reference>/amend", methods=["GET", "POST"])
@access.staff(*policy.POSTERS)
def amend_request(reference: str) -> ResponseReturnValue:
    """Change a request for tests that its ICB has not approved, and send it again."""
    actor = access.current_actor()
    with pages.transaction() as session:
        care_request = requests.get_own(session, actor, reference)
        detail = queries.request_detail(session, care_request.id)
        answers = _answers(care_request, detail)
    heading = words.heading(care_request)
    if not heading.amendable:
        raise IllegalTransition("An approved request is not changed. Withdraw it and ask again.")
    form = TestRequestForm(
        test=care_request.service, sites=_sites(), version=care_request.version, data=answers
    )
    show = partial(
        pages.render, "diagnostics/request.html", heading=heading, returned=care_request.returned_reason
    )
    if form.is_submitted() and form.rearrange():
        return show(form, status=200)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.resubmit_request(step.session, form.resubmit(reference), actor=actor, now=step.now)
            step.outcome, step.notice = heading.path, "Your request is with your ICB again."
        if not form.failed:
            return pages.go(step)
    return show(form)


def _answers(care_request: CareRequest, detail: DiagnosticRequestDetail) -> dict[str, Any]:
    """Return a request for tests as the answers that would give it."""
    names = (
        "site_code",
        "travel_miles",
        "needed_by",
        "transport_offered",
        "reason",
        "clinical_lead",
        "notes",
    )
    beside = (
        "parts",
        "rtt_start",
        "kidney_function_on",
        "heaviest",
        "report_within",
        "critical_contact",
        "critical_phone",
    )
    lines = zip(care_request.lines, detail.earliest, detail.planned, strict=True)
    return {
        **{name: getattr(care_request, name) for name in names},
        **{name: getattr(detail, name) for name in beside},
        "images_route": detail.images_route or "any",
        "cancer": "no",
        "tokens": list(rules.ticked(care_request.service, care_request.needs)),
        "ready_at_short_notice": "standard_notice" not in care_request.needs,
        "lines": [
            {
                "places": line.places,
                "priority_code": line.priority_code,
                "dates": "planned" if planned else "waiting",
                "earliest": earliest,
                "latest": None if earliest == line.waiting_since else line.waiting_since,
                "age_from": line.age_from,
                "age_to": line.age_to,
                "worst_asa": str(line.worst_asa or "unknown"),
                "worst_bmi": None if line.worst_bmi is None else f"{line.worst_bmi:g}",
            }
            for line, earliest, planned in lines
        ],
    }


def _sites() -> list[tuple[str, str]]:
    code = access.current_actor().organisation or ""
    with pages.transaction() as session:
        return [(site.code, site.name) for site in sites_of(session, code, on=pages.today())]
