"""Holding places for a line, and every reason not to."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NoLongerAvailable, NotAllowed, NotFound
from dmas.offers.models import Offer
from dmas.proposals import queries, services
from dmas.proposals.commands import DeclineProposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.models import Organisation
from dmas.requests.vocabulary import RequestStatus
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, propose, staff_of
from tests.factories.providers import make_site
from tests.factories.requests import make_request


def test_the_night_holds_places_and_asks_the_receiver(
    night_database: Database, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer, care_request = make_offer(session, now=now, places=3), make_request(session, now=now, places=2)
    with night_database.unit_of_work(system) as session:
        proposal = services.propose(
            session,
            propose(offer, care_request, places=2, tier=3, cut_off_tier=4, cut_off_since=date(2026, 1, 5)),
            actor=system,
            now=now,
        )
        assert (proposal.places, proposal.held, proposal.tier) == (2, 2, 3)
        assert proposal.due_on == date(2026, 11, 25)
        assert not proposal.by_hand
        assert session.get_one(Offer, offer.id).held == 2
        assert queries.still_to_find(session, [care_request.lines[0].id]) == {care_request.lines[0].id: 0}


def test_tier_2_is_answered_in_one_working_day(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        assert make_proposal(session, now=now, tier=2).due_on == date(2026, 11, 23)


def test_a_manager_asks_by_hand_with_a_reason(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer, care_request = make_offer(session, now=now), make_request(session, now=now)
    home = staff_of(care_request.provider_code)
    command = propose(offer, care_request, run_date=None, by_hand_reason="short_notice", overtakes=3)
    with database.unit_of_work(home) as session:
        proposal = services.propose(session, command, actor=home, now=now)
        assert (proposal.by_hand, proposal.by_hand_by, proposal.by_hand_reason) == (
            True,
            home.id,
            "short_notice",
        )
    without = propose(offer, care_request, run_date=None)
    with pytest.raises(InvalidInput, match="reason"), database.unit_of_work(home) as session:
        services.propose(session, without, actor=home, now=now)
    clerk = staff_of(care_request.provider_code, Role.BOOKING_CLERK)
    with pytest.raises(NotAllowed), database.unit_of_work(clerk) as session:
        services.propose(session, command, actor=clerk, now=now)
    stranger = staff_of("RZZ9")
    with pytest.raises(NotFound), database.unit_of_work(stranger) as session:
        services.propose(session, command, actor=stranger, now=now)


def test_what_cannot_be_held_is_refused(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        care_request = make_request(session, now=now, places=2)
        waiting = make_request(session, now=now, status=RequestStatus.AWAITING_ICB)
        small, large = make_offer(session, now=now, places=1), make_offer(session, now=now, places=9)
        trust = session.get_one(Organisation, care_request.provider_code)
        own = make_offer(session, now=now, site=make_site(session, trust))
    gone = propose(small, care_request, places=2)
    nowhere = propose(small, care_request, line_id=small.id)
    no_offer = propose(small, care_request, offer_id=care_request.id)
    for command, error, message in (
        (gone, NoLongerAvailable, "have gone"),
        (nowhere, NotFound, "no such request"),
        (no_offer, NoLongerAvailable, "not open any more"),
        (propose(large, care_request, places=3), InvalidInput, "between 1 and 2"),
        (propose(large, care_request, places=0), InvalidInput, "between 1 and 2"),
        (propose(large, waiting), Conflict, "not open"),
        (propose(own, care_request), InvalidInput, "your own"),
    ):
        with pytest.raises(error, match=message), database.unit_of_work(system) as session:
            services.propose(session, command, actor=system, now=now)


def test_a_pair_is_proposed_once_and_never_after_a_decline(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer, care_request = make_offer(session, now=now, places=5), make_request(session, now=now, places=3)
        proposal = make_proposal(session, now=now, offer=offer, care_request=care_request)
        again, line_id = propose(offer, care_request), care_request.lines[0].id
    with pytest.raises(Conflict, match="already proposed"), database.unit_of_work(system) as session:
        services.propose(session, again, actor=system, now=now)
    with database.unit_of_work(system) as session:
        decline = DeclineProposal(reference=proposal.reference, version=1, reason="staffing")
        services.decline(session, decline, actor=system, now=now)
        assert queries.declined_pairs(session, [line_id]) == {(line_id, offer.id)}
        assert queries.still_to_find(session, [line_id]) == {line_id: 3}
    with pytest.raises(Conflict, match="declined"), database.unit_of_work(system) as session:
        services.propose(session, again, actor=system, now=now)


def test_a_line_that_is_filled_asks_for_nothing(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        care_request = make_request(session, now=now, places=1)
        make_proposal(session, now=now, care_request=care_request, status=ProposalStatus.CHOSEN)
        command = propose(make_offer(session, now=now), care_request)
    with pytest.raises(Conflict, match="already found"), database.unit_of_work(system) as session:
        services.propose(session, command, actor=system, now=now)
