"""Hand-overs as an actor may see them, and the order in which their rows are locked."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session, lazyload

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.offers.models import Offer
from dmas.providers.models import Organisation, Site
from dmas.requests.models import CareRequest
from dmas.transfers.models import Transfer, TransferMessage, TransferTest
from dmas.transfers.rules import FULFILS, turn_of
from dmas.transfers.vocabulary import LIVE, TAKES_PLACE, TESTING, TransferStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFilter:
    """What a list of hand-overs is narrowed by; empty means any. `side` is home or receiver.

    `waits` is `critical` for findings nobody acknowledged, `unread` for reports overdue on `today`.
    """

    status: str = ""
    side: str = ""
    service: str = ""
    basis: str = ""
    live_only: bool = False
    text: str = ""
    waits: str = ""
    today: date | None = None


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A hand-over with its request, offer and the names of both sides and the site."""

    transfer: Transfer
    care_request: CareRequest
    offer: Offer
    home_name: str
    receiver_name: str
    site_name: str


_SORTS: dict[str, Any] = {
    "due": Transfer.due_on,
    "agreed": Transfer.agreed_at,
    "status": Transfer.status,
    "clock": Transfer.clock_start,
    "date": Transfer.first_date,
}
_HOME = Organisation.__table__.alias("home")
_RECEIVER = Organisation.__table__.alias("receiver")
Rows = Select[Transfer, CareRequest, Offer, str, str, str]


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


def row(session: Session, actor: Actor, reference: str) -> TransferRow:
    """Return one hand-over with its request, offer and names; raise NotFound."""
    found = session.execute(_rows().where(Transfer.reference == reference, visible_to(actor))).first()
    if found is None:
        raise NotFound("There is no transfer with this reference.")
    return TransferRow(*found)


def listing(
    session: Session,
    actor: Actor,
    wanted: TransferFilter,
    *,
    sort: str = "due",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[TransferRow], int]:
    """Return one page of the hand-overs the actor may see, and how many there are."""
    conditions = [visible_to(actor), *_conditions(actor, wanted)]
    total = session.scalar(
        select(func.count())
        .select_from(Transfer)
        .join(CareRequest, CareRequest.id == Transfer.request_id)
        .where(*conditions)
    )
    column = _SORTS[sort]
    statement = (
        _rows()
        .where(*conditions)
        .order_by((column.desc() if descending else column.asc()).nulls_last(), Transfer.reference)
        .limit(limit)
        .offset(offset)
    )
    return [TransferRow(*found) for found in session.execute(statement)], total or 0


def waiting_for(session: Session, actor: Actor, today: date) -> dict[str, tuple[int, int]]:
    """Count what waits for the actor's side by status: how many, and how many are due today or overdue."""
    mine = or_(
        (Transfer.home_code == actor.organisation)
        & Transfer.status.in_([one for one in TransferStatus if turn_of(one) == "home"]),
        (Transfer.receiver_code == actor.organisation)
        & Transfer.status.in_([one for one in TransferStatus if turn_of(one) == "receiver"]),
    )
    rows = session.execute(
        select(Transfer.status, func.count(), func.count().filter(Transfer.due_on <= today))
        .where(visible_to(actor), mine)
        .group_by(Transfer.status)
        .order_by(Transfer.status)
    )
    return {status: (count, due) for status, count, due in rows}


def tests_waiting(session: Session, actor: Actor, today: date) -> dict[str, tuple[int, int]]:
    """Count what waits about tests at the actor's side, by task: how many, and how many of them are due.

    `unread` are reports that nobody has read in time: a breach, counted for both sides alike.
    """
    home, receiver = Transfer.home_code == actor.organisation, Transfer.receiver_code == actor.organisation
    booked, done = Transfer.status == TransferStatus.BOOKED, Transfer.status == TransferStatus.DONE
    reported, late = Transfer.status == TransferStatus.REPORTED, Transfer.due_on < today
    reports = or_(
        receiver & (TransferTest.report_side == "receiver"), home & (TransferTest.report_side == "home")
    )
    tasks = {
        "name_reader": home & booked & TransferTest.named_at.is_(None),
        "book": receiver & booked & Transfer.first_date.is_(None),
        "test": receiver & booked & (Transfer.first_date <= today),
        "report": reports & done,
        "read": home & reported & ~late,
        "unread": or_(home, receiver) & reported & late,
        "critical": or_(home, receiver)
        & TransferTest.critical_at.is_not(None)
        & TransferTest.acknowledged_at.is_(None),
    }
    due_on = {"name_reader": TransferTest.reader_due_on}
    columns = [
        column
        for task, condition in tasks.items()
        for column in (
            func.count().filter(condition),
            func.count().filter(condition, due_on.get(task, Transfer.due_on) <= today),
        )
    ]
    found = session.execute(
        select(*columns)
        .select_from(Transfer)
        .join(TransferTest, TransferTest.transfer_id == Transfer.id)
        .where(visible_to(actor))
    ).one()
    counts = {task: (found[2 * place], found[2 * place + 1]) for place, task in enumerate(tasks)}
    return counts | {task: (counts[task][0],) * 2 for task in ("test", "unread", "critical")}


def of_case(
    session: Session,
    actor: Actor,
    *,
    request_id: uuid.UUID | None = None,
    offer_id: uuid.UUID | None = None,
    proposal_id: uuid.UUID | None = None,
) -> list[Transfer]:
    """Return the hand-overs of one request, offer or proposal that the actor may see, oldest first."""
    statement = (
        select(Transfer)
        .where(visible_to(actor))
        .order_by(Transfer.agreed_at, Transfer.id)
        .options(lazyload(Transfer.test))  # a row of a case says nothing of it
    )
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


def is_tested(session: Session, home_code: str, pathway_id: str, test: str) -> bool:
    """Say whether this very test of a pathway is already booked elsewhere and not yet read."""
    statement = (
        select(Transfer.id)
        .join(TransferTest, TransferTest.transfer_id == Transfer.id)
        .where(
            Transfer.home_code == home_code,
            Transfer.pathway_id == pathway_id,
            TransferTest.service == test,
            Transfer.status.in_(TESTING),
        )
    )
    return session.scalar(statement) is not None


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


def _rows() -> Rows:
    return (
        select(Transfer, CareRequest, Offer, _HOME.c.name, _RECEIVER.c.name, Site.name)
        .join(CareRequest, CareRequest.id == Transfer.request_id)
        .join(Offer, Offer.id == Transfer.offer_id)
        .join(_HOME, _HOME.c.code == Transfer.home_code)
        .join(_RECEIVER, _RECEIVER.c.code == Transfer.receiver_code)
        .join(Site, Site.code == Offer.site_code)
    )


def _conditions(actor: Actor, wanted: TransferFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status:
        found.append(Transfer.status == wanted.status)
    if wanted.live_only:
        found.append(Transfer.status.in_([*LIVE, *TESTING, TransferStatus.RETURNED]))
    if wanted.side:
        column = Transfer.home_code if wanted.side == "home" else Transfer.receiver_code
        found.append(column == actor.organisation)
    if wanted.service:
        found.append(CareRequest.service == wanted.service)
    if wanted.basis:
        found.append(Transfer.basis == wanted.basis)
    if wanted.waits == "critical":
        found.append(
            Transfer.test.has(TransferTest.critical_at.is_not(None) & TransferTest.acknowledged_at.is_(None))
        )
    if wanted.waits == "unread":
        found += [Transfer.status == TransferStatus.REPORTED, Transfer.due_on < wanted.today]
    if wanted.text:
        found.append(Transfer.reference.icontains(wanted.text, autoescape=True))
    return found
