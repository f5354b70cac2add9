"""Thirteen headers on every answer, whatever it is."""

from __future__ import annotations

import pytest
from flask import Flask

from dmas.core.actors import Actor
from dmas.web import headers
from tests.browsing import Browsing

THIRTEEN = {*headers.ALWAYS, "Content-Security-Policy", "Cache-Control"}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/", 200),
        ("/nowhere", 404),
        ("/shop/staff", 302),
        ("/shop/refuse/not-allowed", 403),
        ("/shop/refuse/database", 503),
        ("/health/live", 200),
        ("/static/icon.svg", 200),
        ("/%00", 400),
    ],
)
def test_every_answer_has_the_thirteen(browsing: Browsing, url: str, status: int) -> None:
    with browsing.client.get(url) as response:
        assert response.status_code == status
        assert len(THIRTEEN) == 13
        assert set(response.headers.keys()) >= THIRTEEN


def test_an_early_refusal_has_a_nonce_too(browsing: Browsing) -> None:
    response = browsing.client.post("/shop/upload")
    assert response.status_code == 400
    assert "script-src 'nonce-" in response.headers["Content-Security-Policy"]


def test_the_policy_allows_nothing_inline_and_no_other_site(browsing: Browsing) -> None:
    policy = browsing.client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy


def test_each_answer_has_its_own_nonce(browsing: Browsing) -> None:
    policies = {browsing.client.get("/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_pages_are_never_kept(browsing: Browsing, manager: Actor) -> None:
    assert browsing.client.get("/").headers["Cache-Control"] == "no-store"
    browsing.sign_in(manager)
    assert browsing.client.get("/shop/staff").headers["Cache-Control"] == "no-store"


def test_files_are_kept_as_long_as_their_name_says(app: Flask) -> None:
    client = app.test_client()
    page = Browsing(app).get("/")
    icon = next(link["href"] for link in page.all("link") if link["rel"] == "icon")
    assert "?v=" in icon
    for url, kept in (
        (icon, "public, max-age=31536000, immutable"),
        ("/static/icon.svg", "public, max-age=3600"),
        ("/static/none.svg?v=1", "no-store"),
    ):
        with client.get(url) as response:
            assert response.headers["Cache-Control"] == kept
