"""The nights' pages and the page that asks by hand, opened as a person would."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.matching import nightly
from dmas.matching.engine.solve import solve
from dmas.matching.models import MatchRun
from dmas.matching.vocabulary import RunStatus
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from tests.browsing import Browsing, Page
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, staff_of
from tests.factories.providers import make_site
from tests.factories.requests import make_request
from tests.matching.conftest import Market

ON = "2026-11-21"
OVERSEERS = {
    Role.ICB_COORDINATOR: Reach.ICB,
    Role.REGIONAL_COORDINATOR: Reach.REGION,
    Role.NATIONAL_ADMINISTRATOR: Reach.NATION,
    Role.SAFETY_OFFICER: Reach.NATION,
    Role.AUDITOR: Reach.ORGANISATION,
}


def overseer(role: Role, market: Market) -> Actor:
    asked = market.care_request
    places = {Reach.ICB: asked.icb_code, Reach.REGION: asked.region_code, Reach.NATION: "X24"}
    reach = OVERSEERS[role]
    where = places.get(reach, asked.provider_code)
    return Actor(id=role.value, name="Robin Example", role=role, organisation=where, reach=reach)


def manager(market: Market) -> Actor:
    return staff_of(market.care_request.provider_code)


@pytest.fixture
def night(night_database: Database, market: Market, now: datetime) -> None:
    """A night over the market."""
    nightly.run_night(night_database, service_date=date(2026, 11, 21), now=now, owner="test")


def test_who_may_look_at_nights(browsing: Browsing, night: None, market: Market) -> None:
    for role in Role:
        actor = overseer(role, market) if role in OVERSEERS else replace(manager(market), role=role)
        browsing.sign_in(actor)
        for url in ("/runs", f"/runs/{ON}"):
            browsing.get(url, 200 if role in OVERSEERS else 403)


def test_nobody_sees_a_night_without_signing_in(browsing: Browsing, night: None) -> None:
    assert "/sign-in" in browsing.get("/runs", 302).location


def test_the_list_of_nights_leads_to_each(browsing: Browsing, night: None, market: Market) -> None:
    page = browsing.sign_in(overseer(Role.ICB_COORDINATOR, market)).get("/runs")
    assert "Applied" in page.text
    assert "8 of 8" in page.text
    assert page.links()["21 November 2026"] == f"/runs/{ON}"


def test_the_list_as_a_file(browsing: Browsing, night: None, market: Market) -> None:
    page = browsing.sign_in(overseer(Role.ICB_COORDINATOR, market)).get("/runs?format=csv")
    assert page.response.mimetype == "text/csv"
    assert "8 of 8" in page.html


def test_no_night_yet_says_when_the_first_is(browsing: Browsing, market: Market) -> None:
    page = browsing.sign_in(overseer(Role.SAFETY_OFFICER, market)).get("/runs")
    assert "The first is at 2:30am" in page.text


def test_a_night_shows_its_certificate_and_what_was_found(
    browsing: Browsing, night: None, market: Market
) -> None:
    page = browsing.sign_in(overseer(Role.ICB_COORDINATOR, market)).get(f"/runs/{ON}")
    assert page.heading == "Night of 21 November 2026 Applied"
    assert "Checked independently: nobody was passed over" in page.text
    assert "Every place that was asked for was found" in page.text
    assert "8 of 8" in page.text


def test_a_night_is_set_against_the_one_before(
    browsing: Browsing,
    database: Database,
    night_database: Database,
    market: Market,
    system: Actor,
    now: datetime,
) -> None:
    for days in (0, 1):
        moment = now + timedelta(days=days)
        nightly.run_night(night_database, service_date=moment.date(), now=moment, owner="test")
        with database.unit_of_work(system) as session:
            make_request(session, now=now, opened_on=date(2026, 10, 25), places=30)
    page = browsing.sign_in(overseer(Role.NATIONAL_ADMINISTRATOR, market)).get("/runs/2026-11-22")
    compared = [" ".join(row) for table in page.tables() for row in table]
    assert "Figure Places found This night 1 Night before 8 Change -7" in compared
    assert "Every fitting place went to people who rank higher" in page.text


def test_a_date_without_a_night_is_404(browsing: Browsing, night: None, market: Market) -> None:
    browsing.sign_in(overseer(Role.ICB_COORDINATOR, market))
    for written in ("2026-11-20", "20261121", "2026-W47-6", "2026-13-01", "yesterday", "2026-11-21T00:00"):
        browsing.get(f"/runs/{written}", 404)


@pytest.mark.parametrize(
    ("status", "verdict", "says"),
    [
        (
            RunStatus.REFUSED,
            {"ok": False, "fault": {"path": "x", "rule": "C2"}},
            "refused the plan (rule C2)",
        ),
        (RunStatus.FAILED, {}, "Not checked yet."),
        (RunStatus.CLAIMED, {}, "Under way"),
    ],
)
def test_a_night_that_applied_nothing_has_its_page(
    browsing: Browsing,
    database: Database,
    night_database: Database,
    market: Market,
    system: Actor,
    now: datetime,
    status: RunStatus,
    verdict: dict[str, object],
    says: str,
) -> None:
    nightly.claim(night_database, date(2026, 11, 21), owner="test", now=now)
    with night_database.unit_of_work(system) as session:
        run = session.scalars(select(MatchRun)).one()
        run.verdict = verdict
        if status is not RunStatus.CLAIMED:
            run.status = status
            nightly.audit.record(session, run, "run.ended", actor=system, now=now)
    page = browsing.sign_in(overseer(Role.ICB_COORDINATOR, market)).get(f"/runs/{ON}")
    assert says in page.text


def ask_url(market: Market) -> str:
    return f"/offers/{market.near.reference}/ask"


def test_only_a_capacity_manager_asks(browsing: Browsing, market: Market) -> None:
    for role in Role:
        browsing.sign_in(replace(manager(market), role=role))
        browsing.get(ask_url(market), 200 if role is Role.CAPACITY_MANAGER else 403)


def answers(market: Market, **values: str) -> dict[str, str]:
    line = f"{market.care_request.reference}/1"
    return {"line": line, "places": "2", "reason": "short_notice"} | values


def test_asking_holds_the_places_and_leads_to_the_match(
    browsing: Browsing, database: Database, market: Market, system: Actor
) -> None:
    page = browsing.sign_in(manager(market)).post(ask_url(market), answers(market))
    with database.unit_of_work(system) as session:
        made = session.scalars(select(Proposal)).one()
        assert session.get_one(Offer, market.near.id).held == 2
    assert page.location == f"/matches/{made.reference}"


def test_the_same_form_sent_twice_asks_once(
    browsing: Browsing, database: Database, market: Market, system: Actor
) -> None:
    browsing.sign_in(manager(market))
    form = browsing.get(ask_url(market)).form() | answers(market, places="5")
    first = browsing.post(ask_url(market), form, fetch=False)
    again = browsing.post(ask_url(market), form, fetch=False)
    assert first.location == again.location
    with database.unit_of_work(system) as session:
        assert len(session.scalars(select(Proposal)).all()) == 1


def test_each_choice_says_past_whom_it_would_go(
    browsing: Browsing, database: Database, market: Market, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        make_request(session, now=now, opened_on=date(2026, 10, 25), weeks_from=70, weeks_to=72, places=6)
    page = browsing.sign_in(manager(market)).get(ask_url(market))
    options = [option.text.strip() for option in page.all("option")]
    assert options[0] == "Choose a request"
    assert options[1].endswith(
        "8 to find, tier 4, waiting 42 weeks; passes over 6 places of people who rank better"
    )
    assert len(options) == 2


def test_lines_that_could_not_go_are_told_apart_with_the_reason(
    browsing: Browsing, database: Database, market: Market, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        site = make_site(session, latitude=52.45, longitude=-1.93)
        small = make_offer(session, now=now, site=site, max_bmi=30.0, no_bmi_limit=False)
    page = browsing.sign_in(manager(market)).get(f"/offers/{small.reference}/ask")
    assert "None of your open requests could go to this offer" in page.text
    assert "The line&#39;s age" not in page.text
    assert "Your lines that could not go there" in page.text


WRONG = [
    ({"line": ""}, 422, "Choose the line of a request"),
    ({"line": "RQ-2222222"}, 422, ""),
    ({"line": "x/1"}, 422, ""),
    ({"places": ""}, 422, "Enter how many places"),
    ({"places": "0"}, 422, ""),
    ({"places": "10000"}, 422, ""),
    ({"places": "many"}, 422, ""),
    ({"places": "6"}, 409, "Those places have gone"),
    ({"places": "9"}, 422, "Only 8 places are still to be found"),
    ({"reason": ""}, 422, "Say why these places cannot wait"),
    ({"reason": "because"}, 422, ""),
]


def test_a_wrong_answer_stores_nothing(
    browsing: Browsing, database: Database, market: Market, system: Actor
) -> None:
    browsing.sign_in(manager(market))
    for wrong, status, says in WRONG:
        page = browsing.post(ask_url(market), answers(market, **wrong), status)
        assert page.errors(), wrong
        assert says in " ".join(page.errors())
    with database.unit_of_work(system) as session:
        assert session.scalars(select(Proposal)).all() == []
        assert session.get_one(Offer, market.near.id).held == 0


def test_a_place_that_went_meanwhile_is_told(
    browsing: Browsing, database: Database, market: Market, system: Actor, now: datetime
) -> None:
    browsing.sign_in(manager(market))
    form = browsing.get(ask_url(market)).form() | answers(market)
    with database.unit_of_work(system) as session:
        make_proposal(session, now=now, offer=session.get_one(Offer, market.near.id), places=4)
    page = browsing.post(ask_url(market), form, 409, fetch=False)
    assert any("have gone" in error for error in page.errors())


def test_a_line_of_nobody_or_of_another_trust_is_404(
    browsing: Browsing, database: Database, market: Market, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        foreign = make_request(session, now=now, opened_on=date(2026, 10, 25)).reference
    browsing.sign_in(manager(market))
    for reference in ("RQ-2222222", foreign):
        browsing.post(ask_url(market), answers(market, line=f"{reference}/1"), 404)


def test_an_offer_that_is_not_there_is_404(browsing: Browsing, market: Market) -> None:
    browsing.sign_in(manager(market)).get("/offers/OF-2222222/ask", 404)


def test_nobody_asks_for_their_own_places(browsing: Browsing, market: Market) -> None:
    browsing.sign_in(staff_of(market.near.provider_code)).get(ask_url(market), 403)


@pytest.fixture
def short_night(
    database: Database, night_database: Database, market: Market, system: Actor, now: datetime
) -> None:
    """A night on which thirty places more were asked for than there were."""
    with database.unit_of_work(system) as session:
        make_request(session, now=now, opened_on=date(2026, 10, 25), places=30)
    nightly.run_night(night_database, service_date=date(2026, 11, 21), now=now, owner="test")


def ask_what_if(browsing: Browsing, market: Market, role: Role, status: int = 200, **levers: str) -> Page:
    browsing.sign_in(overseer(role, market))
    return browsing.get(f"/runs/{ON}/what-if?{urlencode(levers)}", status)


ASKERS = (Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR, Role.NATIONAL_ADMINISTRATOR)


def test_who_may_ask_what_if_and_take_the_files_away(
    browsing: Browsing, short_night: None, market: Market
) -> None:
    for role in Role:
        actor = overseer(role, market) if role in OVERSEERS else replace(manager(market), role=role)
        page = browsing.sign_in(actor)
        page.get(f"/runs/{ON}/what-if", 200 if role in ASKERS else 403)
        nation = role in (Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER)
        for name in ("problem", "solution"):
            page.get(f"/runs/{ON}/{name}.json", 200 if nation else 403)
        if role in OVERSEERS:
            links = page.get(f"/runs/{ON}").links()
            assert ("What if something had been different" in links) == (role in ASKERS)
            assert ("Download the problem" in links) == nation


def test_the_files_are_those_that_were_solved_and_checked(
    browsing: Browsing, short_night: None, market: Market
) -> None:
    browsing.sign_in(overseer(Role.NATIONAL_ADMINISTRATOR, market))
    problem, solution = (
        json.loads(browsing.get(f"/runs/{ON}/{name}.json").html) for name in ("problem", "solution")
    )
    assert solve(problem) == solution
    for date_without in ("2026-11-20", "yesterday"):
        browsing.get(f"/runs/{date_without}/problem.json", 404)
        browsing.get(f"/runs/{date_without}/what-if", 404)


def test_nothing_is_set_side_by_side_until_something_changes(
    browsing: Browsing, short_night: None, market: Market
) -> None:
    page = ask_what_if(browsing, market, Role.ICB_COORDINATOR)
    assert page.heading == "What if?"
    assert "Before and after" not in page.text
    page = ask_what_if(browsing, market, Role.ICB_COORDINATOR, radius="")
    assert "Before and after" not in page.text


def figures_of(page: Page) -> list[str]:
    return [one.text.strip() for one in page.all("dd") if "app-figures__number" in (one.get("class") or "")]


def test_each_lever_sets_before_beside_after(
    browsing: Browsing, database: Database, short_night: None, market: Market, system: Actor
) -> None:
    near, far = market.near.reference, market.far.reference
    for role in ASKERS:
        for levers, patients in (
            ({"withdraw": f"{near.lower()}, {far}"}, "-9"),
            ({"more_at": far, "more_places": "3"}, "+3"),
            ({"more_at": near}, "+5"),
            ({"radius": "100", "limit": "max_bmi", "value": "60"}, "+0"),
            ({"limit": "sex"}, "+0"),
        ):
            page = ask_what_if(browsing, market, role, **levers)
            assert "Before and after" in page.text
            assert figures_of(page)[0] == patients, levers
            assert ("Elsewhere" in page.text) == (role is not Role.NATIONAL_ADMINISTRATOR)
    with database.unit_of_work(system) as session:
        assert session.get_one(Offer, market.near.id).held == 5


def test_one_service_shows_where_a_list_helps_and_what_lapses(
    browsing: Browsing, short_night: None, market: Market
) -> None:
    page = ask_what_if(browsing, market, Role.ICB_COORDINATOR)
    (service,) = [one.get("value") for one in page.all("option") if " " in (one.get("value") or "")]
    page = ask_what_if(browsing, market, Role.ICB_COORDINATOR, service=str(service))
    assert "Worth of one more list" in page.text
    assert "No free place of this service lapses" in page.text
    (row,) = [row for table in page.tables() for row in table if market.near.reference in " ".join(row)
              or market.far.reference in " ".join(row)]  # fmt: skip
    assert "More patients 4" in " ".join(row)


@pytest.mark.parametrize(
    ("levers", "says"),
    [
        ({"radius": "0"}, "must be between 1 and 1,000"),
        ({"radius": "far"}, "must be a whole number"),
        ({"withdraw": "OF-2222222"}, "There is no offer OF-2222222"),
        ({"more_at": "OF-2222222"}, "There is no offer OF-2222222 in this night"),
        ({"limit": "max_bmi", "value": "wide"}, "is not a value for it"),
        ({"limit": "colour"}, ""),
        ({"service": "999 inpatient"}, ""),
    ],
)
def test_a_lever_that_cannot_be_is_refused_at_its_field(
    browsing: Browsing, short_night: None, market: Market, levers: dict[str, str], says: str
) -> None:
    page = ask_what_if(browsing, market, Role.NATIONAL_ADMINISTRATOR, 422, **levers)
    assert says in " ".join(page.errors())
    assert page.errors()
    assert "Before and after" not in page.text
