"""What proposals do when an offer or a request changes under them, and when a request is fulfilled.

The teller may be on one side only, while the people named are known to the other; so these act for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import acting_for_all
from dmas.offers.events import LimitsTightened, OfferSuspended, OfferWithdrawn
from dmas.offers.models import Offer
from dmas.proposals import outbox, queries, rules
from dmas.proposals.models import Proposal
from dmas.proposals.services import options, places
from dmas.proposals.services.people import limits_of
from dmas.proposals.vocabulary import LIVE, ProposalStatus
from dmas.requests import queries as requests_seen
from dmas.requests import services as requests
from dmas.requests.events import RequestClosed, RequestWithdrawn
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import BackBecause, ClosedBecause, RequestStatus, TransferStatus
from dmas.transfers import queries as transfers
from dmas.transfers.events import TransferCancelled, TransferConfirmed

_JOB = "news"


def on_offer_withdrawn(session: Session, event: OfferWithdrawn, *, actor: Actor, now: datetime) -> None:
    """Withdraw every live match of the offer; who has said yes keeps their transfer."""
    with acting_for_all(session, _JOB):
        live = _live(session, Proposal.offer_id == event.offer_id)
        places.end_all(
            session, live, "withdraw", "proposal.withdrawn", actor=actor, now=now, reason="offer_withdrawn"
        )
        outbox.tell_both(session, live, "match_ended", actor=actor, now=now)
        options.look_on(session, live, actor=actor, now=now)


def on_offer_suspended(session: Session, event: OfferSuspended, *, actor: Actor, now: datetime) -> None:
    """Let go of every live match of a paused offer; it may be proposed again once the offer runs."""
    with acting_for_all(session, _JOB):
        live = _live(session, Proposal.offer_id == event.offer_id)
        places.end_all(session, live, "lose", "proposal.gone", actor=actor, now=now, reason="offer_suspended")
        outbox.tell_both(session, live, "match_ended", actor=actor, now=now)
        options.look_on(session, live, actor=actor, now=now)


def on_limits_tightened(session: Session, event: LimitsTightened, *, actor: Actor, now: datetime) -> None:
    """Let go of live matches whose people no longer fit; a person named is checked again at their yes.

    What a patient has been shown stays theirs to choose until its last day.
    """
    with acting_for_all(session, _JOB):
        kept = (ProposalStatus.CHOSEN, ProposalStatus.OFFERED)
        live = _live(session, Proposal.offer_id == event.offer_id, Proposal.status.not_in(kept))
        limits = limits_of(session.get_one(Offer, event.offer_id))
        unfit = [one for one in live if not rules.still_fits(_group(session, one), limits)]
        for proposal in unfit:
            proposal.answer_reason = rules.LIMITS_TIGHTENED
        places.end_all(
            session, unfit, "lose", "proposal.gone", actor=actor, now=now, reason=rules.LIMITS_TIGHTENED
        )
        outbox.tell_both(session, unfit, "match_ended", actor=actor, now=now)


def on_request_withdrawn(session: Session, event: RequestWithdrawn, *, actor: Actor, now: datetime) -> None:
    """Withdraw every live match of the request; who has said yes keeps their transfer."""
    with acting_for_all(session, _JOB):
        live = _live(session, Proposal.request_id == event.request_id)
        places.end_all(
            session, live, "withdraw", "proposal.withdrawn", actor=actor, now=now, reason="request_withdrawn"
        )
        outbox.tell_both(session, live, "match_ended", actor=actor, now=now)


def on_request_closed(session: Session, event: RequestClosed, *, actor: Actor, now: datetime) -> None:
    """Let go of the matches still being talked about; places already chosen may still be filled."""
    with acting_for_all(session, _JOB):
        live = _live(
            session, Proposal.request_id == event.request_id, Proposal.status != ProposalStatus.CHOSEN
        )
        places.end_all(
            session, live, "supersede", "proposal.superseded", actor=actor, now=now, reason="request_closed"
        )
        outbox.tell_both(session, live, "match_ended", actor=actor, now=now)


def on_transfer_cancelled(session: Session, event: TransferCancelled, *, actor: Actor, now: datetime) -> None:
    """Search on for a patient whose hand-over was stopped before it was sent; their wait is as it was."""
    with acting_for_all(session, _JOB):
        chosen = requests_seen.transfer_by_care_request(session, [event.request_id]).get(event.request_id)
        if chosen is not None and chosen.status == TransferStatus.ACCEPTED:
            requests.back_to_searching(session, event.request_id, BackBecause.CANCELLED, actor=actor, now=now)


def close_if_fulfilled(session: Session, event: TransferConfirmed, *, actor: Actor, now: datetime) -> None:
    """Close the request as fulfilled once every place of every line has a confirmed hand-over."""
    with acting_for_all(session, _JOB):
        care_request = session.get_one(CareRequest, event.request_id)
        done = transfers.fulfilled_by_line(session, [line.id for line in care_request.lines])
        whole = all(done[line.id] >= line.places for line in care_request.lines)
        if whole and care_request.status == RequestStatus.OPEN:
            requests.close(session, care_request, ClosedBecause.FULFILLED, actor=actor, now=now)


def _live(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Proposal]:
    """Return the live proposals that meet the conditions, locked, their offers first.

    The teller already holds the offer or the request; a request is never locked after an offer.
    """
    live = (Proposal.status.in_(LIVE), *conditions)
    transfers.lock_market(session, offers=session.scalars(select(Proposal.offer_id).where(*live)))
    return queries.lock(session, *live)


def _group(session: Session, proposal: Proposal) -> rules.Group:
    line = session.get_one(RequestLine, proposal.line_id)
    return rules.Group(line.age_from, line.age_to, line.worst_asa, line.worst_bmi, line.sex)
