"""Offers and requests of tests are posted through their own rooms, with what only tests have beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.diagnostics import queries, services
from dmas.diagnostics.commands import AmendTestOffer, PostTestOffer, PostTestRequest, ResubmitTestRequest
from dmas.matching import loading
from dmas.matching.engine import solve
from dmas.offers import services as offers
from dmas.offers.commands import AmendOffer, PostOffer
from dmas.offers.vocabulary import OfferStatus
from dmas.requests import services as requests
from dmas.requests.commands import ResubmitRequest
from dmas.requests.vocabulary import RequestStatus
from tests.factories import diagnostics as make
from tests.factories.offers import make_offer
from tests.factories.proposals import staff_of
from tests.factories.providers import make_icb, make_independent, make_site, make_trust
from tests.factories.requests import details as of_operations


@pytest.fixture
def today(now: datetime) -> date:
    return london_date(now)


def test_a_test_is_an_offer_with_a_row_beside_it(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make.make_test_offer(session, now=now, tokens=("contrast", "parking"))
        row = queries.offer_detail(session, offer.id)
        assert (offer.pathway, offer.status, offer.stage) == (Pathway.DIAGNOSTIC, OfferStatus.OPEN, None)
        assert {"function:MRI", "basis:test_only", "contrast", "report_included"} <= set(offer.provides)
        assert "parking" not in offer.provides
        assert "parking" in offer.tokens
        assert (row.place, row.reported_by, row.report_days) == ("mobile_unit", "home", 5)
        assert services.detail_of(offer, row) == make.detail()
        assert set(services.terms_of(offer).tokens) == {"contrast", "parking"}


def test_under_a_contract_of_its_own_the_receiver_counts_the_test(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        site = make_site(session, make_independent(session))
        offer = make.make_test_offer(session, now=now, site=site)
        assert queries.offer_detail(session, offer.id).reported_by == "receiver"


def test_only_the_details_of_an_offer_may_change(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make.make_test_offer(session, now=now)
        terms = services.terms_of(offer)
    amended = AmendOffer(reference=offer.reference, version=1, terms=terms)
    command = AmendTestOffer(offer=amended, detail=make.detail(sessions_a_week=9))
    with database.unit_of_work(system) as session:
        services.amend_offer(session, command, actor=system, now=now)
        assert queries.offer_detail(session, offer.id).sessions_a_week == 9
    with database.unit_of_work(system) as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "offer.amended")).one()
    assert told.details["changed"] == {"sessions_a_week": [6, 9]}
    with pytest.raises(StaleEdit), database.unit_of_work(system) as session:
        services.amend_offer(session, command, actor=system, now=now)
    same = AmendTestOffer(offer=replace(amended, version=2), detail=make.detail(sessions_a_week=9))
    with pytest.raises(InvalidInput, match="Nothing"), database.unit_of_work(system) as session:
        services.amend_offer(session, same, actor=system, now=now)


def test_a_narrower_detail_narrows_what_the_engine_reads(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make.make_test_offer(session, now=now)
        amended = AmendOffer(reference=offer.reference, version=1, terms=services.terms_of(offer))
        command = AmendTestOffer(offer=amended, detail=make.detail(parts=("MRI:spine",), report_by="home"))
        services.amend_offer(session, command, actor=system, now=now)
        assert "part:MRI:head" not in offer.provides
        assert "report_included" not in offer.provides


def test_the_doors_of_the_other_rooms_stay_shut_for_tests(
    database: Database, system: Actor, now: datetime, today: date
) -> None:
    with database.unit_of_work(system) as session:
        site, trust = make_site(session), make_trust(session)
        offer = make.make_test_offer(session, now=now)
        asked = make.make_test_request(session, now=now, status=RequestStatus.AWAITING_ICB)
        operation = make_offer(session, now=now)
    posted = PostOffer(site_code=site.code, kind=make.kind(), terms=make.terms(today))
    with pytest.raises(InvalidInput, match="not posted here"), database.unit_of_work(system) as session:
        offers.post(session, posted, actor=system, now=now)
    terms = replace(offers.terms_of(offer), places=11)
    with pytest.raises(InvalidInput, match="not posted here"), database.unit_of_work(system) as session:
        amend = AmendOffer(reference=offer.reference, version=1, terms=terms)
        offers.amend(session, amend, actor=system, now=now)
    with pytest.raises(InvalidInput, match="operation or a test"), database.unit_of_work(system) as session:
        again = ResubmitRequest(reference=asked.reference, version=1, **of_operations())
        requests.resubmit(session, again, actor=system, now=now)
    with pytest.raises(NotFound), database.unit_of_work(system) as session:
        amend = AmendOffer(reference=operation.reference, version=1, terms=offers.terms_of(operation))
        command = AmendTestOffer(offer=amend, detail=make.detail())
        services.amend_offer(session, command, actor=system, now=now)
    with pytest.raises(InvalidInput, match="diagnostics pages"), database.unit_of_work(system) as session:
        command = PostTestRequest(provider_code=trust.code, **make.request_values(today))
        asking = services._as_request(command, today)
        requests.post(
            session, services.PostRequest(provider_code=trust.code, **asking), actor=system, now=now
        )


def test_a_request_is_ranked_by_the_clock_of_the_test(
    database: Database, system: Actor, now: datetime, today: date
) -> None:
    lines = (
        make.line(today, priority_code="D2", latest=today - timedelta(days=3)),
        make.line(today, latest=today - timedelta(days=92)),
        make.line(today, latest=today + timedelta(days=7), planned=True),
    )
    with database.unit_of_work(system) as session:
        asked = make.make_test_request(session, now=now, lines=lines, ready_at_short_notice=False)
        row = queries.request_detail(session, asked.id)
        assert [(line.tier, line.priority_code) for line in asked.lines] == [(2, "D2"), (3, "D4"), (4, "D4")]
        assert [line.waiting_since for line in asked.lines] == [line.latest for line in lines]
        assert row.planned == [False, False, True]
        assert "standard_notice" not in asked.needs
        assert {"basis:test_only", "part:MRI:head"} <= set(asked.needs)
        waiting = queries.waiting(session, system)
        assert [(one.service, one.places) for one in waiting] == [("MRI", 2)] * 3


def test_a_request_is_changed_and_sent_again_with_its_details(
    database: Database, system: Actor, now: datetime, today: date
) -> None:
    with database.unit_of_work(system) as session:
        asked = make.make_test_request(session, now=now, status=RequestStatus.AWAITING_ICB)
    values = make.request_values(today, detail=make.asked(parts=("MRI:spine",), report_within=7))
    again = ResubmitTestRequest(reference=asked.reference, version=1, **values)
    with database.unit_of_work(system) as session:
        services.resubmit_request(session, again, actor=system, now=now)
        assert queries.request_detail(session, asked.id).report_within == 7
    other = replace(again, version=2, service="CT", detail=make.asked(parts=("CT:head",)))
    with pytest.raises(InvalidInput, match="same test"), database.unit_of_work(system) as session:
        services.resubmit_request(session, other, actor=system, now=now)


def test_urgent_tests_cancer_and_procedure_codes_are_refused(
    database: Database, system: Actor, now: datetime, today: date
) -> None:
    for values, words in (
        ({"lines": (make.line(today, priority_code="D1"),)}, "local urgent route"),
        ({"lines": (make.line(today, priority_code="D5"),)}, "D-code"),
        ({"lines": (make.line(today, priority_code="P3"),)}, "D1 to D6"),
        ({"cancer": True}, "cancer"),
    ):
        with pytest.raises(InvalidInput, match=words), database.unit_of_work(system) as session:
            make.make_test_request(session, now=now, **values)


def test_any_trust_may_ask_and_an_independent_provider_may_not(
    database: Database, system: Actor, now: datetime, today: date
) -> None:
    with database.unit_of_work(system) as session:
        trust, independent = make_trust(session), make_independent(session)
        site = make_site(session)
    command = PostTestRequest(**make.request_values(today))
    manager = staff_of(trust.code)
    with database.unit_of_work(manager) as session:
        services.post_request(session, command, actor=manager, now=now)
    with pytest.raises(NotAllowed), database.unit_of_work(system) as session:
        services.post_request(
            session, replace(command, provider_code=independent.code), actor=system, now=now
        )
    posted = PostOffer(site_code=site.code, kind=make.kind(), terms=make.terms(today))
    with pytest.raises(InvalidInput), database.unit_of_work(manager) as session:
        services.post_offer(
            session, PostTestOffer(offer=posted, detail=make.detail()), actor=manager, now=now
        )


def test_details_are_walled_like_their_rows(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make.make_test_offer(session, now=now)
        asked = make.make_test_request(session, now=now)
        stranger = staff_of(make_trust(session).code)
    with database.unit_of_work(stranger) as session:
        assert queries.offer_details(session, [offer.id]).keys() == {offer.id}  # open to everybody
        assert queries.request_details(session, [asked.id]) == {}
        with pytest.raises(NotFound):
            queries.request_detail(session, asked.id)
        assert queries.waiting(session, stranger) == []


def test_the_engine_reads_tests_like_anything_else(
    database: Database, system: Actor, now: datetime, today: date
) -> None:
    due = today + timedelta(days=7)
    lines = (make.line(today, latest=today - timedelta(days=41)), make.line(today, latest=due, planned=True))
    with database.unit_of_work(system) as session:
        icb = make_icb(session)
        site, trust = make_site(session, make_trust(session, icb)), make_trust(session, icb)
        offer = make.make_test_offer(session, now=now, site=site)
        asked = make.make_test_request(session, now=now, trust=trust, lines=lines)
        before = loading.load(session, today)
        after = loading.load(session, due)
    assert [one["id"] for one in before.problem["requests"]] == [f"{asked.reference}/1"]
    assert [one["id"] for one in after.problem["requests"]] == [f"{asked.reference}/{n}" for n in (1, 2)]
    assert after.problem["requests"][1]["waiting_since"] == due.isoformat()
    [first] = solve.solve(before.problem)["assignments"]
    assert (first["offer"], first["places"]) == (offer.reference, 2)
    request = before.problem["requests"][0]
    assert request["service"] == "MRI"
    assert set(request["needs"]) - set(before.problem["offers"][0]["provides"]) == set()
