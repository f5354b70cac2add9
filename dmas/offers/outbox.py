"""What offers tell: the ICB of what is posted, the provider of what others decide about its offer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.outbox import to_organisation
from dmas.notifications.vocabulary import RecipientKind
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus, Side


def tell_approver(session: Session, offer: Offer, *, actor: Actor, now: datetime) -> None:
    """Tell the ICB (the region where there is none) that an offer awaits it, or has opened without it."""
    code = offer.icb_code or offer.region_code
    if offer.status == OfferStatus.AWAITING_ICB and offer.approval_due_on is not None:
        due_on = offer.approval_due_on.isoformat()
        news = to_organisation("offer_awaits_approval", code, offer, reference=offer.reference, due_on=due_on)
    else:
        news = to_organisation("offer_opened", code, offer, reference=offer.reference)
    outbox.queue(session, news, actor=actor, now=now)


def tell_provider(session: Session, offer: Offer, template: str, *, actor: Actor, now: datetime) -> None:
    """Tell the provider what was decided about its offer."""
    news = to_organisation(template, offer.provider_code, offer, reference=offer.reference)
    outbox.queue(session, news, actor=actor, now=now)


def tell_suspended(session: Session, offer: Offer, *, actor: Actor, now: datetime) -> None:
    """Tell the provider that somebody else has suspended its offer; its own pause it knows of."""
    if offer.suspended_side != Side.PROVIDER:
        tell_provider(session, offer, "offer_suspended", actor=actor, now=now)


def remind_unconfirmed(session: Session, offers: Iterable[Offer], *, actor: Actor, now: datetime) -> None:
    """Ask the provider of each offer, once for each time it was confirmed, whether it is still true."""
    outbox.queue_many(
        session,
        [
            Message(
                template="offer_unconfirmed",
                recipient_kind=RecipientKind.ORGANISATION,
                recipient_id=offer.provider_code,
                values={"reference": offer.reference},
                dedup=f"offer_unconfirmed:{offer.id}:{offer.confirmed_on}",
            )
            for offer in offers
        ],
        actor=actor,
        now=now,
    )
