"""Who acts in the tests of offers, and what listens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dmas.core import events
from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.offers.events import LimitsTightened, OfferSuspended, OfferWithdrawn
from dmas.providers.models import Organisation, Site
from tests.factories.providers import make_icb, make_independent, make_site, make_trust


@pytest.fixture
def today(now: datetime) -> date:
    return london_date(now)


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """The events that offers published, with nobody else listening."""
    found: list[Any] = []

    def listen(session: Session, event: Any, *, actor: Actor, now: datetime) -> None:
        found.append(event)

    before = dict(events._installed)
    events.install(dict.fromkeys((OfferWithdrawn, OfferSuspended, LimitsTightened), (listen,)))
    yield found
    events.install(before)


def actor(role: Role, organisation: str, reach: Reach, name: str = "") -> Actor:
    """Return somebody in a role for an organisation."""
    name = name or f"{role.label} of {organisation}"
    return Actor(
        id=name.lower().replace(" ", "-"), name=name, role=role, organisation=organisation, reach=reach
    )


@dataclass(frozen=True, slots=True)
class World:
    """A trust, an independent provider and another trust in another ICB, each with a site and a manager."""

    trust: Organisation
    independent: Organisation
    other: Organisation
    site: Site
    clinic: Site
    other_site: Site

    @property
    def manager(self) -> Actor:
        """The trust's capacity manager."""
        return actor(Role.CAPACITY_MANAGER, self.trust.code, Reach.ORGANISATION)

    @property
    def independent_manager(self) -> Actor:
        """The independent provider's manager."""
        return actor(Role.INDEPENDENT_MANAGER, self.independent.code, Reach.ORGANISATION)

    @property
    def other_manager(self) -> Actor:
        """The other trust's capacity manager."""
        return actor(Role.CAPACITY_MANAGER, self.other.code, Reach.ORGANISATION)

    @property
    def clerk(self) -> Actor:
        """The trust's booking clerk."""
        return actor(Role.BOOKING_CLERK, self.trust.code, Reach.ORGANISATION)

    @property
    def icb(self) -> Actor:
        """The coordinator of the ICB that the trust and the independent provider lie in."""
        assert self.trust.icb_code is not None
        return actor(Role.ICB_COORDINATOR, self.trust.icb_code, Reach.ICB)

    @property
    def other_icb(self) -> Actor:
        """The coordinator of the other trust's ICB."""
        assert self.other.icb_code is not None
        return actor(Role.ICB_COORDINATOR, self.other.icb_code, Reach.ICB)

    @property
    def region(self) -> Actor:
        """The coordinator of the trust's region."""
        assert self.trust.region_code is not None
        return actor(Role.REGIONAL_COORDINATOR, self.trust.region_code, Reach.REGION)

    @property
    def safety(self) -> Actor:
        """The national safety officer."""
        return actor(Role.SAFETY_OFFICER, "X24", Reach.NATION)


@pytest.fixture
def world(database: Database, system: Actor) -> World:
    with database.unit_of_work(system) as session:
        icb = make_icb(session)
        trust, independent = make_trust(session, icb), make_independent(session, icb)
        other = make_trust(session)
        return World(
            trust,
            independent,
            other,
            make_site(session, trust),
            make_site(session, independent),
            make_site(session, other),
        )
