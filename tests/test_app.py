"""The application put together: sign-ins from the database, proxies, and the database it opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from dmas import wiring
from dmas.accounts.rules.sign_ins import TOUCH_EVERY
from dmas.accounts.services import sign_ins
from dmas.app import VIEWS, create_app
from dmas.core import events
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.settings import Settings
from dmas.web import access, pages
from tests.browsing import Browsing
from tests.factories.providers import make_icb, make_region, make_trust
from tests.factories.staff import make_staff


@pytest.fixture
def secret(database: Database, system: Actor, now: datetime) -> str:
    """The secret of a living sign-in of a capacity manager."""
    with database.unit_of_work(system) as session:
        trust = make_trust(session, make_icb(session, make_region(session)))
        staff = make_staff(session, now=now, role=Role.CAPACITY_MANAGER, organisation=trust)
        session.flush()
        [membership] = staff.memberships
        return sign_ins.start_sign_in(session, staff, membership, actor=sign_ins.JOB, now=now)


def test_a_cookie_is_read_from_the_database(app: Flask, secret: str) -> None:
    browsing = Browsing(app)
    with browsing.client.session_transaction() as session:
        session["_user_id"] = secret
    page = browsing.get("/cookies")
    assert "Capacity manager" in page.text
    assert page.form("/sign-out")


def test_a_sign_in_in_use_is_kept_alive(app: Flask, secret: str, now: datetime) -> None:
    later = now + TOUCH_EVERY + timedelta(seconds=1)
    app.config["CLOCK"] = lambda: later
    with app.app_context():
        first = app.config["LOAD_SIGN_IN"](secret)
        assert isinstance(first, access.SignedIn)
        assert first.complete
        assert [desk.role for desk in first.memberships] == [Role.CAPACITY_MANAGER]
    app.config["CLOCK"] = lambda: later + timedelta(minutes=29)
    with app.app_context():
        assert app.config["LOAD_SIGN_IN"](secret) is not None


def test_a_second_factor_is_owed_where_the_settings_ask(
    database: Database, settings: Settings, secret: str, now: datetime
) -> None:
    app = create_app(replace(settings, second_factor=True))
    app.config["CLOCK"] = lambda: now
    app.extensions["dmas_database"] = database
    with app.app_context():
        found = app.config["LOAD_SIGN_IN"](secret)
        assert (found.complete, found.next_step) == (False, access.SECOND_FACTOR)


def test_a_secret_that_opens_nothing(app: Flask) -> None:
    with app.app_context():
        assert app.config["LOAD_SIGN_IN"]("forged") is None


def test_the_address_of_a_visitor_comes_through_the_proxies_we_know(settings: Settings) -> None:
    app = create_app(replace(settings, proxies=1, base_url="https://dmas.example"))
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "dmas.example"}
    response = app.test_client().get("/cookies", headers=headers)
    assert "__Host-dmas" in response.text


def test_it_opens_the_database_it_is_told(settings: Settings, database_url: URL, system: Actor) -> None:
    app = create_app(replace(settings, database_url=database_url.render_as_string(hide_password=False)))
    with app.app_context():
        opened = pages.database()
        with opened.unit_of_work(system) as session:
            assert session.info["actor"] is system
        opened.dispose()


def test_it_hears_the_news(app: Flask) -> None:
    assert set(events._installed) == set(wiring.LISTENERS)


def test_every_room_is_named_once_and_every_view_has_its_rule(app: Flask) -> None:
    assert len(VIEWS) == len(set(VIEWS))
    assert [name for name in app.view_functions if access.rule_of(app, name) is None] == []
