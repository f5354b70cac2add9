"""The pages of a request that was sent: changed and withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dmas.catalogue.vocabulary.arrangements import Sex
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import services
from dmas.requests.commands import ApproveRequest, ReturnRequest
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from tests.browsing import Browsing
from tests.factories.requests import line, make_request
from tests.requests.conftest import Place
from tests.requests.views.asking import stored


class TestAmend:
    def make(
        self, database: Database, here: Place, system: Actor, now: datetime, **values: Any
    ) -> CareRequest:
        values = {"status": RequestStatus.AWAITING_ICB} | values
        with database.unit_of_work(system) as session:
            return make_request(session, now=now, trust=here.trust, **values)

    def test_it_shows_what_was_asked_and_sends_it_again(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        made = self.make(
            database, here, system, now, lines=(line(), line(places=3, sex=Sex.FEMALE, worst_asa=None)),
            tokens=("hoist",), travel_miles=40, needed_by=now.date() + timedelta(days=90),
        )  # fmt: skip
        with database.unit_of_work(here.icb_coordinator) as session:
            services.return_to_provider(
                session,
                ReturnRequest(reference=made.reference, reason="other", note="Split the knees."),
                actor=here.icb_coordinator,
                now=now,
            )
        browsing.sign_in(here.manager)
        url = f"/requests/{made.reference}/amend"
        page = browsing.get(url)
        assert "Split the knees." in page.text
        shown = page.form()
        assert shown["lines-1-weeks_own"] == ["42-44"]
        assert shown["lines-1-worst_asa"] == ["unknown"]
        browsing.post(url, {"lines-0-places": "9"})
        (found,) = stored(database, system)
        assert found.status == RequestStatus.AWAITING_ICB
        assert [one.places for one in found.lines] == [9, 3]
        before = (made.needs, made.travel_miles, made.needed_by, made.reason)
        assert (found.needs, found.travel_miles, found.needed_by, found.reason) == before
        assert [(one.sex, one.worst_asa) for one in found.lines] == [(None, 2), ("F", None)]

    def test_a_line_is_added_without_losing_the_version(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        made = self.make(database, here, system, now)
        browsing.sign_in(here.manager)
        url = f"/requests/{made.reference}/amend"
        shown = browsing.post(url, {"change": "add"}, status=200).form()
        assert shown["version"] == ["1"]
        browsing.post(url, shown | {"lines-1-places": "4", "lines-1-weeks": "52-65"}, fetch=False)
        assert [one.places for one in stored(database, system)[0].lines] == [2, 4]

    def test_a_stale_edit_is_refused_and_kept(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        made = self.make(database, here, system, now)
        browsing.sign_in(here.manager)
        url = f"/requests/{made.reference}/amend"
        shown = browsing.get(url).form()
        browsing.post(url, {"lines-0-places": "5"})
        page = browsing.post(url, shown | {"lines-0-places": "6"}, fetch=False, status=409)
        assert "Somebody else changed this" in page.errors()[0]
        assert page.form()["lines-0-places"] == ["6"]
        assert stored(database, system)[0].lines[0].places == 5

    def test_an_approved_request_is_not_amended(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        made = self.make(database, here, system, now, status=RequestStatus.OPEN)
        browsing.sign_in(here.manager).get(f"/requests/{made.reference}/amend", 409)

    def test_approved_meanwhile_it_is_refused(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        made = self.make(database, here, system, now)
        browsing.sign_in(here.manager)
        url = f"/requests/{made.reference}/amend"
        shown = browsing.get(url).form()
        with database.unit_of_work(system) as session:
            services.approve(session, ApproveRequest(reference=made.reference), actor=system, now=now)
        browsing.post(url, shown, fetch=False, status=409)

    def test_p2_keeps_its_date(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        p2 = (line(priority_code="P2", places=1),)
        made = self.make(database, here, system, now, lines=p2, priority_date=now.date())
        url = f"/requests/{made.reference}/amend"
        browsing.sign_in(here.manager).post(url)
        (found,) = stored(database, system)
        assert (found.priority_date, found.needed_by) == (made.priority_date, made.needed_by)


class TestWithdraw:
    def test_it_ends_with_a_reason(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, trust=here.trust)
        browsing.sign_in(here.manager)
        url = f"/requests/{made.reference}/withdraw"
        page = browsing.post(url, status=422)
        assert page.errors() == ["Choose why you are withdrawing it"]
        page = browsing.post(url, {"reason": "other"}, status=422)
        assert page.errors() == ["Say what the other reason is."]
        page = browsing.post(url, {"reason": "treated_at_home"})
        assert page.location == f"/requests/{made.reference}"
        assert stored(database, system)[0].closed_because == "withdrawn"
        browsing.get(url, 409)

    def test_an_old_copy_is_stale(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, trust=here.trust, status=RequestStatus.AWAITING_ICB)
        browsing.sign_in(here.manager)
        url = f"/requests/{made.reference}/withdraw"
        shown = browsing.get(url).form()
        with database.unit_of_work(system) as session:
            services.approve(session, ApproveRequest(reference=made.reference), actor=system, now=now)
        browsing.post(url, shown | {"reason": "treated_at_home"}, fetch=False, status=409)
