"""The counts of a first page: each kind of task by one scoped query, and the figures of the whole nation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor
from dmas.matching import queries as nights
from dmas.matching.models import MatchRun, Outcome
from dmas.offers import queries as offers
from dmas.offers.models import Offer
from dmas.offers.vocabulary import CAN_BE_CONFIRMED, EXPIRE_AFTER_DAYS, FLAG_AFTER_DAYS, OfferStatus
from dmas.proposals import queries as proposals
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import Consent, ProposalStatus
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TAKES_PLACE

_FREE = Offer.places - Offer.held - Offer.taken


@dataclass(frozen=True, slots=True)
class National:
    """England today, as everybody may know it."""

    open_offers: int
    places_free: int
    places_wanted: int
    found_last_night: int | None
    last_night: date | None


@dataclass(frozen=True, slots=True)
class Area:
    """What is open in somebody's area: offers, places free, requests, places asked for, places held."""

    open_offers: int
    places_free: int
    places_held: int
    open_requests: int
    places_asked: int


def offers_to_confirm(
    session: Session, actor: Actor, today: date, *, pathway: Pathway = Pathway.ELECTIVE
) -> tuple[int, int]:
    """Count the actor's offers nobody confirmed for 14 days, and those that expire within a day."""
    flagged, last_call = (today - timedelta(days=days) for days in (FLAG_AFTER_DAYS, EXPIRE_AFTER_DAYS - 1))
    counted = session.execute(
        select(func.count(), func.count().filter(Offer.confirmed_on <= last_call)).where(
            offers.belongs_to(actor),
            Offer.pathway == pathway,
            Offer.status.in_(CAN_BE_CONFIRMED),
            Offer.confirmed_on <= flagged,
        )
    ).one()
    return counted[0], counted[1]


def returned_offers(session: Session, actor: Actor) -> int:
    """Count the actor's offers that their ICB has sent back."""
    waiting = select(func.count()).where(offers.belongs_to(actor), Offer.status == OfferStatus.DRAFT)
    return session.scalar(waiting) or 0


def people_waiting(session: Session, actor: Actor, today: date) -> tuple[int, int, int]:
    """Count held places without a name, those of them due today or earlier, and people still to be asked."""
    named = (
        select(NamedPerson.proposal_id, func.count().label("people"))
        .where(NamedPerson.consent == Consent.TO_ASK, NamedPerson.released_at.is_(None))
        .group_by(NamedPerson.proposal_id)
        .subquery()
    )
    people = func.coalesce(named.c.people, 0)
    unnamed = Proposal.held - people
    row = session.execute(
        select(
            func.coalesce(func.sum(unnamed), 0),
            func.coalesce(func.sum(unnamed).filter(Proposal.due_on <= today), 0),
            func.coalesce(func.sum(people), 0),
        )
        .outerjoin(named, named.c.proposal_id == Proposal.id)
        .where(
            proposals.visible_to(actor),
            Proposal.home_code == actor.organisation,
            Proposal.status == ProposalStatus.CHOSEN,
        )
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def wanted_by_wait(session: Session, actor: Actor) -> list[tuple[date, int]]:
    """Return (clock start of the shortest wait, places) of every line of open requests the actor may see."""
    rows = session.execute(
        select(RequestLine.waiting_since, func.sum(RequestLine.places))
        .join(CareRequest, CareRequest.id == RequestLine.request_id)
        .where(
            requests.visible_to(actor),
            CareRequest.status == RequestStatus.OPEN,
            CareRequest.pathway == Pathway.ELECTIVE,
        )
        .group_by(RequestLine.waiting_since)
        .order_by(RequestLine.waiting_since)
    )
    return [(since, int(places)) for since, places in rows]


def found_for(session: Session, actor: Actor, run: MatchRun) -> Sequence[tuple[str | None, int, int]]:
    """Return (reason, wanted, found) of a night for the requests the actor may see."""
    rows = session.execute(
        select(Outcome.code, func.sum(Outcome.wanted), func.sum(Outcome.served))
        .where(Outcome.run_id == run.id, nights.visible_to(actor))
        .group_by(Outcome.code)
        .order_by(Outcome.code)
    )
    return [(code, int(wanted), int(served)) for code, wanted, served in rows]


def drawn_from(session: Session, actor: Actor, run: MatchRun) -> int:
    """Count the places of the actor's own offers that a night proposed to others."""
    places = select(func.sum(Proposal.places)).where(
        proposals.visible_to(actor),
        Proposal.receiver_code == actor.organisation,
        Proposal.run_date == run.service_date,
    )
    return int(session.scalar(places) or 0)


def area(session: Session, actor: Actor) -> Area:
    """Count what is open in the actor's area, in two queries."""
    given = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(_FREE), 0),
            func.coalesce(func.sum(Offer.held), 0),
        ).where(offers.belongs_to(actor), Offer.status == OfferStatus.OPEN)
    ).one()
    asked = session.execute(
        select(func.count(CareRequest.id.distinct()), func.coalesce(func.sum(RequestLine.places), 0))
        .join(RequestLine, RequestLine.request_id == CareRequest.id)
        .where(requests.visible_to(actor), CareRequest.status == RequestStatus.OPEN)
    ).one()
    return Area(given[0], int(given[1]), int(given[2]), asked[0], int(asked[1]))


def national(session: Session) -> National:
    """Return England's figures today; only a job of ours may ask, for it sees every row."""
    given = session.execute(
        select(func.count(), func.coalesce(func.sum(_FREE), 0)).where(Offer.status == OfferStatus.OPEN)
    ).one()
    is_open = select(RequestLine.id).join(CareRequest).where(CareRequest.status == RequestStatus.OPEN)
    asked = select(func.sum(RequestLine.places)).where(RequestLine.id.in_(is_open))
    held = select(func.sum(Proposal.held)).where(Proposal.line_id.in_(is_open))
    taken = select(func.count()).where(Transfer.line_id.in_(is_open), Transfer.status.in_(TAKES_PLACE))
    wanted = sum(sign * int(session.scalar(one) or 0) for sign, one in ((1, asked), (-1, held), (-1, taken)))
    run = nights.latest(session)
    return National(
        open_offers=given[0],
        places_free=int(given[1]),
        places_wanted=max(0, wanted),
        found_last_night=run.counts.get("places_served") if run else None,
        last_night=run.service_date if run else None,
    )
