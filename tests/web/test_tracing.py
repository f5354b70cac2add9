"""Each request has an id; junk bytes are turned away; the log has patterns, never addresses."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from dmas.core import logs
from dmas.core.audit import request_id
from tests.browsing import Browsing

QUERIES = ["q=%ff", "q=%00", "%80=1", "q=%c0%af", "q=%1b%5b2J"]
PATHS = ["/\x00", "/\xff", "/\x1b[2J", "/shop/\xc0\xaf", "/\x7f"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_junk_query_is_turned_away(browsing: Browsing, query: str) -> None:
    assert browsing.get(f"/shop/loaves?{query}", 400).heading == "This could not be understood"


@pytest.mark.parametrize("path", PATHS)
def test_a_junk_path_is_turned_away(app: Flask, path: str) -> None:
    response = app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "url", ["/shop/loaves?q=caf%C3%A9", "/shop/loaves?q=a+b%0a", "/shop/loaves?q=%E2%80%AE"]
)
def test_any_text_is_let_in(browsing: Browsing, url: str) -> None:
    browsing.get(url)


def test_each_request_has_an_id_of_its_own(browsing: Browsing) -> None:
    ids = {browsing.client.get("/").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert request_id.get() is None


def test_the_log_line_has_the_route_not_the_address(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    response = app.test_client().get("/shop/refuse/not-found?q=Ada+Marsh")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["route"] == "/shop/refuse/<how>"
    assert line["status"] == 404
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert "Marsh" not in json.dumps(line)
