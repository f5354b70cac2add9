"""Patients' own requests for the staff who follow them: the list, and the page of one; never who it is."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.cases import loading, policy
from dmas.cases.loading import AskedFilter, AskedRow
from dmas.cases.presenters import asking as words
from dmas.cases.presenters import matches, timeline
from dmas.cases.views.blueprint import blueprint
from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.requests.vocabulary import TransferStatus
from dmas.web import access, pages
from dmas.web.filters import day
from dmas.web.lists import Column, Furniture, Link, SelectFilter, TextFilter

EVERY = "every"
_SERVICES = tuple((one.code, one.label) for one in TREATMENT_FUNCTIONS.values())

ASKED: Furniture[AskedRow] = Furniture(
    caption="Patients’ requests",
    one="request",
    many="requests",
    sort="sent",
    empty="No patient has asked to move yet. Those you invite can ask with the code in their letter.",
    columns=(
        Column(
            "Request",
            lambda row: Link(row.transfer.reference, words.path(row.transfer.reference)),
            export=lambda row: row.transfer.reference,
        ),
        Column("Service", lambda row: service_name(row.service)),
        Column("Trust", lambda row: row.home_name),
        Column("Waiting since", lambda row: day(row.clock_start), sort="wait"),
        Column("Sent", lambda row: day(row.transfer.submitted_on), sort="sent"),
        Column("State", lambda row: words.status(row.transfer), sort="status"),
        Column("Search ends", lambda row: day(row.transfer.search_ends_on), sort="ends"),
    ),
    filters=(
        SelectFilter("status", "State", (*TransferStatus, (EVERY, "All, ended too")), any_label="Not ended"),
        SelectFilter("service", "Service", _SERVICES),
        TextFilter("reference", "Reference", hint="Like PT-7K3M9QT"),
    ),
)


@blueprint.get("/transfer-requests")
@access.staff(*policy.ASKED_READERS)
def asked() -> ResponseReturnValue:
    """List the requests of one's trust's patients, or those of one's ICB or region."""
    actor, listing = access.current_actor(), ASKED.listing()
    status = listing.value("status")
    wanted = AskedFilter(
        status="" if status == EVERY else status,
        live_only=not status,
        service=listing.value("service"),
        text=listing.value("reference"),
    )
    with pages.transaction() as session:
        rows, total = loading.asked_listing(session, actor, wanted, **listing.window)
        listing = listing.filled(rows, total)
    return pages.show_list(listing, "cases/asked_list.html", file="transfer-requests")


@blueprint.get("/transfer-requests/<reference>")
@access.staff(*policy.ASKED_READERS)
def asked_case(reference: str) -> ResponseReturnValue:
    """Show one patient's request: where it is, who has it, why not yet, its matches and its history."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = loading.asked_case(session, actor, reference, today)
    transfer = case.tracked.transfer
    return pages.render(
        "cases/asked.html",
        transfer=transfer,
        title=words.title(case),
        state=words.status(transfer),
        turn=words.turn(case, today),
        facts=words.facts(case, today),
        steps=words.steps(case, actor),
        reasons=words.reasons(case),
        match_head=matches.LISTED_HEAD,
        matches=words.listed_matches(case),
        track=words.track(case),
        timeline=timeline.timeline(case.story.events, case.story.names, about=reference),
    )
