"""The pages of requests, opened as a person would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from dmas.catalogue.vocabulary.arrangements import Sex
from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.requests import queries, services
from dmas.requests.commands import ApproveRequest, ReturnRequest
from dmas.requests.models import CareRequest
from dmas.requests.queries import RequestFilter
from dmas.requests.vocabulary import RequestStatus
from tests.browsing import Browsing
from tests.factories.providers import make_site
from tests.factories.requests import line, make_request
from tests.requests.conftest import Place

NEW = "/requests/new?service=110"
HOSTILE = "<script>alert(1)</script>'; DROP TABLE offer; --"


def answers(**values: Any) -> dict[str, Any]:
    """Return what a manager fills in for two hips in one line."""
    return {
        "care": "inpatient",
        "basis": "whole_pathway",
        "lines-0-places": "2",
        "lines-0-procedure_group": "hip_replacement",
        "lines-0-priority_code": "P4",
        "lines-0-weeks": "40-44",
        "lines-0-weeks_own": "",
        "lines-0-age_from": "50",
        "lines-0-age_to": "75",
        "lines-0-worst_asa": "2",
        "lines-0-worst_bmi": "34.5",
        "lines-0-sex": "",
        "cancer": "no",
        "critical_care": "none",
        "reason": "Two theatres are closed until spring.",
        "clinical_lead": "Example Surgeon",
    } | values


# One wrong answer, `line_…` in the one line there is, and what is said about it.
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"care": ""}, "Choose what care they need"),
    ({"care": "spa"}, "Choose what care they need"),
    ({"basis": ""}, "Choose what moves"),
    ({"basis": "insourced"}, "Choose what moves"),
    ({"cancer": ""}, "Say whether anyone is on a cancer pathway"),
    ({"cancer": "yes"}, "local urgent route"),
    ({"critical_care": ""}, "Say whether they might need critical care"),
    ({"critical_care": "4"}, "Say whether they might need critical care"),
    ({"tokens": ["parking"]}, "choose from the answers"),
    ({"site_code": "ELSEWHERE"}, "choose one of the answers"),
    ({"travel_miles": "0"}, "Miles must be between 1 and 1,000."),
    ({"travel_miles": "10000"}, "Miles must be between 1 and 1,000."),
    ({"travel_miles": "far"}, "Miles must be a whole number"),
    ({"reason": ""}, "Say why you need help"),
    ({"reason": "x" * 501}, "500 characters or fewer"),
    ({"reason": "Ask for 999 000 0018"}, "Take the NHS number out"),
    ({"clinical_lead": " "}, "Name the clinical lead"),
    ({"clinical_lead": "x" * 101}, "100 characters or fewer"),
    ({"notes": "x" * 2001}, "2,000 characters or fewer"),
    ({"line_places": ""}, "Enter how many places"),
    ({"line_places": "0"}, "Places must be between 1 and 500."),
    ({"line_places": "10000"}, "Places must be between 1 and 500."),
    ({"line_places": "2.5"}, "Places must be a whole number"),
    ({"line_places": "-1"}, "Places must be between 1 and 500."),
    ({"line_procedure_group": ""}, "Choose the procedure"),
    ({"line_procedure_group": "cataract"}, "choose one of the answers"),
    ({"line_priority_code": ""}, "Choose a priority"),
    ({"line_priority_code": "P1"}, "local urgent route"),
    ({"line_priority_code": "P5"}, "asked to postpone"),
    ({"line_priority_code": "P2"}, "one named person at a time"),
    ({"line_weeks": ""}, "Choose how many weeks they have waited"),
    ({"line_weeks": "1-2"}, "choose one of the answers"),
    ({"line_weeks_own": "41-43"}, "Leave this empty, or choose “Other”"),
    ({"line_weeks": "own", "line_weeks_own": "ages"}, "Enter weeks up to 520"),
    ({"line_weeks": "own", "line_weeks_own": "5-521"}, "Enter weeks up to 520"),
    ({"line_weeks": "own", "line_weeks_own": "44-40"}, "shorter wait first"),
    ({"line_age_from": ""}, "Enter the youngest age"),
    ({"line_age_from": "17"}, "mixes children and adults"),
    ({"line_age_to": "131"}, "Oldest must be between 0 and 130."),
    ({"line_age_to": "49"}, "must not be below youngest"),
    ({"line_worst_asa": ""}, "Choose the worst ASA grade, or not known"),
    ({"line_worst_asa": "6"}, "Choose the worst ASA grade, or not known"),
    ({"line_worst_bmi": "heavy"}, "Worst BMI must be a number"),
    ({"line_worst_bmi": "400"}, "Worst BMI must be between 5 and 150."),
    ({"line_sex": "X"}, "choose one of the answers"),
]


def stored(database: Database, system: Actor) -> list[CareRequest]:
    with database.unit_of_work(system) as session:
        rows, _ = queries.find(session, system, RequestFilter(), order="posted")
        return [one.care_request for one in rows]


def count_of(database: Database, system: Actor) -> int:
    with database.unit_of_work(system) as session:
        return session.scalar(text("SELECT count(*) FROM care_request")) or 0


class TestNew:
    def test_the_service_comes_first(
        self, browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        browsing.sign_in(here.manager)
        page = browsing.get("/requests/new")
        assert page.heading == "Which service are they waiting for?"
        assert "asked for these before" not in page.text
        with database.unit_of_work(system) as session:
            make_request(session, now=now, trust=here.trust)
        assert browsing.get("/requests/new").links()["Trauma and orthopaedics (110)"] == NEW

    def test_an_unknown_service_is_said_so(self, browsing: Browsing, here: Place) -> None:
        browsing.sign_in(here.manager)
        for asked in ("", "999", "%3Cscript%3E"):
            page = browsing.get(f"/requests/new?service={asked}", 422)
            assert page.errors() == ["Choose a service from the list."]

    def test_it_is_sent_to_the_icb(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        page = browsing.sign_in(here.manager).post(NEW, answers(site_code=here.site.code))
        (made,) = stored(database, system)
        assert page.location == f"/requests/{made.reference}"
        assert made.status == RequestStatus.AWAITING_ICB
        assert made.site_code == here.site.code
        (only,) = made.lines
        assert (only.places, only.procedure_group, only.weeks_from, only.weeks_to) == (
            2,
            "hip_replacement",
            40,
            44,
        )
        assert (only.age_from, only.age_to, only.worst_asa, only.worst_bmi) == (50, 75, 2, 34.5)
        notice = browsing.get("/requests").text
        assert "Your request is with your ICB, which decides within 2 working days." in notice

    def test_sent_twice_it_acts_once(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        browsing.sign_in(here.manager)
        sent = browsing.get(NEW).form() | answers()
        first = browsing.post(NEW, sent, fetch=False)
        again = browsing.post(NEW, sent, fetch=False)
        assert first.location == again.location
        assert count_of(database, system) == 1

    def test_several_lines_and_every_need_are_kept(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        second = {
            "lines-1-places": "500",
            "lines-1-procedure_group": "knee_replacement",
            "lines-1-priority_code": "P3",
            "lines-1-weeks": "own",
            "lines-1-weeks_own": "53 to 60",
            "lines-1-age_from": "18",
            "lines-1-age_to": "64",
            "lines-1-worst_asa": "unknown",
            "lines-1-worst_bmi": "",
            "lines-1-sex": "F",
        }
        browsing.sign_in(here.manager).post(
            NEW,
            answers(
                critical_care="2",
                tokens=["step_free", "hoist"],
                ready_at_short_notice="yes",
                transport_offered="yes",
                insourcing_acceptable="yes",
                travel_miles="60",
                **{"needed_by-day": "1", "needed_by-month": "3", "needed_by-year": "2027"},
                notes=HOSTILE,
                **second,
            ),
        )
        (made,) = stored(database, system)
        assert made.needs == [
            "basis:whole_pathway",
            "critical_care:2",
            "hoist",
            "stage:decision_to_admit",
            "step_free",
        ]
        assert (made.travel_miles, str(made.needed_by), made.notes) == (60, "2027-03-01", HOSTILE)
        assert made.transport_offered
        assert made.insourcing_acceptable
        knees = made.lines[1]
        assert (knees.places, knees.weeks_from, knees.weeks_to, knees.sex) == (500, 53, 60, "F")
        assert (knees.worst_asa, knees.worst_bmi) == (None, None)

    def test_a_wrong_answer_is_said_once_at_its_field_and_nothing_is_lost(
        self, shown_to_manager: Browsing
    ) -> None:
        blank = shown_to_manager.get(NEW).form()
        for values, error in WRONG:
            sent = answers(**{name.replace("line_", "lines-0-", 1): value for name, value in values.items()})
            page = shown_to_manager.post(NEW, blank | sent, fetch=False, status=422)
            assert len(page.errors()) == 1, values
            assert error in page.errors()[0]
            assert page.title.startswith("Error: ")
            kept = page.form()
            assert kept["clinical_lead"] == [sent["clinical_lead"].strip()]
            assert kept["lines-0-age_to"] == [sent["lines-0-age_to"]]

    def test_dates_in_the_past_are_refused(self, browsing: Browsing, here: Place) -> None:
        past = {"needed_by-day": "20", "needed_by-month": "11", "needed_by-year": "2026"}
        page = browsing.sign_in(here.manager).post(NEW, answers(**past), status=422)
        assert "must be in the future" in page.errors()[0]
        tomorrow = {"priority_date-day": "22", "priority_date-month": "11", "priority_date-year": "2026"}
        page = browsing.post(
            NEW,
            answers(**tomorrow, **{"lines-0-priority_code": "P2", "lines-0-places": "1"}),
            status=422,
        )
        assert page.errors() == ["The date P2 was decided must not be in the future."]

    def test_another_trusts_site_is_refused(
        self, browsing: Browsing, here: Place, elsewhere: Place, database: Database, system: Actor
    ) -> None:
        page = browsing.sign_in(here.manager).post(NEW, answers(site_code=elsewhere.site.code), status=422)
        assert elsewhere.site.name not in page.text
        assert count_of(database, system) == 0

    def test_an_empty_form_names_each_question(self, browsing: Browsing, here: Place) -> None:
        page = browsing.sign_in(here.manager).post(NEW, status=422)
        assert page.errors() == [
            "Choose what care they need",
            "Choose what moves",
            "Enter how many places",
            "Choose a priority",
            "Choose how many weeks they have waited",
            "Enter the youngest age",
            "Enter the oldest age",
            "Choose the worst ASA grade, or not known",
            "Say whether anyone is on a cancer pathway",
            "Say whether they might need critical care",
            "Say why you need help",
            "Name the clinical lead",
        ]


class TestLines:
    def test_another_line_starts_like_the_last_and_loses_nothing(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        browsing.sign_in(here.manager)
        page = browsing.post(NEW, answers(change="add", reason=""), status=200)
        assert page.errors() == []
        kept = page.form()
        assert kept["lines-0-places"] == ["2"]
        assert kept["lines-1-places"] == [""]
        assert kept["lines-1-procedure_group"] == ["hip_replacement"]
        assert kept["lines-1-age_to"] == ["75"]
        assert kept["lines-1-worst_bmi"] == ["34.5"]
        assert kept["clinical_lead"] == ["Example Surgeon"]
        assert count_of(database, system) == 0

    def test_what_was_mistyped_is_kept_too(self, browsing: Browsing, here: Place) -> None:
        sent = answers(change="add", **{"lines-0-places": "two"})
        page = browsing.sign_in(here.manager).post(NEW, sent, status=200)
        assert page.form()["lines-0-places"] == ["two"]

    def test_a_line_that_says_nothing_is_left_out(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        browsing.sign_in(here.manager)
        shown = browsing.post(NEW, answers(change="add"), status=200)
        browsing.post(NEW, shown.form(), fetch=False)
        (made,) = stored(database, system)
        assert len(made.lines) == 1

    def test_a_wrong_line_among_several_is_named(self, browsing: Browsing, here: Place) -> None:
        browsing.sign_in(here.manager)
        shown = browsing.post(NEW, answers(change="add"), status=200)
        sent = shown.form() | {"lines-1-places": "3", "lines-1-weeks": "44-48", "lines-1-age_from": "12"}
        page = browsing.post(NEW, sent, fetch=False, status=422)
        assert page.errors()[0].startswith("Line 2: This line mixes children and adults")
        sent["lines-1-age_from"] = "lots"
        page = browsing.post(NEW, sent, fetch=False, status=422)
        assert page.errors()[0].startswith("Line 2: Youngest must be a whole number")

    def test_a_line_is_removed_and_the_others_stay(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        browsing.sign_in(here.manager)
        shown = browsing.post(NEW, answers(change="add"), status=200)
        shown = browsing.post(
            NEW, shown.form() | {"lines-1-places": "7", "lines-1-weeks": "44-48", "change": "remove-0"},
            fetch=False, status=200,
        )  # fmt: skip
        assert "lines-0-places" not in shown.form()
        browsing.post(NEW, shown.form(), fetch=False)
        (made,) = stored(database, system)
        assert [(one.number, one.places) for one in made.lines] == [(1, 7)]

    def test_the_last_line_stays_and_nonsense_changes_nothing(self, browsing: Browsing, here: Place) -> None:
        browsing.sign_in(here.manager)
        for pressed in ("remove-0", "remove-7", "explode"):
            page = browsing.post(NEW, answers(change=pressed), status=200)
            assert page.form()["lines-0-places"] == ["2"]

    def test_there_are_ten_lines_at_most(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        browsing.sign_in(here.manager)
        one = {
            name.removeprefix("lines-0-"): value for name, value in answers().items() if "lines-0-" in name
        }

        def lines(number: int) -> dict[str, Any]:
            return {f"lines-{n}-{name}": value for n in range(number) for name, value in one.items()}

        page = browsing.post(NEW, answers(**lines(10), change="add"), status=200)
        assert "lines-10-places" not in page.form()
        assert "Add another line" not in page.text
        page = browsing.post(NEW, answers(**lines(11)), status=422)
        assert "at most 10 lines" in page.errors()[0]
        page = browsing.post(NEW, answers(**lines(100)), status=422)
        browsing.post(NEW, answers(**lines(10)))
        (made,) = stored(database, system)
        assert len(made.lines) == 10

    def test_a_service_without_procedures_asks_for_none(
        self, browsing: Browsing, database: Database, here: Place, system: Actor
    ) -> None:
        browsing.sign_in(here.manager)
        url = "/requests/new?service=410"
        assert "lines-0-procedure_group" not in browsing.get(url).form()
        browsing.post(url, answers(care="first_appointment", **{"lines-0-procedure_group": None}))
        assert stored(database, system)[0].lines[0].procedure_group is None


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


@pytest.fixture
def shown_to_manager(
    browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
) -> Browsing:
    """A browser with a trust's manager at it, who has a request and two sites."""
    with database.unit_of_work(system) as session:
        make_request(session, now=now, trust=here.trust)
        make_site(session, here.trust)
    return browsing.sign_in(here.manager)
