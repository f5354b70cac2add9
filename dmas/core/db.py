"""The database: typed base, connections in a role, and the one unit of work that commits.

Each transaction tells PostgreSQL who acts (`dmas.actor`, `dmas.reach`, `dmas.organisation`): row-level
security reads it, so a query without its scope still shows nobody else's rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Engine, MetaData, NullPool, Text, Uuid, create_engine, event, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from dmas.core.actors import Actor
from dmas.core.errors import Conflict, Misconfigured, StaleEdit

PROJECT = Path(__file__).resolve().parents[2]
MIGRATION_LOCK = 7_330_001  # any constant of ours; migrations queue behind it

OWNER, APP, NIGHT = "dmas_owner", "dmas_app", "dmas_night"

OLDEST_SERVER = 15
# How PostgreSQL's codes begin for: no connection, wrong user, no such database, too many, ending or starting.
UNREACHABLE = ("08", "28", "3D", "53", "57P")
DISK_FULL, FORBIDDEN = "53100", "42501"


class Base(DeclarativeBase):
    """What every table is made from: names by convention, times with a zone, text without a length."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
    }


class Audited:
    """A record whose every change raises `version` by one and leaves one audit event."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-10)
    version: Mapped[int] = mapped_column(default=1, sort_order=-9)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version, "version_id_generator": False}

    def audit_parties(self) -> list[str]:
        """Return the ODS codes of the organisations, ICBs and regions that may read its history."""
        raise LookupError(f"{type(self).__name__} does not say who may read its history")


class Database:
    """One database as one role: engine, sessions and the unit of work."""

    def __init__(
        self, url: str | URL, *, role: str = APP, pool_size: int = 5, statement_seconds: int = 15
    ) -> None:
        self.url = make_url(url)
        self.role = role
        self.engine = _engine(self.url, role, pool_size, statement_seconds)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def unit_of_work(self, actor: Actor) -> Iterator[Session]:
        """Open a session as an actor, commit at the end, roll back on any error. The only commit there is."""
        with self._sessions() as session:
            try:
                introduce(session, actor)
                yield session
                session.commit()
            except StaleDataError as error:
                session.rollback()
                raise StaleEdit(
                    "Somebody else changed this while you had it open. Look at what changed and try again."
                ) from error
            except IntegrityError as error:
                session.rollback()
                named = _named_conflict(error)
                if named is None:
                    raise
                raise named from error
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def snapshot(self, actor: Actor) -> Iterator[Session]:
        """Open a read-only session that sees one moment of the database throughout."""
        with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            with Session(connection, expire_on_commit=False) as session:
                introduce(session, actor)
                yield session
                session.expunge_all()  # what was read stays readable after the rollback
                session.rollback()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def introduce(session: Session, actor: Actor) -> None:
    """Tell the database who acts, for this transaction only."""
    session.execute(
        text(
            "SELECT set_config('dmas.actor', :id, true), set_config('dmas.reach', :reach, true),"
            " set_config('dmas.organisation', :organisation, true)"
        ),
        {"id": actor.id, "reach": actor.reach.value, "organisation": actor.organisation or ""},
    )
    session.info["actor"] = actor


@contextmanager
def acting_for_all(session: Session, job: str) -> Iterator[None]:
    """Let a block of a person's transaction reach rows the person may not see, as a named job; then no more.

    For news that crosses organisations: a provider that takes back its offer frees people it never sees.
    """
    before: Actor = session.info["actor"]
    session.flush()
    introduce(session, Actor.system(job))
    try:
        yield
        session.flush()
    except DBAPIError:
        raise  # the transaction is over, and with it what was allowed
    except BaseException:
        introduce(session, before)
        raise
    introduce(session, before)


def check_version(entity: Audited, seen: int) -> None:
    """Raise StaleEdit when the record is no longer the one the person opened."""
    if entity.version != seen:
        raise StaleEdit(
            "Somebody else changed this while you had it open. Look at what changed and try again."
        )


def _engine(url: URL, role: str, pool_size: int, statement_seconds: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # an error's text must not quote what was being written
        pool_pre_ping=True,
        pool_recycle=1800,
        pool_size=pool_size,
        max_overflow=5,
        connect_args={
            "options": "-c timezone=UTC -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
            f" -c statement_timeout={statement_seconds}s"
        },
    )

    @event.listens_for(engine, "connect")
    def take_role(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
        connection.commit()

    return engine


# Constraint name -> what a person is told when it stops them.
CONFLICTS: dict[str, str] = {}


def explain_constraint(name: str, message: str) -> None:
    """Say in words what it means when a constraint refuses a change."""
    CONFLICTS[name] = message


def _named_conflict(error: IntegrityError) -> Conflict | None:
    diagnostic = getattr(error.orig, "diag", None)
    message = CONFLICTS.get(getattr(diagnostic, "constraint_name", None) or "")
    return Conflict(message) if message else None


def alembic_config(url: str | URL) -> Config:
    """Return Alembic's configuration, read from setup.cfg, for a database."""
    config = Config(PROJECT / "setup.cfg", ini_section="alembic")
    folder = str(PROJECT / "migrations").replace("%", "%%")  # a sign that means something in setup.cfg
    config.set_main_option("script_location", folder)
    config.attributes["url"] = make_url(url)
    return config


def migrate(url: str | URL, revision: str = "head") -> None:
    """Bring a database to a revision; processes that start together queue behind one lock."""
    require_server(url)
    command.upgrade(alembic_config(url), revision)


def require_server(url: str | URL) -> None:
    """Refuse a server that dmas cannot live on: one before PostgreSQL 15, or not in UTF8."""
    engine = create_engine(url, poolclass=NullPool, connect_args={"client_encoding": "UTF8"})
    with engine.connect() as connection:
        asked = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
        version, encoding = connection.execute(text(asked)).one()
    if version // 10_000 < OLDEST_SERVER:
        raise Misconfigured(
            f"DATABASE_URL names a PostgreSQL {version // 10_000}: dmas needs {OLDEST_SERVER} or newer."
        )
    if encoding != "UTF8":
        raise Misconfigured(
            f"The database of DATABASE_URL is encoded in {encoding}: make one in UTF8"
            " (createdb --encoding=UTF8 --template=template0)."
        )


def trouble(error: DBAPIError) -> str | None:
    """Say in one line what is wrong with the database itself and what to do; None where it is something else.

    Nothing of the statement, and no password, is in it.
    """
    said = str(error.orig).strip().partition("\n")[0].rstrip(".")
    state = getattr(error.orig, "sqlstate", None)
    if state == DISK_FULL:
        return (
            f"The database has no room left: {said}. Make room and do it again; nothing was left half done."
        )
    if isinstance(error, OperationalError) and (state is None or state.startswith(UNREACHABLE)):
        return f"The database cannot be reached: {said}. See that it is up, and that DATABASE_URL is right."
    if state == FORBIDDEN:
        return f"The user in DATABASE_URL may not do this: {said}. docs/settings.md says what it needs."
    return None


def migration_drift(url: str | URL) -> None:
    """Raise alembic's AutogenerateDiffsDetected when models and migrations differ."""
    command.check(alembic_config(url))
