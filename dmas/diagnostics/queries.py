"""The details of tests beside offers and requests that were read already, and waits for the six-week view."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.diagnostics.models import DiagnosticOfferDetail, DiagnosticRequestDetail
from dmas.offers.models import Offer
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import RequestStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many people who wait for a test since a day, as an open request or one with its ICB says."""

    service: str
    since: date
    places: int


def offer_detail(session: Session, offer_id: uuid.UUID) -> DiagnosticOfferDetail:
    """Return what stands beside one offer that is shown; raise NotFound where it is of no test."""
    found = session.get(DiagnosticOfferDetail, offer_id)
    if found is None:
        raise NotFound("There is no such offer of a test, or it is not yours.")
    return found


def request_detail(session: Session, request_id: uuid.UUID) -> DiagnosticRequestDetail:
    """Return what stands beside one request that is shown; raise NotFound where it is of no test."""
    found = session.get(DiagnosticRequestDetail, request_id)
    if found is None:
        raise NotFound("There is no such request for a test, or it is not yours.")
    return found


def beside_offer(session: Session, offer: Offer) -> DiagnosticOfferDetail | None:
    """Return what stands beside an offer that was read, or None where it is of no test."""
    return session.get(DiagnosticOfferDetail, offer.id) if offer.pathway == Pathway.DIAGNOSTIC else None


def beside_request(session: Session, asked: CareRequest) -> DiagnosticRequestDetail | None:
    """Return what stands beside a request that was read, or None where it is for no test."""
    return session.get(DiagnosticRequestDetail, asked.id) if asked.pathway == Pathway.DIAGNOSTIC else None


def offer_details(
    session: Session, offer_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, DiagnosticOfferDetail]:
    """Return the details of some offers by the offer's id."""
    found = session.scalars(
        select(DiagnosticOfferDetail)
        .where(DiagnosticOfferDetail.offer_id.in_(offer_ids))
        .order_by(DiagnosticOfferDetail.offer_id)
    )
    return {one.offer_id: one for one in found}


def request_details(
    session: Session, request_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, DiagnosticRequestDetail]:
    """Return the details of some requests by the request's id."""
    found = session.scalars(
        select(DiagnosticRequestDetail)
        .where(DiagnosticRequestDetail.request_id.in_(request_ids))
        .order_by(DiagnosticRequestDetail.request_id)
    )
    return {one.request_id: one for one in found}


def waiting(session: Session, actor: Actor) -> Sequence[Waiting]:
    """Return every line of the live requests for tests the actor may see, by test and clock start."""
    rows = session.execute(
        select(CareRequest.service, RequestLine.waiting_since, RequestLine.places)
        .join(RequestLine, RequestLine.request_id == CareRequest.id)
        .where(
            requests.visible_to(actor),
            CareRequest.pathway == Pathway.DIAGNOSTIC,
            CareRequest.status.in_([RequestStatus.OPEN, RequestStatus.AWAITING_ICB]),
        )
        .order_by(CareRequest.service, RequestLine.waiting_since, RequestLine.id)
    )
    return [Waiting(*row) for row in rows]
