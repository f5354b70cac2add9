"""Wrong answers, double clicks, stale pages and the Back button: what was typed stays, and it acts once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dmas.offers.models import Offer
from tests.browser import steps
from tests.browser.conftest import Sits
from tests.browser.person import Person
from tests.browser.world import HOME, PASSWORD, RECEIVER, World
from tests.factories.offers import make_offer
from tests.factories.requests import make_request

pytestmark = pytest.mark.browser


def how_it_looks(person: Person) -> str:
    """Return how what has the focus is drawn."""
    drawn: str = person.page.evaluate(
        """() => {
            const style = getComputedStyle(document.activeElement);
            return [style.backgroundColor, style.boxShadow, style.outlineStyle, style.outlineWidth].join("|");
        }"""
    )
    return drawn


def test_wrong_answers_are_named_and_nothing_typed_is_lost(world: World, sits_down: Sits) -> None:
    # Given a request with three wrong answers among right ones
    manager = sits_down("home manager")
    steps.fill_in_a_request(manager)
    line = manager.group("Line 1")
    manager.enters("Places", "eight", within=line).enters("Oldest", "", within=line)
    manager.enters("Clinical lead for these people", "")
    # When it is sent
    manager.presses("Send to your ICB").looks("01-wrong")
    # Then the summary has the focus, names each fault in order, and each leads to its question
    summary = manager.page.locator(".nhsuk-error-summary")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    assert links.count() == 3
    for number, name in enumerate(("lines-0-places", "lines-0-age_to", "clinical_lead")):
        before = how_it_looks(manager)
        links.nth(number).focus()
        assert how_it_looks(manager) != before, "the link that has the focus is drawn like any other"
        links.nth(number).press("Enter")
        expect(manager.page.locator(f"[name='{name}']")).to_be_focused()
        expect(manager.page.locator(f"[name='{name}']")).to_have_attribute(
            "aria-describedby", re.compile("error")
        )
    # And everything typed is still there, wrong or right
    expect(line.get_by_label("Places", exact=True)).to_have_value("eight")
    expect(line.get_by_label("Youngest", exact=True)).to_have_value("50")
    expect(manager.page.get_by_label("Why do you need help?")).to_have_value(
        "Two theatres are closed until spring."
    )
    # And once corrected it is sent
    manager.enters("Places", 8, within=line).enters("Oldest", 75, within=line)
    manager.enters("Clinical lead for these people", "Ms Example Surgeon")
    manager.presses("Send to your ICB").reads("Your request is with your ICB")
    world.is_sound()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_acts_once(world: World, sits_down: Sits, scripts: bool) -> None:
    manager = sits_down("receiving manager", scripts=scripts)
    steps.begin_an_offer(manager, "Mutual aid: the whole pathway moves to us")
    steps.fill_in_an_offer(manager, world.today)
    manager.page.get_by_role("button", name="Post the offer").dblclick()
    manager.reads("The offer is open")
    assert world.offers() == 1
    world.is_sound()


def test_going_back_and_sending_the_same_again_acts_once(world: World, sits_down: Sits) -> None:
    # Given an offer that was posted
    manager = sits_down("receiving manager")
    steps.begin_an_offer(manager, "Mutual aid: the whole pathway moves to us")
    steps.fill_in_an_offer(manager, world.today)
    manager.presses("Post the offer").reads("The offer is open")
    posted = manager.path
    # When the manager goes back and presses the button again, they are led to the same offer
    manager.page.go_back()
    expect(manager.page.get_by_label("How many places?")).to_have_value("4")
    manager.presses("Post the offer")
    assert (manager.path, world.offers()) == (posted, 1)
    # And when they go back and change something, that is another offer
    manager.page.go_back()
    manager.enters("How many places?", 2).presses("Post the offer").reads("The offer is open")
    assert world.offers() == 2
    world.is_sound()


def test_a_stale_page_says_what_to_do(world: World, sits_down: Sits) -> None:
    # Given two people who open the same offer to change it
    with world.working() as session:
        offer = make_offer(session, now=world.clock.now, site=world.sites[RECEIVER], places=4)
    page = f"/offers/{offer.reference}/amend"
    first, second = sits_down("receiving manager"), sits_down("receiving manager")
    first.opens(page)
    second.opens(page)
    # When one saves, and then the other
    first.enters("How many places?", 6).presses("Save changes").reads("Your changes are saved")
    second.enters("How many places?", 3).presses("Save changes")
    # Then the second is told, what they typed is shown, and the first one's change stands
    second.reads("There is a problem").looks("02-stale")
    expect(second.page.get_by_label("How many places?")).to_have_value("3")
    with world.working() as session:
        assert session.get_one(Offer, offer.id).places == 6


def test_signing_out_in_another_tab_leads_back_after_signing_in(world: World, sits_down: Sits) -> None:
    # Given somebody whose sign-in has ended
    with world.working() as session:
        asked = make_request(session, now=world.clock.now, trust=world.organisations[HOME])
    manager = sits_down("home manager").opens(f"/requests/{asked.reference}")
    manager.context.clear_cookies()
    # When they go on working, they are asked to sign in and come back to where they were
    manager.follows("Withdraw").looks("03-sign-in-again")
    manager.page.get_by_label("Email address").fill(world.emails["home manager"])
    manager.page.get_by_label("Password", exact=True).fill(PASSWORD)
    manager.presses("Sign in").reads("Withdraw this request")
    assert manager.path == f"/requests/{asked.reference}/withdraw"


def test_what_is_not_there_or_not_theirs_looks_the_same(world: World, sits_down: Sits) -> None:
    with world.working() as session:
        asked = make_request(session, now=world.clock.now, trust=world.organisations[HOME])
    stranger = sits_down("receiving manager").opens(f"/requests/{asked.reference}").looks("04-not-theirs")
    heading = stranger.page.locator("h1").inner_text()
    stranger.opens("/requests/RQ-2222222").looks("05-not-there")
    assert stranger.page.locator("h1").inner_text() == heading
    stranger.opens("/approvals").looks("06-not-allowed")
