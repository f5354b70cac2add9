"""The smallest valid organisations and sites, each with a code of its own and a true-to-life place."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import LocationSource, OrganisationKind

_numbers = itertools.count(1)

# Round Birmingham, a few miles apart, so that distances in tests are short and never nothing.
_LATITUDE, _LONGITUDE, _STEP = 52.45, -1.93, 0.02


def make_region(session: Session, **values: Any) -> Organisation:
    """Make an NHS England region."""
    number = next(_numbers)
    return _add(
        session,
        kind=OrganisationKind.REGION,
        **{"code": f"Y{number:04d}", "name": f"Region {number}"} | values,
    )


def make_icb(session: Session, region: Organisation | None = None, **values: Any) -> Organisation:
    """Make an integrated care board, in a region of its own unless given."""
    region = region or make_region(session)
    number = next(_numbers)
    defaults = {
        "code": f"Q{number:04d}",
        "name": f"NHS Area {number} Integrated Care Board",
        "region_code": region.code,
        "opened_on": date(2022, 7, 1),
    }
    return _add(session, kind=OrganisationKind.ICB, **defaults | values)


def make_trust(session: Session, icb: Organisation | None = None, **values: Any) -> Organisation:
    """Make an NHS trust, in a board of its own unless given."""
    return _provider(session, OrganisationKind.TRUST, "R", "Example {} NHS Trust", icb, values)


def make_independent(session: Session, icb: Organisation | None = None, **values: Any) -> Organisation:
    """Make an independent provider, in a board of its own unless given."""
    return _provider(session, OrganisationKind.INDEPENDENT, "N", "Example {} Hospitals Limited", icb, values)


def make_site(session: Session, provider: Organisation | None = None, **values: Any) -> Site:
    """Make a site of a provider (a trust of its own unless given), in the provider's board and region."""
    provider = provider or make_trust(session)
    number = next(_numbers)
    defaults = {
        "code": f"S{number:04d}",
        "name": f"Example {number} Hospital",
        "provider_code": provider.code,
        "icb_code": provider.icb_code,
        "region_code": provider.region_code,
        "opened_on": date(2010, 4, 1),
        **_place(number),
    }
    site = Site(**defaults | values)
    session.add(site)
    session.flush()
    return site


def _provider(
    session: Session,
    kind: OrganisationKind,
    letter: str,
    name: str,
    icb: Organisation | None,
    values: dict[str, Any],
) -> Organisation:
    icb = icb or make_icb(session)
    number = next(_numbers)
    defaults = {
        "code": f"{letter}{number:04d}",
        "name": name.format(number),
        "icb_code": icb.code,
        "region_code": icb.region_code,
        "opened_on": date(2010, 4, 1),
        **_place(number),
    }
    return _add(session, kind=kind, **defaults | values)


def _place(number: int) -> dict[str, Any]:
    return {
        "postcode": "B15 2GW",
        "latitude": round(_LATITUDE + _STEP * (number % 17), 5),
        "longitude": round(_LONGITUDE + _STEP * (number % 13), 5),
        "location_source": LocationSource.GIVEN,
    }


def _add(session: Session, **values: Any) -> Organisation:
    organisation = Organisation(**values)
    session.add(organisation)
    session.flush()
    return organisation
