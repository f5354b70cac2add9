"""Offering tests in the browser: each test asks its own questions, and what is typed is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.diagnostics import queries
from dmas.diagnostics.vocabulary import asks_weight
from dmas.offers.models import Offer
from tests.browsing import Browsing
from tests.diagnostics.views.conftest import World, on
from tests.factories.diagnostics import make_test_offer


def start(world: World, test: str = "MRI") -> str:
    return f"/diagnostics/offers/new?site={world.site.code}&service={test}&arrangement=mutual_aid"


def answers(today: date, **changed: Any) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "place": "mobile_unit",
        "sessions_a_week": "6",
        "places": "10",
        **on("window_from", today + timedelta(days=1)),
        **on("window_to", today + timedelta(days=28)),
        "max_weight": "200",
        "report_days": "5",
        "images_route": "image_exchange",
        "additionality": "extra_list",
    }
    return typed | changed


def test_a_scanner_is_offered_in_two_pages(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.giving)
    assert browsing.get("/diagnostics/offers/new").heading == "Offer tests"
    ticked = answers(today, tokens=["contrast", "wide_bore"], parts=["MRI:head"], access=["step_free"])
    done = browsing.post(start(world), ticked)
    with database.unit_of_work(world.giving) as session:
        offer = session.scalars(select(Offer)).one()
        row = queries.offer_detail(session, offer.id)
    assert done.location == f"/offers/{offer.reference}"
    assert {"contrast", "wide_bore", "part:MRI:head", "weight:200", "step_free"} <= set(offer.provides)
    assert (row.parts, row.max_weight, row.report_by) == (["MRI:head"], 200, "receiver")
    page = browsing.get(done.location)
    assert "Mobile unit" in page.text
    assert "Scan and report" in page.text


@pytest.mark.parametrize("test", DIAGNOSTIC_TESTS)
def test_every_test_has_a_form_of_its_own(browsing: Browsing, world: World, test: str) -> None:
    browsing.sign_in(world.giving)
    page = browsing.get(start(world, test))
    assert ("Heaviest person you can take" in page.text) == asks_weight(test)
    assert ("Who sends the preparation?" in page.text) == (DIAGNOSTIC_TESTS[test].group == "endoscopy")
    assert ("Sleep kit by post" in page.text) == (test == "SLEEP_STUDIES")


def test_what_is_wrong_is_said_and_nothing_is_lost(browsing: Browsing, world: World, today: date) -> None:
    browsing.sign_in(world.giving)
    page = browsing.post(start(world), answers(today, max_weight="", sessions_a_week=""), status=422)
    assert "Enter how many sessions a week." in page.text
    assert "Enter the heaviest person, or tick no limit." in page.text
    early = answers(today, **on("window_to", today))
    assert "must not be before" in browsing.post(start(world), early, status=422).text


def test_an_offer_is_changed_and_copied(
    browsing: Browsing, database: Database, world: World, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_test_offer(session, now=now, site=world.site, tokens=("contrast",))
    browsing.sign_in(world.giving)
    here = f"/diagnostics/offers/{offer.reference}/amend"
    browsing.post(here, {"sessions_a_week": "9"})
    with database.unit_of_work(system) as session:
        row = queries.offer_detail(session, offer.id)
        assert row.sessions_a_week == 9
        assert "contrast" in session.get_one(Offer, offer.id).provides
    copied = browsing.get(f"/diagnostics/offers/new?copy={offer.reference}")
    assert "Copied from" in copied.text
    assert browsing.get(f"/offers/{offer.reference}").html.count("/diagnostics/offers/") >= 2


def test_both_lists_and_the_view_open_for_both_sides(
    browsing: Browsing, database: Database, world: World, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_test_offer(session, now=now, site=world.site)
    for actor in (world.giving, world.asking, world.coordinator):
        browsing.sign_in(actor)
        assert browsing.get("/diagnostics").heading == "Diagnostics"
        browsing.get("/diagnostics/requests")
    browsing.sign_in(world.giving)
    assert offer.reference in browsing.get("/diagnostics/offers").text.replace("\u2011", "-")
    browsing.sign_in(world.asking)
    assert offer.reference in browsing.get("/find-capacity?pathway=diagnostic").text.replace("\u2011", "-")
    assert offer.reference not in browsing.get("/find-capacity").text.replace("\u2011", "-")
    assert offer.reference in browsing.get("/find-capacity?service=MRI").text.replace("\u2011", "-")
