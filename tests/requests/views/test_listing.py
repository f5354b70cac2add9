"""The list of requests, and who may open which page."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import event

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.requests.vocabulary import RequestStatus
from tests.browsing import Browsing
from tests.factories.requests import line, make_request
from tests.requests.conftest import Place


class TestIndex:
    def test_an_empty_list_says_what_fills_it(self, browsing: Browsing, here: Place) -> None:
        page = browsing.sign_in(here.manager).get("/requests")
        assert page.heading == "Requests"
        assert "Your trust has asked for nothing yet" in page.text
        assert page.links()["Ask for help"] == "/requests/new"
        page = browsing.sign_in(here.icb_coordinator).get("/requests")
        assert "No trust in your area" in page.text
        assert "Ask for help" not in page.links()

    def test_rows_say_what_happens_next(
        self,
        browsing: Browsing,
        database: Database,
        here: Place,
        elsewhere: Place,
        system: Actor,
        now: datetime,
    ) -> None:
        with database.unit_of_work(system) as session:
            ours = make_request(session, now=now, trust=here.trust, places=8)
            make_request(session, now=now, trust=here.trust, status=RequestStatus.AWAITING_ICB)
            theirs = make_request(session, now=now, trust=elsewhere.trust)
        page = browsing.sign_in(here.manager).get("/requests")
        assert "2 requests" in page.text
        assert "Searching in the ICB; from 28 November 2026 in the region." in page.text
        assert "The ICB decides by 24 November 2026." in page.text
        assert page.links()[ours.reference] == f"/requests/{ours.reference}"
        assert theirs.reference not in page.text
        page = browsing.sign_in(here.icb_coordinator).get("/requests?status=open")
        assert here.trust.name in page.text
        assert "1 request" in page.text
        nation = Actor("n", "N", Role.NATIONAL_ADMINISTRATOR, "X24", Reach.NATION)
        page = browsing.sign_in(nation).get(f"/requests?provider={elsewhere.trust.code}")
        assert theirs.reference in page.text
        assert ours.reference not in page.text

    def test_the_csv_is_exactly_this_view(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, trust=here.trust)
            make_request(session, now=now, trust=here.trust, status=RequestStatus.AWAITING_ICB)
        sheet = browsing.sign_in(here.manager).get("/requests?status=open&format=csv").html
        assert sheet.count("\n") == 2
        assert f"{made.reference},Trauma and orthopaedics: inpatient surgery,2,42 to 44 weeks,Open" in sheet

    @pytest.mark.parametrize("order", ["posted", "service", "places", "status", "-places"])
    def test_every_column_sorts(self, shown_to_manager: Browsing, order: str) -> None:
        assert shown_to_manager.get(f"/requests?sort={order}").status == 200

    def test_a_long_list_asks_no_more_than_a_short_one(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

        def questions() -> int:
            asked.clear()
            browsing.get("/requests")
            return len(asked)

        browsing.sign_in(here.manager)
        with database.unit_of_work(system) as session:
            make_request(session, now=now, trust=here.trust)
        few = questions()
        with database.unit_of_work(system) as session:
            for _ in range(6):
                make_request(session, now=now, trust=here.trust, lines=(line(), line()))
        assert questions() == few


class TestWhoMayOpen:
    def pages(self, reference: str) -> list[str]:
        return ["/requests/new", f"/requests/{reference}/amend", f"/requests/{reference}/withdraw"]

    def test_other_roles_may_not_change(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, trust=here.trust, status=RequestStatus.AWAITING_ICB)
        for actor in (here.clerk, here.icb_coordinator, here.regional_coordinator):
            browsing.sign_in(actor)
            for url in self.pages(made.reference):
                browsing.get(url, 403)
            browsing.get("/requests")

    def test_other_trusts_do_not_find_it(
        self,
        browsing: Browsing,
        database: Database,
        here: Place,
        elsewhere: Place,
        system: Actor,
        now: datetime,
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, trust=here.trust, status=RequestStatus.AWAITING_ICB)
        browsing.sign_in(elsewhere.manager)
        for url in self.pages(made.reference)[1:]:
            browsing.get(url, 404)
        sent = browsing.get("/requests/new")
        assert made.reference not in sent.text

    @pytest.mark.parametrize("role", [Role.INDEPENDENT_MANAGER, Role.AUDITOR, Role.HELPLINE_AGENT])
    def test_some_roles_have_no_list(self, browsing: Browsing, here: Place, role: Role) -> None:
        actor = Actor("x", "X", role, here.trust.code, Reach.ORGANISATION)
        browsing.sign_in(actor).get("/requests", 403)
