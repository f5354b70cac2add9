"""Open offers across England, by what is needed, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, Select, Text, column, func, select, values
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor, Reach
from dmas.core.geography import tenths_between
from dmas.offers.models import Offer
from dmas.offers.queries.rows import FREE, Named, OfferRow, count, named, read, with_waits
from dmas.offers.queries.scope import IS_OPEN, visible_to
from dmas.providers.models import Organisation, Site

_LATITUDE = func.coalesce(Site.latitude, Organisation.latitude)
_LONGITUDE = func.coalesce(Site.longitude, Organisation.longitude)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityFilter:
    """What somebody looks for; empty means any. `within` miles counts from the site `near`."""

    pathway: str = Pathway.ELECTIVE
    service: str = ""
    setting: str = ""
    stage: str = ""
    group: str = ""
    icb: str = ""
    region: str = ""
    basis: str = ""
    near: str = ""
    within: int | None = None
    first: date | None = None
    last: date | None = None


def find(
    session: Session,
    actor: Actor,
    wanted: CapacityFilter,
    *,
    today: date,
    sort: str = "ends",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[OfferRow], int]:
    """Return one page of other providers' open offers with a free place, and how many there are."""
    near = distances(session, wanted.near) if wanted.near else {}
    statement = _narrowed(_with_distance(near, wanted.within), actor, wanted, today)
    order = {"ends": Offer.window_to, "free": FREE, "service": Offer.service}.get(sort, Offer.window_to)
    if sort == "distance" and near:
        order = column("tenths", Integer)
    ordered = statement.order_by(
        order.desc().nulls_last() if descending else order.asc().nulls_last(), Offer.reference
    )
    rows = read(session, ordered.limit(limit).offset(offset))
    return with_waits(session, rows), count(session, statement)


def distances(session: Session, near: str) -> dict[str, int]:
    """Return tenths of a mile from one site to each site with an open offer, as every page shows it."""
    origin = session.execute(_places().where(Site.code == near)).first()
    if origin is None or origin.latitude is None:
        return {}
    with_offers = _places().where(Site.code.in_(select(Offer.site_code).where(IS_OPEN)))
    return {
        row.code: tenths_between(origin.latitude, origin.longitude, row.latitude, row.longitude)
        for row in session.execute(with_offers)
        if row.latitude is not None
    }


def _places() -> Select[str, float, float]:
    return (
        select(Site.code, _LATITUDE.label("latitude"), _LONGITUDE.label("longitude"))
        .join(Organisation, Organisation.code == Site.provider_code)
        .order_by(Site.code)
    )


def _with_distance(near: Mapping[str, int], within: int | None) -> Named:
    """Join the distances that were worked out; with a limit, only the sites inside it stay."""
    if not near:
        return named()
    inside = {code: tenths for code, tenths in near.items() if within is None or tenths <= 10 * within}
    if within is not None and not inside:
        return named().where(Offer.site_code.in_([]))
    distance = values(column("site_code", Text), column("tenths", Integer), name="near").data(
        sorted(inside.items())
    )
    return named(distance.c.tenths).join(
        distance, distance.c.site_code == Offer.site_code, isouter=within is None
    )


def _narrowed(statement: Named, actor: Actor, wanted: CapacityFilter, today: date) -> Named:
    statement = statement.where(
        visible_to(actor),
        IS_OPEN,
        Offer.pathway == wanted.pathway,
        Offer.window_to >= max(today, wanted.first or today),
        FREE > 0,
    )
    for attribute, value in (
        (Offer.service, wanted.service),
        (Offer.setting, wanted.setting),
        (Offer.stage, wanted.stage),
        (Offer.icb_code, wanted.icb),
        (Offer.region_code, wanted.region),
        (Offer.basis, wanted.basis),
    ):
        if value:
            statement = statement.where(attribute == value)
    if wanted.group:
        statement = statement.where(Offer.provides.contains([f"opcs:{wanted.group}"]))
    if wanted.last is not None:
        statement = statement.where(Offer.window_from <= wanted.last)
    if actor.reach is Reach.ORGANISATION:
        statement = statement.where(Offer.provider_code != actor.organisation)
    return statement
