"""One row of a list of offers: the offer with the names of its site and provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Integer, Select, func, null, select
from sqlalchemy.orm import Session

from dmas.core.errors import NotFound
from dmas.offers.models import Offer
from dmas.providers.models import Organisation, Site
from dmas.published import queries as published
from dmas.published.queries import Wanted
from dmas.published.rules import UsualWait

Named = Select[Offer, str, str, int]
FREE = Offer.places - Offer.held - Offer.taken


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer with its names; `tenths` of a mile from where one looks, and the usual wait there, or None."""

    offer: Offer
    site_name: str
    provider_name: str
    tenths: int | None = None
    wait: UsualWait | None = None


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


def with_waits(session: Session, rows: Sequence[OfferRow]) -> list[OfferRow]:
    """Return rows with the usual wait where each offer is, from published figures, in one statement."""
    wanted = [
        Wanted.of(row.offer.service, row.offer.setting, row.offer.site_code, row.offer.provider_code)
        for row in rows
    ]
    usual = published.usual_waits(session, set(wanted))
    return [replace(row, wait=usual.get(one)) for row, one in zip(rows, wanted, strict=True)]


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
