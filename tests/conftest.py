"""Fixtures for all tests: a server, a fresh database a test, the time, and actors."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.engine import URL, make_url

from dmas import wiring
from dmas.app import create_app
from dmas.core.actors import Actor
from dmas.core.db import NIGHT, Database
from dmas.core.embedded import database_server
from dmas.settings import Environment, Settings
from tests import databases, leaks
from tests.browsing import Browsing
from tests.templates import SharedTemplates


@pytest.fixture(scope="session", autouse=True)
def nothing_leaks() -> Iterator[None]:
    """No test's page, header, cookie or subject says who somebody is; logs and records are looked at too."""
    with leaks.watching():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test fail whose log says who somebody is."""
    report = yield
    said = leaks.signs("\n".join(text for title, text in report.sections if "Captured" in title))
    if said and report.passed:
        report.outcome = "failed"
        report.longrepr = f"The log of this test says who somebody is: {said[:3]}"
    return report


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
        leaks.stored(url)


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


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> None:
    """Share compiled templates between the apps of all tests: compiling is most of an app's first page."""
    Flask.jinja_environment = SharedTemplates  # type: ignore[assignment]


@pytest.fixture
def settings() -> Settings:
    """The settings of a test's installation."""
    return Settings(
        environment=Environment.TEST, secret_key="a-secret-of-the-tests-with-many-letters-0123456789"
    )


@pytest.fixture
def app(settings: Settings, database: Database, now: datetime) -> Flask:
    """The app on the test's database, at the test's time."""
    app = create_app(settings)
    app.config["CLOCK"] = lambda: now
    app.extensions["dmas_database"] = database
    return app


@pytest.fixture
def browsing(app: Flask) -> Browsing:
    """A browser with nobody signed in; it checks every page it opens."""
    return Browsing(app)


@pytest.fixture
def system() -> Actor:
    """A job that reaches the nation."""
    return Actor.system("tests")


@pytest.fixture(autouse=True)
def wired() -> None:
    """Everybody listed hears the news; a test that listens for itself installs its own list."""
    wiring.install()
