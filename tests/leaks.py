"""Personal data where none may be: what it looks like, and nets that every test of the run is caught in.

Looked at: what tests log, where pages lead, headers and cookies, subjects, error pages, and what audit
events, messages and other records without people hold. Names of tests' people are unmistakable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from werkzeug.test import TestResponse

from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import parse_nhs_number
from dmas.notifications.commands import Mail
from dmas.notifications.delivery import Memory

NUMBER = re.compile(r"(?<![0-9a-f-])999[ -]?\d{3}[ -]?\d{4}(?![0-9a-f-])")
PEOPLE = re.compile(
    r"\bWaiting\d+\b|\bmorgan\d+@|zzcanary|\bZZ9\d ?9ZZ\b|193\d-(?:0[1-9]|1[0-2])-\d\d\b", re.IGNORECASE
)
# What the database is asked for: the same, in its own words.
STORED = (
    r"\m999[0-9]{7}\M|\mWaiting[0-9]+\M|\mmorgan[0-9]+@|zzcanary|\mZZ9[0-9] ?9ZZ\M"
    r"|\m193[0-9]-[0-9]{2}-[0-9]{2}\M"
)
LEADS = re.compile(r"""(?:href|action|src)="([^"]*)\"""")
ERRORS = {400, 401, 403, 404, 405, 410, 413, 429, 500, 503}

# Where people may stand: their records, what they wrote, what is printed for them, and the files of lists.
ABOUT_PEOPLE = {
    "patient", "named_person", "transfer_data_set", "transfer_message", "transfer_answers", "letter",
    "upload", "transfer_review",
}  # fmt: skip
WATCHED = ("audit_event", "outbox_message", "form_key", "match_run", "contact_task")


class Leak(AssertionError):
    """Personal data stands where none may."""


def signs(words: str) -> list[str]:
    """Return what of a text tells who somebody is: numbers of the test range and names of tests' people."""
    found = [match.group() for match in PEOPLE.finditer(words)]
    return found + [match.group() for match in NUMBER.finditer(words) if _is_number(match.group())]


def check(where: str, words: str) -> None:
    """Raise Leak where a text tells who somebody is."""
    if found := signs(words):
        raise Leak(f"{where} says who somebody is: {found[:3]}")


@contextmanager
def watching() -> Iterator[None]:
    """Look at every answer of every test's app, and at every email that a test sends."""
    opened, sent = FlaskClient.open, Memory.send

    def open_and_look(self: FlaskClient, *args: Any, **kwargs: Any) -> TestResponse:
        response = opened(self, *args, **kwargs)
        look_at(self, response)
        return response

    def send_and_look(self: Memory, mail: Mail) -> None:
        check("the subject of an email", mail.subject)
        sent(self, mail)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FlaskClient, "open", open_and_look)
        patch.setattr(Memory, "send", send_and_look)
        yield


def look_at(client: FlaskClient, response: TestResponse) -> None:
    """Look at where an answer leads, at its headers and cookie, and at all of it if it is an error."""
    here = f"{response.request.method} {response.request.path}"
    for name, value in response.headers:
        check(f"{here}: the header {name}", value)
        if name == "Set-Cookie":
            check(f"{here}: the cookie", _inside(client, value))
    if response.is_streamed or response.mimetype != "text/html":
        return
    body = response.get_data(as_text=True)
    check(f"{here}: a link", "\n".join(LEADS.findall(body)))
    if response.status_code in ERRORS:
        check(f"{here}: an error page", body)


def stored(url: URL, tables: Iterable[str] = WATCHED) -> None:
    """Look at every row of some tables of a database; raise Leak where one tells who somebody is."""
    engine = create_engine(url)
    try:
        for table in tables:
            if row := _first(engine, table):
                raise Leak(f"The table {table} says who somebody is: {row[:300]}")
    finally:
        engine.dispose()


def tables_without_people(url: URL) -> list[str]:
    """Return every table in which no person may stand by name, number, birth date or address."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            names = connection.scalars(
                text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
            ).all()
    finally:
        engine.dispose()
    return sorted(set(names) - ABOUT_PEOPLE)


def _first(engine: Engine, table: str) -> str | None:
    with engine.connect() as connection:
        found: str | None = connection.scalar(
            text(f"SELECT t::text FROM {table} t WHERE t::text ~* :signs LIMIT 1"), {"signs": STORED}
        )
        return found


def _inside(client: FlaskClient, cookie: str) -> str:
    """Return what stands in the session's cookie once it is unpacked."""
    signer = SecureCookieSessionInterface().get_signing_serializer(client.application)
    held = cookie.partition("=")[2].partition(";")[0]
    if signer is None or not held:
        return ""
    _, content = signer.loads_unsafe(held)
    return str(content)


def _is_number(written: str) -> bool:
    try:
        parse_nhs_number(written)
    except InvalidInput:
        return False
    return True
