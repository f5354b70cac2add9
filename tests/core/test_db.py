"""The database: one unit of work, a snapshot, roles, and refusals in words."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError

from dmas.accounts.models import Staff
from dmas.core import audit, db
from dmas.core.actors import NOBODY, Actor, Reach
from dmas.core.db import Database
from dmas.core.errors import Conflict, Misconfigured, StaleEdit
from dmas.providers.models import Organisation
from tests import databases
from tests.factories.providers import make_region
from tests.factories.staff import make_staff

SOMEBODY = Actor("one", "One", organisation="RAA", reach=Reach.ORGANISATION)


def regions(database: Database, actor: Actor) -> int:
    with database.unit_of_work(actor) as session:
        return session.scalar(text("SELECT count(*) FROM organisation WHERE kind = 'region'")) or 0


class TestUnitOfWork:
    def test_it_commits_at_the_end(self, database: Database, system: Actor) -> None:
        with database.unit_of_work(system) as session:
            region = make_region(session)
        assert region.name  # still readable
        assert regions(database, system) == 1

    def test_any_error_takes_all_of_it_back(self, database: Database, system: Actor) -> None:
        def begin_and_fail(error: type[BaseException]) -> None:
            with database.unit_of_work(system) as session:
                make_region(session)
                raise error

        for error in (ValueError, KeyboardInterrupt):
            with pytest.raises(error):
                begin_and_fail(error)
        assert regions(database, system) == 0

    def test_a_constraint_is_explained_in_words(
        self, database: Database, system: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(db, "CONFLICTS", {})
        db.explain_constraint("ck_staff_failed_not_negative", "Nobody fails less than never.")
        with pytest.raises(Conflict, match="less than never"), database.unit_of_work(system) as session:
            make_staff(session, now=now).failed_sign_ins = -1

    def test_one_without_words_is_a_fault_and_quotes_no_values(
        self, database: Database, system: Actor
    ) -> None:
        with pytest.raises(IntegrityError) as caught, database.unit_of_work(system) as session:
            make_region(session, code="y-1", name="Secret")
        assert "SQL parameters hidden" in str(caught.value)
        assert "Secret" not in str(caught.value.statement)

    def test_a_change_of_an_old_copy_is_stale(self, database: Database, system: Actor, now: datetime) -> None:
        with database.unit_of_work(system) as session:
            old = make_staff(session, now=now)

        def rename(staff: Staff, name: str) -> None:
            with database.unit_of_work(system) as session:
                session.add(staff)
                staff.name = name
                audit.record(session, staff, "staff.renamed", actor=system, now=now)

        with database.unit_of_work(system) as session:
            fresh = session.get_one(Staff, old.id)
        rename(fresh, "First Change")
        with pytest.raises(StaleEdit):
            rename(old, "Second Change")


class TestIntroduce:
    def test_the_database_knows_who_acts_for_this_transaction_only(self, database: Database) -> None:
        told = text("SELECT dmas_actor(), dmas_reach(), dmas_organisation()")
        with database.unit_of_work(SOMEBODY) as session:
            assert tuple(session.execute(told).one()) == ("one", "organisation", "RAA")
            assert session.info["actor"] is SOMEBODY
        with database.unit_of_work(NOBODY) as session:
            assert tuple(session.execute(told).one()) == ("anonymous", "nothing", "")
        with database.engine.connect() as connection:
            assert tuple(connection.execute(told).one()) == ("", "nothing", "")

    def test_the_serving_role_is_neither_owner_nor_superuser(self, database: Database) -> None:
        who = text("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        with database.engine.connect() as connection:
            assert tuple(connection.execute(who).one()) == (db.APP, False, False)

    def test_the_nights_role_is_its_own(self, night_database: Database) -> None:
        with night_database.engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == db.NIGHT


class TestSnapshot:
    def test_it_sees_one_moment_throughout(self, database: Database, system: Actor) -> None:
        count = text("SELECT count(*) FROM organisation")
        with database.snapshot(system) as session:
            before = session.scalar(count)
            with database.unit_of_work(system) as other:
                make_region(other)
            assert session.scalar(count) == before
        assert regions(database, system) == 1

    def test_it_cannot_write(self, database: Database, system: Actor) -> None:
        with database.snapshot(system) as session, pytest.raises(InternalError, match="read-only"):
            make_region(session)

    def test_what_it_read_stays_readable(self, database: Database, system: Actor) -> None:
        with database.unit_of_work(system) as session:
            code = make_region(session).code
        with database.snapshot(system) as session:
            region = session.get_one(Organisation, code)
        assert region.code == code


class TestActingForAll:
    def test_a_block_reaches_what_the_person_may_not(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            make_staff(session, now=now)
        people = text("SELECT count(*) FROM staff")
        with database.unit_of_work(SOMEBODY) as session:
            assert session.scalar(people) == 0
            with db.acting_for_all(session, "news"):
                assert session.scalar(people) == 1
                assert session.info["actor"].id == "system:news"
            assert session.scalar(people) == 0
            assert session.info["actor"] is SOMEBODY

    def test_an_error_gives_the_reach_back(self, database: Database) -> None:
        with database.unit_of_work(SOMEBODY) as session:
            with pytest.raises(ValueError, match="no"), db.acting_for_all(session, "news"):
                raise ValueError("no")
            assert session.scalar(text("SELECT dmas_actor()")) == "one"

    def test_a_broken_transaction_stays_broken(self, database: Database) -> None:
        def break_it() -> None:
            with database.unit_of_work(SOMEBODY) as session, db.acting_for_all(session, "news"):
                session.execute(text("SELECT 1 / 0"))

        with pytest.raises(DBAPIError, match="division by zero"):
            break_it()


class TestMigrations:
    def test_models_and_migrations_agree(self, database_url: URL) -> None:
        db.migration_drift(database_url)

    def test_processes_that_start_together_queue(self, server_url: URL) -> None:
        program = "import sys; from dmas.core.db import migrate; migrate(sys.argv[1])"
        with databases.fresh(server_url) as url:
            address = url.render_as_string(hide_password=False)
            started = [subprocess.Popen([sys.executable, "-c", program, address]) for _ in range(2)]
            assert [one.wait(60) for one in started] == [0, 0]
            db.migration_drift(url)

    def test_all_of_it_can_be_taken_back(self, database_url: URL) -> None:
        engine = create_engine(database_url)
        tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        command.downgrade(db.alembic_config(database_url), "base")
        with engine.connect() as connection:
            assert connection.scalar(tables) == 1  # alembic's own
        db.migrate(database_url)
        engine.dispose()


def test_a_version_is_compared() -> None:
    staff = Staff(version=2)
    db.check_version(staff, 2)
    with pytest.raises(StaleEdit):
        db.check_version(staff, 1)


def test_a_server_that_is_too_old_is_refused(server_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    db.require_server(server_url)
    monkeypatch.setattr(db, "OLDEST_SERVER", 99)
    with pytest.raises(Misconfigured, match=r"names a PostgreSQL 1\d: dmas needs 99"):
        db.migrate(server_url)


def test_a_database_in_another_encoding_is_refused(server_url: URL) -> None:
    name = f"dmas_test_{uuid4().hex[:12]}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"))
        try:
            with pytest.raises(Misconfigured, match="SQL_ASCII: make one in UTF8"):
                db.require_server(server_url.set(database=name))
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()


class Said(Exception):
    """What a driver raises: words, and PostgreSQL's code where it comes from the server."""

    def __init__(self, words: str, sqlstate: str | None) -> None:
        super().__init__(words)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "state", "says"),
    [
        (OperationalError, None, "cannot be reached: It broke. See that it is up"),
        (OperationalError, "28P01", "cannot be reached"),
        (OperationalError, "57P03", "cannot be reached"),
        (OperationalError, "53100", "no room left: It broke. Make room"),
        (DBAPIError, "42501", "may not do this: It broke. docs/settings.md"),
    ],
)
def test_trouble_with_the_database_itself_is_one_line(
    kind: type[DBAPIError], state: str | None, says: str
) -> None:
    said = db.trouble(kind("SELECT secret", None, Said("It broke.\nAnd more", state)))
    assert said is not None
    assert says in said
    assert "secret" not in said
    assert "\n" not in said


@pytest.mark.parametrize(("kind", "state"), [(OperationalError, "57014"), (DBAPIError, "22001")])
def test_other_trouble_is_a_fault(kind: type[DBAPIError], state: str) -> None:
    assert db.trouble(kind("SELECT 1", None, Said("It broke", state))) is None


def test_migrations_are_found_where_the_path_has_a_per_cent_sign(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "100%").symlink_to(db.PROJECT)
    monkeypatch.setattr(db, "PROJECT", tmp_path / "100%")
    found = db.alembic_config("postgresql://nowhere/x").get_main_option("script_location")
    assert found == str(tmp_path / "100%" / "migrations")
