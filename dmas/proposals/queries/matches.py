"""Proposed matches as an actor may see them, the people named, and what a line still needs."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.offers.models import Offer
from dmas.proposals import rules
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ANSWERED, LIVE, ProposalStatus
from dmas.providers.models import Organisation, Site
from dmas.requests.models import CareRequest, RequestLine
from dmas.transfers import queries as transfers

DECLINED = (ProposalStatus.RECEIVER_DECLINED, ProposalStatus.DECLINED)
_NO_SUCH = "There is no such match, or it is not yours. Check the reference."


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFilter:
    """What a list of matches is narrowed by; empty means any. `side` and `turn` are home or receiver."""

    status: str = ""
    side: str = ""
    turn: str = ""
    service: str = ""
    live_only: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A proposal with what its line says: request, line, offer, and the names of both sides and the site."""

    proposal: Proposal
    care_request: CareRequest
    line: RequestLine
    offer: Offer
    home_name: str
    receiver_name: str
    site_name: str


_SORTS: dict[str, Any] = {
    "due": Proposal.due_on,
    "made": Proposal.made_at,
    "places": Proposal.places,
    "miles": Proposal.tenths,
    "status": Proposal.status,
}
_HOME = Organisation.__table__.alias("home")
_RECEIVER = Organisation.__table__.alias("receiver")
Rows = Select[Proposal, CareRequest, RequestLine, Offer, str, str, str]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the one scope of proposals: both sides, their ICBs and regions, and the nation."""
    here = actor.organisation
    match actor.reach:
        case Reach.NATION:
            return true()
        case Reach.REGION:
            return or_(Proposal.home_region == here, Proposal.receiver_region == here)
        case Reach.ICB:
            return or_(Proposal.home_icb == here, Proposal.receiver_icb == here)
        case Reach.ORGANISATION:
            return or_(Proposal.home_code == here, Proposal.receiver_code == here)
    return false()


def get(session: Session, actor: Actor, reference: str) -> Proposal:
    """Return one proposal; raise NotFound where there is none or it is somebody else's."""
    found = session.scalar(select(Proposal).where(Proposal.reference == reference, visible_to(actor)))
    if found is None:
        raise NotFound(_NO_SUCH)
    return found


def row(session: Session, actor: Actor, reference: str) -> MatchRow:
    """Return one proposal with its request, line, offer and names; raise NotFound."""
    found = session.execute(_rows().where(Proposal.reference == reference, visible_to(actor))).first()
    if found is None:
        raise NotFound(_NO_SUCH)
    return MatchRow(*found)


def listing(
    session: Session,
    actor: Actor,
    wanted: MatchFilter,
    *,
    sort: str = "due",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[MatchRow], int]:
    """Return one page of the matches the actor may see, and how many there are."""
    column = _SORTS[sort]
    conditions = [visible_to(actor), *_conditions(actor, wanted)]
    total = session.scalar(
        select(func.count())
        .select_from(Proposal)
        .join(CareRequest, CareRequest.id == Proposal.request_id)
        .where(*conditions)
    )
    statement = (
        _rows()
        .where(*conditions)
        .order_by((column.desc() if descending else column.asc()).nulls_last(), Proposal.reference)
        .limit(limit)
        .offset(offset)
    )
    return [MatchRow(*found) for found in session.execute(statement)], total or 0


def of_case(
    session: Session,
    actor: Actor,
    *,
    request_id: uuid.UUID | None = None,
    offer_id: uuid.UUID | None = None,
) -> list[MatchRow]:
    """Return the matches of one request or offer that the actor may see, oldest first."""
    statement = _rows().where(visible_to(actor)).order_by(Proposal.made_at, Proposal.id)
    if request_id is not None:
        statement = statement.where(Proposal.request_id == request_id)
    if offer_id is not None:
        statement = statement.where(Proposal.offer_id == offer_id)
    return [MatchRow(*found) for found in session.execute(statement)]


def waiting_for(session: Session, actor: Actor, today: date) -> dict[str, tuple[int, int]]:
    """Count what waits for the actor's side by status: how many, and how many are due today or overdue."""
    mine = or_(
        (Proposal.receiver_code == actor.organisation) & _receivers_turn(),
        (Proposal.home_code == actor.organisation) & _homes_turn(),
    )
    rows = session.execute(
        select(Proposal.status, func.count(), func.count().filter(Proposal.due_on <= today))
        .where(visible_to(actor), mine)
        .group_by(Proposal.status)
        .order_by(Proposal.status)
    )
    return {status: (count, due) for status, count, due in rows}


def line(session: Session, line_id: uuid.UUID) -> RequestLine:
    """Return a line that the actor's database shows; raise NotFound."""
    found = session.get(RequestLine, line_id)
    if found is None:
        raise NotFound("There is no such request, or it belongs to another organisation.")
    return found


def still_to_find(session: Session, line_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return, for each line, its places less those held for it and those its hand-overs take."""
    held = dict.fromkeys(line_ids, 0)
    for line_id, places in session.execute(
        select(Proposal.line_id, func.sum(Proposal.held))
        .where(Proposal.line_id.in_(line_ids))
        .group_by(Proposal.line_id)
        .order_by(Proposal.line_id)
    ):
        held[line_id] = int(places)
    taken = transfers.taken_by_line(session, line_ids)
    asked = session.execute(
        select(RequestLine.id, RequestLine.places)
        .where(RequestLine.id.in_(line_ids))
        .order_by(RequestLine.id)
    )
    return {line_id: max(0, places - held[line_id] - taken[line_id]) for line_id, places in asked}


def declined_pairs(session: Session, line_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return (line, offer) pairs that either side has declined: they are not proposed again."""
    rows = session.execute(
        select(Proposal.line_id, Proposal.offer_id)
        .where(Proposal.line_id.in_(line_ids), Proposal.status.in_(DECLINED))
        .distinct()
        .order_by(Proposal.line_id, Proposal.offer_id)
    )
    return {(line_id, offer_id) for line_id, offer_id in rows}


def live_pair(session: Session, line_id: uuid.UUID, offer_id: uuid.UUID) -> bool:
    """Say whether places of this offer are already proposed for this line."""
    statement = select(Proposal.id).where(
        Proposal.line_id == line_id, Proposal.offer_id == offer_id, Proposal.status.in_(LIVE)
    )
    return session.scalar(statement) is not None


def receiver_lapses(
    session: Session, offer_ids: Collection[uuid.UUID], since: datetime
) -> dict[uuid.UUID, int]:
    """Count, for each offer, the matches its provider has let lapse since a moment."""
    rows = session.execute(
        select(Proposal.offer_id, func.count())
        .where(
            Proposal.offer_id.in_(offer_ids),
            Proposal.status == ProposalStatus.LAPSED,
            Proposal.answer_reason == rules.NO_ANSWER,
            Proposal.ended_at >= since,
        )
        .group_by(Proposal.offer_id)
        .order_by(Proposal.offer_id)
    )
    return {found[0]: found[1] for found in rows}


def _rows() -> Rows:
    return (
        select(Proposal, CareRequest, RequestLine, Offer, _HOME.c.name, _RECEIVER.c.name, Site.name)
        .join(CareRequest, CareRequest.id == Proposal.request_id)
        .join(RequestLine, RequestLine.id == Proposal.line_id)
        .join(Offer, Offer.id == Proposal.offer_id)
        .join(_HOME, _HOME.c.code == Proposal.home_code)
        .join(_RECEIVER, _RECEIVER.c.code == Proposal.receiver_code)
        .join(Site, Site.code == Offer.site_code)
    )


def _conditions(actor: Actor, wanted: MatchFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status:
        found.append(Proposal.status == wanted.status)
    if wanted.live_only:
        found.append(Proposal.status.in_(LIVE))
    if wanted.side:
        column = Proposal.home_code if wanted.side == "home" else Proposal.receiver_code
        found.append(column == actor.organisation)
    if wanted.turn == "receiver":
        found.append(_receivers_turn())
    elif wanted.turn == "home":
        found.append(_homes_turn())
    if wanted.service:
        found.append(CareRequest.service == wanted.service)
    if wanted.text:
        found.append(Proposal.reference.icontains(wanted.text, autoescape=True))
    return found


def _receivers_turn() -> ColumnElement[bool]:
    return Proposal.status.in_((ProposalStatus.PROPOSED, ProposalStatus.ASKED))


def _homes_turn() -> ColumnElement[bool]:
    """A receiver's yes to a patient waits for the patient's other options, not for the home trust."""
    mine = LIVE - {ProposalStatus.PROPOSED, ProposalStatus.ASKED, ProposalStatus.OFFERED}
    gathered = Proposal.transfer_request_id.is_not(None) & Proposal.status.in_(ANSWERED)
    return Proposal.status.in_(sorted(mine)) & ~gathered
