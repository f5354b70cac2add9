"""What every part of the demo's story needs: the database, its people, a seeded choice, and the calendar."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from dmas.accounts import services as accounts
from dmas.accounts.commands import Invite
from dmas.accounts.loading import actor_of
from dmas.accounts.models import Staff
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.nhs_number import check_digit
from dmas.demo.personas import Person, coordinator_of, invented_name, manager_of
from dmas.providers.models import Organisation

DEMO = Actor.system("demo")
SEED = 2026


@dataclass(slots=True)
class Stage:
    """The demo at work. `today` is the day it is loaded; the story ends the evening before."""

    database: Database
    today: date
    random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    people: dict[str, Actor] = field(default_factory=dict)
    _invented: int = 0

    def at(self, days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        """Return a moment so many days before today."""
        return datetime.combine(self.today - timedelta(days=days_ago), time(hour, minute), UTC)

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Session]:
        """Open a unit of work as somebody."""
        with self.database.unit_of_work(actor) as session:
            yield session

    def manager(self, provider: str) -> Actor:
        """Return a provider's manager."""
        return self.people[manager_of(provider)]

    def coordinator(self, code: str) -> Actor:
        """Return a board's or region's coordinator."""
        return self.people[coordinator_of(code)]

    def invite(self, people: list[Person], now: datetime) -> None:
        """Give everybody an account, and keep them as actors."""
        with self.acting(DEMO) as session:
            for person in people:
                command = Invite(
                    email=person.email,
                    name=person.name,
                    organisation_code=person.organisation,
                    role=person.role,
                )
                membership = accounts.invite(session, command, actor=DEMO, now=now).membership
                staff = session.get_one(Staff, membership.staff_id)
                where = session.get_one(Organisation, person.organisation)
                self.people[person.key] = actor_of(staff, membership, where)

    def next_patient(self) -> tuple[str, str, str]:
        """Return an NHS number of the test range with an invented given and family name, never one twice."""
        while True:
            self._invented += 1
            nine = f"9990{self._invented:05d}"
            if (check := check_digit(nine)) is not None:
                return (f"{nine}{check}", *invented_name(self._invented))
