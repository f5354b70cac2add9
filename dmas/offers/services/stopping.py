"""Pausing an offer and letting it run again, closing it, taking it back, and its end by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor
from dmas.core import audit, events
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.transitions import advance
from dmas.offers import outbox, policy, queries, rules
from dmas.offers.commands import CloseOffer, OfferStep, ReasonedStep, ResumeOffer, SuspendOffer, WithdrawOffer
from dmas.offers.events import OfferSuspended, OfferWithdrawn
from dmas.offers.models import Offer
from dmas.offers.vocabulary import EXPIRE_AFTER_DAYS, FLAG_AFTER_DAYS, LIVE, Ended, OfferStatus

_NOT_YOURS = "Only the provider's capacity manager can do this."


def withdraw(session: Session, command: WithdrawOffer, *, actor: Actor, now: datetime) -> Offer:
    """Take an offer back; whoever listens releases what it holds and tells the other side."""
    rules.check_note(ReasonFor.WITHDRAW_OFFER, command.reason, command.note)
    offer = _opened(session, command, actor)
    policy.require(policy.may_change(actor, offer), _NOT_YOURS)
    _step(offer, "withdraw")
    offer.ended_reason = command.reason
    _record(session, offer, "offer.withdrawn", command, actor, now)
    events.publish(session, OfferWithdrawn(offer.id, command.reason), actor=actor, now=now)
    return offer


def suspend(session: Session, command: SuspendOffer, *, actor: Actor, now: datetime) -> Offer:
    """Pause an offer: nothing new is held or taken until the side that paused it resumes it."""
    rules.check_note(ReasonFor.SUSPEND_OFFER, command.reason, command.note)
    offer = _opened(session, command, actor)
    side = policy.side_of(actor, offer)
    policy.require(side is not None, "An offer is paused by its provider, its ICB or the national team.")
    _step(offer, "suspend")
    offer.suspended_side, offer.suspended_reason = side, command.reason
    _record(session, offer, "offer.suspended", command, actor, now)
    outbox.tell_suspended(session, offer, actor=actor, now=now)
    events.publish(session, OfferSuspended(offer.id), actor=actor, now=now)
    return offer


def resume(session: Session, command: ResumeOffer, *, actor: Actor, now: datetime) -> Offer:
    """Let a paused offer run again."""
    offer = _opened(session, command, actor)
    policy.require(policy.side_of(actor, offer) is not None, _NOT_YOURS)
    status = advance(rules.TRANSITIONS, "resume", OfferStatus(offer.status), noun="offer")
    policy.require(policy.may_resume(actor, offer), "Only the side that paused this offer can resume it.")
    offer.status, offer.suspended_side, offer.suspended_reason = status, None, None
    audit.record(session, offer, "offer.resumed", actor=actor, now=now)
    return offer


def close(session: Session, command: CloseOffer, *, actor: Actor, now: datetime) -> Offer:
    """Take nothing more on an offer; what is held or taken goes on."""
    offer = _opened(session, command, actor)
    policy.require(policy.may_change(actor, offer), _NOT_YOURS)
    _step(offer, "close")
    audit.record(session, offer, "offer.closed", actor=actor, now=now)
    return offer


def expire_stale(session: Session, *, actor: Actor, now: datetime) -> int:
    """End every offer whose last date has passed or that nobody confirmed for 28 days; return how many.

    Two statements for all of them. Places already held or taken stay so: they lapse by their own rules.
    """
    today = london_date(now)
    over = Offer.window_to < today
    unconfirmed = Offer.confirmed_on <= today - timedelta(days=EXPIRE_AFTER_DAYS)
    statement = (
        update(Offer)
        .where(Offer.status.in_(LIVE), or_(over, unconfirmed))
        .values(
            status=OfferStatus.EXPIRED,
            ended_reason=case((over, Ended.WINDOW_OVER.value), else_=Ended.UNCONFIRMED.value),
            suspended_side=None,
            suspended_reason=None,
            version=Offer.version + 1,
        )
        .returning(Offer)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    ended = sorted(session.scalars(statement), key=lambda offer: offer.reference)
    audit.record_many(
        session, ended, "offer.expired", actor=actor, now=now, reason=lambda offer: offer.ended_reason
    )
    return len(ended)


def remind_unconfirmed(session: Session, *, actor: Actor, now: datetime) -> int:
    """Ask about every open offer that nobody has confirmed for 14 days, once; return how many stand so."""
    flagged = london_date(now) - timedelta(days=FLAG_AFTER_DAYS)
    found = session.scalars(
        select(Offer)
        .where(Offer.status == OfferStatus.OPEN, Offer.confirmed_on <= flagged)
        .order_by(Offer.reference)
    ).all()
    outbox.remind_unconfirmed(session, found, actor=actor, now=now)
    return len(found)


def _opened(session: Session, command: OfferStep, actor: Actor) -> Offer:
    offer = queries.get_own(session, actor, command.reference)
    if command.version is not None:
        check_version(offer, command.version)
    return offer


def _step(offer: Offer, verb: str) -> None:
    offer.status = advance(rules.TRANSITIONS, verb, OfferStatus(offer.status), noun="offer")
    offer.suspended_side = offer.suspended_reason = None


def _record(
    session: Session, offer: Offer, action: str, command: ReasonedStep, actor: Actor, now: datetime
) -> None:
    details = {"note": command.note} if command.note else None
    audit.record(session, offer, action, actor=actor, now=now, reason=command.reason, details=details)
