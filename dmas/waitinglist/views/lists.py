"""A provider's waits as a list of cohorts, and what is done with a whole cohort."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.priorities import PRIORITIES
from dmas.core import audit
from dmas.core.nhs_number import spaced
from dmas.waitinglist import policy, presenters, queries, services
from dmas.waitinglist.commands import ConfirmList, InviteCohort
from dmas.waitinglist.forms import ActForm, InviteForm
from dmas.waitinglist.queries import PathwayFilter, PathwayRow
from dmas.waitinglist.views.blueprint import blueprint
from dmas.waitinglist.views.coming_in import secret_key
from dmas.waitinglist.vocabulary import Cohort, ListType
from dmas.web import access, pages
from dmas.web.lists import Column, Furniture, Link, Listing, SelectFilter

_PRIORITIES = [(one.code, one.label) for one in PRIORITIES.values() if one.code.startswith("P")]


def _name(row: PathwayRow) -> str:
    return f"{row.patient.family_name}, {row.patient.given_name}"


WAITS: Furniture[PathwayRow] = Furniture(
    caption="Waiting list",
    one="pathway",
    many="pathways",
    sort="waited",
    empty="No list has been sent yet. Send this week's to see who can be invited.",
    columns=(
        Column(
            "Name",
            lambda row: Link(_name(row), presenters.pathway_path(row.pathway.id)),
            sort="name",
            export=_name,
        ),
        Column(
            "Waited",
            lambda row: presenters.waited(row.pathway, pages.today()),
            sort="waited",
            export=lambda row: (pages.today() - row.pathway.clock_start).days,
        ),
        Column("Service", lambda row: presenters.service(row.pathway.service), sort="service"),
        Column("Priority", lambda row: row.pathway.priority_code, sort="priority"),
        Column("Cohort", lambda row: presenters.cohort(row.cohort)),
        Column("NHS number", lambda row: spaced(row.patient.nhs_number), only_in_file=True),
        Column("Pathway", lambda row: row.pathway.pathway_id, sort="pathway", only_in_file=True),
        Column("List", lambda row: ListType(row.pathway.list_type).label, only_in_file=True),
        Column("Clock start", lambda row: row.pathway.clock_start.isoformat(), only_in_file=True),
        Column("Absent weeks", lambda row: row.pathway.absent_weeks, sort="absent", only_in_file=True),
    ),
    filters=(
        SelectFilter("cohort", "Cohort", [(one.value, one.label) for one in Cohort], any_label="Everybody"),
        SelectFilter("service", "Service"),
        SelectFilter("list", "List", [(one.value, one.label) for one in ListType]),
        SelectFilter("priority", "Priority", _PRIORITIES),
        SelectFilter("absent", "Absent", [("yes", "Absent from the last list")]),
    ),
)


@blueprint.get("/waiting-list")
@access.staff(*policy.READERS)
def index() -> ResponseReturnValue:
    """List the open waits of one's provider, the longest first, with the cohorts counted."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        named = [(code, presenters.service(code)) for code in queries.services_of(session, actor)]
        listing = WAITS.listing(choices={"service": named})
        rows, total = queries.listing(session, actor, _narrowed(listing), today=today, **listing.window)
        counts = queries.cohort_counts(session, actor, today=today)
        fresh = queries.freshness(session, actor.organisation or "", today=today)
        people = {row.patient.id: row.patient for row in rows}.values()
        audit.record_views(session, people, "patient.listed", actor=actor, now=pages.now())
    listing = listing.filled(rows, total)
    if listing.wants_csv:
        return listing.csv("waiting-list")
    form = InviteForm()
    form.service.choices = named
    return pages.render(
        "waitinglist/index.html",
        form,
        listing=listing,
        figures=presenters.cohort_figures(counts),
        eligible=counts[Cohort.ELIGIBLE],
        fresh=fresh,
        standing=presenters.standing(fresh),
        confirm=ActForm(),
        may_invite=policy.may_invite(actor, actor.organisation or ""),
        may_upload=policy.may_upload(actor),
    )


@blueprint.post("/waiting-list/invite")
@access.staff(*policy.INVITERS)
def invite() -> ResponseReturnValue:
    """Invite everybody of the cohort who can be, of one service or of all."""
    actor = access.current_actor()
    form = InviteForm()
    with pages.transaction() as session:
        codes = queries.services_of(session, actor)
        form.service.choices = [(code, presenters.service(code)) for code in codes]

    def do(step: pages.Step) -> None:
        command = InviteCohort(actor.organisation or "", form.service.data or "")
        made = services.invite(step.session, command, secret_key=secret_key(), actor=actor, now=step.now)
        step.notice = _invited(len(made))

    done = pages.act(form, do, outcome=url_for("waitinglist.index"), notice="")
    return done or pages.render("waitinglist/not_invited.html", form)


@blueprint.post("/waiting-list/confirm")
@access.staff(*policy.INVITERS)
def confirm() -> ResponseReturnValue:
    """Say of a late list that everybody on it is alive and still waits."""
    actor, form = access.current_actor(), ActForm()
    done = pages.act(
        form,
        lambda step: services.confirm_still_true(
            step.session, ConfirmList(actor.organisation or ""), actor=actor, now=step.now
        ),
        outcome=url_for("waitinglist.index"),
        notice="The list is confirmed. Matches and messages go on for 10 days.",
    )
    return done or pages.render("waitinglist/not_invited.html", form)


def _invited(count: int) -> str:
    if count == 0:
        return "Nobody was invited: everybody who can be has been, or the list is too old."
    return f"{count:,} {'person is' if count == 1 else 'people are'} invited. The messages are on their way."


def _narrowed(listing: Listing[PathwayRow]) -> PathwayFilter:
    return PathwayFilter(
        cohort=listing.value("cohort"),
        service=listing.value("service"),
        list_type=listing.value("list"),
        priority=listing.value("priority"),
        only_absent=bool(listing.value("absent")),
    )
