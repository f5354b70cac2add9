"""The list of hand-overs: what is due first comes first. Nobody is named in it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.catalogue.rules import service_label
from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.transfers import policy, presenters, queries
from dmas.transfers.queries import TransferFilter, TransferRow
from dmas.transfers.views.blueprint import blueprint
from dmas.transfers.vocabulary import TransferStatus
from dmas.web import access, pages
from dmas.web.filters import day
from dmas.web.lists import Column, Furniture, Link, SelectFilter, TextFilter

_SERVICES = tuple((code, service_label(code)) for code in (*TREATMENT_FUNCTIONS, *DIAGNOSTIC_TESTS))
_BASES = [(one.value, one.label) for one in (Basis.WHOLE_PATHWAY, Basis.SUBCONTRACTED, Basis.TEST_ONLY)]
_WAITS = [("critical", "Critical finding not acknowledged"), ("unread", "Report unread and overdue")]
EVERY = "every"

TRANSFERS: Furniture[TransferRow] = Furniture(
    caption="Transfers",
    one="transfer",
    many="transfers",
    sort="due",
    empty="There are no transfers yet. One begins when a person named for a place says yes.",
    columns=(
        Column(
            "Transfer",
            lambda row: Link(row.transfer.reference, presenters.path(row.transfer.reference)),
            sort="agreed",
            export=lambda row: row.transfer.reference,
        ),
        Column("You are", lambda row: presenters.side(row.transfer, access.current_actor())),
        Column("Service", presenters.service),
        Column("Arrangement", lambda row: Basis(row.transfer.basis).label, only_in_file=True),
        Column("From", lambda row: row.home_name),
        Column("To", lambda row: f"{row.site_name}, {row.receiver_name}"),
        Column("State", lambda row: presenters.status(row.transfer), sort="status"),
        Column("First date", lambda row: day(row.transfer.first_date), sort="date"),
        Column("Waiting for", presenters.owner),
        Column("Due", lambda row: presenters.due(row.transfer, pages.today()), sort="due"),
    ),
    filters=(
        SelectFilter("status", "State", (*TransferStatus, (EVERY, "All, ended too")), any_label="Not ended"),
        SelectFilter("side", "Your side", [("receiver", "Receiving"), ("home", "Sending")]),
        SelectFilter("service", "Service", _SERVICES),
        SelectFilter("basis", "Arrangement", _BASES),
        SelectFilter("waits", "Tests that need somebody", _WAITS),
        TextFilter("reference", "Reference", hint="Like TR-7K3M9QT"),
    ),
)


@blueprint.get("/transfers")
@access.staff(*policy.READS)
def index() -> ResponseReturnValue:
    """List the hand-overs of one's organisation, ICB, region or nation, what is due first."""
    actor, listing = access.current_actor(), TRANSFERS.listing()
    status = listing.value("status")
    wanted = TransferFilter(
        status="" if status == EVERY else status,
        live_only=not status and not listing.value("waits"),
        waits=listing.value("waits"),
        today=pages.today(),
        side=listing.value("side"),
        service=listing.value("service"),
        basis=listing.value("basis"),
        text=listing.value("reference"),
    )
    with pages.transaction() as session:
        rows, total = queries.listing(session, actor, wanted, **listing.window)
        listing = listing.filled(rows, total)
    return pages.show_list(listing, "transfers/index.html", file="transfers")
