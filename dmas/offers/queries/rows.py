"""One row of a list of offers: the offer with the names of its site and provider."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, func, null, select
from sqlalchemy.orm import Session

from dmas.core.errors import NotFound
from dmas.offers.models import Offer
from dmas.providers.models import Organisation, Site

Named = Select[Offer, str, str, int]
FREE = Offer.places - Offer.held - Offer.taken


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer with its names; `tenths` of a mile from where one looks, or None."""

    offer: Offer
    site_name: str
    provider_name: str
    tenths: int | None = None


def named(tenths: ColumnElement[int] | None = None) -> Named:
    """Select offers with their names and, where given, a distance."""
    distance = tenths if tenths is not None else null().cast(Integer)
    return (
        select(Offer, Site.name, Organisation.name, distance)
        .join(Site, Site.code == Offer.site_code)
        .join(Organisation, Organisation.code == Offer.provider_code)
    )


def read(session: Session, statement: Named) -> list[OfferRow]:
    """Return the rows of a statement made from `named`."""
    return [OfferRow(*row) for row in session.execute(statement)]


def count(session: Session, statement: Named) -> int:
    """Return how many rows a statement has before paging."""
    rows = statement.with_only_columns(Offer.id, maintain_column_froms=True).order_by(None)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def row_of(session: Session, offer: Offer) -> OfferRow:
    """Return one offer with its names."""
    rows = read(session, named().where(Offer.id == offer.id))
    if not rows:
        raise NotFound("There is no such offer.")
    return rows[0]
