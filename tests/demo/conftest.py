"""The demo, loaded once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import URL

from dmas import wiring
from dmas.core.db import Database
from dmas.demo import loading
from tests import databases

SECRET_KEY = "a-secret-of-the-tests-with-many-letters-0123456789"  # of tests.conftest.settings
LOADED_AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def load(url: URL) -> bool:
    """Load the demo into a database as the command does."""
    wiring.install()
    return loading.load(
        url.render_as_string(hide_password=False),
        secret_key=SECRET_KEY,
        base_url="https://dmas.example",
        now=LOADED_AT,
    )


@pytest.fixture(scope="session")
def demo_url(server_url: URL, template_url: URL) -> Iterator[URL]:
    """A database with the demo in it."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url:
        load(url)
        yield url


@pytest.fixture
def demo(demo_url: URL) -> Iterator[Database]:
    """The demo as the serving role sees it."""
    database = Database(demo_url)
    yield database
    database.dispose()
