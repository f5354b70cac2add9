"""The world's database, in which everything that is done is undone again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from dmas import models
from dmas.core.actors import Actor
from dmas.core.db import Base, Database

assert models  # every room's tables are in the metadata

FINGERPRINT = " UNION ALL ".join(
    f"SELECT '{table.name}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"
    f" FROM {table.name} t"
    for table in Base.metadata.sorted_tables
)
WRITTEN = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
CHANGES = text("SELECT count(*) FROM audit_event WHERE entity_version IS NOT NULL")


class Sandbox(Database):
    """A database as the serving role sees it; inside `undone` nothing that is committed stays."""

    _connection: Connection | None = None
    _before: dict[str, str] | None = None
    _changes_before = 0

    @contextmanager
    def undone(self) -> Iterator[Sandbox]:
        """Let everything happen inside one transaction that is never committed."""
        with self.engine.connect() as connection:
            if self._before is None:
                self._connection = connection
                self._before, self._changes_before = self._fingerprints(), self._count_changes()
                connection.rollback()
            kept, self._sessions = (
                self._sessions,
                sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint"),
            )
            outer, self._connection = connection.begin(), connection
            try:
                yield self
            finally:
                outer.rollback()
                self._sessions, self._connection = kept, None

    @contextmanager
    def unit_of_work(self, actor: Actor) -> Iterator[Session]:
        """Open a session as always; what waits for the end of the transaction is looked at at its end."""
        with super().unit_of_work(actor) as session:
            yield session
            session.flush()
            session.connection().exec_driver_sql(
                "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
            )

    def changed(self) -> set[str]:
        """Return the tables that are no longer as they were when the sandbox was first used."""
        assert self._connection is not None
        assert self._before is not None
        if not self._connection.scalar(WRITTEN):
            return set()
        after = self._fingerprints()
        return {table for table in after if after[table] != self._before[table]}

    def only_looked(self) -> bool:
        """Say whether at most looks at records were written: to the audit trail, and no change among them."""
        return self.changed() <= {"audit_event"} and self._count_changes() == self._changes_before

    def _fingerprints(self) -> dict[str, str]:
        return {str(name): str(mark) for name, mark in self._as_owner(FINGERPRINT)}

    def _count_changes(self) -> int:
        return int(self._as_owner(CHANGES.text)[0][0])

    def _as_owner(self, statement: str) -> list[tuple[object, ...]]:
        """Read past row-level security, as whoever owns the tables."""
        assert self._connection is not None
        self._connection.exec_driver_sql("RESET ROLE")
        rows = self._connection.exec_driver_sql(statement).all()
        self._connection.exec_driver_sql(f"SET ROLE {self.role}")
        return [tuple(row) for row in rows]
