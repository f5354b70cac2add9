"""Every page that the navigation of every persona leads to opens, fits and is accessible at both widths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser
from sqlalchemy.engine import URL

from dmas import wiring
from dmas.app import create_app
from dmas.core.db import Database
from dmas.demo import loading
from dmas.demo.personas import PERSONAS, Persona
from dmas.settings import Environment, Settings
from tests import databases
from tests.browser.person import Person
from tests.browser.serving import serving

pytestmark = pytest.mark.browser

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# What the lists of the navigation lead to besides the first case in each.
BESIDE = ("/account",)
PUBLIC = ("/", "/demo", "/sign-in", "/how-matching-works", "/who-can-do-what", "/accessibility")
PUBLIC_TOO = ("/privacy", "/cookies", "/real-messages")


@contextmanager
def demo_served(server_url: URL, template_url: URL) -> Iterator[str]:
    """Serve the whole demo from a database of its own."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url:
        wiring.install()
        loading.load(url.render_as_string(hide_password=False), now=MORNING)
        database = Database(url)
        app = create_app(
            Settings(environment=Environment.TEST, demo=True, secret_key="a-secret-of-the-tests-" + "x" * 20)
        )
        app.config["CLOCK"] = lambda: MORNING
        app.extensions["dmas_database"] = database
        try:
            with serving(app) as address:
                yield address
        finally:
            database.dispose()


@pytest.fixture(scope="module")
def demo(server_url: URL, template_url: URL) -> Iterator[str]:
    """The address of the demo."""
    with demo_served(server_url, template_url) as address:
        yield address


def links(person: Person, within: str) -> list[str]:
    """List where the links of a part of the page lead, as addresses of ours."""
    all_links = person.page.locator(f"{within} a[href^='/']").all()
    return list(dict.fromkeys(str(link.get_attribute("href")) for link in all_links))


def test_the_pages_that_need_no_sign_in(browser: Browser, demo: str) -> None:
    visitor = Person(browser, demo, "every_page")
    for path in (*PUBLIC, *PUBLIC_TOO):
        visitor.opens(path).looks("public-" + (path.strip("/") or "first"))
    visitor.leaves()


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.key)
def test_the_pages_of_each_persona(browser: Browser, demo: str, persona: Persona) -> None:
    person = Person(browser, demo, f"every_page/{persona.key}")
    person.opens("/demo").presses(f"Sign in as {persona.name}, {persona.role.label}")
    assert person.path == "/home"
    sections = links(person, "nav[aria-label=Main]")
    assert "/home" in sections
    for section in (*sections, *BESIDE):
        person.opens(section).looks(name(section))
        first = links(person, "tbody tr:first-child")
        begins = [path for path in links(person, "main") if path.endswith(("/new", "/invite"))]
        for path in dict.fromkeys([*first[:1], *begins[:1]]):
            person.opens(path).looks(name(section) + ("-new" if path in begins else "-first"))
    person.leaves()


def name(path: str) -> str:
    """Return a path as the name of a picture."""
    return path.strip("/").replace("/", "-") or "first"
