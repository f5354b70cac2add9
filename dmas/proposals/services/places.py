"""How held places go back: the proposal's own count and the offer's, moved together."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.transitions import advance
from dmas.offers import services as offers
from dmas.proposals import queries, rules
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import ProposalStatus


def step(proposal: Proposal, verb: str) -> None:
    """Take one step of the lifecycle; raise IllegalTransition where there is none."""
    status = ProposalStatus(proposal.status)
    proposal.status = advance(rules.TRANSITIONS, verb, status, noun="match")


def give_back(session: Session, proposal: Proposal, released: int) -> None:
    """Release places that a proposal has stopped holding; nothing to do for none."""
    if released:
        offers.release(session, proposal.offer_id, released)


def end(proposal: Proposal, verb: str, now: datetime) -> int:
    """End a proposal on its own side and return how many places it held; the caller gives them back."""
    released = proposal.held
    step(proposal, verb)
    proposal.held = 0
    proposal.due_on, proposal.ended_at = None, now
    return released


def end_all(
    session: Session,
    proposals: Sequence[Proposal],
    verb: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """End many proposals: one release for each offer, one event for each proposal; frees those named."""
    free(session, queries.waiting_people(session, [one.id for one in proposals]), actor=actor, now=now)
    released: Counter[uuid.UUID] = Counter()
    for proposal in proposals:
        released[proposal.offer_id] += end(proposal, verb, now)
        proposal.version += 1
    session.flush()
    release_many(session, released)
    audit.record_many(session, proposals, action, actor=actor, now=now, reason=lambda one: reason)


def release_many(session: Session, released: Counter[uuid.UUID]) -> None:
    """Release places of several offers, in the order of their ids."""
    for offer_id, places in sorted(released.items()):
        if places:
            offers.release(session, offer_id, places)


def free(session: Session, people: Sequence[NamedPerson], *, actor: Actor, now: datetime) -> None:
    """Take namings back: nobody was asked, so nothing changes for the person."""
    for person in people:
        person.released_at = now
        person.version += 1
    session.flush()
    audit.record_many(session, people, "person.released", actor=actor, now=now)


def settle_if_empty(proposal: Proposal, now: datetime) -> bool:
    """Settle a proposal that holds nothing any more; say whether it did."""
    if proposal.held:
        return False
    step(proposal, "settle")
    proposal.due_on, proposal.ended_at = None, now
    return True


def set_due(proposal: Proposal, waiting: Sequence[NamedPerson]) -> None:
    """Set when held places lapse next, from the day they were chosen and who is still to answer."""
    assert proposal.decided_at is not None
    proposal.due_on = rules.chosen_due(
        london_date(proposal.decided_at), proposal.held, [london_date(one.named_at) for one in waiting]
    )
