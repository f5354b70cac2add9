"""A form acts once, says why when it may not, and loses nothing typed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.web import pages
from tests.browsing import Browsing
from tests.web import shop


@pytest.fixture(autouse=True)
def nothing_done() -> Iterator[None]:
    """Start with nothing done."""
    shop.done.clear()
    yield
    shop.done.clear()


def test_a_form_acts_and_leads_on_with_its_notice(stored: Browsing, manager: Actor) -> None:
    page = stored.sign_in(manager).post("/shop/note", {"note": " hello "})
    assert page.location == "/shop/staff"
    assert shop.done == ["hello"]
    assert "Note kept." in stored.follow(page).text
    assert "Note kept." not in stored.get("/shop/staff").text


def test_a_second_sending_does_nothing_and_leads_the_same_way(stored: Browsing, manager: Actor) -> None:
    stored.sign_in(manager)
    sent = {**stored.get("/shop/note").form(), "note": "hello"}
    assert stored.post("/shop/note", sent, fetch=False).location == "/shop/staff"
    again = stored.post("/shop/note", sent, fetch=False)
    assert again.location == "/shop/staff"
    assert shop.done == ["hello"]
    assert stored.follow(again).text.count("Note kept.") == 1


def test_a_double_click_acts_once(stored_app: Flask, manager: Actor) -> None:
    first = Browsing(stored_app).sign_in(manager)
    sent = {**first.get("/shop/note").form(), "note": "hello"}
    cookies = [cookie for cookie in (first.client.get_cookie("dmas"),) if cookie]
    answers: list[int] = []
    said: list[int] = []

    def click() -> None:
        client = stored_app.test_client()
        client.set_cookie("dmas", cookies[0].value)
        answers.append(client.post("/shop/note", data=sent).status_code)
        said.append(client.get("/shop/staff").text.count("Note kept."))

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert answers == [303] * 4
    assert said == [1] * 4  # whichever answer the browser keeps
    assert shop.done == ["hello"]


@pytest.mark.parametrize(
    ("note", "status", "errors"),
    [
        ("", 422, ["Enter a note"]),
        ("bad", 422, ["That note cannot be kept."]),
        ("general", 422, ["Nothing can be kept today."]),
        ("gone", 409, ["The places have gone."]),
        ("stale", 409, ["Somebody else changed this.", "Open the latest version"]),
    ],
)
def test_what_is_refused_is_shown_with_what_was_typed(
    stored: Browsing, manager: Actor, note: str, status: int, errors: list[str]
) -> None:
    page = stored.sign_in(manager).post("/shop/note", {"note": note}, status)
    assert page.errors() == errors
    assert page.title.startswith("Error: ")
    assert page.form()["note"] == [note]
    assert shop.done == []


def test_a_refused_form_can_be_sent_again_with_the_same_key(stored: Browsing, manager: Actor) -> None:
    refused = stored.sign_in(manager).post("/shop/note", {"note": "gone"}, 409)
    again = {**refused.form(), "note": "better"}
    assert stored.post("/shop/note", again, fetch=False).location == "/shop/staff"
    assert shop.done == ["better"]


def test_keys_of_two_people_do_not_meet(stored_app: Flask, manager: Actor) -> None:
    one = Browsing(stored_app).sign_in(manager)
    other = Browsing(stored_app).sign_in(Actor(id="other", name="Bo Reed", role=manager.role))
    key = one.get("/shop/note").form()["form_key"]
    one.post("/shop/note", {"note": "mine", "form_key": key})
    other.post("/shop/note", {"note": "theirs", "form_key": key})
    assert shop.done == ["mine", "theirs"]


def test_the_form_carries_the_version_it_was_opened_at(browsing: Browsing, manager: Actor) -> None:
    assert browsing.sign_in(manager).get("/shop/note").form()["version"] == ["3"]


def test_a_transaction_acts_as_whoever_is_signed_in(stored_app: Flask) -> None:
    with stored_app.test_request_context("/"), pages.transaction() as session:
        assert session.scalar(text("SELECT current_setting('dmas.actor')")) == "anonymous"


def test_the_database_is_opened_once_on_first_use(app: Flask, database: Database) -> None:
    opened: list[Database] = []

    def open_database() -> Database:
        opened.append(database)
        return database

    app.config["OPEN_DATABASE"] = open_database
    with app.app_context():
        assert pages.database() is pages.database()
    assert opened == [database]


def test_the_time_is_the_apps_own(app: Flask) -> None:
    with app.app_context():
        assert pages.today() == date(2026, 11, 21)
        app.config["CLOCK"] = None
        assert pages.now().tzinfo is not None


@pytest.mark.parametrize("outcome", ["", "https://evil.example", "//evil.example"])
def test_a_step_must_lead_to_a_page_of_ours(
    app: Flask, database: Database, manager: Actor, outcome: str
) -> None:
    with (
        app.test_request_context("/"),
        database.unit_of_work(manager) as session,
        pytest.raises(LookupError, match=r"step\.outcome"),
    ):
        pages.go(pages.Step(session, pages.now(), outcome))


def test_a_higher_room_fills_a_gap(app: Flask) -> None:
    pages.provide(app, "national_figures", lambda: [pages.Figure("1,200", "Places open", "On offer today")])
    page = Browsing(app).get("/")
    assert "Places open 1,200 On offer today" in page.text
