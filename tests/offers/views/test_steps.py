"""The steps with a posted offer, in the browser."""

from __future__ import annotations

from datetime import datetime

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.offers import services
from dmas.offers.commands import SuspendOffer
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from tests.browsing import Browsing
from tests.factories.offers import make_offer
from tests.offers.conftest import World

pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture
def offer(database: Database, world: World, now: datetime) -> Offer:
    with database.unit_of_work(world.manager) as session:
        return make_offer(session, now=now, site=world.site, actor=world.manager)


def state(database: Database, actor: Actor, offer: Offer) -> tuple[str, int]:
    with database.unit_of_work(actor) as session:
        found = session.get_one(Offer, offer.id)
        return found.status, found.version


def test_withdrawing_asks_why(browsing: Browsing, database: Database, world: World, offer: Offer) -> None:
    browsing.sign_in(world.manager)
    address = f"/offers/{offer.reference}/withdraw"
    for typed in ({}, {"reason": "nonsense"}, {"reason": "other"}, {"reason": "estate", "note": "x" * 501}):
        assert browsing.post(address, typed, status=422).errors()
    assert browsing.post(address, {"reason": "estate"}).location == f"/offers/{offer.reference}"
    assert state(database, world.manager, offer) == (OfferStatus.WITHDRAWN, 2)
    assert "now withdrawn" in " ".join(browsing.post(address, {"reason": "estate"}, status=409).errors())


def test_a_stale_page_withdraws_nothing(
    browsing: Browsing, database: Database, world: World, offer: Offer
) -> None:
    browsing.sign_in(world.manager)
    address = f"/offers/{offer.reference}/withdraw"
    for version in ("9", "x", ""):
        page = browsing.post(address, {"reason": "estate", "version": version}, status=409)
        assert "changed this" in " ".join(page.errors())
    assert state(database, world.manager, offer) == (OfferStatus.OPEN, 1)


def test_closing(browsing: Browsing, database: Database, world: World, offer: Offer) -> None:
    browsing.sign_in(world.manager)
    address = f"/offers/{offer.reference}/close"
    assert browsing.post(address).location == f"/offers/{offer.reference}"
    assert state(database, world.manager, offer) == (OfferStatus.CLOSED, 2)
    assert browsing.post(address, status=409).errors()


def test_the_icb_pauses_and_resumes(
    browsing: Browsing, database: Database, world: World, offer: Offer, now: datetime
) -> None:
    browsing.sign_in(world.icb)
    address = f"/offers/{offer.reference}"
    assert browsing.post(f"{address}/suspend", {"reason": "safety"}).location == address
    assert state(database, world.icb, offer) == (OfferStatus.SUSPENDED, 2)
    assert browsing.post(f"{address}/suspend", {"reason": "safety"}, status=409).errors()
    sent = browsing.get(f"{address}/suspend").form()
    browsing.post(f"{address}/resume", sent | {"version": "2"}, fetch=False)
    assert state(database, world.icb, offer) == (OfferStatus.OPEN, 3)
    again = browsing.get(f"{address}/suspend").form()
    page = browsing.post(f"{address}/resume", again, status=409, fetch=False)
    assert page.heading.endswith("Nothing was changed")
    with database.unit_of_work(world.manager) as session:
        command = SuspendOffer(reference=offer.reference, reason="safety")
        services.suspend(session, command, actor=world.manager, now=now)
    refused = browsing.get(f"{address}/suspend").form()
    browsing.post(f"{address}/resume", refused, status=403, fetch=False)


def test_still_true_from_the_list_returns_to_the_list(
    browsing: Browsing, database: Database, world: World, offer: Offer, now: datetime
) -> None:
    browsing.sign_in(world.manager)
    address = f"/offers/{offer.reference}"
    sent = browsing.get(f"{address}/close").form()
    assert browsing.post(f"{address}/still-true", sent, fetch=False).location == address
    fresh = browsing.get(f"{address}/close").form() | {"back": "list"}
    assert browsing.post(f"{address}/still-true", fresh, fetch=False).location == "/offers"
    assert state(database, world.manager, offer) == (OfferStatus.OPEN, 3)
    stale = browsing.get(f"{address}/close").form() | {"version": "1"}
    assert browsing.post(f"{address}/still-true", stale, status=409, fetch=False).errors()


@pytest.mark.parametrize("page", ["amend", "withdraw", "close", "suspend"])
def test_pages_of_a_foreign_offer_are_not_found(
    browsing: Browsing, world: World, offer: Offer, page: str
) -> None:
    browsing.sign_in(world.other_manager).get(f"/offers/{offer.reference}/{page}", status=404)
    browsing.sign_in(world.clerk).get(f"/offers/{offer.reference}/{page}", status=403)
