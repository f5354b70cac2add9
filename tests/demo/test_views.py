"""The page of personas: one click signs in as each of them, in demo mode only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.engine import URL

from dmas.accounts.models import Staff
from dmas.app import create_app
from dmas.core.db import OWNER, Database
from dmas.core.errors import Misconfigured
from dmas.demo.personas import HOME, PATIENTS, PERSONAS
from dmas.demo.stage import DEMO
from dmas.settings import Settings
from tests.browsing import Browsing
from tests.factories.providers import make_trust

pytestmark = pytest.mark.timeout(900)  # the first test to look at the demo loads it


@pytest.fixture
def app(settings: Settings, demo: Database) -> Flask:
    """The app in demo mode, on the loaded demo."""
    app = create_app(replace(settings, demo=True))
    app.config["CLOCK"] = lambda: datetime.fromisoformat("2026-11-21T18:00:00+00:00")
    app.extensions["dmas_database"] = demo
    return app


def test_everybody_is_on_the_page_with_what_to_try(browsing: Browsing) -> None:
    page = browsing.get("/demo")
    for persona in PERSONAS:
        assert persona.name in page.text
        assert persona.what_to_try in page.text


def test_one_click_signs_in_as_each(browsing: Browsing) -> None:
    for persona in PERSONAS:
        page = browsing.post("/demo/sign-in", {"persona": persona.key}, page="/demo")
        assert page.location == "/home"
        assert persona.name in browsing.get("/account").text


def test_patients_are_there_with_their_code_and_one_click_away(browsing: Browsing) -> None:
    for one in PATIENTS:
        page = browsing.get("/demo")
        assert one.name in page.text
        assert one.what_to_try in page.text
        done = browsing.post("/demo/sign-in", {"persona": one.key}, page="/demo")
        assert done.location == one.begins_at
        assert browsing.client.get(one.begins_at, follow_redirects=True).status_code == 200
        browsing.client.delete_cookie("dmas")


def test_the_code_shown_opens_the_real_door(browsing: Browsing) -> None:
    page = browsing.get("/demo")
    codes = [each.text for each in page.all("strong") if each.get("class") == "app-code"]
    assert len(codes) == len(PATIENTS)
    born = PATIENTS[0].born
    date_of_birth = {
        f"date_of_birth-{part}": str(value)
        for part, value in (("day", born.day), ("month", born.month), ("year", born.year))
    }
    done = browsing.post("/transfer/sign-in", {"code": codes[0], **date_of_birth})
    assert done.location == "/transfer/request"


def test_a_patient_nobody_invited_cannot_be_signed_in(app: Flask, database: Database) -> None:
    app.extensions["dmas_database"] = database
    browsing = Browsing(app)
    with database.unit_of_work(DEMO) as session:
        make_trust(session, code=HOME)
    assert "Nobody has invited this person yet." in browsing.get("/demo").text
    browsing.post("/demo/sign-in", {"persona": PATIENTS[0].key}, 404, page="/demo")


@pytest.mark.parametrize("key", ["", "manager-za1", "nobody", "home-manager'--"])
def test_nobody_else_can_be_signed_in(browsing: Browsing, key: str) -> None:
    browsing.post("/demo/sign-in", {"persona": key}, 422, page="/demo")


def test_without_its_token_the_click_does_nothing(browsing: Browsing) -> None:
    browsing.post("/demo/sign-in", {"persona": "home-manager"}, 400, fetch=False)


def test_outside_demo_mode_there_is_no_such_page(settings: Settings, demo: Database) -> None:
    app = create_app(settings)
    app.extensions["dmas_database"] = demo
    browsing = Browsing(app)
    browsing.get("/demo", 404)
    assert browsing.client.post("/demo/sign-in", data={"persona": "home-manager"}).status_code in (400, 404)


def test_a_persona_that_was_disabled_stays_outside(browsing: Browsing, demo: Database, demo_url: URL) -> None:
    owner = Database(demo_url, role=OWNER)
    who = Staff.email == "auditor@example.org"
    with owner.engine.begin() as connection:
        connection.execute(update(Staff).where(who).values(is_persona=False))
    try:
        browsing.post("/demo/sign-in", {"persona": "auditor"}, 404, page="/demo")
    finally:
        with owner.engine.begin() as connection:
            connection.execute(update(Staff).where(who).values(is_persona=True))
        owner.dispose()


def test_production_refuses_the_demo() -> None:
    environ = {
        "DMAS_ENV": "production",
        "DMAS_DEMO": "1",
        "SECRET_KEY": "k3J9vQ2mX7pL5tR8wZ1yB4nC6dF0gHsAeUiOqWrTyPl",
        "DMAS_BASE_URL": "https://exchange.example.org",
        "DATABASE_URL": "postgresql://exchange.example.org/dmas",
        "DMAS_SMTP_URL": "smtps://mail.example.org",
        "DMAS_MAIL_FROM": "no-reply@exchange.example.org",
    }
    with pytest.raises(Misconfigured, match="DMAS_DEMO must be off in production"):
        Settings.from_environ(environ)
    assert Settings.from_environ(environ | {"DMAS_DEMO": "0"}).production
