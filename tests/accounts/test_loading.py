"""Each request reads role and organisation from the database, and a dead sign-in opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from dmas.accounts import loading, services
from dmas.accounts.models import Staff
from dmas.accounts.vocabulary import SignInStep
from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from tests.accounts.conftest import Grant, People


def start(database: Database, staff: Staff, now: datetime) -> str:
    with database.unit_of_work(services.JOB) as session:
        found = session.get_one(Staff, staff.id)
        return services.start_sign_in(session, found, found.memberships[0], actor=services.JOB, now=now)


def load(
    database: Database, secret: str, now: datetime, *, second_factor: bool = False
) -> loading.LoadedSignIn | None:
    with database.unit_of_work(services.JOB) as session:
        return loading.load_sign_in(session, secret, now=now, second_factor=second_factor)


@pytest.mark.parametrize(
    ("who", "reach"),
    [
        ("manager", Reach.ORGANISATION),
        ("clerk", Reach.ORGANISATION),
        ("coordinator", Reach.ICB),
        ("regional", Reach.REGION),
        ("national", Reach.NATION),
    ],
)
def test_reach_and_place_follow_the_organisation(
    database: Database, people: People, now: datetime, who: str, reach: Reach
) -> None:
    staff: Staff = getattr(people, who)
    loaded = load(database, start(database, staff, now), now)
    assert loaded is not None
    actor = loaded.actor
    assert (actor.id, actor.name, actor.reach) == (str(staff.id), staff.name, reach)
    assert actor.organisation == staff.memberships[0].organisation_code
    assert actor.role == staff.memberships[0].role
    region = people.trust.region_code
    expected = {
        Reach.ORGANISATION: (people.trust.icb_code, region),
        Reach.ICB: (actor.organisation, region),
        Reach.REGION: (None, region),
        Reach.NATION: (None, None),
    }
    assert (actor.icb, actor.region) == expected[reach]
    assert loaded.lacks is None


def test_a_new_role_counts_from_the_next_request(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    secret = start(database, people.clerk, now)
    with database.unit_of_work(system) as session:
        session.execute(
            text("UPDATE membership SET role = 'auditor' WHERE staff_id = :id"), {"id": people.clerk.id}
        )
    loaded = load(database, secret, now)
    assert loaded is not None
    assert loaded.actor.role is Role.AUDITOR


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE membership SET ended_at = :now WHERE staff_id = :id",
        "UPDATE staff SET disabled_at = :now WHERE id = :id",
        "UPDATE sign_in SET ended_at = :now WHERE staff_id = :id",
    ],
)
def test_an_end_counts_from_the_next_request(
    database: Database, people: People, now: datetime, system: Actor, statement: str
) -> None:
    secret = start(database, people.clerk, now)
    with database.unit_of_work(system) as session:
        session.execute(text(statement), {"now": now, "id": people.clerk.id})
    assert load(database, secret, now) is None


def test_idle_and_old_ones_open_nothing(database: Database, people: People, now: datetime) -> None:
    clerk, national = start(database, people.clerk, now), start(database, people.national, now)
    assert load(database, clerk, now + timedelta(minutes=29)) is not None
    assert load(database, clerk, now + timedelta(minutes=30)) is None
    assert load(database, national, now + timedelta(minutes=14)) is not None
    assert load(database, national, now + timedelta(minutes=15)) is None


def test_ten_hours_end_even_a_busy_one(database: Database, people: People, now: datetime) -> None:
    secret = start(database, people.clerk, now)
    moment = now
    while moment < now + timedelta(hours=9, minutes=40):
        moment += timedelta(minutes=20)
        loaded = load(database, secret, moment)
        assert loaded is not None
        with database.unit_of_work(services.JOB) as session:
            services.touch(session, loaded.id, now=moment)
    assert load(database, secret, now + timedelta(hours=10) - timedelta(seconds=1)) is not None
    assert load(database, secret, now + timedelta(hours=10)) is None


@pytest.mark.parametrize("secret", ["", "unknown", "x" * 5000, "\udcff", "' OR 1=1 --"])
def test_junk_opens_nothing(database: Database, people: People, now: datetime, secret: str) -> None:
    start(database, people.clerk, now)
    assert load(database, secret, now) is None


def test_without_a_chosen_role_a_person_reaches_nothing(
    database: Database, people: People, now: datetime, grant: Grant
) -> None:
    grant(people.clerk, Role.AUDITOR, people.other_trust)
    with database.unit_of_work(services.JOB) as session:
        staff = session.get_one(Staff, people.clerk.id)
        secret = services.start_sign_in(session, staff, None, actor=services.JOB, now=now)
    loaded = load(database, secret, now)
    assert loaded is not None
    assert (loaded.actor.role, loaded.actor.reach, loaded.actor.organisation) == (None, Reach.NOTHING, None)
    assert loaded.lacks is SignInStep.MEMBERSHIP
    assert [desk.organisation.code for desk in loaded.desks] == [people.trust.code, people.other_trust.code]


def test_the_second_factor_has_its_place(database: Database, people: People, now: datetime) -> None:
    secret = start(database, people.clerk, now)
    loaded = load(database, secret, now, second_factor=True)
    assert loaded is not None
    assert loaded.lacks is SignInStep.SECOND_FACTOR
    with database.unit_of_work(services.JOB) as session:
        staff = session.get_one(Staff, people.clerk.id)
        secret = services.start_sign_in(
            session, staff, staff.memberships[0], actor=services.JOB, now=now, second_factor_at=now
        )
    loaded = load(database, secret, now, second_factor=True)
    assert loaded is not None
    assert loaded.lacks is None
