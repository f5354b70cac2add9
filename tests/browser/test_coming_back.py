"""A receiver declines, and a transfer is returned: nobody loses their place, and the clock never changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from dmas.web.filters import day
from tests.browser.conftest import Sits
from tests.browser.person import Person
from tests.browser.world import HOME, RECEIVER, World
from tests.factories.offers import make_offer
from tests.factories.proposals import take_on
from tests.factories.requests import make_request
from tests.factories.transfers import make_transfer

pytestmark = pytest.mark.browser


def match_in_the_night(world: World) -> Proposal:
    """Let a night match a request of the home trust with an offer of the receiver."""
    with world.working() as session:
        make_offer(session, now=world.clock.now, site=world.sites[RECEIVER])
        make_request(session, now=world.clock.now, trust=world.organisations[HOME])
    world.night()
    with world.working() as session:
        return session.scalars(select(Proposal)).one()


def test_a_receiver_declines_with_a_reason(world: World, sits_down: Sits) -> None:
    # Given a match that waits for the receiver
    match = match_in_the_night(world)
    page = f"/matches/{match.reference}"
    # When the receiver declines it, first without saying why
    receiver = sits_down("receiving manager", device="phone").opens(page).follows("Decline")
    receiver.presses("Decline the match").reads("There is a problem").looks("01-no-reason")
    receiver.ticks("Why do you decline?", "Staff or theatre not available")
    receiver.enters("More about the reason (optional)", "Two anaesthetists are away until January.")
    receiver.looks("02-declining").presses("Decline the match").reads("You have declined")
    receiver.looks("03-declined")
    # Then its places are free, and the home trust reads why and is still searching
    assert world.offer_of(match).held == 0
    home = sits_down("home manager").opens(page)
    home.reads("Declined by the receiver", "Staff or theatre not available").looks("04-home-reads")
    home.opens(f"/requests/{world.care_request().reference}").looks("05-still-searching")
    assert world.care_request().status == "open"
    world.is_sound()


class Returning:
    """A transfer that comes back."""

    def __init__(self, world: World, sits_down: Sits) -> None:
        self.world, self.sits_down = world, sits_down
        self.clock_start = world.today - timedelta(weeks=61)

    def given_a_transfer_that_was_confirmed(self) -> None:
        match = match_in_the_night(self.world)
        with self.world.working() as session:
            proposal = session.get_one(Proposal, match.id)
            take_on(session, proposal, ProposalStatus.CHOSEN, now=self.world.clock.now)
            transfer = make_transfer(
                session,
                now=self.world.clock.now,
                status=TransferStatus.CONFIRMED,
                proposal=proposal,
                clock_start=self.clock_start,
            )
            self.page = f"/transfers/{transfer.reference}"
        self.world.clock.goes_to(self.world.today, 14)

    def when_the_receiver_returns_it(self) -> None:
        clerk = self.sits_down("receiving clerk")
        self.reads_the_clock(clerk, "11-confirmed")
        clerk.follows("Return to the home trust").looks("12-returning")
        clerk.ticks("Why does the patient go back?", "Found unsuitable at assessment")
        clerk.enters("What the home trust should know (optional)", "Needs a heart scan first.")
        clerk.presses("Return the patient").reads("The patient goes back to the home trust")
        self.reads_the_clock(clerk, "13-returned")

    def then_its_place_is_free_and_both_sides_see_it_open(self) -> None:
        home = self.home = self.sits_down("home clerk").looks("14-home-first-page")
        home.opens("/transfers").reads("Returned").looks("15-transfers")
        self.reads_the_clock(home, "16-to-re-register")

    def when_the_home_trust_types_another_clock_it_is_refused(self) -> None:
        self.home.follows("Put back on the home list").presses("Back on the list")
        self.home.reads("Phone the patient first").looks("17-not-phoned")
        self.re_registers(self.clock_start + timedelta(days=30))
        self.home.reads("There is a problem").looks("18-another-clock")

    def and_when_it_types_the_original_one_the_case_is_over(self) -> None:
        self.re_registers(self.clock_start)
        self.home.reads("back on your list with the original clock")
        self.reads_the_clock(self.home, "19-re-registered")
        with self.world.working() as session:
            transfer = session.scalars(select(Transfer)).one()
        assert (transfer.status, transfer.clock_start) == (TransferStatus.RE_REGISTERED, self.clock_start)

    def re_registers(self, clock_start: date) -> None:
        self.home.dates("On which day were they put back on your list?", self.world.today)
        self.home.dates("Which clock start stands on your list?", clock_start)
        self.home.dates("When was the patient phoned?", self.world.today).enters("At what time?", "1:30pm")
        self.home.presses("Back on the list")

    def reads_the_clock(self, person: Person, step: str) -> None:
        person.opens(self.page).reads(day(self.clock_start)).looks(step)


def test_a_returned_patient_is_put_back_with_the_original_clock(world: World, sits_down: Sits) -> None:
    journey = Returning(world, sits_down)
    journey.given_a_transfer_that_was_confirmed()
    journey.when_the_receiver_returns_it()
    journey.then_its_place_is_free_and_both_sides_see_it_open()
    journey.when_the_home_trust_types_another_clock_it_is_refused()
    journey.and_when_it_types_the_original_one_the_case_is_over()
    world.is_sound()
