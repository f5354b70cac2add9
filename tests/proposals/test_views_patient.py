"""The pages on which a patient chooses: cards, side by side, choosing, staying, none of them, gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.offers import services as offers
from dmas.offers.commands import WithdrawOffer
from dmas.offers.models import Offer
from dmas.published.models import RttCount
from dmas.requests.models import TransferRequest
from dmas.waitinglist.models import Patient
from tests.browsing import Browsing
from tests.factories.offers import make_offer
from tests.factories.options import Choice, make_choice
from tests.factories.providers import make_independent, make_site
from tests.factories.requests import make_transfer_request
from tests.requests.views_patient.conftest import sit_down


@pytest.fixture
def choice(database: Database, system: Actor, now: datetime) -> Choice:
    """A patient with two options, one of them independent with a published wait."""
    with database.unit_of_work(system) as session:
        private = make_site(session, make_independent(session), name="Oak Lodge Hospital")
        given = [
            make_offer(session, now=now, site=private, tokens=("step_free", "parking")),
            make_offer(session, now=now),
        ]
        weeks = [0] * 105
        weeks[30] = 10
        session.add(
            RttCount(
                period=now.date().replace(day=1) - timedelta(days=1),
                provider_code=private.code,
                treatment_function="C_110",
                part="1A",
                provider_name="Oak Lodge",
                icb_code=None,
                total=10,
                weeks=weeks,
            )
        )
        return make_choice(session, now=now, offers=given)


@pytest.fixture
def browser(app: Flask, choice: Choice) -> Browsing:
    """The patient's browser."""
    return sit_down(app, choice.transfer.patient_id, choice.transfer.pathway_id)


def status_of(database: Database, system: Actor, choice: Choice) -> str:
    with database.unit_of_work(system) as session:
        return session.get_one(TransferRequest, choice.transfer.id).status


def choose_path(choice: Choice, number: int = 1) -> str:
    return f"/transfer/options/{choice.options[number - 1].id}/choose"


def test_the_cards_say_the_same_three_facts_first_and_staying_is_one_of_them(
    browser: Browsing, choice: Choice, database: Database, system: Actor
) -> None:
    page = browser.get("/transfer/options")
    assert "You have 2 options, or you can stay" in page.heading
    text = " ".join(page.text.split())
    assert text.index("is responsible for your care today") < text.index("Option 1")
    assert text.count("First date") == text.count("Usual wait") == 3
    waits = "Half of people were treated within 31 weeks, nine in ten within 31 weeks"
    assert f"{waits} (10 people admitted, October 2026)" in text
    assert "Not known" in text
    assert "independent, paid for by the NHS and free for you" in text
    assert "3.0 miles in a straight line" in text
    assert "Stay where I am" in text
    assert "28 November 2026" in text
    with database.unit_of_work(system) as session:
        patient = session.get_one(Patient, choice.transfer.patient_id)
    assert patient.family_name not in text
    assert patient.nhs_number not in text


def test_side_by_side_every_option_has_every_fact(browser: Browsing) -> None:
    page = browser.get("/transfer/options/compare")
    (table,) = page.tables()
    assert len(table[0]) == 4
    assert [row[0].removeprefix("What ") for row in table][1:5] == [
        "Hospital",
        "First date",
        "Distance",
        "Usual wait",
    ]
    assert {len(row) for row in table} == {4}


def test_choosing_asks_first_and_a_double_click_acts_once(
    browser: Browsing, choice: Choice, database: Database, system: Actor
) -> None:
    page = browser.get(choose_path(choice))
    assert "Choose Oak Lodge Hospital?" in page.heading
    form = page.form()
    first = browser.post(choose_path(choice), form, fetch=False)
    again = browser.post(choose_path(choice), form, fetch=False)
    assert first.location == again.location == "/transfer/track"
    assert status_of(database, system, choice) == "accepted"
    assert "You have already chosen" in browser.get("/transfer/options").heading
    assert "Your move is being arranged" in browser.follow(first).heading


def test_a_second_window_that_comes_too_late_is_told_kindly(
    browser: Browsing, choice: Choice, app: Flask
) -> None:
    other = sit_down(app, choice.transfer.patient_id, choice.transfer.pathway_id)
    old = other.get(choose_path(choice, 2)).form()
    browser.post(choose_path(choice))
    page = other.post(choose_path(choice, 2), old, fetch=False, status=409)
    assert "You have already chosen" in page.text


def test_an_option_that_has_gone_is_a_kind_page_and_the_others_are_still_there(
    browser: Browsing, choice: Choice, database: Database, system: Actor, now: datetime
) -> None:
    opened = browser.get(choose_path(choice)).form()
    with database.unit_of_work(system) as session:
        offer = session.get_one(Offer, choice.options[0].offer_id)
        gone = WithdrawOffer(reference=offer.reference, version=offer.version, reason="no_capacity")
        offers.withdraw(session, gone, actor=system, now=now)
    page = browser.post(choose_path(choice), opened, fetch=False, status=409)
    assert "has gone" in page.text
    assert "your place on the list and your waiting time are as they were" in page.text
    assert browser.get(choose_path(choice), status=303).location == "/transfer/options"
    browser.get("/transfer/options/00000000-0000-4000-8000-000000000000/choose", status=404)
    assert "You have 1 option, or you can stay" in browser.get("/transfer/options").heading


def test_staying_needs_no_reason_and_can_be_taken_back_at_once(
    browser: Browsing, choice: Choice, database: Database, system: Actor
) -> None:
    page = browser.post("/transfer/options/stay")
    assert status_of(database, system, choice) == "ended"
    back = browser.press(page.location, "/transfer/options/again")
    assert back.location == "/transfer/options"
    assert status_of(database, system, choice) == "options_offered"


def test_none_of_them_goes_on_searching(
    browser: Browsing, choice: Choice, database: Database, system: Actor
) -> None:
    browser.post("/transfer/options/none", {"reason": "too_far"})
    assert status_of(database, system, choice) == "searching"
    for path in ("", "/compare", "/stay", "/none"):
        assert "You have no options" in browser.get(f"/transfer/options{path}").heading


def test_before_there_are_any_the_page_says_so(
    app: Flask, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now)
    browser = sit_down(app, transfer.patient_id, transfer.pathway_id)
    assert "You have no options to choose from now" in browser.get("/transfer/options").heading


def test_looking_again_after_the_places_went_back_is_too_late(browser: Browsing) -> None:
    form = browser.get("/transfer/options/none").form()
    page = browser.post("/transfer/options/again", form, fetch=False, status=409)
    assert page.heading
