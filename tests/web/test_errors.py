"""Each refusal has its page in plain words, and none shows what went wrong inside."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from werkzeug.exceptions import BadGateway, HTTPException, ImATeapot, ServiceUnavailable, TooManyRequests

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.settings import Settings
from dmas.web import errors
from tests.browsing import Browsing


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("not-found", 404, "Page not found"),
        ("not-allowed", 403, "You cannot open this page"),
        ("conflict", 409, "The places have gone."),
        ("invalid", 422, "The date is not one."),
        ("database", 503, "Nothing was lost"),
    ],
)
def test_a_refusal_has_its_page(browsing: Browsing, how: str, status: int, words: str) -> None:
    page = browsing.get(f"/shop/refuse/{how}", status)
    assert words in page.text
    assert page.response.headers["X-Request-Id"] in page.text


def test_our_own_fault_shows_nothing_of_itself(app: Flask) -> None:
    app.config["TESTING"] = app.testing = False
    app.register_error_handler(Exception, errors.on_anything)
    page = Browsing(app).get("/shop/refuse/fault", 500)
    assert page.heading == "Sorry, there is a problem"
    assert "secret detail" not in page.html


def test_outside_tests_our_own_faults_have_a_page(settings: Settings, app: Flask) -> None:
    assert Exception not in app.error_handler_spec[None][None]
    app.testing = False
    errors.init_app(app)
    assert Exception in app.error_handler_spec[None][None]


def test_a_page_of_trouble_needs_no_sign_in_from_the_database(browsing: Browsing, manager: Actor) -> None:
    page = browsing.sign_in(manager).get("/shop/refuse/database", 503)
    assert "Ada Marsh" not in page.text


def test_the_database_away_is_told_to_whoever_is_signed_in(app: Flask) -> None:
    browsing = Browsing(app)
    app.extensions["dmas_database"] = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with browsing.client.session_transaction() as session:
        session["_user_id"] = "secret"
    for url in ("/", "/shop/staff", "/nowhere"):
        assert browsing.get(url, 503).heading == "Sorry, dmas cannot be used right now"


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (TooManyRequests(), 429, "Too many tries"),
        (ServiceUnavailable(), 503, "Sorry, dmas cannot be used right now"),
        (ImATeapot(), 418, "This could not be understood"),
        (BadGateway(), 502, "Sorry, there is a problem"),
    ],
)
def test_errors_of_http_keep_their_status(
    app: Flask, error: HTTPException, status: int, heading: str
) -> None:
    def raise_it() -> None:
        raise error

    app.before_request(raise_it)
    assert Browsing(app).get("/shop/open", status).heading == heading


def test_a_form_without_its_token_is_refused(browsing: Browsing) -> None:
    page = browsing.post("/shop/order", {"called": "x"}, 400, fetch=False)
    assert "open for a long time" in page.text


def test_a_wrong_method_is_refused(browsing: Browsing) -> None:
    page = browsing.get("/shop/upload", 405)
    assert page.response.headers["Allow"] == "OPTIONS, POST" or "POST" in page.response.headers["Allow"]


def test_too_large_a_body_is_refused(browsing: Browsing) -> None:
    big = b"x" * (10 * 1024 * 1024 + 1)
    response = browsing.client.post("/shop/upload", data=big, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 413
    assert "at most 10 MB" in response.text


def test_too_many_parts_are_refused(browsing: Browsing) -> None:
    token = browsing.get("/shop/parts").form("/shop/upload")["csrf_token"][0]
    parts = {"csrf_token": token, "file": (io.BytesIO(b"x"), "x.csv")} | {f"f{n}": "x" for n in range(1001)}
    assert browsing.client.post("/shop/upload", data=parts).status_code == 413


def test_a_redirect_is_not_an_error(app: Flask) -> None:
    with app.test_request_context("/"):
        assert errors.on_http(HTTPException()).code is None  # type: ignore[union-attr]
