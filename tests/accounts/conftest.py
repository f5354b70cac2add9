"""What tests of accounts stand on: quick hashing, the app on a database, a clock to turn, and people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask

from dmas.accounts import services
from dmas.accounts.commands import Invite
from dmas.accounts.models import Membership, Staff
from dmas.accounts.services import passwords
from dmas.app import create_app
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.providers.models import Organisation
from dmas.providers.vocabulary import OrganisationKind
from dmas.settings import Environment, Settings
from tests.browsing import Browsing
from tests.factories.providers import make_icb, make_region, make_trust
from tests.factories.staff import make_staff

PASSWORD = "seven purple kettles"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the least work argon2 allows; what is tested is what happens around it."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Clock:
    """A clock that a test turns."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the present moment."""
        return self.now

    def turn(self, **by: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The app's clock."""
    return Clock(now)


@pytest.fixture
def settings() -> Settings:
    """The settings of a test's installation."""
    return Settings(
        environment=Environment.TEST, secret_key="a-secret-of-the-tests-with-many-letters-0123456789"
    )


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> Flask:
    """The app on the test's database."""
    app = create_app(settings)
    app.config["CLOCK"] = clock
    app.extensions["dmas_database"] = database
    return app


@pytest.fixture
def browser(app: Flask) -> Browsing:
    """A browser with nobody signed in."""
    return Browsing(app)


@dataclass
class People:
    """Two trusts of one board, their region and the nation, each with who manages it, and a clerk."""

    manager: Staff
    second_manager: Staff
    clerk: Staff
    elsewhere: Staff
    coordinator: Staff
    regional: Staff
    national: Staff
    trust: Organisation
    other_trust: Organisation
    nation: Organisation


@pytest.fixture
def people(database: Database, system: Actor, now: datetime) -> People:
    """People of the trusts, the board, the region and the nation, all with the same password."""
    with database.unit_of_work(system) as session:
        region = make_region(session)
        icb = make_icb(session, region)
        trust, other = make_trust(session, icb), make_trust(session, icb)
        nation = Organisation(code="X24", name="NHS England", kind=OrganisationKind.NATION)
        session.add(nation)
        session.flush()
        hashed = services.make_hash(PASSWORD, email="nobody@example.org", name="Nobody")

        def person(role: Role, where: Organisation) -> Staff:
            return make_staff(session, now=now, role=role, organisation=where, password_hash=hashed)

        return People(
            manager=person(Role.CAPACITY_MANAGER, trust),
            second_manager=person(Role.CAPACITY_MANAGER, trust),
            clerk=person(Role.BOOKING_CLERK, trust),
            elsewhere=person(Role.CAPACITY_MANAGER, other),
            coordinator=person(Role.ICB_COORDINATOR, icb),
            regional=person(Role.REGIONAL_COORDINATOR, region),
            national=person(Role.NATIONAL_ADMINISTRATOR, nation),
            trust=trust,
            other_trust=other,
            nation=nation,
        )


Grant = Callable[[Staff, Role, Organisation], Membership]


@pytest.fixture
def grant(database: Database, system: Actor, now: datetime) -> Grant:
    """Give a person a further role a second later, as the installation's terminal would."""
    later = now + timedelta(seconds=1)

    def give(staff: Staff, role: Role, where: Organisation) -> Membership:
        command = Invite(email=staff.email, name=staff.name, organisation_code=where.code, role=role)
        with database.unit_of_work(system) as session:
            return services.invite(session, command, actor=system, now=later).membership

    return give
