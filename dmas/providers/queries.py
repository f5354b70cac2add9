"""Reading organisations and sites: reference data, the same for everybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from dmas.core.errors import NotFound
from dmas.providers.models import Organisation, Site, SiteRating, Succession
from dmas.providers.vocabulary import PROVIDER_KINDS, OrganisationKind, QualityRating


@dataclass(frozen=True, slots=True)
class Rating:
    """What was found where people are treated, and when."""

    value: QualityRating
    rated_on: date


def organisation(session: Session, code: str) -> Organisation:
    """Return an organisation of any kind by its code; raise NotFound where there is none."""
    found = session.get(Organisation, code)
    if found is None:
        raise NotFound("There is no organisation with this code.")
    return found


def provider(session: Session, code: str) -> Organisation:
    """Return a trust or independent provider by its code; raise NotFound for anything else."""
    found = session.get(Organisation, code)
    if found is None or found.kind not in PROVIDER_KINDS:
        raise NotFound("There is no provider with this code.")
    return found


def site(session: Session, code: str) -> Site:
    """Return a site by its code; raise NotFound where there is none."""
    found = session.get(Site, code)
    if found is None:
        raise NotFound("There is no site with this code.")
    return found


def open_providers(session: Session, *, on: date) -> Sequence[Organisation]:
    """Return the trusts and independent providers open on a day, by name."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(PROVIDER_KINDS), _open(Organisation, on))
        .order_by(Organisation.name, Organisation.code)
    ).all()


def regions(session: Session) -> Sequence[Organisation]:
    """Return the NHS England regions, by name."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.REGION)
        .order_by(Organisation.name, Organisation.code)
    ).all()


def icbs(session: Session, *, on: date, region_code: str | None = None) -> Sequence[Organisation]:
    """Return the integrated care boards of a day, of one region or all, by name."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.ICB, _open(Organisation, on))
    if region_code is not None:
        query = query.where(Organisation.region_code == region_code)
    return session.scalars(query.order_by(Organisation.name, Organisation.code)).all()


def sites_of(session: Session, provider_code: str, *, on: date | None = None) -> Sequence[Site]:
    """Return a provider's sites, all or those open on a day, by name."""
    query = select(Site).where(Site.provider_code == provider_code)
    if on is not None:
        query = query.where(_open(Site, on))
    return session.scalars(query.order_by(Site.name, Site.code)).all()


def icb_on(session: Session, icb_code: str, day: date) -> Organisation | None:
    """Return the board that stands for a board's code on a day, following mergers.

    None where the code was split by then or had not begun: only a place can tell which board it is.
    """
    found = session.get(Organisation, icb_code)
    while found is not None and found.kind == OrganisationKind.ICB:
        if found.opened_on is not None and day < found.opened_on:
            return None
        if found.closed_on is None or day <= found.closed_on:
            return found
        heirs = session.scalars(
            select(Succession.new_code)
            .where(Succession.old_code == found.code, Succession.effective_on <= day)
            .order_by(Succession.new_code)
        ).all()
        found = session.get(Organisation, heirs[0]) if len(heirs) == 1 else None
    return None


def names(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """Return the names of organisations by code; unknown codes are left out."""
    rows = session.execute(select(Organisation.code, Organisation.name).where(Organisation.code.in_(codes)))
    return {row.code: row.name for row in rows}


def ratings(session: Session, codes: Collection[str]) -> dict[str, Rating]:
    """Return the newest ratings of sites or whole providers by code, in one statement.

    Codes without a rating are left out; a site does not inherit its provider's.
    """
    if not codes:
        return {}
    rows = session.execute(
        select(SiteRating.code, SiteRating.rating, SiteRating.rated_on)
        .where(SiteRating.code.in_(sorted(codes)))
        .order_by(SiteRating.code)
    )
    return {row.code: Rating(QualityRating(row.rating), row.rated_on) for row in rows}


def _open(table: type[Organisation] | type[Site], day: date) -> ColumnElement[bool]:
    return and_(
        or_(table.opened_on.is_(None), table.opened_on <= day),
        or_(table.closed_on.is_(None), table.closed_on >= day),
    )
