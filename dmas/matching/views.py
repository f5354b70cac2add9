"""The nights' pages, and asking for an open offer by hand between them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from dmas.core.actors import Actor, Reach, Role
from dmas.core.errors import NotAllowed, NotFound
from dmas.matching import presenters, queries, services
from dmas.matching.engine import solve, whatif, worth
from dmas.matching.forms import AskForm, WhatIfForm
from dmas.matching.models import MatchRun
from dmas.matching.presenters import past
from dmas.offers import presenters as offer_presenters
from dmas.offers import queries as offers
from dmas.providers import queries as providers
from dmas.web import access, pages
from dmas.web.filters import day
from dmas.web.lists import Column, Furniture, Link

blueprint = Blueprint("matching", __name__, template_folder="templates")

OVERSEERS = (
    Role.ICB_COORDINATOR,
    Role.REGIONAL_COORDINATOR,
    Role.NATIONAL_ADMINISTRATOR,
    Role.SAFETY_OFFICER,
    Role.AUDITOR,
)

ASKERS = (Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR, Role.NATIONAL_ADMINISTRATOR)
FILE_READERS = (Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER)
ONE_LIST = 4  # places in the list whose worth is shown
SHOWN = 5  # best places for one more list
LAPSING = 14  # days

RUNS: Furniture[MatchRun] = Furniture(
    caption="Nights",
    one="night",
    many="nights",
    sort="-date",
    empty="No night has been run yet. The first is at 2:30am.",
    columns=(
        Column(
            "Night of",
            lambda run: Link(
                day(run.service_date),
                url_for("matching.run", service_date=run.service_date.isoformat()),
            ),
        ),
        Column("Result", presenters.status),
        Column("Places found", presenters.served_of_wanted),
        Column("Average distance", presenters.average_miles),
        Column("Proposals", lambda run: run.counts.get("proposals", "–"), numeric=True),
    ),
)


@blueprint.get("/runs")
@access.staff(*OVERSEERS)
def index() -> ResponseReturnValue:
    """List the nights, newest first."""
    listing = RUNS.listing()
    with pages.transaction() as session:
        listing = listing.filled(*queries.runs(session, **listing.bounds))
    return pages.show_list(listing, "matching/runs.html", file="nights")


@blueprint.get("/runs/<service_date>")
@access.staff(*OVERSEERS)
def run(service_date: str) -> ResponseReturnValue:
    """Show one night: result, certificate, unmatched by reason, against the night before."""
    actor = access.current_actor()
    with pages.transaction() as session:
        night = queries.run_of(session, _date(service_date))
        before = queries.night_before(session, night.service_date)
        by_service = queries.by_service(session, actor, night.id)
        by_region = queries.by_region(session, actor, night.id)
    return pages.render(
        "matching/run.html",
        run=night,
        before=before,
        services=presenters.services(by_service),
        regions=[(row.region_code, row.wanted, row.served) for row in by_region],
        words=presenters,
        may_ask=actor.role in ASKERS,
        may_download=actor.role in FILE_READERS,
    )


@blueprint.get("/runs/<service_date>/what-if")
@access.staff(*ASKERS)
def what_if(service_date: str) -> ResponseReturnValue:
    """Set a night beside itself with something changed; nothing is written."""
    actor = access.current_actor()
    with pages.transaction() as session:
        night = queries.run_of(session, _date(service_date))
        asked, answer = services.kept_night(session, night)
        names = providers.names(session, sorted({one["region"] for one in asked["requests"]}))
    form = WhatIfForm(request.args, meta={"csrf": False})
    form.service.choices = past.market_choices(asked)
    found: dict[str, Any] = {}
    if request.args and form.validate():
        found = _found(form, asked, answer) | {"own": _region(actor)}
    return pages.render("matching/what_if.html", form, run=night, names=names, words=past, **found)


@blueprint.get("/runs/<service_date>/problem.json")
@access.staff(*FILE_READERS)
def problem(service_date: str) -> ResponseReturnValue:
    """Send the problem of a night as it was solved; it holds no names."""
    return _file(service_date, 0, "problem")


@blueprint.get("/runs/<service_date>/solution.json")
@access.staff(*FILE_READERS)
def solution(service_date: str) -> ResponseReturnValue:
    """Send the solution of a night with its certificate, as it was checked; it holds no names."""
    return _file(service_date, 1, "solution")


def _file(service_date: str, which: int, name: str) -> Response:
    with pages.transaction() as session:
        night = queries.run_of(session, _date(service_date))
        kept = queries.kept_files(session, night)
    response = Response(kept[which], mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}-{service_date}.json")
    return response


@blueprint.route("/offers/<reference>/ask", methods=["GET", "POST"])
@access.staff(Role.CAPACITY_MANAGER)
def ask(reference: str) -> ResponseReturnValue:
    """Ask for places of an open offer now, for a line of one of our requests."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        offer = offers.get(session, actor, reference)
        if offer.provider_code == actor.organisation:
            raise NotAllowed("This offer is your own organisation's. You can ask for places of others only.")
        standings = services.own_standings(session, actor, offer, today)
    form = AskForm()
    form.line.choices = presenters.choices(standings, today)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            proposal = services.ask_now(step.session, form.command(reference), actor=actor, now=pages.now())
            step.outcome = url_for("cases.match", reference=proposal.reference)
            step.notice = "The places are held and the provider has been asked."
        if not form.failed:
            return pages.go(step)
    return pages.render(
        "matching/ask.html",
        form=form,
        offer=offer,
        heading=offer_presenters.heading(offer),
        refused=presenters.refused(standings, today),
    )


def _found(form: WhatIfForm, problem: dict[str, Any], solution: dict[str, Any]) -> dict[str, Any]:
    """Return what the levers change and, where one service is looked at, where its places are worth most."""
    chosen = str(form.service.data or "")
    if chosen:
        problem = whatif.of_market(problem, *chosen.rsplit(" ", 1))
        solution = whatif.restricted(problem, solution)
    later = form.after(problem)
    found: dict[str, Any] = {}
    if later is not None and form.pulls:
        found["compared"] = whatif.compared((problem, solution), (later, solve.solve(later)))
    if chosen:
        found["worth"] = worth.best(worth.one_more_list(problem, solution, places=ONE_LIST), SHOWN)
        found["wasted"] = worth.about_to_be_wasted(problem, solution, days=LAPSING)
    return found


def _region(actor: Actor) -> str | None:
    """Return the region whose figures an actor sees on their own; None for the nation, who see every one."""
    if actor.reach is Reach.NATION:
        return None
    return actor.organisation if actor.reach is Reach.REGION else actor.region or ""


def _date(written: str) -> date:
    """Return the date of an address, written in its one form."""
    try:
        on = date.fromisoformat(written)
    except ValueError:
        on = None
    if on is None or on.isoformat() != written:
        raise NotFound("No night was run for that date.")
    return on
