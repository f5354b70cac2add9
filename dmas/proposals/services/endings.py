"""What the night ends: answers that never came, places nobody was named for, people never asked."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.calendar import add_working_days
from dmas.core.clock import london_date
from dmas.offers import services as offers
from dmas.offers.commands import SuspendOffer
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals import outbox, policy, queries, rules
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.services import places
from dmas.proposals.vocabulary import (
    ANSWERED,
    LAPSE_WINDOW_DAYS,
    LAPSES_THAT_SUSPEND,
    LIVE,
    ProposalStatus,
    Turn,
)
from dmas.transfers import queries as transfers


def lapse_due(session: Session, *, actor: Actor, now: datetime) -> int:
    """Lapse what is past its due date and release its places; return how many matches were touched.

    A receiver's third lapse on one offer within 28 days suspends that offer.
    """
    policy.require(actor.is_system, "Only the night ends what has lapsed.")
    today = london_date(now)
    over = (_waits_for_staff(), Proposal.due_on < today)
    transfers.lock_market(session, offers=session.scalars(select(Proposal.offer_id).where(*over)))
    due = queries.lock(session, *over)
    chosen = [one for one in due if one.status == ProposalStatus.CHOSEN]
    silent = [one for one in due if one.status != ProposalStatus.CHOSEN]
    _lapse(session, silent, actor, now)
    _release_unanswered(session, chosen, today, actor, now)
    _suspend(session, {one.offer_id for one in silent if one.answer_reason == rules.NO_ANSWER}, actor, now)
    return len(due)


def remind_to_name(session: Session, *, actor: Actor, now: datetime) -> int:
    """Remind home trusts of places without a person that lapse after the next working day; return how many.

    Each is said once for each due date, however often this is asked.
    """
    today = london_date(now)
    due = session.scalars(
        select(Proposal)
        .where(
            Proposal.status == ProposalStatus.CHOSEN,
            Proposal.due_on.between(today, add_working_days(today, 1)),
        )
        .order_by(Proposal.reference)
    ).all()
    named = Counter(one.proposal_id for one in queries.waiting_people(session, [one.id for one in due]))
    unnamed = {one.id: one.held - named[one.id] for one in due}
    outbox.remind_to_name(session, due, unnamed, actor=actor, now=now)
    return sum(1 for places_left in unnamed.values() if places_left)


def _waits_for_staff() -> ColumnElement[bool]:
    """Leave out what waits for a patient: their options end after a call, never by a date alone."""
    gathered = Proposal.transfer_request_id.is_not(None) & Proposal.status.in_(ANSWERED)
    return Proposal.status.in_(LIVE - {ProposalStatus.OFFERED}) & ~gathered


def _lapse(session: Session, silent: Sequence[Proposal], actor: Actor, now: datetime) -> None:
    for proposal in silent:
        if rules.turn_of(proposal.status) is Turn.RECEIVER:
            proposal.answer_reason = rules.NO_ANSWER
        else:
            proposal.decision_reason = rules.NO_ANSWER
    places.end_all(session, silent, "lapse", "proposal.lapsed", actor=actor, now=now, reason=rules.NO_ANSWER)
    outbox.tell_both(session, silent, "match_lapsed", actor=actor, now=now)


def _release_unanswered(
    session: Session, chosen: Sequence[Proposal], today: date, actor: Actor, now: datetime
) -> None:
    """Release places nobody was named for in time, and those of people who did not answer in time."""
    people = queries.waiting_people(session, [one.id for one in chosen])
    late = [one for one in people if rules.person_due(london_date(one.named_at)) < today]
    places.free(session, late, actor=actor, now=now)
    released: Counter[uuid.UUID] = Counter()
    for proposal in chosen:
        waiting = [one for one in people if one.proposal_id == proposal.id and one not in late]
        released[proposal.offer_id] += _keep_for(proposal, waiting, today, now)
        proposal.version += 1
    session.flush()
    places.release_many(session, released)
    audit.record_many(session, chosen, "proposal.places_lapsed", actor=actor, now=now)
    outbox.tell_both(session, chosen, "match_places_lapsed", actor=actor, now=now)


def _keep_for(proposal: Proposal, waiting: Sequence[NamedPerson], today: date, now: datetime) -> int:
    """Once naming is over, keep a place only for each person still to answer; return how many go back."""
    assert proposal.decided_at is not None
    if rules.name_due(london_date(proposal.decided_at)) >= today:
        places.set_due(proposal, waiting)
        return 0
    released = proposal.held - len(waiting)
    proposal.held = len(waiting)
    if not places.settle_if_empty(proposal, now):
        places.set_due(proposal, waiting)
    return released


def _suspend(session: Session, offer_ids: set[uuid.UUID], actor: Actor, now: datetime) -> None:
    since = rules.lapse_since(now, LAPSE_WINDOW_DAYS)
    lapses = queries.receiver_lapses(session, offer_ids, since)
    often = sorted(offer_id for offer_id, count in lapses.items() if count >= LAPSES_THAT_SUSPEND)
    for offer_id in often:
        offer = session.get_one(Offer, offer_id)
        if offer.status == OfferStatus.OPEN:
            offers.suspend(
                session, SuspendOffer(reference=offer.reference, reason="lapses"), actor=actor, now=now
            )
