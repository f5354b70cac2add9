"""The list of one's own offers and the search for capacity, in the browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from dmas.core.db import Database
from tests.browsing import Browsing
from tests.factories.offers import make_offer
from tests.offers.conftest import World


def test_an_empty_list_says_what_would_fill_it(browsing: Browsing, world: World) -> None:
    page = browsing.sign_in(world.manager).get("/offers")
    assert "Post one when you have a list or clinic you cannot fill" in page.html
    assert "Nobody offers capacity just now" in browsing.get("/find-capacity").html


def test_a_list_shows_filters_and_gives_a_file(
    browsing: Browsing, database: Database, world: World, now: datetime
) -> None:
    with database.unit_of_work(world.manager) as session:
        hips = make_offer(session, now=now, site=world.site, actor=world.manager, places=8)
        eyes = make_offer(
            session, now=now, site=world.site, actor=world.manager, service="130", setting="day_case"
        )
    browsing.sign_in(world.manager)
    page = browsing.get("/offers")
    assert hips.reference in page.html
    assert "8 of 8" in page.html
    assert "Places whose last week is in the next 12" in page.html
    only = browsing.get("/offers?service=130&free=yes")
    assert eyes.reference in only.html
    assert hips.reference not in only.html
    assert "Nothing matches these filters" in browsing.get("/offers?fresh=no").html
    file = browsing.get("/offers?format=csv").html.splitlines()
    assert len(file) == 3
    assert hips.reference in "".join(file)


def test_what_nobody_confirmed_stands_first_with_its_button(
    browsing: Browsing, database: Database, world: World, now: datetime
) -> None:
    with database.unit_of_work(world.manager) as session:
        offer = make_offer(session, now=now, site=world.site, actor=world.manager)
    browsing.app.config["CLOCK"] = lambda: now + timedelta(days=14)
    browsing.sign_in(world.manager)
    done = browsing.press("/offers", f"/offers/{offer.reference}/still-true")
    assert done.location == "/offers"
    assert "Still true: " not in browsing.follow(done).html
    browsing.app.config["CLOCK"] = lambda: now + timedelta(days=29)
    assert "Still true: " not in browsing.sign_in(world.icb).get("/offers").html


def test_capacity_is_found_by_distance_and_asked_for(
    browsing: Browsing, database: Database, world: World, now: datetime
) -> None:
    actor = world.independent_manager
    with database.unit_of_work(actor) as session:
        theirs = make_offer(session, now=now, site=world.clinic, actor=actor)
    browsing.sign_in(world.manager)
    page = browsing.get("/find-capacity?within=25&first=1/12/2026")
    assert theirs.reference in page.html
    assert f"/offers/{theirs.reference}/ask" in page.html
    assert f"from {world.site.name}" in page.html
    area = browsing.get(f"/find-capacity?area=icb:{world.other.icb_code}&last=soon")
    assert theirs.reference not in area.html
    assert "could not be read" in area.html
    assert theirs.reference in browsing.get("/find-capacity?format=csv").html
    browsing.sign_in(world.icb)
    listed = browsing.get(f"/find-capacity?area=region:{world.trust.region_code}&first=31/02/2026")
    assert theirs.reference in listed.html
    assert "/ask" not in listed.html


def test_who_may_not_look(browsing: Browsing, world: World) -> None:
    browsing.sign_in(world.clerk).get("/find-capacity", status=403)
    browsing.get("/offers/new", status=403)
    browsing.get("/offers")
