"""Making and dropping whole databases: the embedded one, and those that live for one purpose only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url


def create_database(url: str, name: str) -> None:
    """Create a database on the server of a URL unless it is there; another process may be doing the same."""
    with _connect(url) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            return
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(
                SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(Identifier(name))
            )


def drop_database(url: str, name: str) -> None:
    """Drop a database, ending whatever is still connected to it."""
    with _connect(url) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def scratch_database(url: str, prefix: str = "dmas_test_") -> Iterator[str]:
    """Yield the URL of a new, empty database on the same server, and drop it at the end."""
    name = f"{prefix}{uuid4().hex[:12]}"
    create_database(url, name)
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        drop_database(url, name)


def _connect(url: str) -> psycopg.Connection:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)
