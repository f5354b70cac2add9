"""How much there is near a patient today.

Offers stand in the room beside this one: their table is read here by name, only to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, column, func, select, table
from sqlalchemy.orm import Session

from dmas.core.geography import RADIUS_MILES
from dmas.requests.vocabulary import DISTANCES

_OFFER = table(
    "offer",
    *(
        column(name)
        for name in (
            "site_code",
            "provider_code",
            "service",
            "status",
            "pathway",
            "basis",
            "window_to",
            "places",
            "held",
            "taken",
        )
    ),
)
_SITE = table("site", column("code"), column("latitude"), column("longitude"))


@dataclass(frozen=True, slots=True)
class Nearby:
    """Open offers with free places for one service: within each distance, and in all of England."""

    within: dict[int, int]
    england: int


def nearby(
    session: Session, *, service: str, home_code: str, latitude: float, longitude: float, today: date
) -> Nearby:
    """Count in one query the offers of other providers that have places for a service today."""
    phi, other = func.radians(latitude), func.radians(_SITE.c.latitude)
    half_phi = func.sin((other - phi) / 2)
    half_lambda = func.sin((func.radians(_SITE.c.longitude) - func.radians(longitude)) / 2)
    h = half_phi * half_phi + func.cos(phi) * func.cos(other) * half_lambda * half_lambda
    miles = 2 * RADIUS_MILES * func.asin(func.least(1.0, func.sqrt(h)))
    counted = [func.count().filter(miles <= limit) for limit in DISTANCES]
    row = session.execute(
        select(func.count(), *counted)
        .select_from(_OFFER)
        .join(_SITE, _SITE.c.code == _OFFER.c.site_code)
        .where(
            and_(
                _OFFER.c.status == "open",
                _OFFER.c.pathway == "elective",
                _OFFER.c.basis == "whole_pathway",
                _OFFER.c.service == service,
                _OFFER.c.provider_code != home_code,
                _OFFER.c.window_to >= today,
                _OFFER.c.held + _OFFER.c.taken < _OFFER.c.places,
                _SITE.c.latitude.is_not(None),
            )
        )
    ).one()
    return Nearby(dict(zip(DISTANCES, row[1:], strict=True)), row[0])
