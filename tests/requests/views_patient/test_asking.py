"""Asking to move: one question a page, kept as one goes, checked, sent once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import queries
from dmas.requests.models import TransferRequest
from dmas.waitinglist.models import Pathway, Patient
from tests.browsing import Browsing
from tests.factories.offers import make_offer
from tests.factories.requests import make_transfer_request
from tests.requests.conftest import Place
from tests.requests.views_patient.conftest import Waiter

PAGES: list[tuple[str, dict[str, Any]]] = [
    ("still-your-wait", {"right": "yes"}),
    ("health", {"changed": "no"}),
    ("distance", {"miles": "50"}),
    ("dates", {"any": "no"}),
    ("short-notice", {"short_notice": "no"}),
    ("needs", {"needs": ["step_free", "interpreter"], "language": "Polish"}),
    ("contact", {"channel": "sms", "phone": "07700 900123"}),
    ("somebody-acting", {"acting": "no"}),
    ("whole-pathway", {"understood": "yes"}),
    ("sharing", {"shared": "yes"}),
]


def page(step: str) -> str:
    return f"/transfer/request/{step}"


def walk(browsing: Browsing, upto: int = len(PAGES)) -> None:
    """Answer the questions in their order."""
    for step, data in PAGES[:upto]:
        browsing.post(page(step), data)


def only(database: Database, system: Actor) -> TransferRequest:
    """Return the one request there is."""
    with database.unit_of_work(system) as session:
        return session.scalars(select(TransferRequest)).one()


def test_a_patient_asks_from_the_first_question_to_the_reference(
    database: Database, system: Actor, waiter: Waiter
) -> None:
    browsing = waiter.browsing
    assert browsing.get("/transfer/request", 303).location == page("still-your-wait")
    for number, (step, data) in enumerate(PAGES):
        led = browsing.post(page(step), data).location
        assert led == page(PAGES[number + 1][0] if number + 1 < len(PAGES) else "check")
    shown = browsing.get(page("check"))
    assert "Up to 50 miles" in shown.text
    assert "Language: Polish" in shown.text
    sent = browsing.follow(browsing.post(page("check")))
    transfer = only(database, system)
    assert transfer.status == "in_review"
    assert transfer.needs == ["interpreter", "step_free"]
    assert transfer.reference.replace("-", "\u2011") in sent.text


def test_every_page_says_who_is_responsible_and_that_the_place_is_kept(waiter: Waiter, here: Place) -> None:
    walk(waiter.browsing)
    for step, _ in [*PAGES, ("check", {})]:
        text = waiter.browsing.get(page(step)).text
        assert f"{here.trust.name} is responsible for your care today" in text
        assert "Nobody watches this page for symptoms" in text
        assert "Asking never costs you your place" in text
        assert "111" in text
        assert "999" in text


def test_opening_the_pages_changes_nothing(database: Database, system: Actor, waiter: Waiter) -> None:
    for _ in range(3):
        waiter.browsing.get(page("still-your-wait"))
        waiter.browsing.get("/transfer/request", 303)
    with database.unit_of_work(system) as session:
        assert session.scalar(select(func.count()).select_from(TransferRequest)) == 0


def test_a_question_cannot_be_skipped_and_the_journey_resumes(waiter: Waiter) -> None:
    browsing = waiter.browsing
    assert browsing.get(page("needs"), 303).location == page("still-your-wait")
    walk(browsing, 3)
    assert browsing.get("/transfer/request", 303).location == page("dates")
    assert browsing.get(page("check"), 303).location == page("dates")
    assert 'value="50" checked' in browsing.get(page("distance")).html


def test_a_change_from_the_check_page_goes_back_to_it(waiter: Waiter) -> None:
    walk(waiter.browsing)
    led = waiter.browsing.post(page("distance"), {"miles": "england"})
    assert led.location == page("check")
    assert "Anywhere in England" in waiter.browsing.follow(led).text


def test_nothing_is_chosen_and_nothing_typed_is_lost(waiter: Waiter) -> None:
    browsing = waiter.browsing
    shown = browsing.post(page("still-your-wait"), {"right": "no", "wrong": ""}, 422)
    assert "Say what is wrong" in shown.text
    walk(browsing, 5)
    shown = browsing.post(page("needs"), {"needs": ["interpreter"], "language": "", "other": "My son"}, 422)
    assert "Say which language you need" in shown.text
    assert "My son" in shown.text


@pytest.mark.parametrize(
    ("step", "data", "said"),
    [
        ("health", {"changed": "yes", "what": ""}, "Say what has changed"),
        ("distance", {}, "Choose how far you could travel"),
        ("dates", {"any": "yes"}, "Give the first and last day"),
        ("contact", {"channel": "email"}, "Give an email address"),
        ("somebody-acting", {"acting": "yes"}, "Give the name of the person"),
        ("whole-pathway", {}, "Tick the box if you understand"),
        ("sharing", {}, "Tick the box if you agree"),
    ],
)
def test_what_is_missing_is_said_at_its_question(
    waiter: Waiter, step: str, data: dict[str, Any], said: str
) -> None:
    walk(waiter.browsing, [name for name, _ in PAGES].index(step))
    assert said in waiter.browsing.post(page(step), data, 422).text


def test_days_that_cannot_be_are_kept(waiter: Waiter) -> None:
    walk(waiter.browsing, 3)
    days = {"any": "yes", "from_1-day": "24", "from_1-month": "12", "from_1-year": "2026"}
    days |= {"to_1-day": "2", "to_1-month": "1", "to_1-year": "2027"}
    waiter.browsing.post(page("dates"), days)
    assert 'value="24"' in waiter.browsing.get(page("dates")).html


def test_a_double_click_sends_once(database: Database, system: Actor, waiter: Waiter) -> None:
    walk(waiter.browsing)
    form = waiter.browsing.get(page("check")).form()
    first = waiter.browsing.post(page("check"), form, fetch=False)
    again = waiter.browsing.post(page("check"), form, fetch=False)
    assert first.location == again.location == "/transfer/sent"
    assert only(database, system).status == "in_review"


def test_two_tabs_do_not_overwrite_each_other(waiter: Waiter) -> None:
    walk(waiter.browsing, 3)
    old = waiter.browsing.get(page("distance")).form()
    waiter.browsing.post(page("distance"), {"miles": "100"})
    shown = waiter.browsing.post(page("distance"), {**old, "miles": "25"}, 409, fetch=False)
    assert "changed this while you had it open" in shown.text
    assert 'value="100" checked' in waiter.browsing.get(page("distance")).html


def test_what_lies_within_each_distance_is_shown(
    database: Database, system: Actor, waiter: Waiter, elsewhere: Place, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        make_offer(session, now=now, site=elsewhere.site)
    walk(waiter.browsing, 2)
    shown = waiter.browsing.get(page("distance"))
    assert "1 offer of this care here today" in shown.text
    assert "Healthcare Travel Costs Scheme" in shown.text
    assert "NHS Low Income Scheme" in shown.text


def test_a_wait_that_stopped_being_eligible_cannot_be_sent(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    walk(waiter.browsing)
    form = waiter.browsing.get(page("check")).form()
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, waiter.pathway.id)
        pathway.priority_code = "P2"
    shown = waiter.browsing.get(page("check"))
    assert "marked your treatment as urgent" in shown.text
    assert "You keep your place" in shown.text
    # a page opened before is shown why as well, and nothing was sent
    shown = waiter.browsing.post(page("check"), form, 200, fetch=False)
    assert "marked your treatment as urgent" in shown.text
    assert only(database, system).status == "started"


def test_of_a_patient_who_died_nothing_is_spelled_out(
    database: Database, system: Actor, waiter: Waiter
) -> None:
    with database.unit_of_work(system) as session:
        session.get_one(Patient, waiter.patient.id).died_on = date(2026, 11, 1)
    shown = waiter.browsing.get(page("still-your-wait"))
    assert "this wait has ended" in shown.text
    assert "died" not in shown.text


def test_another_persons_wait_is_not_there(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        theirs = make_transfer_request(session, now=now)
    with database.unit_of_work(waiter.actor) as session:
        assert session.get(TransferRequest, theirs.id) is None
        assert queries.transfer_of_pathway(session, waiter.actor, theirs.pathway_id) is None


def test_signed_out_midway_nothing_typed_is_lost(waiter: Waiter) -> None:
    browsing = waiter.browsing
    walk(browsing, 1)
    form = browsing.get(page("health")).form()
    browsing.sign_out()
    typed = {**form, "changed": "yes", "what": "I had a fall in October."}
    shown = browsing.post(page("health"), typed, 401, fetch=False)
    assert "I had a fall in October." in shown.text
    assert "/transfer/sign-in?next=%2Ftransfer%2Frequest%2Fhealth" in shown.html
    # an answer without words needs no copy: it is asked again after signing in
    led = browsing.post(page("health"), {**form, "changed": "no"}, 302, fetch=False)
    assert led.location == "/transfer/sign-in?next=%2Ftransfer%2Frequest%2Fhealth"
