"""The home trust's decision about the places the receiver accepted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import Conflict, InvalidInput
from dmas.proposals import outbox, policy, queries, rules
from dmas.proposals.commands import ChooseCapacity, DeclineCapacity, ReleasePlaces
from dmas.proposals.models import Proposal
from dmas.proposals.services import places
from dmas.proposals.services.answers import opened
from dmas.proposals.vocabulary import ProposalStatus

_NOT_HOME = "Only a capacity manager of the home trust decides this."


def choose(session: Session, command: ChooseCapacity, *, actor: Actor, now: datetime) -> Proposal:
    """Take the places the receiver accepted; people are named within 3 working days."""
    proposal = opened(session, command, actor)
    policy.require(policy.may_decide(actor, proposal), _NOT_HOME)
    _check_trusts_own(proposal)
    places.step(proposal, "choose")
    proposal.decided_by, proposal.decided_at = actor.id, now
    proposal.due_on = rules.name_due(london_date(now))
    audit.record(
        session, proposal, "proposal.chosen", actor=actor, now=now, details={"places": proposal.held}
    )
    outbox.tell_receiver(session, proposal, "capacity_taken", "places", "due_on", actor=actor, now=now)
    return proposal


def decline_capacity(session: Session, command: DeclineCapacity, *, actor: Actor, now: datetime) -> Proposal:
    """Leave the places, with a coded reason: all are released and the pair is not proposed again."""
    coded = reason(ReasonFor.TRUST_DECLINE, command.reason)
    note = rules.check_note(coded.code, command.note)
    proposal = opened(session, command, actor)
    policy.require(policy.may_decide(actor, proposal), _NOT_HOME)
    _check_trusts_own(proposal)
    released = places.end(proposal, "decline_capacity", now)
    proposal.decided_by, proposal.decided_at, proposal.decision_reason = actor.id, now, coded.code
    details: dict[str, object] = {"released": released}
    if note:
        details["note"] = note
    audit.record(
        session,
        proposal,
        "proposal.capacity_declined",
        actor=actor,
        now=now,
        reason=coded.code,
        details=details,
    )
    places.give_back(session, proposal, released)
    outbox.tell_receiver(session, proposal, "capacity_declined", actor=actor, now=now)
    return proposal


def release_places(session: Session, command: ReleasePlaces, *, actor: Actor, now: datetime) -> Proposal:
    """Give back places that are not needed; those of people who are still to be asked stay held."""
    proposal = opened(session, command, actor)
    policy.require(policy.may_decide(actor, proposal), _NOT_HOME)
    if proposal.status != ProposalStatus.CHOSEN:
        raise InvalidInput("Take the places first, or decline them.")
    waiting = queries.waiting_people(session, [proposal.id])
    if proposal.held == len(waiting):
        raise InvalidInput("Every held place is for somebody you named. Take a naming back first.")
    rules.check_places(command.places, proposal.held - len(waiting))
    proposal.held -= command.places
    if not places.settle_if_empty(proposal, now):
        places.set_due(proposal, waiting)
    audit.record(
        session,
        proposal,
        "proposal.places_released",
        actor=actor,
        now=now,
        details={"released": command.places},
    )
    places.give_back(session, proposal, command.places)
    return proposal


def _check_trusts_own(proposal: Proposal) -> None:
    if proposal.transfer_request_id is not None:
        raise Conflict("A patient asked for this place themselves, so the choice is theirs.")
