"""One patient's own request with everything that stands for it: search, options, the move and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session, selectinload

from dmas.cases.queries import Story
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.db import Audited, acting_for_all
from dmas.matching import queries as nights
from dmas.proposals import queries as proposals
from dmas.proposals.queries import MatchRow, OptionRow
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers import queries as providers
from dmas.providers.models import Organisation
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest, TransferRequest, TransferReview
from dmas.requests.vocabulary import TransferStatus
from dmas.transfers.models import Transfer
from dmas.waitinglist import queries as waits
from dmas.waitinglist.models import Pathway
from dmas.waitinglist.vocabulary import PauseReason

JOB = "tracking"
OPEN = [one for one in TransferStatus if one not in (TransferStatus.TRANSFERRED, TransferStatus.ENDED)]


@dataclass(frozen=True, slots=True)
class Tracked:
    """How far one request has come. `paused` is why tonight's match leaves it out, if it does."""

    transfer: TransferRequest
    care_request: CareRequest | None
    outcome: Row[Any] | None
    paused: PauseReason | None
    options: Sequence[OptionRow]
    move: Transfer | None
    receiver_name: str
    clock_start: date


@dataclass(frozen=True, slots=True)
class AskedCase:
    """One request for the staff who follow it: its reviews, its matches and what happened."""

    tracked: Tracked
    service: str
    reviews: Sequence[TransferReview]
    matches: Sequence[MatchRow]
    story: Story


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFilter:
    """What a list of patients' requests is narrowed by; empty means any."""

    status: str = ""
    live_only: bool = False
    service: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One request in a list: for which service, whose patient, and since when they wait."""

    transfer: TransferRequest
    service: str
    clock_start: date
    home_name: str


def tracked(session: Session, transfer: TransferRequest, today: date) -> Tracked:
    """Return how far a request has come, for a caller who has scoped it."""
    with acting_for_all(session, JOB):
        care_request = session.scalars(
            select(CareRequest)
            .where(CareRequest.id == transfer.care_request_id)
            .options(selectinload(CareRequest.lines))
        ).one_or_none()
        outcomes = nights.outcomes_of(session, Actor.system(JOB), care_request.id) if care_request else []
        move = session.scalars(
            select(Transfer)
            .where(Transfer.request_id == transfer.care_request_id)
            .order_by(Transfer.agreed_at.desc(), Transfer.reference)
            .limit(1)
        ).one_or_none()
        names = providers.names(session, [move.receiver_code]) if move else {}
        return Tracked(
            transfer=transfer,
            care_request=care_request,
            outcome=outcomes[0] if outcomes else None,
            paused=waits.may_match(session, [transfer.pathway_id], today=today)[transfer.pathway_id],
            options=proposals.options(session, transfer.id, *ProposalStatus),
            move=move,
            receiver_name=names.get(move.receiver_code, "") if move else "",
            clock_start=session.get_one(Pathway, transfer.pathway_id).clock_start,
        )


def asked_case(session: Session, actor: Actor, reference: str, today: date) -> AskedCase:
    """Return one request the actor may see, without who the patient is; raise NotFound."""
    transfer = requests.transfer(session, actor, reference)
    found = tracked(session, transfer, today)
    with acting_for_all(session, JOB):
        reviews = requests.reviews(session, transfer)
        matches = (
            proposals.of_case(session, Actor.system(JOB), request_id=transfer.care_request_id)
            if transfer.care_request_id
            else []
        )
        service = session.get_one(Pathway, transfer.pathway_id).service
        entities: list[Audited] = [transfer, *reviews, *(one.proposal for one in matches)]
        entities += [found.move] if found.move else []
        story = _story(session, transfer, entities, matches)
    return AskedCase(found, service, reviews, matches, story)


def asked_listing(
    session: Session,
    actor: Actor,
    wanted: AskedFilter,
    *,
    sort: str = "sent",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[AskedRow], int]:
    """Return one page of the patients' requests the actor may see, and how many there are."""
    conditions = [requests.transfers_visible_to(actor), *_conditions(wanted)]
    with acting_for_all(session, JOB):
        total = session.scalar(
            select(func.count())
            .select_from(TransferRequest)
            .join(Pathway, Pathway.id == TransferRequest.pathway_id)
            .where(*conditions)
        )
        column = _SORTS[sort]
        rows = session.execute(
            select(TransferRequest, Pathway.service, Pathway.clock_start, Organisation.name)
            .join(Pathway, Pathway.id == TransferRequest.pathway_id)
            .join(Organisation, Organisation.code == TransferRequest.home_code)
            .where(*conditions)
            .order_by((column.desc() if descending else column.asc()).nulls_last(), TransferRequest.reference)
            .limit(limit)
            .offset(offset)
        ).all()
    return [AskedRow(*row) for row in rows], total or 0


_SORTS: dict[str, Any] = {
    "sent": TransferRequest.submitted_on,
    "wait": Pathway.clock_start,
    "ends": TransferRequest.search_ends_on,
    "status": TransferRequest.status,
}


def _conditions(wanted: AskedFilter) -> list[ColumnElement[bool]]:
    # What is not yet sent is the patient's own.
    found: list[ColumnElement[bool]] = [TransferRequest.submitted_on.is_not(None)]
    if wanted.status:
        found.append(TransferRequest.status == wanted.status)
    if wanted.live_only:
        found.append(TransferRequest.status.in_(OPEN))
    if wanted.service:
        found.append(Pathway.service == wanted.service)
    if wanted.text:
        found.append(TransferRequest.reference.icontains(wanted.text, autoescape=True))
    return found


def _story(
    session: Session, transfer: TransferRequest, entities: Sequence[Audited], matches: Sequence[MatchRow]
) -> Story:
    events = audit.history(session, entities)
    codes = {transfer.home_code, transfer.home_icb, transfer.patient_icb, transfer.patient_region}
    codes |= {one.proposal.receiver_code for one in matches}
    codes |= {event.organisation_code for event in events if event.organisation_code}
    return Story(events=events, names=providers.names(session, sorted(codes)))
