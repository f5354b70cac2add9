"""The pages of requests: the list, a new one, amending one before its approval, withdrawing one."""

from __future__ import annotations

from functools import partial

from flask import redirect, request
from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.arrangements import Pathway, Setting
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS, treatment_function
from dmas.core.actors import Reach
from dmas.core.errors import IllegalTransition
from dmas.providers.queries import sites_of
from dmas.requests import policy, presenters, queries, services
from dmas.requests.forms import RequestForm, ServiceForm, WithdrawForm
from dmas.requests.queries import RequestFilter
from dmas.requests.views.blueprint import blueprint
from dmas.requests.vocabulary import RequestStatus
from dmas.web import access, lists, pages

_Column = lists.Column[presenters.Row]
_REFERENCE: _Column = lists.Column(
    "Reference", lambda row: lists.Link(row.reference, row.path), export=lambda row: row.reference
)
_TRUST: _Column = lists.Column("Trust", lambda row: row.provider, "provider")
_SERVICE: _Column = lists.Column("Service", lambda row: row.service, "service")
_PLACES: _Column = lists.Column("Places", lambda row: row.places, "places", numeric=True)
_WAITED: _Column = lists.Column("Waited", lambda row: row.waits)
_STATE: _Column = lists.Column("State", lambda row: row.status, "status")
_NEXT: _Column = lists.Column("What happens next", lambda row: row.due)

_STATES = [status for status in RequestStatus if status is not RequestStatus.DRAFT]
_FILTERS = (
    lists.TextFilter("q", "Reference, reason or clinical lead"),
    lists.MultiFilter("status", "State", _STATES),
    lists.SelectFilter("service", "Service"),
    lists.SelectFilter("setting", "Setting", [one for one in Setting if one is not Setting.DIAGNOSTIC]),
)
OWN = lists.Furniture[presenters.Row](
    caption="Requests for help",
    one="request",
    many="requests",
    columns=(_REFERENCE, _SERVICE, _PLACES, _WAITED, _STATE, _NEXT),
    filters=_FILTERS,
    sort="-posted",
    empty="Your trust has asked for nothing yet. Ask for help, and your ICB decides within 2 working days.",
)
AREA = lists.Furniture[presenters.Row](
    caption="Requests for help",
    one="request",
    many="requests",
    columns=(_REFERENCE, _TRUST, _SERVICE, _PLACES, _STATE, _NEXT),
    filters=(*_FILTERS, lists.TextFilter("provider", "Trust", hint="Its name or code")),
    sort="-posted",
    empty="No trust in your area has asked for help yet.",
)


@blueprint.get("/requests")
@access.staff(*policy.READERS)
def index() -> ResponseReturnValue:
    """List the requests of one's trust, or of one's area."""
    actor = access.current_actor()
    furniture = OWN if actor.reach is Reach.ORGANISATION else AREA
    with pages.transaction() as session:
        asked = queries.services_asked(session, actor)
        services_known = [(code, treatment_function(code).label) for code in asked]
        listing = furniture.listing(choices={"service": services_known})
        wanted = RequestFilter(
            text=listing.value("q"),
            statuses=listing.values("status"),
            services=listing.values("service"),
            setting=listing.value("setting"),
            provider=listing.value("provider") if furniture is AREA else "",
        )
        found, total = queries.find(session, actor, wanted, order=listing.order, **listing.bounds)
        counted = queries.counts(session, actor)
    listing = listing.filled([presenters.row(one, pages.today()) for one in found], total)
    return pages.show_list(
        listing, "requests/index.html", file="requests", counted=counted, may_post=policy.may_post(actor)
    )


@blueprint.route("/requests/new", methods=["GET", "POST"])
@access.staff(*policy.POSTERS)
def new() -> ResponseReturnValue:
    """Ask which service, then everything else on one page, and send it to the ICB."""
    service = request.args.get("service", "")
    if service not in TREATMENT_FUNCTIONS:
        return _choose_service(service)
    form = RequestForm(service=service, sites=_sites())
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
        sites=_sites(),
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


def _choose_service(asked: str) -> ResponseReturnValue:
    actor = access.current_actor()
    with pages.transaction() as session:
        before = [treatment_function(code) for code in queries.services_asked(session, actor)]
    form = ServiceForm(formdata=None)
    if "service" in request.args:
        form.service.data = asked[:5]
        form.refuse("Choose a service from the list.", field="service")
    return pages.render("requests/choose_service.html", form, before=before)


def _sites() -> list[tuple[str, str]]:
    code = access.current_actor().organisation or ""
    with pages.transaction() as session:
        return [(site.code, site.name) for site in sites_of(session, code, on=pages.today())]
