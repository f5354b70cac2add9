"""Who hears what: the one list of news and its listeners, installed by every edge when it starts."""

from __future__ import annotations

from dmas.core import events
from dmas.offers.events import LimitsTightened, OfferSuspended, OfferWithdrawn
from dmas.proposals import services as proposals
from dmas.requests.events import RequestClosed, RequestWithdrawn
from dmas.transfers.events import TransferConfirmed, TransferReturned

LISTENERS: events.Listeners = {
    OfferWithdrawn: (proposals.on_offer_withdrawn,),
    OfferSuspended: (proposals.on_offer_suspended,),
    LimitsTightened: (proposals.on_limits_tightened,),
    RequestWithdrawn: (proposals.on_request_withdrawn,),
    RequestClosed: (proposals.on_request_closed,),
    TransferConfirmed: (proposals.close_if_fulfilled,),
    TransferReturned: (),
}


def install() -> None:
    """Let everybody listed hear what they listen for."""
    events.install(LISTENERS)
