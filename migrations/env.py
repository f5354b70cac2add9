"""Run migrations as `dmas_owner`, one process at a time, making the three roles first."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL

from dmas.core.db import APP, MIGRATION_LOCK, NIGHT, OWNER
from dmas.models import metadata

ROLES = (OWNER, APP, NIGHT)


def make_roles(connection: Connection) -> None:
    """Create the roles where they are missing, and let the one who signs in act as each of them.

    Roles belong to the whole server, so two databases migrated at once would race without the lock.
    """
    # From 16 on whoever makes a role may grant it to others, but not act as it before it is granted to them too.
    needed = "SET" if (connection.dialect.server_version_info or (0,)) >= (16,) else "MEMBER"
    for role in ROLES:
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
            connection.execute(text(f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS"))
        if not connection.scalar(
            text("SELECT pg_has_role(current_user, :role, :needed)"), {"role": role, "needed": needed}
        ):
            connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
    connection.execute(text(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP}, {NIGHT}"))


def run(url: URL) -> None:
    """Connect, queue behind the lock, make the roles, migrate as the owner."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        make_roles(guard)
        with create_engine(url, poolclass=NullPool).connect() as connection:
            connection.execute(text(f"SET ROLE {OWNER}"))
            connection.commit()
            context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    engine.dispose()


run(context.config.attributes["url"])
