"""A small world for journeys: one ICB with a home trust, a trust with room and an independent hospital."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas import invariants
from dmas.accounts import services as accounts
from dmas.core.actors import Actor, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.invariants import breaches
from dmas.matching.nightly import run_night
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.providers.models import Organisation, Site
from dmas.requests.models import CareRequest
from tests.factories.providers import make_icb, make_independent, make_region, make_site, make_trust
from tests.factories.staff import make_staff

PASSWORD = "seven orange bicycles in the rain"
HOME, RECEIVER, INDEPENDENT = "Fernhill Royal NHS Trust", "Ashbourne Valley NHS Trust", "Meadowgate Hospitals"
BOARD = "NHS Fern and Vale Integrated Care Board"
TESTS = Actor.system("tests")


@dataclass(slots=True)
class Clock:
    """The time of a journey: it stands still until the journey moves it."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the time, as the app asks for it."""
        return self.now

    def goes_to(self, day: date, hour: int, minute: int = 0) -> None:
        """Move on to a moment."""
        moment = datetime.combine(day, time(hour, minute), UTC)
        assert moment >= self.now, "time does not go back"
        self.now = moment


@dataclass(slots=True)
class World:
    """The database, the clock and everybody in it, found by name."""

    database: Database
    night_database: Database
    clock: Clock
    sites: dict[str, Site] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def working(self) -> Iterator[Session]:
        """Open a unit of work of the tests' own."""
        with self.database.unit_of_work(TESTS) as session:
            yield session

    @property
    def today(self) -> date:
        """Return today's date in London."""
        return london_date(self.clock.now)

    def night(self) -> None:
        """Let the next night run, and wake up the next Monday to Friday at nine."""
        on = self.today + timedelta(days=1)
        self.clock.goes_to(on, 2, 30)
        report = run_night(self.night_database, service_date=on, now=self.clock.now, owner="tests")
        assert report.status == "applied", report
        while on.weekday() > 4:
            on += timedelta(days=1)
        self.clock.goes_to(on, 9)

    def offer_of(self, match: Proposal) -> Offer:
        """Return the offer of a match as it is stored now."""
        with self.working() as session:
            return session.get_one(Offer, match.offer_id)

    def offers(self) -> int:
        """Return how many offers there are."""
        with self.working() as session:
            return session.scalar(select(func.count()).select_from(Offer)) or 0

    def care_request(self) -> CareRequest:
        """Return the only request there is."""
        with self.working() as session:
            return session.scalars(select(CareRequest)).one()

    def is_sound(self) -> None:
        """Find every invariant kept."""
        with self.working() as session:
            assert breaches(session, invariants.ALL) == []


@cache
def password_hash() -> str:
    """Return what is stored of everybody's password; made once, for it is slow on purpose."""
    return accounts.make_hash(PASSWORD, email="nobody@example.org", name="Nobody")


def _place(number: int) -> dict[str, Any]:
    """Return a point some three miles north of the one before."""
    return {"latitude": 52.45 + 0.05 * number, "longitude": -1.93}


def build(database: Database, night_database: Database, now: datetime) -> World:
    """Make the small world: three providers a few miles apart and a person for each role that acts."""
    world = World(database, night_database, Clock(now))
    with world.working() as session:
        board = make_icb(session, make_region(session, name="Midlands"), name=BOARD)
        home = make_trust(session, board, name=HOME, **_place(0))
        receiver = make_trust(session, board, name=RECEIVER, **_place(1))
        independent = make_independent(session, board, name=INDEPENDENT, **_place(2))
        people = (
            ("home manager", home, Role.CAPACITY_MANAGER),
            ("home clerk", home, Role.BOOKING_CLERK),
            ("home clinician", home, Role.CLINICAL_REVIEWER),
            ("receiving manager", receiver, Role.CAPACITY_MANAGER),
            ("receiving clerk", receiver, Role.BOOKING_CLERK),
            ("independent manager", independent, Role.INDEPENDENT_MANAGER),
            ("coordinator", board, Role.ICB_COORDINATOR),
        )
        for number, provider in enumerate((home, receiver, independent)):
            world.sites[provider.name] = make_site(
                session,
                provider,
                name=("Fernhill Infirmary", "Ashbourne General Hospital", "Meadowgate House")[number],
                **_place(number),
            )
        for called, organisation, role in people:
            staff = make_staff(
                session, now=now, role=role, organisation=organisation, password_hash=password_hash()
            )
            world.emails[called] = staff.email
        world.organisations = {one.name: one for one in (board, home, receiver, independent)}
    return world
