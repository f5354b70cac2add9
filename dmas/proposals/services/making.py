"""Making a proposal: places held by one guarded statement, then the row that holds them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import Conflict, InvalidInput, NoLongerAvailable
from dmas.core.references import new_reference
from dmas.offers import services as offers
from dmas.offers.models import Offer
from dmas.proposals import outbox, policy, queries, rules
from dmas.proposals.commands import Propose
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import RequestKind, RequestStatus
from dmas.transfers import queries as transfers


def propose(session: Session, command: Propose, *, actor: Actor, now: datetime) -> Proposal:
    """Hold places of an offer for a line of a request and ask the receiver.

    Raise NoLongerAvailable where the places have gone, Conflict where the request needs none of them.
    """
    line = queries.line(session, command.line_id)
    policy.require(
        policy.may_propose(actor, line.care_request.provider_code),
        "Only the trust's capacity manager can ask for places.",
    )
    if command.run_date is None:
        reason(ReasonFor.BY_HAND, command.by_hand_reason or "")
    # The request is locked first, so that two proposals at once never look for the same people.
    transfers.lock_market(session, requests=[line.request_id])
    offer = session.get(Offer, command.offer_id)
    if offer is None:
        raise NoLongerAvailable("This offer is not open any more. Look for another offer.")
    _check(session, command, line, offer)
    offers.hold(session, offer.id, command.places)
    proposal = _proposal(command, line, line.care_request, offer, actor, now)
    session.add(proposal)
    audit.record(
        session,
        proposal,
        "proposal.made",
        actor=actor,
        now=now,
        reason=command.by_hand_reason,
        details={"places": command.places, "by_hand": proposal.by_hand, "overtakes": command.overtakes},
    )
    if proposal.by_hand:
        outbox.tell_receiver(session, proposal, "match_waits", "places", "due_on", actor=actor, now=now)
    return proposal


def _check(session: Session, command: Propose, line: RequestLine, offer: Offer) -> None:
    care_request = line.care_request
    if care_request.kind == RequestKind.TRANSFER:
        raise Conflict("A patient asked for this themselves, so the night looks for it in its turn.")
    if care_request.status != RequestStatus.OPEN:
        raise Conflict("This request is not open, so no places can be held for it.")
    if offer.provider_code == care_request.provider_code:
        raise InvalidInput("These places are your own. Look for another provider's offer.")
    if queries.live_pair(session, line.id, offer.id):
        raise Conflict("Places of this offer are already proposed for this line. Open that match instead.")
    if (line.id, offer.id) in queries.declined_pairs(session, [line.id]):
        raise Conflict("This offer was declined for this line before. Look for another offer.")
    still = queries.still_to_find(session, [line.id])[line.id]
    if not still:
        raise Conflict("Every place of this line is already found or held.")
    rules.check_places(command.places, still)


def _proposal(
    command: Propose, line: RequestLine, care_request: CareRequest, offer: Offer, actor: Actor, now: datetime
) -> Proposal:
    tier = line.tier if command.tier is None else command.tier
    by_hand = command.run_date is None
    return Proposal(
        reference=new_reference("PR"),
        pathway=care_request.pathway,
        status=ProposalStatus.PROPOSED,
        offer_id=offer.id,
        request_id=care_request.id,
        line_id=line.id,
        home_code=care_request.provider_code,
        home_icb=care_request.icb_code,
        home_region=care_request.region_code,
        receiver_code=offer.provider_code,
        receiver_icb=offer.icb_code,
        receiver_region=offer.region_code,
        places=command.places,
        held=command.places,
        tenths=command.tenths,
        distance_approximate=command.distance_approximate,
        tier=tier,
        waiting_since=line.waiting_since,
        cut_off_tier=command.cut_off_tier,
        cut_off_since=command.cut_off_since,
        run_date=command.run_date,
        by_hand=by_hand,
        by_hand_by=actor.id if by_hand else None,
        by_hand_reason=command.by_hand_reason if by_hand else None,
        overtakes=command.overtakes,
        made_at=now,
        due_on=rules.answer_due(london_date(now), tier),
    )
