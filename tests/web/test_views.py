"""The pages that belong to no room."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from dmas.app import create_app
from dmas.core.actors import Actor, Role
from dmas.core.geography import RADIUS_MILES
from dmas.matching.engine.solve import solve
from dmas.settings import Environment, Settings
from dmas.web import pages, views
from tests.browsing import Browsing
from tests.matching.engine.invented import AS_OF, offer, problem, request, site


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("/", "Shorter waits through mutual aid"),
        ("/accessibility", "Accessibility"),
        ("/privacy", "Privacy"),
        ("/cookies", "Cookies"),
        ("/real-messages", "How to know a real message"),
        ("/how-matching-works", "How matching works"),
        ("/who-can-do-what", "Who can do what"),
    ],
)
def test_anybody_may_read_it(browsing: Browsing, url: str, heading: str) -> None:
    page = browsing.get(url)
    assert page.heading == heading
    assert "not an NHS service" in page.text
    assert not [meta for meta in page.all("meta") if meta.get("name") == "robots"]


def test_every_link_of_the_public_pages_leads_somewhere(browsing: Browsing) -> None:
    for url in ("/", "/accessibility", "/privacy", "/cookies", "/real-messages", "/how-matching-works"):
        for target in browsing.get(url).links().values():
            if target.startswith("/"):
                browsing.get(target)


# Where the example's people and hospitals lie along one road, in miles.
ROAD = {"Oakfield": 0, "Ridgeway": 23, "Ann": -12, "Bilal": 3, "Carys": 27}


def on_the_road(name: str) -> dict[str, float]:
    return {"lat": 52.0 + math.degrees(ROAD[name] / RADIUS_MILES), "lon": 0.0}


def test_the_example_is_what_the_engine_does(browsing: Browsing) -> None:
    page = browsing.get("/how-matching-works")
    rows = [[cell.split(" ", 1)[1] for cell in row[:1]] + row[1:] for row in page.tables()[0][1:]]
    hospitals = ("Oakfield", "Ridgeway")
    people, apart = [], {}
    for name, waited, choices in rows:
        weeks = int(waited.split()[-2])
        for where, miles in re.findall(r"(\w+) \((\d+) miles\)", choices):
            apart[name, where] = int(miles)
            assert abs(ROAD[name] - ROAD[where]) == int(miles)
        since = (AS_OF - timedelta(weeks=weeks)).isoformat()
        shut = [where for where in hospitals if (name, where) not in apart]
        people.append(request(name, waiting_since=since, declined=shut, **on_the_road(name)))
    value = problem(
        [site(where, **on_the_road(where)) for where in hospitals],
        [offer(where, site=where) for where in hospitals],
        people,
    )
    solution = solve(value)
    assert [(one["request"], one["offer"]) for one in solution["assignments"]] == [
        ("Ann", "Oakfield"), ("Bilal", "Ridgeway")
    ]  # fmt: skip
    assert [(one["request"], one["code"]) for one in solution["unmatched"]] == [("Carys", "outranked")]
    saved = solution["summary"]["tenths"] / 10 - apart["Bilal", "Oakfield"] - apart["Carys", "Ridgeway"]
    assert f"It would be {saved:.0f} miles less travelling" in page.text


def test_last_nights_certificate_is_shown_when_there_is_one(app: Flask) -> None:
    pages.provide(app, "last_certificate", lambda: "1,204 places, proved.")
    assert "1,204 places, proved." in Browsing(app).get("/how-matching-works").text


def test_the_rules_in_force_are_shown(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "AUTHORISATION", Path("/nowhere.csv"))
    rows = browsing.get("/who-can-do-what").tables()[0]
    assert ["Page /shop/managers", "Who may open it Capacity manager"] in rows


def test_the_published_table_is_shown(browsing: Browsing) -> None:
    page = browsing.get("/who-can-do-what")
    offers, requests = page.tables()[:2]
    assert offers[0] == ["Page", "About", "To", "Its own side", "The other side", "Anybody else"]
    withdraw = next(row for row in offers if row[0] == "Page /offers/…/withdraw")
    assert withdraw[1:] == [
        "About an open offer",
        "To Open and send",
        "Its own side Capacity manager, Independent provider manager",
        "The other side –",
        "Anybody else –",
    ]
    assert "Page /requests/new" in [row[0] for row in requests]


def test_a_page_for_staff_is_not_for_search_engines(browsing: Browsing, manager: Actor) -> None:
    page = browsing.sign_in(manager).get("/shop/staff")
    assert [meta["content"] for meta in page.all("meta") if meta.get("name") == "robots"] == ["noindex"]


def test_the_demonstration_says_what_it_is() -> None:
    app = create_app(Settings(environment=Environment.TEST, secret_key="s" * 40, demo=True))
    assert "Every person, place and number here is invented." in Browsing(app).get("/privacy").text


def test_every_small_part_keeps_the_rules(browsing: Browsing) -> None:
    page = browsing.get("/shop/parts")
    assert "<script>alert(1)</script>" in page.text
    assert "<script>alert(1)" not in page.html
    assert "2 days over its limit of 10" in page.text
    assert "Nothing to show yet." in page.text
    assert page.tables()[0] == [
        ["Person", "Weeks"],
        ["Person Ann", "Weeks 70"],
        ["Person Bilal", "Weeks 1,064"],
    ]


def test_the_navigation_is_by_role_and_knows_where_it_is(app: Flask) -> None:
    app.add_url_rule("/offers", "offers", lambda: "")
    app.add_url_rule("/runs/", "runs", lambda: "")
    browsing = Browsing(app)
    assert "Offers" not in browsing.get("/shop/open").links()
    manager = Actor(id="m", name="Ada Marsh", role=Role.CAPACITY_MANAGER)
    auditor = Actor(id="a", name="Bo Reed", role=Role.AUDITOR)
    assert browsing.sign_in(manager).get("/shop/open").links()["Offers"] == "/offers"
    assert "Offers" not in browsing.sign_in(auditor).get("/shop/open").links()
    assert browsing.get("/shop/open").links()["Match runs"] == "/runs"
    here = [a.text for a in browsing.get("/how-matching-works").all("a") if "aria-current" in a.attributes]
    assert here == []
    here = [
        a.text
        for a in browsing.sign_out().get("/how-matching-works").all("a")
        if "aria-current" in a.attributes
    ]
    assert here == ["How matching works"]
