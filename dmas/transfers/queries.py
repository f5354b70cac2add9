"""Hand-overs as an actor may see them, and the order in which their rows are locked."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.offers.models import Offer
from dmas.requests.models import CareRequest
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.rules import FULFILS
from dmas.transfers.vocabulary import LIVE, TAKES_PLACE, TransferStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFilters:
    """What a list of hand-overs may be narrowed by; None is everything."""

    status: TransferStatus | None = None
    side: str | None = None  # "home" or "receiver", seen from the actor's organisation
    service: str | None = None
    basis: str | None = None
    live_only: bool = False
    reference: str | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the one scope of hand-overs: both sides, their ICBs and regions, and the nation."""
    here = actor.organisation
    if actor.reach is Reach.NATION:
        return true()
    if actor.reach is Reach.REGION:
        return or_(Transfer.home_region == here, Transfer.receiver_region == here)
    if actor.reach is Reach.ICB:
        return or_(Transfer.home_icb == here, Transfer.receiver_icb == here)
    if actor.reach is Reach.ORGANISATION:
        return or_(Transfer.home_code == here, Transfer.receiver_code == here)
    return false()


def get(session: Session, actor: Actor, reference: str) -> Transfer:
    """Return one hand-over; raise NotFound where there is none or it is somebody else's."""
    found = session.scalar(select(Transfer).where(Transfer.reference == reference, visible_to(actor)))
    if found is None:
        raise NotFound("There is no transfer with this reference.")
    return found


def get_for_change(session: Session, actor: Actor, reference: str) -> Transfer:
    """Return one hand-over as it is now, locked until the transaction ends, its request and offer too."""
    seen = get(session, actor, reference)
    lock_market(session, requests=[seen.request_id], offers=[seen.offer_id])
    return session.scalars(
        select(Transfer)
        .where(Transfer.id == seen.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def lock_market(
    session: Session, *, requests: Iterable[uuid.UUID] = (), offers: Iterable[uuid.UUID] = ()
) -> None:
    """Lock requests, then offers, each in the order of their ids, and read them again.

    Everything that changes places locks in this one order (requests, offers, proposals, people, transfers),
    so that two people never wait for each other. The night locks all it will touch in one call.
    """
    for model, ids in ((CareRequest, set(requests)), (Offer, set(offers))):
        if ids:
            session.scalars(
                select(model)
                .where(model.id.in_(ids))
                .order_by(model.id)
                .with_for_update(key_share=True)
                .execution_options(populate_existing=True)
            ).all()


def listed(actor: Actor, filters: TransferFilters) -> Select[Transfer, CareRequest, Offer]:
    """Return the statement of a list: hand-over, its request and its offer; what is due first comes first."""
    statement = (
        select(Transfer, CareRequest, Offer)
        .join(CareRequest, CareRequest.id == Transfer.request_id)
        .join(Offer, Offer.id == Transfer.offer_id)
        .where(visible_to(actor))
        .order_by(Transfer.due_on.asc().nulls_last(), Transfer.agreed_at.desc(), Transfer.reference)
    )
    if filters.status is not None:
        statement = statement.where(Transfer.status == filters.status)
    if filters.live_only:
        statement = statement.where(Transfer.status.in_([*LIVE, TransferStatus.RETURNED]))
    if filters.side is not None:
        column = Transfer.home_code if filters.side == "home" else Transfer.receiver_code
        statement = statement.where(column == actor.organisation)
    if filters.service is not None:
        statement = statement.where(CareRequest.service == filters.service)
    if filters.basis is not None:
        statement = statement.where(Transfer.basis == filters.basis)
    if filters.reference is not None:
        statement = statement.where(Transfer.reference.startswith(filters.reference, autoescape=True))
    return statement


def of_case(
    session: Session,
    actor: Actor,
    *,
    request_id: uuid.UUID | None = None,
    offer_id: uuid.UUID | None = None,
    proposal_id: uuid.UUID | None = None,
) -> list[Transfer]:
    """Return the hand-overs of one request, offer or proposal that the actor may see, oldest first."""
    statement = select(Transfer).where(visible_to(actor)).order_by(Transfer.agreed_at, Transfer.id)
    for column, value in (
        (Transfer.request_id, request_id),
        (Transfer.offer_id, offer_id),
        (Transfer.proposal_id, proposal_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return list(session.scalars(statement))


def messages(session: Session, transfer: Transfer) -> list[TransferMessage]:
    """Return what the two sides said, oldest first."""
    return list(
        session.scalars(
            select(TransferMessage)
            .where(TransferMessage.transfer_id == transfer.id)
            .order_by(TransferMessage.said_at, TransferMessage.id)
        )
    )


def is_moving(session: Session, home_code: str, pathway_id: str) -> bool:
    """Say whether a pathway of a home trust is already being handed over."""
    return (
        session.scalar(
            select(Transfer.id).where(
                Transfer.home_code == home_code, Transfer.pathway_id == pathway_id, Transfer.status.in_(LIVE)
            )
        )
        is not None
    )


def taken_by_line(session: Session, line_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count, for each line of a request, the hand-overs that take a place."""
    return _count_by_line(session, line_ids, TAKES_PLACE)


def fulfilled_by_line(session: Session, line_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count, for each line of a request, the hand-overs confirmed or further."""
    return _count_by_line(session, line_ids, FULFILS)


def _count_by_line(
    session: Session, line_ids: Collection[uuid.UUID], statuses: Collection[TransferStatus]
) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Transfer.line_id, func.count())
        .where(Transfer.line_id.in_(line_ids), Transfer.status.in_(statuses))
        .group_by(Transfer.line_id)
        .order_by(Transfer.line_id)
    )
    counted = {row[0]: row[1] for row in rows}
    return {line_id: counted.get(line_id, 0) for line_id in line_ids}
