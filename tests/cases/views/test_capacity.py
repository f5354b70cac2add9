"""The pages of an offer and of a request, opened as a person would."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dmas.core import audit
from dmas.core.actors import Actor, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.matching import nightly
from dmas.matching.models import MatchRun, Outcome
from dmas.offers import services
from dmas.offers.commands import CloseOffer
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest
from tests.browsing import Browsing
from tests.cases.conftest import HELPLINE, NATIONAL, SAFETY, auditor, coordinator, regional
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, staff_of
from tests.factories.providers import make_site
from tests.factories.requests import line, make_request
from tests.factories.transfers import make_transfer

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def offer(database: Database, system: Actor, now: datetime) -> Offer:
    with database.unit_of_work(system) as session:
        return make_offer(session, now=now, places=8)


@pytest.fixture
def asked(database: Database, system: Actor, now: datetime) -> CareRequest:
    with database.unit_of_work(system) as session:
        return make_request(session, now=now, lines=(line(places=3), line(places=5, worst_asa=3)))


def forms(page: Any) -> list[str]:
    return [one.get("action") for one in page.all("form") if one.inside("main")]


class TestOffer:
    def test_its_provider_sees_what_to_do(self, browsing: Browsing, offer: Offer) -> None:
        page = browsing.sign_in(staff_of(offer.provider_code)).get(f"/offers/{offer.reference}")
        assert page.heading.endswith("8 of 8 places free")
        links = page.links()
        assert links["Change it"] == f"/offers/{offer.reference}/amend"
        assert links["Withdraw"] == f"/offers/{offer.reference}/withdraw"
        assert f"/offers/{offer.reference}/still-true" in forms(page)
        assert "The exchange looks every night" in page.text
        assert "Offer posted" in page.text
        assert "Report a safety concern" in page.text

    def test_still_true_acts_from_the_page(self, browsing: Browsing, offer: Offer) -> None:
        browsing.sign_in(staff_of(offer.provider_code))
        here = f"/offers/{offer.reference}"
        assert browsing.press(here, f"{here}/still-true").location == here
        assert "Said to be still true" in browsing.get(here).text

    def test_another_trust_may_ask_and_reads_no_history(self, browsing: Browsing, offer: Offer) -> None:
        page = browsing.sign_in(staff_of("R9999")).get(f"/offers/{offer.reference}")
        assert page.links()["Ask for these places"] == f"/offers/{offer.reference}/ask"
        assert "What happened" not in page.text
        assert forms(page) == []

    def test_its_matches_are_listed(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            transfer = make_transfer(session, now=now)
            proposal = session.get_one(Proposal, transfer.proposal_id)
            offer = session.get_one(Offer, transfer.offer_id)
        page = browsing.sign_in(staff_of(offer.provider_code)).get(f"/offers/{offer.reference}")
        assert page.links()[proposal.reference] == f"/matches/{proposal.reference}"
        assert "1 transfer, 0 treated" in page.text

    def test_the_safety_officer_may_pause_it(self, browsing: Browsing, offer: Offer) -> None:
        page = browsing.sign_in(SAFETY).get(f"/offers/{offer.reference}")
        assert page.links()["Pause"] == f"/offers/{offer.reference}/suspend"

    def test_the_auditor_reads_the_history_only(self, browsing: Browsing, offer: Offer) -> None:
        page = browsing.sign_in(auditor(offer.provider_code)).get(f"/offers/{offer.reference}")
        assert "Offer posted" in page.text
        assert "Takes" not in page.text
        assert page.links()["Home"] == "/home"

    def test_who_may_not(self, browsing: Browsing, database: Database, system: Actor, offer: Offer) -> None:
        browsing.sign_in(HELPLINE).get(f"/offers/{offer.reference}", 403)
        with database.unit_of_work(system) as session:
            services.close(session, CloseOffer(reference=offer.reference), actor=system, now=offer.posted_at)
        browsing.sign_in(staff_of("R9999")).get(f"/offers/{offer.reference}", 404)
        browsing.sign_in(NATIONAL).get("/offers/OF-2222222", 404)


class TestRequest:
    def test_its_trust_sees_how_far_it_is(self, browsing: Browsing, asked: CareRequest) -> None:
        page = browsing.sign_in(staff_of(asked.provider_code)).get(f"/requests/{asked.reference}")
        assert page.heading.endswith("8 places in trauma and orthopaedics")
        assert "This is day 1 of 56" in page.text
        assert page.links()["Look for open capacity"] == "/find-capacity?service=110"
        assert "Two theatres are closed until spring." in page.text
        rows = page.tables()[0][1:]
        assert [[cell.split()[-1] for cell in row[2:]] for row in rows] == [
            ["3", "0", "0", "3"],
            ["5", "0", "0", "5"],
        ]

    def test_places_held_and_taken_are_counted(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            asked = make_request(session, now=now, places=8)
            proposal = make_proposal(
                session, now=now, care_request=asked, places=5, status=ProposalStatus.CHOSEN
            )
            make_transfer(session, now=now, proposal=proposal)
        page = browsing.sign_in(staff_of(asked.provider_code)).get(f"/requests/{asked.reference}")
        numbers = [one.text for one in page.all("dd") if one.get("class") == "app-figures__number"]
        assert numbers == ["8", "4", "1", "3"]
        assert f"Match {proposal.reference} waits" in page.text
        assert "Transfer begun" in page.text

    def test_what_the_night_said_is_told_once_for_lines_alike(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime, asked: CareRequest
    ) -> None:
        funnel = {"service_and_setting": 4, "travel": 0}
        details = {"funnel": funnel, "would_open": {"travel": 2, "limits": 0}}
        with database.unit_of_work(system) as session:
            _night(session, asked, london_date(now), details)
        page = browsing.sign_in(staff_of(asked.provider_code)).get(f"/requests/{asked.reference}")
        assert "Lines 1 and 2: no open offer fits" in page.text
        assert "2 offers would fit but for one rule: near enough." in page.text
        assert ["same service and setting, with a place free", "4", ""] in page.tables()[1]

    def test_its_area_sees_it_and_its_icb_decides(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            asked = make_request(session, now=now, status="awaiting_icb")
        address = f"/requests/{asked.reference}"
        page = browsing.sign_in(coordinator(asked.icb_code)).get(address)
        assert page.links()["Decide about this request"] == f"/approvals{address}"
        assert "Decide about" not in browsing.sign_in(regional(asked.region_code)).get(address).text
        own = browsing.sign_in(staff_of(asked.provider_code)).get(address)
        assert own.links()["Change it"] == f"{address}/amend"
        assert "How many places are found" not in own.text

    def test_who_may_not(self, browsing: Browsing, asked: CareRequest) -> None:
        address = f"/requests/{asked.reference}"
        for stranger in (staff_of("R9999"), coordinator("QZZ"), regional("YZZ"), auditor("R9999")):
            browsing.sign_in(stranger).get(address, 404)
        for role in (staff_of(asked.provider_code, Role.INDEPENDENT_MANAGER), HELPLINE):
            browsing.sign_in(role).get(address, 403)

    def test_the_auditor_reads_the_history_only(self, browsing: Browsing, asked: CareRequest) -> None:
        page = browsing.sign_in(auditor(asked.provider_code)).get(f"/requests/{asked.reference}")
        assert "Help asked for" in page.text
        assert "Two theatres" not in page.text

    def test_the_number_of_statements_does_not_grow(
        self,
        browsing: Browsing,
        database: Database,
        system: Actor,
        now: datetime,
        statements: Statements,
    ) -> None:
        with database.unit_of_work(system) as session:
            asked = make_request(session, now=now, places=40)
            make_proposal(session, now=now, care_request=asked)
        browsing.sign_in(staff_of(asked.provider_code))
        address = f"/requests/{asked.reference}"
        browsing.get(address)

        def sent() -> int:
            with statements() as gathered:
                browsing.get(address)
            return len(gathered)

        before = sent()
        with database.unit_of_work(system) as session:
            for _ in range(3):
                again = session.get_one(CareRequest, asked.id)
                proposal = make_proposal(
                    session, now=now, care_request=again, places=2, status=ProposalStatus.CHOSEN
                )
                make_transfer(session, now=now, proposal=proposal)
        assert sent() == before


class TestFind:
    def test_a_reference_leads_to_its_case(self, browsing: Browsing, asked: CareRequest) -> None:
        browsing.sign_in(staff_of(asked.provider_code))
        found = browsing.get(f"/cases?reference={asked.reference.lower()}", 303)
        assert found.location == f"/requests/{asked.reference}"
        browsing.follow(found)

    @pytest.mark.parametrize("typed", ["", "XX-2222222", "%3Cscript%3E", "A" * 500])
    def test_what_is_no_reference_leads_nowhere(self, browsing: Browsing, typed: str) -> None:
        browsing.sign_in(staff_of("R1")).get(f"/cases?reference={typed}", 404)


def _night(session: Any, asked: CareRequest, on: date, details: dict[str, Any]) -> None:
    run = MatchRun(
        service_date=on - timedelta(days=1),
        status="applied",
        owner="tests",
        claimed_at=asked.posted_at,
        rules_version="1",
        engine_version="1",
    )
    session.add(run)
    audit.record(session, run, "run.claimed", actor=Actor.system("tests"), now=asked.posted_at)
    for one in asked.lines:
        session.add(
            Outcome(
                run_id=run.id,
                line_id=one.id,
                request_id=asked.id,
                service_date=run.service_date,
                wanted=one.places,
                served=0,
                code="no_feasible_offer",
                details=details,
            )
        )


def test_what_would_have_found_a_place_is_worked_out_when_asked(
    browsing: Browsing, database: Database, night_database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        site = make_site(session, latitude=53.2, longitude=-1.93)
        shut = make_offer(session, now=now, site=site, places=2, max_bmi=30.0, no_bmi_limit=False)
        wanted = make_request(session, now=now, opened_on=london_date(now) - timedelta(days=30), places=3)
    nightly.run_night(night_database, service_date=london_date(now), now=now, owner="test")
    url = f"/requests/{wanted.reference}"
    page = browsing.sign_in(staff_of(wanted.provider_code)).get(url)
    assert "What would have found a place" not in page.text
    links = page.links()
    asked = links["Work out the smallest change that would have found a place"]
    assert asked == f"{url}?nearly=yes#nearly"
    page = browsing.get(f"{url}?nearly=yes")
    assert "What would have found a place that night" in page.text
    assert "if the BMI were 30.0 or less: 2 places would be found" in page.text
    browsing.sign_in(SAFETY)
    reader = browsing.get(f"{url}?nearly=yes")
    assert ("What would have found" in reader.text) == ("What was asked for" in reader.text)
    assert shut.places == 2
