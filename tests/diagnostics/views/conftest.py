"""A trust that asks and one with a scanner, each with a site and a manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.providers.models import Site
from tests.factories.proposals import staff_of
from tests.factories.providers import make_icb, make_site, make_trust


@dataclass(frozen=True)
class World:
    """Two trusts of one ICB."""

    asking: Actor
    giving: Actor
    coordinator: Actor
    site: Site


@pytest.fixture
def today(now: datetime) -> date:
    return london_date(now)


@pytest.fixture
def world(database: Database, system: Actor) -> World:
    with database.unit_of_work(system) as session:
        icb = make_icb(session)
        site = make_site(session, make_trust(session, icb))
        asking = make_trust(session, icb)
        make_site(session, asking)
        coordinator = Actor(
            id="coordinator", name="Kim", role=Role.ICB_COORDINATOR, organisation=icb.code, reach=Reach.ICB
        )
        return World(staff_of(asking.code), staff_of(site.provider_code), coordinator, site)


def on(name: str, day: date) -> dict[str, str]:
    """Return a date as its three inputs send it."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
