"""Every try is counted before its password is looked at, and no guess is ever lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from dmas.accounts import loading, services
from dmas.accounts.models import SignIn, SignInAttempt, Staff
from dmas.accounts.rules import sign_ins as rules
from dmas.accounts.services.attempts import NOBODYS_ID
from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from tests.accounts.conftest import PASSWORD, Grant, People

WRONG = "eight green teapots"


def attempt(
    database: Database, email: str, password: str, now: datetime, *, source: str = "a source"
) -> tuple[services.Attempt, str | None]:
    """Try to sign in as the page does: count, check, settle."""
    with database.unit_of_work(services.JOB) as session:
        counted = services.count_attempt(session, email=email, source=source, now=now)
    matched = services.matches(counted.hash_to_check, password)
    with database.unit_of_work(services.JOB) as session:
        return counted, services.settle_attempt(session, counted, matched=matched, now=now)


def stored(database: Database, staff: Staff) -> Staff:
    with database.unit_of_work(services.JOB) as session:
        return session.get_one(Staff, staff.id)


def events(database: Database, system: Actor, staff_id: object) -> list[str]:
    with database.unit_of_work(system) as session:
        found = select(AuditEvent.action).where(AuditEvent.entity_id == staff_id).order_by(AuditEvent.id)
        return [action for action in session.scalars(found) if action.startswith("sign_in")]


def test_the_right_password_signs_in(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    _, secret = attempt(database, f" {people.clerk.email.upper()} ", PASSWORD, now)
    assert secret is not None
    assert len(secret) >= 43  # 256 bits
    with database.unit_of_work(services.JOB) as session:
        loaded = loading.load_sign_in(session, secret, now=now)
        row = session.scalars(select(SignIn)).one()
    assert loaded is not None
    assert loaded.actor.id == str(people.clerk.id)
    assert row.secret_hash == rules.fingerprint(secret)
    assert row.expires_at == now + timedelta(hours=10)
    assert events(database, system, people.clerk.id) == ["sign_in.started"]


def test_a_success_forgets_the_failures(database: Database, people: People, now: datetime) -> None:
    for _ in range(9):
        attempt(database, people.clerk.email, WRONG, now)
    assert stored(database, people.clerk).failed_sign_ins == 9
    assert attempt(database, people.clerk.email, PASSWORD, now)[1] is not None
    found = stored(database, people.clerk)
    assert (found.failed_sign_ins, found.locked_until) == (0, None)
    with database.unit_of_work(services.JOB) as session:
        assert session.scalars(select(SignInAttempt.failures)).one() == 9


def test_the_tenth_try_may_still_be_right(database: Database, people: People, now: datetime) -> None:
    for _ in range(9):
        attempt(database, people.clerk.email, WRONG, now)
    assert attempt(database, people.clerk.email, PASSWORD, now)[1] is not None


def test_ten_failures_lock_even_the_right_password_out(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    for _ in range(10):
        attempt(database, people.clerk.email, WRONG, now)
    assert stored(database, people.clerk).locked_until == now + timedelta(minutes=15)
    almost = now + timedelta(minutes=15) - timedelta(seconds=1)
    counted, secret = attempt(database, people.clerk.email, PASSWORD, almost)
    assert (counted.number, counted.admitted, secret) == (11, False, None)
    assert stored(database, people.clerk).locked_until == now + timedelta(minutes=15)
    told = events(database, system, people.clerk.id)
    assert told == ["sign_in.failed"] * 9 + ["sign_in.locked", "sign_in.failed"]


def test_a_lock_runs_out_and_counting_begins_anew(database: Database, people: People, now: datetime) -> None:
    for _ in range(12):
        attempt(database, people.clerk.email, WRONG, now)
    later = now + timedelta(minutes=15)
    assert attempt(database, people.clerk.email, WRONG, later)[0].number == 1
    assert stored(database, people.clerk).locked_until is None
    assert attempt(database, people.clerk.email, PASSWORD, later)[1] is not None


def test_forty_guesses_at_once_count_forty_and_ten_are_looked_at(
    database_url: str, people: People, now: datetime
) -> None:
    database = Database(database_url, pool_size=20)

    def guess(number: int) -> services.Attempt:
        return attempt(database, people.clerk.email, WRONG, now, source=f"source {number}")[0]

    with ThreadPoolExecutor(20) as pool:
        counted = list(pool.map(guess, range(40)))
    found = stored(database, people.clerk)
    database.dispose()
    assert found.failed_sign_ins == 40
    assert sorted(one.number for one in counted) == list(range(1, 41))
    assert sum(one.admitted for one in counted) == 10
    assert found.locked_until == now + timedelta(minutes=15)


def test_nobody_a_wrong_password_and_a_disabled_account_come_to_the_same(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        session.execute(
            text("UPDATE staff SET disabled_at = :now WHERE id = :id"),
            {"now": now, "id": people.elsewhere.id},
        )
    tries = [
        attempt(database, "nobody@example.org", PASSWORD, now),
        attempt(database, people.clerk.email, WRONG, now),
        attempt(database, people.elsewhere.email, PASSWORD, now),
    ]
    assert [secret for _, secret in tries] == [None, None, None]
    assert [one.hash_to_check is None for one, _ in tries] == [True, False, True]
    assert events(database, system, NOBODYS_ID) == ["sign_in.failed"]


def test_without_a_password_nobody_signs_in(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        session.execute(text("UPDATE staff SET password_hash = NULL WHERE id = :id"), {"id": people.clerk.id})
    for password in ("the password of nobody at all", ""):
        assert attempt(database, people.clerk.email, password, now)[1] is None


@pytest.mark.parametrize("column", ["disabled_at", "password_hash"])
def test_what_changed_while_the_password_was_checked_counts(
    database: Database, people: People, now: datetime, system: Actor, column: str
) -> None:
    with database.unit_of_work(services.JOB) as session:
        counted = services.count_attempt(session, email=people.clerk.email, source="s", now=now)
    value = now if column == "disabled_at" else "another hash"
    with database.unit_of_work(system) as session:
        session.execute(
            text(f"UPDATE staff SET {column} = :value WHERE id = :id"),
            {"value": value, "id": people.clerk.id},
        )
    with database.unit_of_work(services.JOB) as session:
        assert services.settle_attempt(session, counted, matched=True, now=now) is None
    assert stored(database, people.clerk).failed_sign_ins == 1


def test_a_source_that_fails_too_often_is_refused_and_locks_nobody_out(
    database: Database, people: People, now: datetime
) -> None:
    with database.unit_of_work(services.JOB) as session:
        window = rules.window_start(now)
        session.add(SignInAttempt(source="a source", window_from=window, failures=100))
    counted, secret = attempt(database, people.clerk.email, PASSWORD, now)
    assert (counted.source_exhausted, counted.admitted, secret) == (True, False, None)
    assert stored(database, people.clerk).failed_sign_ins == 0
    assert attempt(database, people.clerk.email, PASSWORD, now, source="another")[1] is not None
    later = now + rules.SOURCE_WINDOW
    assert attempt(database, people.clerk.email, PASSWORD, later)[1] is not None


def test_windows_of_yesterday_are_forgotten(database: Database, people: People, now: datetime) -> None:
    attempt(database, people.clerk.email, WRONG, now)
    attempt(database, people.clerk.email, WRONG, now + timedelta(days=1, hours=1), source="another")
    with database.unit_of_work(services.JOB) as session:
        assert session.scalars(select(SignInAttempt.source)).all() == ["another"]


def test_signing_in_again_ends_the_sign_in_before(database: Database, people: People, now: datetime) -> None:
    _, first = attempt(database, people.clerk.email, PASSWORD, now)
    assert first is not None
    with database.unit_of_work(services.JOB) as session:
        counted = services.count_attempt(session, email=people.clerk.email, source="s", now=now)
        second = services.settle_attempt(session, counted, matched=True, now=now, replacing=first)
        assert second not in (None, first)
        assert loading.load_sign_in(session, first, now=now) is None
        assert loading.load_sign_in(session, str(second), now=now) is not None


def test_who_has_two_roles_chooses_one_afterwards(
    database: Database, people: People, now: datetime, grant: Grant
) -> None:
    grant(people.clerk, Role.BOOKING_CLERK, people.other_trust)
    _, secret = attempt(database, people.clerk.email, PASSWORD, now)
    with database.unit_of_work(services.JOB) as session:
        loaded = loading.load_sign_in(session, str(secret), now=now)
    assert loaded is not None
    assert loaded.membership_id is None
    assert loaded.actor.role is None
    assert len(loaded.desks) == 2
