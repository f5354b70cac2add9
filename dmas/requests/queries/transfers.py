"""Reading patients' own requests: each question held to what the asking person may see."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.errors import NotFound
from dmas.requests.models import CareRequest, TransferAnswers, TransferRequest, TransferReview
from dmas.requests.vocabulary import (
    IDENTITY_HOURS,
    TRANSFER_LIVE,
    EndedBecause,
    RequestKind,
    RequestStatus,
    ReviewOutcome,
    TransferStatus,
)
from dmas.waitinglist.models import Pathway

Found = TypeVar("Found")

_NOT_THERE = "There is no such request, or it belongs to somebody else."
IDENTITY_CHECKED = "patient.identity_checked"
_NATIONAL = (Role.HELPLINE_AGENT, Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER)
_LOCAL = (Role.CAPACITY_MANAGER, Role.CLINICAL_REVIEWER, Role.BOOKING_CLERK)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request that waits for a clinician: what for, since when on the list, and why it waits."""

    transfer: TransferRequest
    service: str
    clock_start: date
    change_waits: bool


def transfers_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the one scope: one's own as a patient, the home trust's, or those of an area or the nation."""
    if actor.is_patient:
        return TransferRequest.patient_id == uuid.UUID(actor.id.partition(":")[2])
    if actor.reach is Reach.NATION:
        return true() if actor.is_system or actor.role in _NATIONAL else false()
    code = actor.organisation or ""
    if actor.reach is Reach.ICB and actor.role is Role.ICB_COORDINATOR:
        return or_(TransferRequest.patient_icb == code, TransferRequest.home_icb == code)
    if actor.reach is Reach.REGION and actor.role is Role.REGIONAL_COORDINATOR:
        return or_(TransferRequest.patient_region == code, TransferRequest.home_region == code)
    if actor.reach is Reach.ORGANISATION and actor.role in _LOCAL:
        return TransferRequest.home_code == code
    return false()


def transfer(session: Session, actor: Actor, reference: str) -> TransferRequest:
    """Return a patient's request the person may see; raise NotFound."""
    return _only(
        session.scalars(
            select(TransferRequest).where(TransferRequest.reference == reference, transfers_visible_to(actor))
        ).one_or_none()
    )


def lock_transfer(session: Session, actor: Actor, reference: str) -> TransferRequest:
    """Return a patient's request the person may see, locked and fresh; raise NotFound."""
    return _only(
        session.scalars(
            select(TransferRequest)
            .where(TransferRequest.reference == reference, transfers_visible_to(actor))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
    )


def lock_transfers(session: Session, *conditions: ColumnElement[bool]) -> Sequence[TransferRequest]:
    """Return the requests that meet the conditions, locked, in the order of their references."""
    return session.scalars(
        select(TransferRequest)
        .where(*conditions)
        .order_by(TransferRequest.reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def transfer_of_pathway(session: Session, actor: Actor, pathway_id: uuid.UUID) -> TransferRequest | None:
    """Return the request about one wait that goes on, else the newest, that the person may see; or None."""
    return session.scalars(
        select(TransferRequest)
        .where(TransferRequest.pathway_id == pathway_id, transfers_visible_to(actor))
        .order_by(
            TransferRequest.status.in_(TRANSFER_LIVE).desc(),
            TransferRequest.started_at.desc(),
            TransferRequest.reference,
        )
        .limit(1)
    ).one_or_none()


def live_transfer(session: Session, pathway_id: uuid.UUID) -> TransferRequest | None:
    """Return the request about one wait that has not come to its end, or None."""
    return session.scalars(
        select(TransferRequest).where(
            TransferRequest.pathway_id == pathway_id, TransferRequest.status.in_(TRANSFER_LIVE)
        )
    ).one_or_none()


def transfer_by_care_request(
    session: Session, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, TransferRequest]:
    """Return the patients' requests that care requests stand for, by the care request's key."""
    rows = session.scalars(select(TransferRequest).where(TransferRequest.care_request_id.in_(ids)))
    return {row.care_request_id: row for row in rows if row.care_request_id is not None}


def answers(session: Session, transfer: TransferRequest) -> TransferAnswers:
    """Return what the patient wrote; raise NotFound where the person may not read it."""
    return _only(session.get(TransferAnswers, transfer.id))


def reviews(session: Session, transfer: TransferRequest) -> Sequence[TransferReview]:
    """Return the clinicians' decisions about a request, oldest first."""
    return session.scalars(
        select(TransferReview).where(TransferReview.request_id == transfer.id).order_by(TransferReview.number)
    ).all()


def latest_review(
    session: Session, transfer: TransferRequest, outcome: ReviewOutcome | None = None
) -> TransferReview | None:
    """Return the newest decision about a request, of one outcome or any; None where there is none."""
    found = [one for one in reviews(session, transfer) if outcome in (None, one.outcome)]
    return found[-1] if found else None


def require_identity(session: Session, actor: Actor, transfer: TransferRequest, now: datetime) -> None:
    """Raise NotFound for a helpline agent who has not checked lately that it is the patient who calls."""
    if actor.role is not Role.HELPLINE_AGENT:
        return
    checked = select(AuditEvent.id).where(
        AuditEvent.actor_id == actor.id,
        AuditEvent.action == IDENTITY_CHECKED,
        AuditEvent.entity_id == transfer.patient_id,
        AuditEvent.at > now - timedelta(hours=IDENTITY_HOURS),
    )
    if session.execute(checked.limit(1)).first() is None:
        raise NotFound("Check first who is on the phone: start again from “Help a patient”.")


def change_waits() -> ColumnElement[bool]:
    """Select requests whose change a clinician has still to look at."""
    return and_(
        TransferRequest.changed_at.is_not(None),
        or_(
            TransferRequest.change_cleared_at.is_(None),
            TransferRequest.change_cleared_at < TransferRequest.changed_at,
        ),
    )


def to_review(actor: Actor) -> ColumnElement[bool]:
    """Select what waits for a clinician of the person's trust: reviews, and changes before any match."""
    looked_at = TransferRequest.status == TransferStatus.IN_REVIEW
    changed = and_(
        TransferRequest.status.in_(
            (TransferStatus.SEARCHING, TransferStatus.OPTIONS_OFFERED, TransferStatus.ACCEPTED)
        ),
        change_waits(),
    )
    return and_(transfers_visible_to(actor), or_(looked_at, changed))


def review_queue(
    session: Session, actor: Actor, *, limit: int = 25, offset: int = 0
) -> tuple[list[Waiting], int]:
    """Return one page of what waits for a clinician, changes first and then the oldest, and how many."""
    conditions = to_review(actor)
    total = session.scalar(select(func.count()).select_from(TransferRequest).where(conditions)) or 0
    rows = session.execute(
        _with_pathway(TransferRequest, Pathway.service, Pathway.clock_start, change_waits())
        .where(conditions)
        .order_by(change_waits().desc(), TransferRequest.submitted_on, TransferRequest.reference)
        .limit(limit)
        .offset(offset)
    )
    return [Waiting(*row) for row in rows], total


def reviews_waiting(session: Session, actor: Actor, today: date) -> tuple[int, int]:
    """Return how many requests wait for a clinician of the person's trust, and how many are due today."""
    due_on = func.least(TransferRequest.review_due_on, TransferRequest.change_due_on)
    row = session.execute(
        select(func.count(), func.count().filter(due_on <= today)).where(to_review(actor))
    ).one()
    return row[0], row[1]


def search_is_over(today: date, *, submitted_by: date) -> ColumnElement[bool]:
    """Select requests whose time to search is over, and those never searched that are as old."""
    ends = TransferRequest.search_ends_on
    waits = TransferRequest.status.in_(
        (TransferStatus.NEEDS_INFORMATION, TransferStatus.SEARCHING, TransferStatus.RESTING)
    )
    unsearched = and_(ends.is_(None), TransferRequest.submitted_on <= submitted_by)
    return and_(waits, or_(ends <= today, unsearched))


def stayed_with_places() -> ColumnElement[bool]:
    """Select requests of people who stay while their search, and with it what was shown, still stands."""
    still_open = select(CareRequest.id).where(
        CareRequest.kind == RequestKind.TRANSFER, CareRequest.status == RequestStatus.OPEN
    )
    return and_(
        TransferRequest.status == TransferStatus.ENDED,
        TransferRequest.ended_because == EndedBecause.STAYED,
        TransferRequest.care_request_id.in_(still_open),
    )


def _with_pathway(*columns: Any) -> Select[Any]:
    return (
        select(*columns).select_from(TransferRequest).join(Pathway, Pathway.id == TransferRequest.pathway_id)
    )


def _only(found: Found | None) -> Found:
    if found is None:
        raise NotFound(_NOT_THERE)
    return found
