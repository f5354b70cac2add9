"""The ICB's decision on an offer that waits for it, or its region's once the ICB is late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.transitions import advance
from dmas.offers import outbox, policy, queries, rules
from dmas.offers.commands import ApproveOffer, OfferStep, ReturnOffer
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus


def approve(session: Session, command: ApproveOffer, *, actor: Actor, now: datetime) -> Offer:
    """Open an offer that awaits its ICB."""
    offer = _decided(session, command, "approve", actor, now)
    offer.approved_by, offer.approved_at = actor.id, now
    offer.approval_due_on = None
    audit.record(session, offer, "offer.approved", actor=actor, now=now)
    outbox.tell_provider(session, offer, "offer_approved", actor=actor, now=now)
    return offer


def return_to_provider(session: Session, command: ReturnOffer, *, actor: Actor, now: datetime) -> Offer:
    """Send an offer back to its provider with a coded reason; amended, it comes again."""
    rules.check_note(ReasonFor.ICB_RETURN, command.reason, command.note)
    offer = _decided(session, command, "return", actor, now)
    offer.approval_due_on = None
    offer.returned_reason = command.reason
    details = {"note": command.note} if command.note else None
    audit.record(
        session, offer, "offer.returned", actor=actor, now=now, reason=command.reason, details=details
    )
    outbox.tell_provider(session, offer, "offer_returned", actor=actor, now=now)
    return offer


def _decided(session: Session, command: OfferStep, verb: str, actor: Actor, now: datetime) -> Offer:
    offer = queries.get_own(session, actor, command.reference)
    policy.require(
        policy.may_decide(actor, offer, london_date(now)),
        "This decision is for the ICB, for its region once the ICB is late, and never for whoever posted it.",
    )
    if command.version is not None:
        check_version(offer, command.version)
    offer.status = advance(rules.TRANSITIONS, verb, OfferStatus(offer.status), noun="offer")
    return offer
