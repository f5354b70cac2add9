"""A sign-in can be renewed, switched and ended, and an old secret never opens anything again."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.accounts import loading, services
from dmas.accounts.models import SignIn, Staff
from dmas.accounts.services import sign_ins
from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import NotFound
from tests.accounts.conftest import Grant, People
from tests.factories.staff import actor_of


def start(database: Database, staff: Staff, now: datetime, **values: datetime) -> str:
    with database.unit_of_work(services.JOB) as session:
        found = session.get_one(Staff, staff.id)
        return services.start_sign_in(
            session, found, found.memberships[0], actor=services.JOB, now=now, **values
        )


def load(database: Database, secret: str, now: datetime) -> loading.LoadedSignIn | None:
    with database.unit_of_work(services.JOB) as session:
        return loading.load_sign_in(session, secret, now=now)


def test_the_event_names_the_person_and_the_role(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    start(database, people.manager, now)
    with database.unit_of_work(system) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in.started")).one()
    assert (event.actor_id, event.role) == (str(people.manager.id), Role.CAPACITY_MANAGER)
    assert event.organisation_code == people.trust.code
    assert event.entity_version is None
    assert event.parties == [people.trust.code]


def test_every_sign_in_has_a_secret_of_its_own(database: Database, people: People, now: datetime) -> None:
    assert len({start(database, people.clerk, now) for _ in range(5)}) == 5


def test_switching_renews_the_secret_and_keeps_the_age(
    database: Database, people: People, now: datetime, grant: Grant
) -> None:
    other = grant(people.manager, Role.AUDITOR, people.other_trust)
    old = start(database, people.manager, now, second_factor_at=now)
    later = now + timedelta(minutes=20)
    with database.unit_of_work(services.JOB) as session:
        new = services.switch_membership(session, old, other.id, now=later)
    assert load(database, old, later) is None
    loaded = load(database, new, later)
    assert loaded is not None
    assert (loaded.actor.role, loaded.actor.organisation) == (Role.AUDITOR, people.other_trust.code)
    with database.unit_of_work(services.JOB) as session:
        row = session.get_one(SignIn, loaded.id)
    assert row.expires_at == now + timedelta(hours=10)
    assert row.second_factor_at == now


def test_nobody_switches_to_what_is_not_theirs(database: Database, people: People, now: datetime) -> None:
    secret = start(database, people.clerk, now)
    foreign = people.manager.memberships[0].id
    for membership_id in (foreign, uuid.uuid4()):
        with pytest.raises(NotFound), database.unit_of_work(services.JOB) as session:
            services.switch_membership(session, secret, membership_id, now=now)
    assert load(database, secret, now) is not None


def test_of_two_switches_at_once_one_wins(database: Database, people: People, now: datetime) -> None:
    secret = start(database, people.clerk, now)

    def switch(_: int) -> str | None:
        try:
            with database.unit_of_work(services.JOB) as session:
                return services.switch_membership(
                    session, secret, people.clerk.memberships[0].id, now=now + timedelta(seconds=1)
                )
        except NotFound:
            return None

    with ThreadPoolExecutor(2) as pool:
        won = [new for new in pool.map(switch, range(2)) if new]
    assert len(won) == 1


def test_signing_out_ends_the_row_and_twice_is_once(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    secret = start(database, people.clerk, now)
    for _ in range(2):
        with database.unit_of_work(services.JOB) as session:
            actor = actor_of(people.clerk)
            services.end_sign_in(session, secret, actor=actor, now=now, reason="signed out")
    assert load(database, secret, now) is None
    with database.unit_of_work(system) as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in.ended")).all()
    assert [(event.reason, event.details) for event in told] == [("signed out", {"count": 1})]


def test_use_is_written_at_most_once_a_minute(database: Database, people: People, now: datetime) -> None:
    secret = start(database, people.clerk, now)
    for seconds, expected in ((59, 0), (60, 60), (90, 60), (125, 125)):
        moment = now + timedelta(seconds=seconds)
        loaded = load(database, secret, moment)
        assert loaded is not None
        with database.unit_of_work(services.JOB) as session:
            services.touch(session, loaded.id, now=moment)
            seen = session.get_one(SignIn, loaded.id, populate_existing=True).last_seen_at
        assert seen == now + timedelta(seconds=expected)


def test_one_ends_ones_own_sign_ins_and_nobody_elses(
    database: Database, people: People, now: datetime
) -> None:
    secret = start(database, people.clerk, now)
    loaded = load(database, secret, now)
    assert loaded is not None
    for other in (people.elsewhere, people.manager):
        actor = actor_of(other)
        with pytest.raises(NotFound), database.unit_of_work(actor) as session:
            services.end_own_sign_in(session, loaded.id, actor=actor, now=now)
    actor = actor_of(people.clerk)
    with database.unit_of_work(actor) as session:
        services.end_own_sign_in(session, loaded.id, actor=actor, now=now)
    assert load(database, secret, now) is None


def test_ending_those_of_one_membership_leaves_the_others(
    database: Database, people: People, now: datetime, grant: Grant
) -> None:
    other = grant(people.clerk, Role.AUDITOR, people.other_trust)
    here, there = start(database, people.clerk, now), start(database, people.clerk, now)
    with database.unit_of_work(services.JOB) as session:
        there = services.switch_membership(session, there, other.id, now=now)
        ended = sign_ins.end_all(
            session, people.clerk.id, actor=services.JOB, now=now, reason="test", memberships=[other.id]
        )
    assert ended == 1
    assert load(database, here, now) is not None
    assert load(database, there, now) is None
