"""Logs: lines of JSON in which nothing personal is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import structlog

from dmas.core import logs
from dmas.core.audit import request_id


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def struck(**line: Any) -> dict[str, Any]:
    return dict(logs.strike_out(None, "info", line))


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "given_name",
        "nhs_number",
        "date_of_birth",
        "Address",
        "postcode",
        "mobile",
        "phone",
        "email",
        "password",
        "token",
        "cookie",
        "Authorization",
    ],
)
def test_what_is_named_personal_is_removed(key: str) -> None:
    assert struck(**{key: "Robin"}) == {key: "[removed]"}


def test_what_looks_personal_is_removed_wherever_it_stands() -> None:
    line = struck(
        event="ring 999 000 0018 or robin@example.org",
        inside={"email": "x", "places": 2, "seen": ["999-000-0018", {"name": "Robin"}]},
        error=ValueError("no robin@example.org"),
        many=("9990000018", 7),
    )
    assert line == {
        "event": "ring [removed] or [removed]",
        "inside": {"email": "[removed]", "places": 2, "seen": ["[removed]", {"name": "[removed]"}]},
        "error": "no [removed]",
        "many": ["[removed]", 7],
    }


def test_what_a_database_quotes_is_removed() -> None:
    line = struck(event="duplicate key\nDETAIL:  Key (surname)=(Example) already exists.\nHINT: none")
    assert line["event"] == "duplicate key\nDETAIL: [removed]\nHINT: none"


def test_plain_facts_stay() -> None:
    facts = {"logger_name": "dmas", "status": 200, "ms": 1.5, "dry": True, "left": None}
    assert struck(**facts) == facts
    assert struck(day=date(2026, 11, 21)) == {"day": "2026-11-21"}


def test_a_line_is_json_with_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    token = request_id.set("abc")
    try:
        logs.logger("dmas.tests").info("done", places=2)
    finally:
        request_id.reset(token)
    line = json.loads(capsys.readouterr().err)
    assert {key: line[key] for key in ("event", "level", "places", "request_id", "logger_name")} == {
        "event": "done",
        "level": "info",
        "places": 2,
        "request_id": "abc",
        "logger_name": "dmas.tests",
    }
    assert line["timestamp"].endswith("Z")


def test_without_a_request_there_is_no_id(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    logs.logger("dmas.tests").info("done")
    assert "request_id" not in json.loads(capsys.readouterr().err)


def test_a_trace_is_kept_without_what_is_personal(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    try:
        raise ValueError("cannot write robin@example.org")
    except ValueError as error:
        logs.logger("dmas.tests").error("unhandled", exc_info=error)
    line = json.loads(capsys.readouterr().err)
    assert "Traceback" in line["exception"]
    assert "cannot write [removed]" in line["exception"]


def test_a_developers_terminal_shows_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=False)
    try:
        raise ValueError("seen here")
    except ValueError as error:
        logs.logger("dmas.tests").error("unhandled", exc_info=error, email="x")
    shown = capsys.readouterr().err
    assert "seen here" in shown
    assert "[removed]" in shown


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True, level="WARNING")
    logs.logger("dmas.tests").info("quiet")
    assert capsys.readouterr().err == ""
