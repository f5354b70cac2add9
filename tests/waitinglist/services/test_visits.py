"""Patients come in with code and date of birth; every refusal is the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.waitinglist import services
from dmas.waitinglist.commands import SignIn
from dmas.waitinglist.loading import load_visit
from dmas.waitinglist.models import Invitation, Patient, PatientVisit
from dmas.waitinglist.services import visits
from tests.factories.waitinglist import code_of, make_invitation

BORN, WRONG = date(1966, 3, 14), date(1966, 3, 15)


@pytest.fixture
def invitation(database: Database, now: datetime) -> Invitation:
    """Somebody who was invited."""
    with database.unit_of_work(services.JOB) as session:
        return make_invitation(session, now=now)


def come_in(database: Database, code: str, born: date, now: datetime) -> str | None:
    """Try to sign in, in a transaction of its own."""
    with database.unit_of_work(services.JOB) as session:
        return services.sign_in(session, SignIn(code, born), now=now)


def change(database: Database, model: type, key: object, **values: object) -> None:
    """Change a row as something else would have."""
    with database.unit_of_work(services.JOB) as session:
        row = session.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)


def test_code_and_birth_date_open_the_wait(database: Database, invitation: Invitation, now: datetime) -> None:
    secret = come_in(database, code_of(invitation).lower(), BORN, now)
    assert secret is not None
    with database.unit_of_work(services.JOB) as session:
        loaded = load_visit(session, secret, now=now)
        assert loaded is not None
        assert (loaded.patient_id, loaded.pathway_id) == (invitation.patient_id, invitation.pathway_id)
        assert loaded.actor.is_patient
        assert session.get_one(Invitation, invitation.id).first_used_at == now
        stored = session.scalars(select(PatientVisit)).one()
        assert secret not in stored.secret_hash


def test_five_wrong_dates_lock_for_an_hour_even_for_the_right_one(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    for _ in range(5):
        assert come_in(database, code_of(invitation), WRONG, now) is None
    assert come_in(database, code_of(invitation), BORN, now) is None
    assert come_in(database, code_of(invitation), BORN, now + timedelta(minutes=59)) is None
    assert come_in(database, code_of(invitation), BORN, now + timedelta(minutes=60)) is not None


def test_the_fifth_try_may_be_right_and_forgets_the_wrong_ones(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    for _ in range(2):
        for _ in range(4):
            assert come_in(database, code_of(invitation), WRONG, now) is None
        assert come_in(database, code_of(invitation), BORN, now) is not None


def test_a_lock_that_ran_out_begins_to_count_again(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    for _ in range(7):
        come_in(database, code_of(invitation), WRONG, now)
    later = now + timedelta(minutes=60)
    for _ in range(4):
        come_in(database, code_of(invitation), WRONG, later)
    assert come_in(database, code_of(invitation), BORN, later) is not None


def test_an_expired_replaced_or_withdrawn_code_opens_nothing(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    code, after = code_of(invitation), now + timedelta(days=365)
    assert come_in(database, code, BORN, after) is None
    for column in ("withdrawn_at", "replaced_at"):
        change(database, Invitation, invitation.id, **{column: now})
        assert come_in(database, code, BORN, now) is None
        change(database, Invitation, invitation.id, **{column: None})
    assert come_in(database, code, BORN, now) is not None


def test_nobody_comes_in_for_somebody_who_has_died(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    secret = come_in(database, code_of(invitation), BORN, now)
    assert secret is not None
    change(database, Patient, invitation.patient_id, died_on=now.date())
    assert come_in(database, code_of(invitation), BORN, now) is None
    with database.unit_of_work(services.JOB) as session:
        assert load_visit(session, secret, now=now) is None


def test_one_persons_code_with_anothers_birth_date_opens_nothing(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    with database.unit_of_work(services.JOB) as session:
        other = make_invitation(session, now=now)
        session.get_one(Patient, other.patient_id).date_of_birth = WRONG
    assert come_in(database, code_of(other), BORN, now) is None
    assert come_in(database, code_of(other), WRONG, now) is not None


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "0" * 10_000, "'; --", "\ud800", "ＡＢＣＤ"])
def test_a_code_that_is_nobodys_opens_nothing(database: Database, now: datetime, code: str) -> None:
    assert come_in(database, code, BORN, now) is None


def test_every_refusal_does_the_same_work(database: Database, invitation: Invitation, now: datetime) -> None:
    """The same statements run for an unknown code, a wrong date, an expired code and a locked one."""

    def statements(code: str, moment: datetime) -> list[str]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(" ".join(statement.split())[:60])

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            assert come_in(database, code, WRONG, moment) is None
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return seen

    known = statements(code_of(invitation), now)
    assert statements("AAAA-AAAA-AAAA", now) == known
    assert statements(code_of(invitation), now + timedelta(days=400)) == known
    for _ in range(5):
        locked = statements(code_of(invitation), now)
    assert locked == known


def test_a_second_visit_of_the_same_browser_ends_the_first(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    first = come_in(database, code_of(invitation), BORN, now)
    with database.unit_of_work(services.JOB) as session:
        command = SignIn(code_of(invitation), BORN)
        second = services.sign_in(session, command, now=now, replacing=first)
    with database.unit_of_work(services.JOB) as session:
        assert first is not None
        assert load_visit(session, first, now=now) is None
        assert second is not None
        assert load_visit(session, second, now=now) is not None


def test_a_visit_ends_when_it_is_ended_idle_or_old(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    secret = come_in(database, code_of(invitation), BORN, now)
    assert secret is not None

    def opens(moment: datetime) -> bool:
        with database.unit_of_work(services.JOB) as session:
            return load_visit(session, secret, now=moment) is not None

    assert opens(now + timedelta(minutes=29))
    assert not opens(now + timedelta(minutes=30))
    with database.unit_of_work(services.JOB) as session:
        loaded = load_visit(session, secret, now=now)
        assert loaded is not None
        services.touch(session, loaded.visit_id, now=now + timedelta(minutes=20))
    assert opens(now + timedelta(minutes=45))
    with database.unit_of_work(services.JOB) as session:
        services.end_visit(session, secret, now=now)
    assert not opens(now)


def test_what_was_tried_is_written_down_without_the_code(
    database: Database, invitation: Invitation, now: datetime
) -> None:
    come_in(database, code_of(invitation), WRONG, now)
    come_in(database, code_of(invitation), BORN, now)
    with database.unit_of_work(services.JOB) as session:
        written = _events(session)
    assert [one.action for one in written] == ["patient_sign_in.failed", "patient_sign_in.started"]
    assert {one.entity_id for one in written} == {invitation.id}
    assert written[1].actor_id == f"patient:{invitation.patient_id}"


def test_nothing_is_read_of_a_visit_nobody_has(database: Database, now: datetime) -> None:
    with database.unit_of_work(visits.JOB) as session:
        assert load_visit(session, "no such secret", now=now) is None


def _events(session: Session) -> list[AuditEvent]:
    found = select(AuditEvent).where(AuditEvent.action.startswith("patient_sign_in"))
    return list(session.scalars(found.order_by(AuditEvent.id)))
