"""The first page of tests: six weeks drawn and listed, and both lists in short."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dmas.core.actors import Actor
from dmas.core.db import Database
from tests.browsing import Browsing
from tests.diagnostics.views.conftest import World
from tests.factories.diagnostics import line, make_test_offer, make_test_request


def test_six_weeks_are_drawn_and_listed(
    browsing: Browsing, database: Database, world: World, system: Actor, now: datetime, today: date
) -> None:
    lines = tuple(line(today, latest=today - timedelta(days=days)) for days in (41, 42, 92))
    with database.unit_of_work(system) as session:
        asked = make_test_request(session, now=now, provider=world.asking.organisation, lines=lines)
        offer = make_test_offer(session, now=now, site=world.site)
    browsing.sign_in(world.coordinator)
    page = browsing.get("/diagnostics")
    assert "6 people asked for: 2 within six weeks (33%), 4 at six weeks or over, 2 of them" in page.text
    assert 'role="img"' in page.html
    for reference in (asked.reference, offer.reference):
        assert reference in page.text.replace("\u2011", "-")
    for name in ("requests", "offers"):
        assert "MRI scan" in browsing.client.get(f"/diagnostics/{name}?format=csv").text
