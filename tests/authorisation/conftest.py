"""One world for all tests of the walls: its database, an app on it, and visitors who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import URL

from dmas import wiring
from tests import databases
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.things import build
from tests.authorisation.visiting import Visiting, make_app
from tests.authorisation.world import World

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def sandbox(server_url: URL, template_url: URL) -> Iterator[Sandbox]:
    """The world's database; what a test does inside `undone` leaves no trace."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url:
        sandbox = Sandbox(url)
        yield sandbox
        sandbox.dispose()


@pytest.fixture(scope="package")
def world(sandbox: Sandbox) -> World:
    """Everybody and everything, made once."""
    wiring.install()
    return build(sandbox, NOW)


@pytest.fixture(scope="package")
def visiting(sandbox: Sandbox, world: World) -> Visiting:
    """The app on the world's database, open for visits."""
    return Visiting(make_app(sandbox, NOW), sandbox, world)
