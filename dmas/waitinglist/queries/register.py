"""The register of people over 18 weeks who asked their ICB for a choice. It names a service, no person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.providers.models import Organisation
from dmas.waitinglist.models import ChoiceRequest
from dmas.waitinglist.vocabulary import ChoiceStatus

SORTS: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "due": ChoiceRequest.due_on,
    "asked": ChoiceRequest.asked_at,
    "service": ChoiceRequest.service,
    "provider": Organisation.name,
}


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One request for a choice and the hospital where the person waits."""

    choice: ChoiceRequest
    provider_name: str


def choice_listing(
    session: Session,
    actor: Actor,
    status: str = "",
    *,
    sort: str = "due",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[ChoiceRow], int]:
    """Return one page of an area's register and how many there are."""
    scope = [belongs_to(actor)]
    if status:
        scope.append(ChoiceRequest.status == status)
    order = SORTS.get(sort, ChoiceRequest.due_on)
    rows = session.execute(
        select(ChoiceRequest, Organisation.name)
        .join(Organisation, Organisation.code == ChoiceRequest.provider_code)
        .where(*scope)
        .order_by(order.desc() if descending else order.asc(), ChoiceRequest.reference)
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count(ChoiceRequest.id)).where(*scope)) or 0
    return [ChoiceRow(choice, name) for choice, name in rows], total


def choice_request(session: Session, actor: Actor, reference: str) -> ChoiceRequest:
    """Return one request of the actor's area; raise NotFound otherwise."""
    found = session.scalar(
        select(ChoiceRequest).where(ChoiceRequest.reference == reference, belongs_to(actor))
    )
    if found is None:
        raise NotFound("There is no such request, or it is not for your area.")
    return found


def choices_to_answer(session: Session, actor: Actor) -> int:
    """Return how many people of the actor's area wait for an answer."""
    waiting = ChoiceRequest.status == ChoiceStatus.RECEIVED
    return session.scalar(select(func.count(ChoiceRequest.id)).where(belongs_to(actor), waiting)) or 0


def belongs_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the requests of an actor's area; a patient's are their own."""
    if actor.is_system:
        return true()
    match actor.reach:
        case Reach.ICB:
            return ChoiceRequest.icb_code == actor.organisation
        case Reach.REGION:
            return ChoiceRequest.region_code == actor.organisation
    return false()
