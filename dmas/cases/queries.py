"""All that the page of one case shows, read within the actor's scope in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select, true
from sqlalchemy.orm import Session, selectinload

from dmas.core import audit
from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Audited
from dmas.core.errors import NotFound
from dmas.diagnostics import queries as tests
from dmas.diagnostics.models import DiagnosticOfferDetail, DiagnosticRequestDetail
from dmas.matching import queries as nights
from dmas.matching import services as asking
from dmas.matching.engine.nearly import Nearly
from dmas.offers import policy as offer_policy
from dmas.offers import queries as offers
from dmas.offers.models import Offer
from dmas.offers.queries import OfferRow
from dmas.proposals import queries as proposals
from dmas.proposals.models import Proposal
from dmas.proposals.queries import MatchRow
from dmas.providers import queries as providers
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest
from dmas.requests.queries import Listed
from dmas.transfers import policy as transfer_policy
from dmas.transfers import queries as transfers
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.queries import TransferRow

_NO_OFFER = "There is no such offer, or it is not yours. Check the reference."
_NO_REQUEST = "There is no such request, or it belongs to another organisation."


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The events of a case that the actor may read, oldest first, and the names of organisations by code."""

    events: Sequence[AuditEvent]
    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCase:
    """An offer, the matches that draw on it and their transfers."""

    row: OfferRow
    matches: Sequence[MatchRow]
    transfers: Sequence[Transfer]
    story: Story
    test: DiagnosticOfferDetail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCase:
    """A request with its lines, last night's outcome of each, its matches and transfers."""

    care_request: CareRequest
    outcomes: Sequence[Row[Any]]
    matches: Sequence[MatchRow]
    transfers: Sequence[Transfer]
    story: Story
    test: DiagnosticRequestDetail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCase:
    """A match with its request, line and offer, and the transfers that came of it."""

    row: MatchRow
    transfers: Sequence[Transfer]
    story: Story
    offered_test: DiagnosticOfferDetail | None = None
    asked_test: DiagnosticRequestDetail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCase:
    """A transfer with its request and offer, its match's reference, and what the two sides said."""

    row: TransferRow
    match_reference: str
    messages: Sequence[TransferMessage]
    story: Story
    offered_test: DiagnosticOfferDetail | None = None
    asked_test: DiagnosticRequestDetail | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One offer or request that waits for the actor's decision, with the name of who sent it."""

    item: Offer | CareRequest
    provider_name: str

    @property
    def due_on(self) -> date | None:
        """Return by when its ICB decides."""
        return self.item.approval_due_on


def offers_seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the scope of offers: one's own, open ones, and those that a match of one's own draws on."""
    matched = select(Proposal.offer_id).where(proposals.visible_to(actor))
    return or_(offers.visible_to(actor), Offer.id.in_(matched))


def requests_seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the scope of requests; an auditor's, too, who reads the history and never the list."""
    if actor.role is not Role.AUDITOR:
        return requests.visible_to(actor)
    if actor.reach is Reach.NATION:
        return true()
    column = {
        Reach.ORGANISATION: CareRequest.provider_code,
        Reach.ICB: CareRequest.icb_code,
        Reach.REGION: CareRequest.region_code,
    }.get(actor.reach)
    return false() if column is None else column == (actor.organisation or "")


def offer(session: Session, actor: Actor, reference: str) -> OfferCase:
    """Return the case of an offer; raise NotFound where there is none or it is somebody else's."""
    found = session.scalar(select(Offer).where(Offer.reference == reference, offers_seen_by(actor)))
    if found is None:
        raise NotFound(_NO_OFFER)
    matches = proposals.of_case(session, actor, offer_id=found.id)
    moves = transfers.of_case(session, actor, offer_id=found.id)
    parties = [found.provider_code, found.icb_code, found.region_code]
    parties += [one.proposal.home_code for one in matches]
    return OfferCase(
        row=offers.with_waits(session, [offers.row_of(session, found)])[0],
        matches=matches,
        transfers=moves,
        story=_story(session, [found], parties),
        test=tests.beside_offer(session, found),
    )


def care_request(session: Session, actor: Actor, reference: str) -> RequestCase:
    """Return the case of a request; raise NotFound where there is none or it is somebody else's."""
    found = session.scalar(
        select(CareRequest)
        .where(CareRequest.reference == reference, requests_seen_by(actor))
        .options(selectinload(CareRequest.lines))
    )
    if found is None:
        raise NotFound(_NO_REQUEST)
    matches = proposals.of_case(session, actor, request_id=found.id)
    moves = transfers.of_case(session, actor, request_id=found.id)
    parties = [found.provider_code, found.icb_code, found.region_code]
    parties += [one.proposal.receiver_code for one in matches]
    entities: list[Audited] = [found, *(one.proposal for one in matches), *moves]
    return RequestCase(
        care_request=found,
        outcomes=nights.outcomes_of(session, actor, found.id),
        matches=matches,
        transfers=moves,
        story=_story(session, entities, parties),
        test=tests.beside_request(session, found),
    )


def nearly(session: Session, case: RequestCase) -> dict[int, list[Nearly]]:
    """Return, by line, the smallest changes that would have found more places on its last night."""
    return {row.number: asking.nearly(session, row) for row in case.outcomes if row.code is not None}


def match(session: Session, actor: Actor, reference: str) -> MatchCase:
    """Return the case of a match; raise NotFound where there is none or it is somebody else's."""
    row = proposals.row(session, actor, reference)
    moves = transfers.of_case(session, actor, proposal_id=row.proposal.id)
    people = proposals.people(session, row.proposal)
    parties = [row.proposal.home_code, row.proposal.receiver_code, row.proposal.home_icb]
    return MatchCase(
        row=row,
        transfers=moves,
        story=_story(session, [row.proposal, *people, *moves], parties),
        offered_test=tests.beside_offer(session, row.offer),
        asked_test=tests.beside_request(session, row.care_request),
    )


def transfer(session: Session, actor: Actor, reference: str) -> TransferCase:
    """Return the case of a transfer, its messages only to the two sides; raise NotFound."""
    row = transfers.row(session, actor, reference)
    match_reference = session.scalar(
        select(Proposal.reference).where(Proposal.id == row.transfer.proposal_id)
    )
    between_us = transfer_policy.may_see_person(actor, row.transfer)
    parties = [row.transfer.home_code, row.transfer.receiver_code]
    return TransferCase(
        row=row,
        match_reference=match_reference or "",
        messages=transfers.messages(session, row.transfer) if between_us else [],
        story=_story(session, [row.transfer], parties),
        offered_test=tests.beside_offer(session, row.offer),
        asked_test=tests.beside_request(session, row.care_request),
    )


def approvals(session: Session, actor: Actor, today: date) -> list[Waiting]:
    """Return what waits for the actor's decision, the longest overdue first, never one's own."""
    waiting = [
        Waiting(row.offer, row.provider_name)
        for row in offers.awaiting_approval(session, actor)
        if offer_policy.may_decide(actor, row.offer, today)
    ]
    asked: list[Listed] = requests.awaiting_approval(session, actor, today)
    waiting += [Waiting(one.care_request, one.provider_name) for one in asked]
    return sorted(waiting, key=lambda one: (one.due_on or today, one.item.reference))


def _story(session: Session, entities: Iterable[Audited], parties: Iterable[str | None]) -> Story:
    events = audit.history(session, entities)
    codes = {code for code in parties if code} | {
        event.organisation_code for event in events if event.organisation_code
    }
    return Story(events=events, names=providers.names(session, sorted(codes)))
