"""An actor's own offers: the filtered list, what waits for approval, and places by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor
from dmas.offers.models import Offer
from dmas.offers.queries.rows import FREE, Named, OfferRow, count, named, read
from dmas.offers.queries.scope import IS_OPEN, belongs_to
from dmas.offers.vocabulary import CAN_BE_CONFIRMED, FLAG_AFTER_DAYS, LIVE, OfferStatus
from dmas.providers.models import Site

WEEKS_SHOWN = 12

SORTS: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "service": Offer.service,
    "site": Site.name,
    "ends": Offer.window_to,
    "free": FREE,
    "status": Offer.status,
    "confirmed": Offer.confirmed_on,
    "posted": Offer.posted_at,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """What a list of offers is narrowed to; empty means all, and no status means what is still live."""

    pathway: str = Pathway.ELECTIVE
    statuses: tuple[str, ...] = ()
    service: str = ""
    setting: str = ""
    stage: str = ""
    site: str = ""
    only_free: bool = False
    only_unconfirmed: bool = False


def listing(
    session: Session,
    actor: Actor,
    narrowed: OfferFilter,
    *,
    today: date,
    sort: str = "ends",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[OfferRow], int]:
    """Return one page of the actor's own offers and how many there are, always in two queries."""
    statement = _narrowed(named().where(belongs_to(actor)), narrowed, today)
    order = SORTS.get(sort, Offer.window_to)
    ordered = statement.order_by(order.desc() if descending else order.asc(), Offer.reference)
    return read(session, ordered.limit(limit).offset(offset)), count(session, statement)


def awaiting_approval(session: Session, actor: Actor, *, limit: int = 100) -> list[OfferRow]:
    """Return the offers in the actor's area that wait for a decision, the longest first."""
    waiting = named().where(belongs_to(actor), Offer.status == OfferStatus.AWAITING_ICB)
    return read(session, waiting.order_by(Offer.approval_due_on, Offer.reference).limit(limit))


def opened_since(session: Session, actor: Actor, since: datetime, *, limit: int = 100) -> list[OfferRow]:
    """Return the offers that opened without approval in the actor's area: the notice an ICB is given."""
    statement = named().where(
        belongs_to(actor), IS_OPEN, Offer.approved_by.is_(None), Offer.posted_at >= since
    )
    return read(session, statement.order_by(Offer.posted_at.desc(), Offer.reference).limit(limit))


@dataclass(frozen=True, slots=True)
class WeekOfPlaces:
    """Places of open offers by the last week they can be used; `starts` is its Monday."""

    starts: date
    free: int
    held: int
    taken: int

    @property
    def places(self) -> int:
        """Return all places of the week."""
        return self.free + self.held + self.taken


def weeks(session: Session, actor: Actor, *, today: date) -> Sequence[WeekOfPlaces]:
    """Return places by last usable week for twelve weeks from this one, weeks without any included."""
    monday = today - timedelta(days=today.weekday())
    week = func.date_trunc("week", Offer.window_to).cast(Date)
    rows = session.execute(
        select(week, func.sum(FREE), func.sum(Offer.held), func.sum(Offer.taken))
        .where(
            belongs_to(actor),
            IS_OPEN,
            Offer.window_to >= today,
            Offer.window_to < monday + timedelta(weeks=WEEKS_SHOWN),
        )
        .group_by(week)
        .order_by(week)
    )
    found = {starts: WeekOfPlaces(starts, free, held, taken) for starts, free, held, taken in rows}
    starts = (monday + timedelta(weeks=n) for n in range(WEEKS_SHOWN))
    return [found.get(start, WeekOfPlaces(start, 0, 0, 0)) for start in starts]


def _narrowed(statement: Named, narrowed: OfferFilter, today: date) -> Named:
    statement = statement.where(
        Offer.pathway == narrowed.pathway, Offer.status.in_(narrowed.statuses or LIVE)
    )
    for column, value in (
        (Offer.service, narrowed.service),
        (Offer.setting, narrowed.setting),
        (Offer.stage, narrowed.stage),
        (Offer.site_code, narrowed.site),
    ):
        if value:
            statement = statement.where(column == value)
    if narrowed.only_free:
        statement = statement.where(FREE > 0)
    if narrowed.only_unconfirmed:
        flagged = today - timedelta(days=FLAG_AFTER_DAYS)
        statement = statement.where(Offer.confirmed_on <= flagged, Offer.status.in_(CAN_BE_CONFIRMED))
    return statement
