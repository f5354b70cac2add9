"""Fresh migrated databases for tests: `dmas_test_…` on the server in use, cloned from one template."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from dmas.core.db import migrate


@contextmanager
def fresh(server: URL, template: str = "template0") -> Iterator[URL]:
    """Create a database on the server and drop it afterwards, whoever is still connected."""
    name = f"dmas_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    try:
        yield server.set(database=name)
    finally:
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def migrated(server: str | URL) -> Iterator[URL]:
    """Create one migrated database, to clone from."""
    with fresh(make_url(server)) as url:
        migrate(url)
        yield url


def _run(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
