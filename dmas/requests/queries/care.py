"""Reading trusts' requests for help: each question held to what the asking person may see.

A care request that stands for a patient's own is in no list here; `by_id` finds it, and the night does.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.providers.models import Organisation
from dmas.requests import policy
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import RequestKind, RequestStatus

_BY_TRUSTS = CareRequest.kind == RequestKind.PROVIDER
_NOT_THERE = "There is no such request, or it belongs to another organisation."


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """What a list of requests asks for; what is empty sets no limit. `provider`: a code or part of a name."""

    statuses: Collection[str] = ()
    services: Collection[str] = ()
    setting: str = ""
    provider: str = ""
    text: str = ""
    pathway: Pathway = Pathway.ELECTIVE


@dataclass(frozen=True, slots=True)
class Listed:
    """One request of a list with the name of its trust."""

    care_request: CareRequest
    provider_name: str


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the one scope: a provider's own, an ICB's, a region's, or the nation's requests."""
    if not policy.may_read(actor):
        return false()
    if actor.reach is Reach.NATION:
        return true()
    column = {
        Reach.ORGANISATION: CareRequest.provider_code,
        Reach.ICB: CareRequest.icb_code,
        Reach.REGION: CareRequest.region_code,
    }.get(actor.reach)
    return false() if column is None else column == (actor.organisation or "")


def get(session: Session, actor: Actor, reference: str) -> CareRequest:
    """Return a request the person may see, with its lines; raise NotFound."""
    return _one(session, CareRequest.reference == reference, visible_to(actor), _BY_TRUSTS)


def get_own(session: Session, actor: Actor, reference: str) -> CareRequest:
    """Return a request of the person's own trust; raise NotFound for anybody else's."""
    own = true() if actor.is_system else CareRequest.provider_code == (actor.organisation or "")
    return _one(session, CareRequest.reference == reference, visible_to(actor), own, _BY_TRUSTS)


def by_id(session: Session, request_id: uuid.UUID) -> CareRequest:
    """Return a request by its key, for rooms that hold it already; raise NotFound."""
    return _one(session, CareRequest.id == request_id)


def find(
    session: Session,
    actor: Actor,
    wanted: RequestFilter,
    *,
    order: str = "-posted",
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[Listed], int]:
    """Return one page of the requests the person may see, and how many there are on all pages."""
    conditions = (visible_to(actor), *_conditions(wanted))
    total = session.scalar(_joined(func.count()).where(*conditions)) or 0
    rows = session.execute(
        _joined(CareRequest, Organisation.name)
        .where(*conditions)
        .options(selectinload(CareRequest.lines))
        .order_by(_order(order), CareRequest.reference)
        .limit(limit)
        .offset(offset)
    )
    return [Listed(care_request, name) for care_request, name in rows], total


def counts(
    session: Session, actor: Actor, *, pathway: Pathway = Pathway.ELECTIVE
) -> dict[RequestStatus, int]:
    """Return how many requests the person may see in each state, none left out."""
    rows = session.execute(
        select(CareRequest.status, func.count())
        .where(visible_to(actor), CareRequest.pathway == pathway, _BY_TRUSTS)
        .group_by(CareRequest.status)
    )
    found = {RequestStatus(status): number for status, number in rows}
    return {status: found.get(status, 0) for status in RequestStatus}


def awaiting_approval(session: Session, actor: Actor, today: date) -> list[Listed]:
    """Return what the person may approve today, tests too, the soonest due first: never their own."""
    rows = session.execute(
        _joined(CareRequest, Organisation.name)
        .where(
            visible_to(actor),
            CareRequest.status == RequestStatus.AWAITING_ICB,
            CareRequest.posted_by != actor.id,
        )
        .options(selectinload(CareRequest.lines))
        .order_by(CareRequest.approval_due_on, CareRequest.reference)
    )
    found = (Listed(care_request, name) for care_request, name in rows)
    return [listed for listed in found if policy.may_approve(actor, listed.care_request, today)]


def services_asked(session: Session, actor: Actor, *, pathway: Pathway = Pathway.ELECTIVE) -> Sequence[str]:
    """Return the service codes of all requests the person may see, for a filter."""
    return session.scalars(
        select(CareRequest.service)
        .where(visible_to(actor), CareRequest.pathway == pathway, _BY_TRUSTS)
        .distinct()
        .order_by(CareRequest.service)
    ).all()


def search_over(today: date, *, opened_by: date) -> ColumnElement[bool]:
    """Select trusts' open requests opened by that day or of no more use; a passed P2 date ends nothing.

    What stands for a patient's own request ends with it, 56 days from its submission.
    """
    too_late = and_(CareRequest.needed_by < today, CareRequest.priority_date.is_(None))
    over = or_(CareRequest.opened_on <= opened_by, too_late)
    return and_(CareRequest.status == RequestStatus.OPEN, CareRequest.kind == RequestKind.PROVIDER, over)


def _one(session: Session, *conditions: ColumnElement[bool]) -> CareRequest:
    found = session.scalars(
        select(CareRequest).where(*conditions).options(selectinload(CareRequest.lines))
    ).one_or_none()
    if found is None:
        raise NotFound(_NOT_THERE)
    return found


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(CareRequest)
        .join(Organisation, Organisation.code == CareRequest.provider_code)
    )


def _conditions(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [CareRequest.pathway == wanted.pathway, _BY_TRUSTS]
    if wanted.statuses:
        found.append(CareRequest.status.in_(wanted.statuses))
    if wanted.services:
        found.append(CareRequest.service.in_(wanted.services))
    if wanted.setting:
        found.append(CareRequest.setting == wanted.setting)
    if wanted.provider:
        named = Organisation.name.icontains(wanted.provider, autoescape=True)
        found.append(or_(Organisation.code == wanted.provider.upper(), named))
    if wanted.text:
        found.append(
            or_(
                CareRequest.reference.icontains(wanted.text, autoescape=True),
                CareRequest.reason.icontains(wanted.text, autoescape=True),
                CareRequest.clinical_lead.icontains(wanted.text, autoescape=True),
            )
        )
    return found


def _places() -> ColumnElement[Any]:
    return (
        select(func.sum(RequestLine.places))
        .where(RequestLine.request_id == CareRequest.id)
        .correlate(CareRequest)
        .scalar_subquery()
    )


def _order(order: str) -> ColumnElement[Any]:
    column: Any = {
        "posted": CareRequest.posted_at,
        "service": CareRequest.service,
        "status": CareRequest.status,
        "provider": Organisation.name,
        "places": _places(),
    }[order.removeprefix("-")]
    return (column.desc() if order.startswith("-") else column.asc()).nulls_last()  # type: ignore[no-any-return]
