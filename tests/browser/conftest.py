"""Fixtures of the browser tests: one Chromium for all, and for each journey a world, a server and people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from dmas.core.db import Database
from tests.browser import chromium
from tests.browser.person import Person
from tests.browser.serving import serving
from tests.browser.world import PASSWORD, World, build

Sits = Callable[..., Person]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = chromium.find()
    assert path, "There is no Chromium: run `python -m tests.browser.chromium`, which says why."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def world(database: Database, night_database: Database, now: datetime) -> World:
    """The small world, on a Saturday evening."""
    return build(database, night_database, now)


@pytest.fixture
def address(app: Flask, world: World) -> Iterator[str]:
    """The address of the real app on this world's database, at this world's time."""
    app.config["CLOCK"] = world.clock
    with serving(app) as address:
        yield address


@pytest.fixture
def sits_down(request: pytest.FixtureRequest, browser: Browser, address: str, world: World) -> Iterator[Sits]:
    """Let somebody of the world sit down at a browser of their own, signed in with their password."""
    journey = request.node.path.stem.removeprefix("test_")
    people: list[Person] = []

    def sit(who: str, **at: object) -> Person:
        person = Person(browser, address, journey, **at)  # type: ignore[arg-type]
        people.append(person)
        return person.signs_in(world.emails[who], PASSWORD)

    yield sit
    for person in people:
        person.leaves()
