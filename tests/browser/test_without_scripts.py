"""Posting and answering work in a browser that runs no script."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from tests.browser import steps
from tests.browser.conftest import Sits
from tests.browser.world import World

pytestmark = pytest.mark.browser


def test_posting_and_answering_need_no_script(world: World, sits_down: Sits) -> None:
    # Given an offer and a request, both posted without scripts
    receiver = sits_down("receiving manager", scripts=False)
    steps.begin_an_offer(receiver, "Mutual aid: the whole pathway moves to us")
    steps.fill_in_an_offer(receiver, world.today)
    receiver.looks("01-terms").presses("Post the offer").reads("The offer is open").looks("02-posted")
    home = sits_down("home manager", scripts=False)
    steps.fill_in_a_request(home, places=3)
    home.presses("Add another line").looks("03-second-line").presses("Remove line 2")
    home.presses("Send to your ICB").reads("Your request is with your ICB").looks("04-asked")
    # And approved without scripts
    coordinator = sits_down("coordinator", scripts=False).opens("/approvals")
    coordinator.follows(world.care_request().reference).presses("Approve this request")
    # When a night has matched them, the receiver accepts and the trust takes the places
    world.night()
    with world.working() as session:
        match = session.scalars(select(Proposal)).one()
    steps.accept(sits_down("receiving manager", scripts=False), match.reference)
    steps.take(sits_down("home manager", scripts=False).looks("05-first-page"), match.reference)
    # Then the places are theirs to name people for
    with world.working() as session:
        assert session.get_one(Proposal, match.id).status == ProposalStatus.CHOSEN
        assert session.scalars(select(Offer)).one().held == 3
    world.is_sound()
