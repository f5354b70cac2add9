"""A browser on the app with its database. The app is made once: its templates need compiling only once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from dmas.app import create_app
from dmas.core.db import Database
from dmas.settings import Environment, Settings
from tests.browsing import Browsing

SECRET = "a-secret-of-the-tests-with-many-letters-0123456789"


@pytest.fixture(scope="module")
def app() -> Flask:
    """The app, without a database yet."""
    return create_app(Settings(environment=Environment.TEST, secret_key=SECRET))


@pytest.fixture
def browsing(app: Flask, database: Database, now: datetime) -> Iterator[Browsing]:
    """Somebody at a browser, at a known time, on a fresh database."""
    before = app.config["LOAD_SIGN_IN"]
    app.config["CLOCK"] = lambda: now
    app.extensions["dmas_database"] = database
    yield Browsing(app)
    app.config["LOAD_SIGN_IN"] = before
