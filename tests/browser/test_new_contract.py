"""An independent's offer under a new contract waits for its ICB, is approved, found and asked for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from tests.browser import steps
from tests.browser.conftest import Sits
from tests.browser.world import HOME, World
from tests.factories.requests import make_request

pytestmark = pytest.mark.browser


class Journey:
    """The story, step by step."""

    def __init__(self, world: World, sits_down: Sits) -> None:
        self.world, self.sits_down = world, sits_down

    def given_a_trust_whose_request_is_open(self) -> None:
        with self.world.working() as session:
            make_request(session, now=self.world.clock.now, trust=self.world.organisations[HOME])

    def when_an_independent_posts_an_offer_under_a_new_contract(self) -> None:
        manager = self.sits_down("independent manager")
        manager.opens("/offers").looks("01-no-offers")
        steps.begin_an_offer(manager, "A new contract: the whole pathway moves to us")
        manager.looks("02-terms")
        steps.fill_in_an_offer(manager, self.world.today)
        manager.presses("Post the offer").reads("waits for your ICB").looks("03-waits")
        with self.world.working() as session:
            self.offer = session.scalars(select(Offer)).one().reference

    def then_nobody_else_finds_it(self) -> None:
        self.manager = self.sits_down("home manager").opens("/find-capacity")
        self.manager.does_not_read(self.offer).looks("04-not-found")

    def when_the_icb_approves_it(self) -> None:
        coordinator = self.coordinator = self.sits_down("coordinator")
        coordinator.opens("/approvals").looks("05-approvals").follows(self.offer).looks("06-deciding")
        coordinator.presses("Approve this offer")
        coordinator.reads("The offer is open").looks("07-approved")

    def then_the_trust_finds_it_and_asks_by_hand(self) -> None:
        manager = self.manager.opens("/find-capacity?service=110").looks("08-found")
        manager.follows(self.offer).looks("09-offer").follows("Ask for these places").looks("10-asking")
        manager.page.get_by_label("Which of your requests needs these places?").select_option(index=1)
        manager.enters("How many places?", 2)
        manager.ticks("Why can this not wait for the night?", "The clinical teams agreed")
        manager.presses("Ask for these places").reads("the provider has been asked").looks("11-asked")

    def and_the_icb_sees_that_it_was_by_hand(self) -> None:
        with self.world.working() as session:
            match = session.scalars(select(Proposal)).one()
        assert (match.run_date, match.held) == (None, 2)
        self.coordinator.opens("/home").looks("12-coordinator")
        self.coordinator.opens(f"/matches/{match.reference}").reads("By hand").looks("13-by-hand")


def test_a_new_contract_is_approved_and_used(world: World, sits_down: Sits) -> None:
    journey = Journey(world, sits_down)
    journey.given_a_trust_whose_request_is_open()
    journey.when_an_independent_posts_an_offer_under_a_new_contract()
    journey.then_nobody_else_finds_it()
    journey.when_the_icb_approves_it()
    journey.then_the_trust_finds_it_and_asks_by_hand()
    journey.and_the_icb_sees_that_it_was_by_hand()
    world.is_sound()
