"""Every page that the navigation of every persona leads to opens, fits and is accessible at both widths."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy.engine import URL

from dmas.demo.personas import PERSONAS, Persona
from tests import databases
from tests.browser.demo import demo_served
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]  # the whole demo is loaded first

PUBLIC = ("/", "/demo", "/sign-in", "/how-matching-works", "/who-can-do-what", "/accessibility")
PUBLIC_TOO = ("/privacy", "/cookies", "/real-messages", "/compare")


@pytest.fixture(scope="module")
def demo(server_url: URL, template_url: URL) -> Iterator[str]:
    """The address of the demo."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url, demo_served(url) as address:
        yield address


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """The kinds of page somebody has looked at closely."""
    return set()


def links(person: Person, within: str) -> list[str]:
    """List where the links of a part of the page lead, as addresses of ours."""
    all_links = person.page.locator(f"{within} a[href^='/']").all()
    return list(dict.fromkeys(str(link.get_attribute("href")) for link in all_links))


def test_the_pages_that_need_no_sign_in(browser: Browser, demo: str) -> None:
    visitor = Person(browser, demo, "every_page")
    for path in (*PUBLIC, *PUBLIC_TOO):
        visitor.opens(path).looks("public-" + (path.strip("/") or "first"), closely=True)
    visitor.leaves()


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.key)
def test_the_pages_of_each_persona(
    browser: Browser, demo: str, persona: Persona, looked_at: set[str]
) -> None:
    person = Person(browser, demo, f"every_page/{persona.key}")
    person.opens("/demo").presses(f"Sign in as {persona.name}, {persona.role.label}")
    assert person.reads("Sign out").path == "/home"
    sections = links(person, "nav[aria-label=Main]")
    assert "/home" in sections
    beside = ("/account",) if persona is PERSONAS[0] else ()
    for section in (*sections, *beside):
        look(person, section, name(section), looked_at)
        first = links(person, "tbody tr:first-child")
        begins = [path for path in links(person, "main") if path.endswith(("/new", "/invite"))]
        for path in dict.fromkeys([*first[:1], *begins[:1]]):
            step = name(section) + ("-new" if path in begins else "-first")
            look(person, path, step, looked_at)
    person.leaves()


def look(person: Person, path: str, step: str, looked_at: set[str]) -> None:
    """Look at a page, closely where nobody has looked at one of its kind."""
    person.opens(path).looks(step, closely=step not in looked_at)
    looked_at.add(step)


def name(path: str) -> str:
    """Return a path as the name of a picture."""
    return path.strip("/").replace("/", "-") or "first"
