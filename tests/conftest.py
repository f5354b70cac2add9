"""Fixtures for all tests: a server, a fresh database a test, the time, and actors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import URL, make_url

from dmas.core.actors import Actor
from dmas.core.db import NIGHT, Database
from dmas.core.embedded import database_server
from tests import databases


@pytest.fixture(scope="session")
def server_url() -> Iterator[URL]:
    """The server in use: `DATABASE_URL`'s, or the embedded one. Only `dmas_test_…` databases are touched."""
    with database_server(os.environ) as url:
        yield make_url(url)


@pytest.fixture(scope="session")
def template_url(server_url: URL) -> Iterator[URL]:
    """A migrated database that tests are cloned from."""
    with databases.migrated(server_url) as url:
        yield url


@pytest.fixture
def database_url(server_url: URL, template_url: URL) -> Iterator[URL]:
    """A fresh migrated database for one test, dropped afterwards."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url:
        yield url


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """The fresh database as the serving role sees it."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def night_database(database_url: URL) -> Iterator[Database]:
    """The same fresh database as the night's role sees it."""
    database = Database(database_url, role=NIGHT)
    yield database
    database.dispose()


@pytest.fixture
def now() -> datetime:
    """A Saturday evening in November 2026; nothing in a test reads the real clock."""
    return datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.fixture
def system() -> Actor:
    """A job that reaches the nation."""
    return Actor.system("tests")
