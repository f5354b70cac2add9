"""Alive is not ready; what is missing is a code and nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.engine import URL

from dmas.app import create_app
from dmas.core.db import OWNER, Database
from dmas.settings import Settings
from dmas.web import health


def test_alive_without_a_database(app: Flask) -> None:
    response = app.test_client().get("/health/live")
    assert (response.status_code, response.json) == (200, {"live": True})


def test_ready_when_migrated(stored_app: Flask) -> None:
    response = stored_app.test_client().get("/health/ready")
    assert (response.status_code, response.json) == (200, {"ready": True, "reasons": []})


def test_not_ready_on_an_older_database(stored_app: Flask, database_url: URL) -> None:
    owner = Database(database_url, role=OWNER)
    with owner.unit_of_work(health.HEALTH) as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    owner.dispose()
    assert _reasons(stored_app) == ["not_migrated"]


def test_not_ready_on_an_empty_database(stored_app: Flask, database_url: URL) -> None:
    owner = Database(database_url, role=OWNER)
    with owner.unit_of_work(health.HEALTH) as session:
        session.execute(text("DROP TABLE alembic_version"))
    owner.dispose()
    assert _reasons(stored_app) == ["not_migrated"]


def test_not_ready_while_something_is_missing(stored_app: Flask) -> None:
    health.add_check(stored_app, "demo_not_loaded", lambda session: False)
    health.add_check(stored_app, "always", lambda session: True)
    assert _reasons(stored_app) == ["demo_not_loaded"]


def test_a_demonstration_is_ready_once_it_is_loaded(settings: Settings, database: Database) -> None:
    app = create_app(replace(settings, demo=True))
    app.extensions["dmas_database"] = database
    assert _reasons(app) == ["demo_not_loaded"]


def test_not_ready_without_a_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Database(make_url("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2"))
    app.extensions["dmas_database"] = nowhere
    assert _reasons(app) == ["database_unreachable"]


def _reasons(app: Flask) -> list[str]:
    response = app.test_client().get("/health/ready")
    assert response.status_code == 503
    assert response.json is not None
    reasons: list[str] = response.json["reasons"]
    return reasons
