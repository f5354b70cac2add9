"""What waits for an ICB, and its decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.offers import queries as offers
from dmas.offers.models import Offer
from dmas.providers.models import Organisation
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from tests.browsing import Browsing
from tests.cases.conftest import NATIONAL, coordinator, regional
from tests.factories.offers import make_offer
from tests.factories.proposals import staff_of
from tests.factories.providers import make_independent, make_site, make_trust
from tests.factories.requests import make_request


@dataclass(frozen=True)
class Waiting:
    """An offer and a request that wait for one ICB; the request is late."""

    offer: Offer
    asked: CareRequest
    icb: Actor
    region: Actor


@pytest.fixture
def waiting(database: Database, system: Actor, now: datetime) -> Waiting:
    with database.unit_of_work(system) as session:
        provider = make_independent(session)
        board = session.get_one(Organisation, provider.icb_code)
        site = make_site(session, provider)
        offer = make_offer(session, now=now, site=site, contract_basis="new_contract")
        trust = make_trust(session, board)
        asked = make_request(session, now=now, trust=trust, status=RequestStatus.AWAITING_ICB)
        asked.approval_due_on = london_date(now) - timedelta(days=1)
    return Waiting(offer, asked, coordinator(board.code), regional(board.region_code or ""))


def test_the_list_is_overdue_first(browsing: Browsing, waiting: Waiting) -> None:
    page = browsing.sign_in(waiting.icb).get("/approvals")
    assert "2 decisions to make, 1 overdue" in page.text
    rows = page.tables()[0][1:]
    assert waiting.asked.reference in rows[0][0]
    assert "Overdue since 20 November 2026" in rows[0][4]
    assert waiting.offer.reference in rows[1][0]
    assert page.links()[waiting.offer.reference] == f"/approvals/offers/{waiting.offer.reference}"


def test_the_region_sees_what_is_late(browsing: Browsing, waiting: Waiting) -> None:
    page = browsing.sign_in(waiting.region).get("/approvals")
    assert waiting.asked.reference in page.text
    assert waiting.offer.reference not in page.text


def test_an_empty_list_says_what_would_fill_it(browsing: Browsing) -> None:
    assert "Nothing waits for your decision" in browsing.sign_in(coordinator("QZZ")).get("/approvals").text


def test_an_offer_is_approved_once(
    browsing: Browsing, database: Database, system: Actor, waiting: Waiting
) -> None:
    address = f"/approvals/offers/{waiting.offer.reference}"
    shown = browsing.sign_in(waiting.icb).get(address).form()
    done = browsing.post(address, shown, fetch=False)
    again = browsing.post(address, shown, fetch=False)
    assert done.location == again.location == "/approvals"
    assert "The offer is open." in browsing.follow(done).text
    with database.unit_of_work(system) as session:
        assert offers.get(session, system, waiting.offer.reference).status == "open"
    assert "Somebody has decided" in browsing.get(address, 409).text
    late = browsing.post(address, shown | {"form_key": "x" * 24}, status=409, fetch=False)
    assert late.errors()


def test_a_request_is_approved(
    browsing: Browsing, database: Database, system: Actor, waiting: Waiting
) -> None:
    address = f"/approvals/requests/{waiting.asked.reference}"
    page = browsing.sign_in(waiting.icb).get(address)
    assert "Two theatres are closed until spring." in page.text
    browsing.post(address, page.form(), fetch=False)
    with database.unit_of_work(system) as session:
        assert requests.get(session, system, waiting.asked.reference).status == "open"
    assert "Somebody has decided" in browsing.get(address, 409).text


@pytest.mark.parametrize("kind", ["offers", "requests"])
def test_it_is_returned_with_a_reason(browsing: Browsing, waiting: Waiting, kind: str) -> None:
    case = waiting.offer if kind == "offers" else waiting.asked
    address = f"/approvals/{kind}/{case.reference}"
    sent = browsing.sign_in(waiting.icb).get(address).form() | {"decision": "return"}
    refused = browsing.post(address, sent, status=422, fetch=False)
    assert refused.errors() == ["Choose why you return it."]
    other = browsing.post(address, sent | {"reason": "other", "note": ""}, status=422, fetch=False)
    assert other.errors()
    done = browsing.post(address, sent | {"reason": "more_detail", "note": "Which ward?"}, fetch=False)
    assert "is returned to its" in browsing.follow(done).text
    browsing.sign_in(staff_of(case.provider_code))
    assert "More detail needed" in browsing.get(f"/{kind}/{case.reference}").text


def test_a_stale_decision_is_refused(
    browsing: Browsing, database: Database, system: Actor, waiting: Waiting
) -> None:
    address = f"/approvals/offers/{waiting.offer.reference}"
    page = browsing.sign_in(waiting.icb).post(address, {"version": "99"}, status=409)
    assert page.errors()[1] == "Open the latest version"


def test_an_unknown_decision_changes_nothing(
    browsing: Browsing, database: Database, system: Actor, waiting: Waiting
) -> None:
    address = f"/approvals/offers/{waiting.offer.reference}"
    browsing.sign_in(waiting.icb).post(address, {"decision": "burn"}, status=200)
    with database.unit_of_work(system) as session:
        assert offers.get(session, system, waiting.offer.reference).status == "awaiting_icb"


def test_who_may_not(browsing: Browsing, waiting: Waiting) -> None:
    offer, asked = waiting.offer, waiting.asked
    browsing.sign_in(waiting.region).get(f"/approvals/offers/{offer.reference}", 403)
    for address in (f"/approvals/offers/{offer.reference}", f"/approvals/requests/{asked.reference}"):
        browsing.sign_in(coordinator("QZZ")).get(address, 404)
        browsing.sign_in(NATIONAL).get(address, 403)
        browsing.sign_in(staff_of(offer.provider_code)).get(address, 403)
