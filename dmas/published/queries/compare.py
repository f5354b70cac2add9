"""Everybody who reports a service, with the place of theirs that is nearest to a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dmas.core.geography import tenths_between
from dmas.providers.models import Organisation, Outcode, Site
from dmas.providers.queries import Rating, ratings
from dmas.providers.vocabulary import LocationSource, OrganisationKind
from dmas.published.models import Dm01Count, RttCount
from dmas.published.rules import UsualWait, add_bands, parts_of, usual_wait
from dmas.published.vocabulary import Counted, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One provider as it reports, and its place nearest to where one looks from.

    `independent` is None where the provider is not among those held; `tenths` of a mile and `site` are
    missing where no place of it is known. A rating is of the nearest place, else of the whole provider.
    """

    code: str
    name: str
    independent: bool | None
    site: str | None
    site_code: str | None
    tenths: int | None
    approximate: bool
    waiting: int
    wait: UsualWait | None
    rating: Rating | None = None
    of_nearest: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest month held, or None, and everybody who reports the service in it, by code."""

    period: date | None
    rows: list[Compared]


@dataclass(slots=True)
class _Reported:
    name: str
    waiting: int = 0
    bands: list[Sequence[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    owner: str
    owner_name: str
    kind: str
    name: str
    latitude: float | None
    longitude: float | None
    source: str | None


def district(session: Session, outcode: str) -> Outcode | None:
    """Return the centre of a postcode district, or None where it is not known."""
    return session.get(Outcode, outcode)


def compare(session: Session, row: str, counted: Counted, *, near: Outcode, today: date) -> Comparison:
    """Return who reports a row of the figures, in four statements however many there are."""
    if counted is Counted.TEST:
        period, reported = _tests(session, row)
    else:
        period, reported = _treated(session, row, counted)
    if period is None or not reported:
        return Comparison(period, [])
    places = _places(session, reported, today)
    rows = [_compared(code, one, counted, period, places, near) for code, one in sorted(reported.items())]
    return Comparison(period, _rated(session, rows, places))


def _rated(session: Session, rows: Sequence[Compared], places: Mapping[str, list[_Place]]) -> list[Compared]:
    """Return rows with the rating of their nearest place, else of the provider as a whole."""
    wholes = {row.code: {row.code, *(place.owner for place in places.get(row.code, ()))} for row in rows}
    nearest = {row.code: row.site_code for row in rows if row.site_code is not None}
    found = ratings(session, {*nearest.values(), *(code for codes in wholes.values() for code in codes)})
    rated = []
    for row in rows:
        own = found.get(nearest.get(row.code, ""))
        whole = next((found[code] for code in sorted(wholes[row.code]) if code in found), None)
        rated.append(replace(row, rating=own or whole, of_nearest=own is not None))
    return rated


def _treated(session: Session, row: str, counted: Counted) -> tuple[date | None, dict[str, _Reported]]:
    period = session.scalar(select(func.max(RttCount.period)))
    reported: dict[str, _Reported] = {}
    wanted = parts_of(counted)
    for code, name, part, total, weeks in session.execute(
        select(
            RttCount.provider_code, RttCount.provider_name, RttCount.part, RttCount.total, RttCount.weeks
        ).where(
            RttCount.period == period,
            RttCount.treatment_function == row,
            RttCount.part.in_([*wanted, Part.INCOMPLETE.value]),
            RttCount.total > 0,
        )
    ):
        one = reported.setdefault(code, _Reported(name))
        if part == Part.INCOMPLETE:
            one.waiting = total
        else:
            one.bands.append(weeks)
    return period, reported


def _tests(session: Session, row: str) -> tuple[date | None, dict[str, _Reported]]:
    period = session.scalar(select(func.max(Dm01Count.period)))
    activity = Dm01Count.waiting_list_activity + Dm01Count.planned_activity + Dm01Count.unscheduled_activity
    found = session.execute(
        select(Dm01Count.provider_code, Dm01Count.provider_name, Dm01Count.total, Dm01Count.weeks).where(
            Dm01Count.period == period, Dm01Count.test == row, or_(Dm01Count.total > 0, activity > 0)
        )
    )
    return period, {code: _Reported(name, total, [weeks]) for code, name, total, weeks in found}


def _places(session: Session, codes: Iterable[str], today: date) -> dict[str, list[_Place]]:
    """Return the places under each reported code: a trust's sites, a site itself, else the organisation's."""
    reported = sorted(codes)
    found: dict[str, list[_Place]] = {}
    sites = session.execute(
        select(
            Site.code,
            Site.provider_code,
            Organisation.name,
            Organisation.kind,
            Site.name,
            Site.latitude,
            Site.longitude,
            Site.location_source,
        )
        .join(Organisation, Organisation.code == Site.provider_code)
        .where(
            or_(Site.provider_code.in_(reported), Site.code.in_(reported)),
            or_(Site.closed_on.is_(None), Site.closed_on >= today),
        )
        .order_by(Site.code)
    )
    for place in (_Place(*row) for row in sites):
        for code in {place.code, place.owner}.intersection(reported):
            found.setdefault(code, []).append(place)
    seats = session.execute(
        select(
            Organisation.code,
            Organisation.code,
            Organisation.name,
            Organisation.kind,
            Organisation.name,
            Organisation.latitude,
            Organisation.longitude,
            Organisation.location_source,
        )
        .where(Organisation.code.in_(reported))
        .order_by(Organisation.code)
    )
    for place in (_Place(*row) for row in seats):
        mine = found.setdefault(place.code, [])
        if not any(site.latitude is not None for site in mine):
            mine.append(place)
    return found


def _compared(
    code: str,
    reported: _Reported,
    counted: Counted,
    period: date,
    places: dict[str, list[_Place]],
    near: Outcode,
) -> Compared:
    known = places.get(code, [])
    nearest, tenths = _nearest(known, near)
    owner = known[0] if known else None
    return Compared(
        code=code,
        name=owner.owner_name if owner is not None and owner.owner == code else reported.name,
        independent=None if owner is None else owner.kind == OrganisationKind.INDEPENDENT,
        site=nearest.name if nearest is not None else None,
        site_code=nearest.code if nearest is not None else None,
        tenths=tenths,
        approximate=nearest is not None and nearest.source == LocationSource.OUTCODE,
        waiting=reported.waiting,
        wait=usual_wait(counted, period, add_bands(reported.bands)) if reported.bands else None,
    )


def _nearest(places: Sequence[_Place], near: Outcode) -> tuple[_Place | None, int | None]:
    located = [
        (tenths_between(near.latitude, near.longitude, place.latitude, place.longitude), place.code, place)
        for place in places
        if place.latitude is not None and place.longitude is not None
    ]
    if not located:
        return None, None
    tenths, _, place = min(located, key=lambda one: one[:2])
    return place, tenths
