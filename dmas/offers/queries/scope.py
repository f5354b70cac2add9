"""Whose offers an actor may see, and one offer, site or area at a time."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, literal, or_, select, true
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import OrganisationKind

# Written into the statement, not bound: only then can the planner use the index of the open market.
IS_OPEN = Offer.status == literal(OfferStatus.OPEN.value, literal_execute=True)
_NO_SUCH = "There is no such offer, or it is not yours. Check the reference."


def belongs_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the actor's own offers: their provider's, their ICB's, their region's."""
    match actor.reach:
        case Reach.NATION:
            return true()
        case Reach.REGION:
            return Offer.region_code == actor.organisation
        case Reach.ICB:
            return Offer.icb_code == actor.organisation
        case Reach.ORGANISATION:
            return Offer.provider_code == actor.organisation
    return false()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the offers an actor may read: their own, and every open one."""
    if actor.reach is Reach.NOTHING:
        return false()
    return or_(belongs_to(actor), IS_OPEN)


def get(session: Session, actor: Actor, reference: str) -> Offer:
    """Return an offer the actor may read; raise NotFound otherwise."""
    return _one(session, visible_to(actor), reference)


def get_own(session: Session, actor: Actor, reference: str) -> Offer:
    """Return an offer of the actor's provider, ICB, region or nation; raise NotFound otherwise."""
    return _one(session, belongs_to(actor), reference)


def of_ids(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Offer]:
    """Return offers by id for a caller that has scoped its own rows; row-level security still holds."""
    found = session.scalars(select(Offer).where(Offer.id.in_(ids)).order_by(Offer.id))
    return {offer.id: offer for offer in found}


def sites_of(session: Session, actor: Actor, today: date) -> Sequence[Site]:
    """Return the open sites of the actor's provider, or in their ICB or region, by name."""
    column = {
        Reach.ORGANISATION: Site.provider_code,
        Reach.ICB: Site.icb_code,
        Reach.REGION: Site.region_code,
    }.get(actor.reach)
    if column is None:
        return ()
    still_open = or_(Site.closed_on.is_(None), Site.closed_on > today)
    mine = select(Site).where(column == actor.organisation, still_open)
    return session.scalars(mine.order_by(Site.name, Site.code)).all()


@dataclass(frozen=True, slots=True)
class Area:
    """An ICB or a region, to choose from."""

    code: str
    name: str
    kind: str


def areas(session: Session, today: date) -> Sequence[Area]:
    """Return the regions and ICBs there are today, by name."""
    rows = session.execute(
        select(Organisation.code, Organisation.name, Organisation.kind)
        .where(
            Organisation.kind.in_([OrganisationKind.REGION, OrganisationKind.ICB]),
            or_(Organisation.opened_on.is_(None), Organisation.opened_on <= today),
            or_(Organisation.closed_on.is_(None), Organisation.closed_on >= today),
        )
        .order_by(Organisation.name, Organisation.code)
    )
    return [Area(code, name, kind) for code, name, kind in rows]


def _one(session: Session, scope: ColumnElement[bool], reference: str) -> Offer:
    offer = session.scalar(select(Offer).where(Offer.reference == reference, scope))
    if offer is None:
        raise NotFound(_NO_SUCH)
    return offer
