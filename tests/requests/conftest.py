"""A trust with its ICB and region, its people, and ears for what requests tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from dmas.app import create_app
from dmas.core import events
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.providers.models import Organisation, Site
from dmas.requests.events import ChoiceTakenBack, RequestClosed, RequestWithdrawn
from dmas.settings import Environment, Settings
from tests.browsing import Browsing
from tests.factories.providers import make_icb, make_region, make_site, make_trust
from tests.factories.staff import actor_of, make_staff


@dataclass(frozen=True, slots=True)
class Place:
    """One trust, where it lies, and the actors around it; `other` holds the same of somewhere else."""

    region: Organisation
    icb: Organisation
    trust: Organisation
    site: Site
    manager: Actor
    clerk: Actor
    icb_coordinator: Actor
    regional_coordinator: Actor


@dataclass
class Ears:
    """What was told, in order."""

    heard: list[Any] = field(default_factory=list)

    def __call__(self, session: Any, event: Any, *, actor: Actor, now: datetime) -> None:
        self.heard.append(event)


def make_place(database: Database, system: Actor, now: datetime) -> Place:
    """Make a region, a board, a trust with a site, and the people who act there."""
    with database.unit_of_work(system) as session:
        region = make_region(session)
        icb = make_icb(session, region)
        trust = make_trust(session, icb)
        site = make_site(session, trust)

        def person(role: Role, organisation: Organisation) -> Actor:
            return actor_of(make_staff(session, now=now, role=role, organisation=organisation))

        return Place(
            region,
            icb,
            trust,
            site,
            person(Role.CAPACITY_MANAGER, trust),
            person(Role.BOOKING_CLERK, trust),
            person(Role.ICB_COORDINATOR, icb),
            person(Role.REGIONAL_COORDINATOR, region),
        )


@pytest.fixture
def here(database: Database, system: Actor, now: datetime) -> Place:
    """The place a test is about."""
    return make_place(database, system, now)


@pytest.fixture
def elsewhere(database: Database, system: Actor, now: datetime) -> Place:
    """Somewhere else, with the same kinds of people."""
    return make_place(database, system, now)


@pytest.fixture(autouse=True)
def ears() -> Iterator[Ears]:
    """Listen to what requests tell, in place of the rooms above."""
    before = dict(events._installed)
    listening = listen()
    yield listening
    events.install(before)


def listen() -> Ears:
    """Install new ears for what requests tell, and nobody else's."""
    listening = Ears()
    heard = (ChoiceTakenBack, RequestWithdrawn, RequestClosed)
    events.install(dict.fromkeys(heard, (listening,)))
    return listening


@pytest.fixture
def app(database: Database, now: datetime) -> Flask:
    """The site on the test's database, at the test's time."""
    settings = Settings(environment=Environment.TEST, secret_key="of-the-tests-with-letters-0123456789")
    app = create_app(settings)
    app.config["CLOCK"] = lambda: now
    app.extensions["dmas_database"] = database
    listen()  # the site has installed its own list
    return app


@pytest.fixture
def browsing(app: Flask) -> Browsing:
    """A browser on the site."""
    return Browsing(app)
