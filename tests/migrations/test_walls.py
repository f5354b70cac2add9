"""The walls in the database hold whatever the program does."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from dmas.core import audit
from dmas.core.actors import NOBODY, Actor, Reach
from dmas.core.db import Database
from dmas.core.errors import StaleEdit
from tests.factories.proposals import make_proposal
from tests.factories.staff import make_staff


def test_a_change_without_an_event_is_refused(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        staff = make_staff(session, now=now)
    with pytest.raises(DBAPIError, match="has no audit event"), database.unit_of_work(system) as session:
        session.add(staff)
        staff.name = "Another Name"
        staff.version += 1


def test_walls_look_up_by_an_index_in_new_tables_too(
    database: Database, system: Actor, now: datetime
) -> None:
    tables = "audit_event", "offer", "proposal", "transfer"
    read_whole = text(
        "SELECT " + ", ".join(f"pg_stat_get_xact_numscans('{table}'::regclass)" for table in tables)
    )
    with database.unit_of_work(system) as session:
        for _ in range(5):
            make_proposal(session, now=now)
        session.flush()
        before = session.execute(read_whole).one()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert session.execute(read_whole).one() == before


def test_a_version_rises_by_one(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        staff = make_staff(session, now=now)
    with pytest.raises(DBAPIError, match="does not follow"), database.unit_of_work(system) as session:
        session.execute(text("UPDATE staff SET version = 9 WHERE id = :id"), {"id": staff.id})


def test_an_edit_of_an_old_copy_is_stale(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        old = make_staff(session, now=now)
    with database.unit_of_work(system) as session:
        fresh = session.get_one(type(old), old.id)
        fresh.name = "First Change"
        audit.record(session, fresh, "staff.renamed", actor=system, now=now)
    with pytest.raises(StaleEdit), database.unit_of_work(system) as session:
        session.add(old)
        old.name = "Second Change"
        audit.record(session, old, "staff.renamed", actor=system, now=now)


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_audit_rows_never_change(database: Database, system: Actor, now: datetime, statement: str) -> None:
    with database.unit_of_work(system) as session:
        make_staff(session, now=now)
    with pytest.raises(ProgrammingError, match="permission denied"), database.unit_of_work(system) as session:
        session.execute(text(statement))


def test_nobody_sees_nothing(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        make_staff(session, now=now)
    with database.unit_of_work(NOBODY) as session:
        assert session.scalar(text("SELECT count(*) FROM staff")) == 0
        assert session.scalar(text("SELECT count(*) FROM audit_event")) == 0


def test_an_organisation_reads_only_its_own_history(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        ours = make_staff(session, now=now)
        make_staff(session, now=now)
    code = ours.memberships[0].organisation_code
    here = Actor(id=str(ours.id), name=ours.name, organisation=code, reach=Reach.ORGANISATION)
    with database.unit_of_work(here) as session:
        assert session.scalar(text("SELECT count(*) FROM staff")) == 1
        assert session.scalars(text("SELECT DISTINCT reference FROM audit_event")).all() == [None]
        assert session.scalar(text("SELECT count(*) FROM audit_event WHERE entity_type = 'staff'")) == 1
