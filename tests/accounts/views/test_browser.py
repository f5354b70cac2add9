"""What a browser's cookie may bring in, and how its address is counted without being kept."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask, session

from dmas.accounts import services
from dmas.accounts.models import Staff
from dmas.accounts.views import browser, enter
from dmas.core.db import Database
from tests.accounts.conftest import People


def test_entering_starts_from_an_empty_cookie(
    app: Flask, database: Database, people: People, now: datetime
) -> None:
    with database.unit_of_work(services.JOB) as stored:
        staff = stored.get_one(Staff, people.clerk.id)
        secret = services.start_sign_in(stored, staff, staff.memberships[0], actor=services.JOB, now=now)
    with app.test_request_context("/"):
        session["planted"] = "x"
        enter(secret)
        assert browser.secret() == secret
        assert "planted" not in session
        browser.leave()
        assert browser.secret() is None


def test_a_secret_of_nobody_enters_nothing(app: Flask, people: People) -> None:
    with app.test_request_context("/"), pytest.raises(LookupError):
        enter("nobody's secret")


def test_a_source_is_the_same_for_an_address_and_never_shows_it(app: Flask) -> None:
    def source(address: str | None) -> str:
        with app.test_request_context("/", environ_overrides={"REMOTE_ADDR": address}):
            return browser.source()

    assert source("192.0.2.1") == source("192.0.2.1")
    assert len({source("192.0.2.1"), source("192.0.2.2"), source(None)}) == 3
    assert re.fullmatch("[0-9a-f]{64}", source("192.0.2.1"))


def test_junk_in_the_cookie_is_nobody(app: Flask) -> None:
    with app.test_request_context("/"):
        session[browser.COOKIE_ENTRY] = ["not", "text"]
        assert browser.secret() is None
