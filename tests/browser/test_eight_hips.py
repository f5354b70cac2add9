"""Eight hips: asked for, approved, matched in the night, answered by two providers, named and handed over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dmas.proposals.models import NamedPerson, Proposal
from dmas.transfers.models import Transfer
from tests.browser import steps
from tests.browser.conftest import Sits
from tests.browser.person import Person
from tests.browser.world import INDEPENDENT, RECEIVER, World
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


class Journey:
    """The story, step by step."""

    def __init__(self, world: World, sits_down: Sits) -> None:
        self.world, self.sits_down = world, sits_down
        self.clock_start = world.today - timedelta(weeks=60)
        self.born = world.today - timedelta(days=64 * 366)
        self.matches: dict[str, str] = {}

    def given_a_trust_and_an_independent_hospital_with_room(self) -> None:
        world = self.world
        with world.working() as session:
            for name, places in ((RECEIVER, 5), (INDEPENDENT, 4)):
                make_offer(session, now=world.clock.now, places=places, site=world.sites[name])

    def when_a_manager_asks_for_eight_hips(self) -> None:
        manager = self.sits_down("home manager").looks("01-first-page")
        steps.fill_in_a_request(manager, places=8)
        manager.looks("02-asking").presses("Send to your ICB")
        manager.reads("Your request is with your ICB").looks("03-asked")

    def and_the_icb_approves(self) -> None:
        reference = self.world.care_request().reference
        coordinator = self.sits_down("coordinator").looks("04-coordinator").opens("/approvals")
        coordinator.looks("05-approvals").follows(reference).looks("06-deciding")
        coordinator.presses("Approve this request").reads("The request is approved")
        coordinator.opens(f"/requests/{reference}").looks("07-approved")

    def then_the_night_fills_them_from_both(self) -> None:
        self.world.night()
        with self.world.working() as session:
            proposals = session.scalars(select(Proposal)).all()
            places = {one.receiver_code: one.places for one in proposals}
            self.matches = {one.receiver_code: one.reference for one in proposals}
        assert places == {self.code(RECEIVER): 5, self.code(INDEPENDENT): 3}
        self.sits_down("coordinator").opens(f"/runs/{self.world.today - timedelta(days=1)}").looks("08-night")

    def when_both_answer(self) -> None:
        self.answers(self.sits_down("receiving manager"), RECEIVER, "09-trust")
        self.answers(self.sits_down("independent manager", device="phone"), INDEPENDENT, "10-independent")

    def answers(self, receiver: Person, provider: str, step: str) -> None:
        reference = self.matches[self.code(provider)]
        receiver.looks(f"{step}-first-page").opens("/matches").looks(f"{step}-matches").follows(reference)
        receiver.does_not_read("Joyce").looks(f"{step}-match").follows("Accept").looks(f"{step}-accepting")
        steps.accept(receiver, reference)
        receiver.looks(f"{step}-accepted")

    def and_the_home_trust_takes_the_places(self) -> None:
        manager = self.manager = self.sits_down("home manager").looks("11-first-page")
        for number, reference in enumerate(self.matches.values()):
            manager.opens(f"/matches/{reference}").looks(f"12-accepted-{number}")
            steps.take(manager, reference)
        manager.opens(f"/requests/{self.world.care_request().reference}").looks("13-request")

    def and_names_people_who_say_yes(self) -> None:
        manager, match = self.manager, f"/matches/{self.matches[self.code(RECEIVER)]}"
        for number, (given, family) in enumerate((("Joyce", "Hartwell"), ("Frances", "Oakes"))):
            manager.opens(f"{match}/people")
            steps.fill_in_a_person(manager, given, family, clock_start=self.clock_start, born=self.born)
            if not number:
                manager.looks("14-naming")
            manager.presses("Name this person").reads("The person is named")
            manager.follows("Record what they say")
            steps.fill_in_a_yes(manager)
            if not number:
                manager.looks("15-said")
            manager.presses("Record the answer").reads("The answer is recorded")
        manager.looks("16-people").opens(match).looks("17-named")
        self.and_the_rest_say_yes_too()

    def and_the_rest_say_yes_too(self) -> None:
        world = self.world
        with world.working() as session:
            for proposal in session.scalars(select(Proposal).order_by(Proposal.reference)):
                for _ in range(proposal.held):
                    person = make_person(
                        session, now=world.clock.now, proposal=proposal, clock_start=self.clock_start
                    )
                    say(session, person, now=world.clock.now)

    def then_eight_people_move_and_no_clock_has_changed(self) -> None:
        with self.world.working() as session:
            transfers = session.scalars(select(Transfer)).all()
            people = session.scalars(select(NamedPerson)).all()
        assert len(transfers) == len(people) == 8
        assert {one.clock_start for one in (*transfers, *people)} == {self.clock_start}

    def when_a_clerk_fills_in_and_sends_a_hand_over(self) -> None:
        clerk = self.sits_down("home clerk").looks("18-clerk").opens("/transfers").looks("19-transfers")
        with self.world.working() as session:
            named = select(NamedPerson.id).where(NamedPerson.family_name == "Hartwell")
            transfer = session.scalars(select(Transfer).where(Transfer.person_id.in_(named))).one()
        self.transfer = f"/transfers/{transfer.reference}"
        clerk.opens(self.transfer).reads("Hartwell").looks("20-transfer").opens(f"{self.transfer}/data-set")
        steps.fill_in_the_data_set(clerk)
        clerk.looks("21-data-set").presses("Save").reads("The data set is saved").looks("22-complete")
        clerk.presses(f"Send to {RECEIVER}").reads("The data set is sent").looks("23-sent")

    def and_the_receiver_confirms_it_and_gives_a_date(self) -> None:
        clerk = self.sits_down("receiving clerk", device="phone").looks("24-receiving-clerk")
        clerk.opens(self.transfer).reads("Hartwell", "Original clock start").looks("25-received")
        clerk.follows("Confirm").looks("26-confirming").ticks_alone(steps.SLOT_CANCELLED)
        clerk.presses("Confirm").reads("The transfer is confirmed")
        clerk.opens(f"{self.transfer}/date").dates("When is the first date?", self.first_date)
        clerk.looks("27-date").presses("Save the date").reads("The date is given").looks("28-dated")

    @property
    def first_date(self) -> date:
        return self.world.today + timedelta(days=30)

    def then_the_home_trust_reads_the_date_and_the_same_clock(self) -> None:
        day = f"{self.clock_start.day} {self.clock_start:%B %Y}"
        self.sits_down("home clerk").opens(self.transfer).reads("Date given", day).looks("29-home-reads")
        self.then_eight_people_move_and_no_clock_has_changed()

    def code(self, name: str) -> str:
        return self.world.organisations[name].code


def test_eight_hips_move_from_the_asking_to_a_first_date(world: World, sits_down: Sits) -> None:
    journey = Journey(world, sits_down)
    journey.given_a_trust_and_an_independent_hospital_with_room()
    journey.when_a_manager_asks_for_eight_hips()
    journey.and_the_icb_approves()
    journey.then_the_night_fills_them_from_both()
    journey.when_both_answer()
    journey.and_the_home_trust_takes_the_places()
    journey.and_names_people_who_say_yes()
    journey.then_eight_people_move_and_no_clock_has_changed()
    journey.when_a_clerk_fills_in_and_sends_a_hand_over()
    journey.and_the_receiver_confirms_it_and_gives_a_date()
    journey.then_the_home_trust_reads_the_date_and_the_same_clock()
    world.is_sound()
