"""The app with one made-up room, for tests of what every room stands on."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from dmas.app import create_app
from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.settings import Settings
from tests.browsing import Browsing
from tests.web.shop import blueprint


@pytest.fixture
def app(settings: Settings, now: datetime) -> Flask:
    """The app, with the made-up room and no database."""
    app = create_app(settings)
    app.config["CLOCK"] = lambda: now
    app.config["OPEN_DATABASE"] = _no_database
    app.extensions.pop("dmas_provided", None)  # what higher rooms put into these pages is tried there
    app.register_blueprint(blueprint)
    return app


@pytest.fixture
def stored_app(app: Flask, database: Database) -> Flask:
    """The same app on a database."""
    app.extensions["dmas_database"] = database
    return app


@pytest.fixture
def browsing(app: Flask) -> Browsing:
    """A browser on the app without a database."""
    return Browsing(app)


@pytest.fixture
def stored(stored_app: Flask) -> Browsing:
    """A browser on the app with its database."""
    return Browsing(stored_app)


@pytest.fixture
def manager() -> Actor:
    """A capacity manager of an invented trust."""
    return Actor(
        id="manager",
        name="Ada Marsh",
        role=Role.CAPACITY_MANAGER,
        organisation="RXX",
        reach=Reach.ORGANISATION,
    )


def _no_database() -> Database:
    raise AssertionError("this page should not need the database")
