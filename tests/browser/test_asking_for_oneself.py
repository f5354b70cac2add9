"""Patients ask for themselves: by letter, on the phone, choosing, staying, refused, with a lost code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from dmas.notifications.models import Letter
from dmas.requests.vocabulary import TransferStatus as AskedStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.browser.asking import Asking, answers, enter_code
from tests.browser.conftest import Sits
from tests.browser.person import Person
from tests.browser.world import World
from tests.factories.requests import make_transfer_request
from tests.factories.transfers import advance
from tests.factories.waitinglist import make_invitation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def asking(world: World, browser: Browser, address: str, app: Flask) -> Iterator[Asking]:
    """The world of somebody who asks for themselves."""
    asking = Asking(world, browser, address, app)
    yield asking
    asking.everybody_leaves()


def test_invited_by_letter_choosing_between_four_and_moved(asking: Asking, sits_down: Sits) -> None:
    wait = asking.waits(contact_preference="letter", mobile=None, email=None)
    before = asking.clock_of(wait)
    asking.room()
    manager = sits_down("home manager").opens("/waiting-list").looks("01-waiting-list")
    manager.unfolds("Invite everybody who can be invited").presses("Invite them")
    manager.looks("02-invited")
    asking.post_goes()
    with asking.world.working() as session:
        assert session.scalars(select(Letter.organisation_code)).all() == [asking.home.code]
    clerk = sits_down("home clerk").opens("/letters").looks("03-letters")
    wait.code = asking.reads_code(wait)
    patient = asking.comes("asking_for_oneself", wait, device="phone")
    answers(patient, looking="04")
    patient.presses("Send my request").reads("Your request").looks("05-sent")
    asking.is_found_suitable(wait)
    asking.world.night()
    asking.receivers_say_yes(wait)
    assert asking.request_of(wait).status == "options_offered"
    patient = asking.comes("asking_for_oneself", wait, device="phone")
    patient.opens("/transfer/options").reads("4 options", "Stay where I am").looks("06-options")
    patient.opens("/transfer/options/compare").looks("07-compare").opens("/transfer/options")
    patient.page.get_by_role("main").get_by_role("button", name="Choose").nth(1).click()
    patient.reads("If you choose it").looks("08-choose")
    patient.presses("Yes, choose this hospital").looks("09-chosen")
    assert {one.status for one in asking.options_of(wait)} >= {"settled"}
    assert sum(one.held for one in asking.options_of(wait)) == 0
    _hand_over(asking, clerk)
    patient.opens("/transfer/track").looks("10-moved")
    assert asking.request_of(wait).status == "transferred"
    assert asking.clock_of(wait) == before
    asking.world.is_sound()


def _hand_over(asking: Asking, clerk: Person) -> None:
    """Let the two sides hand the person over, looking at the case in between."""
    with asking.world.working() as session:
        transfer = session.scalars(select(Transfer)).one()
    clerk.opens(f"/transfers/{transfer.reference}").looks("11-hand-over")
    with asking.world.working() as session:
        transfer = session.get_one(Transfer, transfer.id)
        for to in (TransferStatus.SENT, TransferStatus.CONFIRMED):
            advance(session, transfer, to, now=asking.world.clock.now)


def test_another_stays_and_may_change_their_mind(asking: Asking) -> None:
    wait = asking.waits()
    before = asking.clock_of(wait)
    asking.room()
    with asking.world.working() as session:
        make_invitation(session, now=asking.world.clock.now, pathway=session.merge(wait.pathway))
        make_transfer_request(
            session,
            now=asking.world.clock.now,
            status=AskedStatus.SEARCHING,
            pathway=session.merge(wait.pathway),
        )
    wait.code = asking.reads_code(wait)
    asking.world.night()
    asking.receivers_say_yes(wait)
    patient = asking.comes("asking_for_oneself", wait)
    patient.opens("/transfer/options/stay").looks("21-staying").presses("Stay where I am")
    patient.looks("22-stayed")
    assert asking.request_of(wait).ended_because == "stayed"
    assert asking.clock_of(wait) == before
    asking.world.is_sound()


def test_one_on_the_phone(asking: Asking, sits_down: Sits) -> None:
    wait = asking.waits()
    with asking.world.working() as session:
        make_invitation(session, now=asking.world.clock.now, pathway=session.merge(wait.pathway))
    agent = sits_down("helpline agent").opens("/on-behalf").looks("31-who-is-calling")
    agent.enters("NHS number", wait.patient.nhs_number).dates("Date of birth", wait.patient.date_of_birth)
    agent.presses("Find their request")
    assert wait.patient.nhs_number not in agent.path
    answers(agent, looking="32")
    agent.presses("Send my request").looks("33-sent-for-them")
    assert asking.request_of(wait).started_how == "helpline"
    asking.world.is_sound()


def test_one_refused_and_told_why(asking: Asking, sits_down: Sits) -> None:
    wait = asking.waits()
    with asking.world.working() as session:
        make_invitation(session, now=asking.world.clock.now, pathway=session.merge(wait.pathway))
        make_transfer_request(
            session,
            now=asking.world.clock.now,
            status=AskedStatus.IN_REVIEW,
            pathway=session.merge(wait.pathway),
        )
    wait.code = asking.reads_code(wait)
    reference = asking.request_of(wait).reference
    reviewer = sits_down("reviewer").opens("/reviews").looks("41-reviews")
    reviewer.opens(f"/reviews/{reference}").looks("42-facts")
    reviewer.group("Is a move suitable for this patient?").get_by_label("Not suitable").first.check()
    reviewer.group("Why is a move not suitable?").get_by_role("radio").first.check()
    reviewer.presses("Record the decision").looks("43-decided")
    patient = asking.comes("asking_for_oneself", wait, device="phone")
    patient.opens("/transfer/sent").reads("PALS", "Ask another clinician").looks("44-refused")
    assert asking.request_of(wait).ended_because == "not_suitable"
    asking.world.is_sound()


def test_a_lost_code_and_wrong_dates(asking: Asking, browser: Browser, address: str) -> None:
    wait = asking.waits()
    with asking.world.working() as session:
        make_invitation(session, now=asking.world.clock.now, pathway=session.merge(wait.pathway))
    old = asking.reads_code(wait)
    asking.world.clock.now += timedelta(days=1)
    patient = Person(browser, address, "asking_for_oneself", device="phone")
    asking.people.append(patient)
    patient.opens("/transfer").looks("51-door").opens("/transfer/lost-code").looks("52-lost")
    patient.enters("NHS number", wait.patient.nhs_number).dates("Date of birth", wait.patient.date_of_birth)
    patient.presses("Send a new code").looks("53-on-its-way")
    new = asking.reads_code(wait)
    assert new != old
    patient.opens("/transfer/sign-in")
    enter_code(patient, old, wait.patient.date_of_birth)
    refused = patient.page.get_by_role("alert").inner_text()
    for _ in range(5):
        enter_code(patient, new, wait.patient.date_of_birth + timedelta(days=1))
        assert patient.page.get_by_role("alert").inner_text() == refused
    enter_code(patient, new, wait.patient.date_of_birth)
    assert patient.page.get_by_role("alert").inner_text() == refused  # locked for an hour, in the same words
    patient.looks("54-refused")
    asking.world.clock.now += timedelta(hours=2)
    enter_code(patient, new, wait.patient.date_of_birth)
    patient.reads("Is this right?")
    asking.world.is_sound()
