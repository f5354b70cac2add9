"""The list of matches: what waits for one's own side first."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.proposals import policy, presenters, queries
from dmas.proposals.queries import MatchFilter, MatchRow
from dmas.proposals.views.blueprint import blueprint
from dmas.proposals.vocabulary import ProposalStatus
from dmas.web import access, pages
from dmas.web.lists import Column, Furniture, Link, SelectFilter, TextFilter

_SERVICES = tuple((one.code, one.label) for one in TREATMENT_FUNCTIONS.values())
EVERY, LIVE = "every", ""

MATCHES: Furniture[MatchRow] = Furniture(
    caption="Matches",
    one="match",
    many="matches",
    sort="due",
    empty="There are no matches yet. Each night pairs open requests with open offers.",
    columns=(
        Column(
            "Match",
            lambda row: Link(row.proposal.reference, presenters.path(row.proposal.reference)),
            sort="made",
            export=lambda row: row.proposal.reference,
        ),
        Column("You are", lambda row: presenters.side(row.proposal, access.current_actor())),
        Column("Service", lambda row: presenters.service(row.care_request)),
        Column(
            "People",
            lambda row: presenters.in_short(row.line),
            export=lambda row: presenters.group(row.line),
        ),
        Column("From", lambda row: row.home_name),
        Column("To", lambda row: f"{row.site_name}, {row.receiver_name}"),
        Column(
            "Miles",
            lambda row: f"{row.proposal.tenths / 10:.1f}",
            sort="miles",
            numeric=True,
            export=lambda row: row.proposal.tenths / 10,
        ),
        Column("Places", lambda row: row.proposal.places, sort="places", numeric=True),
        Column("State", lambda row: presenters.status(row.proposal), sort="status"),
        Column("Waiting for", presenters.owner, only_in_file=True),
        Column("Due", lambda row: presenters.due(row.proposal, pages.today()), sort="due"),
    ),
    filters=(
        SelectFilter("status", "State", (*ProposalStatus, (EVERY, "All, ended too")), any_label="Not ended"),
        SelectFilter("turn", "Whose turn", [("receiver", "The receiver's"), ("home", "The home trust's")]),
        SelectFilter("side", "Your side", [("receiver", "Receiving"), ("home", "Sending")]),
        SelectFilter("service", "Service", _SERVICES),
        TextFilter("reference", "Reference", hint="Like PR-7K3M9QT"),
    ),
)


@blueprint.get("/matches")
@access.staff(*policy.READS)
def index() -> ResponseReturnValue:
    """List the matches of one's organisation, ICB, region or nation, what is due first."""
    actor, listing = access.current_actor(), MATCHES.listing()
    status = listing.value("status")
    wanted = MatchFilter(
        status="" if status == EVERY else status,
        live_only=not status,
        side=listing.value("side"),
        turn=listing.value("turn"),
        service=listing.value("service"),
        text=listing.value("reference"),
    )
    with pages.transaction() as session:
        rows, total = queries.listing(session, actor, wanted, **listing.window)
        listing = listing.filled(rows, total)
    return pages.show_list(listing, "proposals/index.html", file="matches")
