"""Who hears what, installed by every edge when it starts, and where each kind of recipient is written to."""

from __future__ import annotations

from dmas.accounts import queries as accounts
from dmas.core import events
from dmas.notifications.delivery import AddressBook
from dmas.notifications.vocabulary import RecipientKind
from dmas.offers.events import LimitsTightened, OfferSuspended, OfferWithdrawn
from dmas.proposals import services as proposals
from dmas.requests import services as requests
from dmas.requests.events import RequestClosed, RequestWithdrawn
from dmas.transfers.events import TransferConfirmed, TransferReturned
from dmas.waitinglist import queries as waitinglist
from dmas.waitinglist.events import ExtractApplied

LISTENERS: events.Listeners = {
    OfferWithdrawn: (proposals.on_offer_withdrawn,),
    OfferSuspended: (proposals.on_offer_suspended,),
    LimitsTightened: (proposals.on_limits_tightened,),
    RequestWithdrawn: (proposals.on_request_withdrawn,),
    RequestClosed: (proposals.on_request_closed,),
    TransferConfirmed: (proposals.close_if_fulfilled, requests.on_transfer_confirmed),
    TransferReturned: (requests.on_transfer_returned,),
    ExtractApplied: (requests.on_extract_applied,),
}

# An outbox row holds an id; the address, or that nothing is to be sent, is looked up when it goes.
ADDRESS_BOOK: AddressBook = {
    RecipientKind.PATIENT: waitinglist.address_of_patient,
    RecipientKind.STAFF: accounts.address_of,
    RecipientKind.ORGANISATION: accounts.managers_address,
}


def install() -> None:
    """Let everybody listed hear what they listen for."""
    events.install(LISTENERS)
