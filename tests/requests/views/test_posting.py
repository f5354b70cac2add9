"""Asking for help on the page, as a person would."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests.vocabulary import RequestStatus
from tests.browsing import Browsing
from tests.factories.requests import make_request
from tests.requests.conftest import Place
from tests.requests.views.asking import HOSTILE, NEW, answers, count_of, stored

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
