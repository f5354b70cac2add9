"""What the home trust does with accepted places."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed
from dmas.offers.models import Offer
from dmas.proposals import queries, services
from dmas.proposals.commands import ChooseCapacity, DeclineCapacity, ReleasePlaces
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from tests.factories.proposals import make_person, make_proposal, sides_of

_S = ProposalStatus


def _made(database: Database, system: Actor, now: datetime, status: ProposalStatus) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=3, status=status)


def _here(proposal: Proposal) -> dict[str, object]:
    return {"reference": proposal.reference, "version": proposal.version}


def test_the_trust_takes_the_places_and_has_3_days_to_name(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.RECEIVER_ACCEPTED)
    home = sides_of(proposal).at_home()
    with database.unit_of_work(home) as session:
        done = services.choose(session, ChooseCapacity(**_here(proposal)), actor=home, now=now)
        assert (done.status, done.decided_by, done.held) == (_S.CHOSEN, home.id, 3)
        assert done.due_on == date(2026, 11, 25)


def test_the_trust_declines_and_everything_is_released(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.RECEIVER_ACCEPTED)
    home = sides_of(proposal).at_home()
    with database.unit_of_work(home) as session:
        done = services.decline_capacity(
            session,
            DeclineCapacity(**_here(proposal), reason="other", note="A theatre reopened."),
            actor=home,
            now=now,
        )
        assert (done.status, done.decision_reason, done.held) == (_S.DECLINED, "other", 0)
        assert session.get_one(Offer, done.offer_id).held == 0
        assert queries.declined_pairs(session, [done.line_id]) == {(done.line_id, done.offer_id)}


def test_only_the_home_trusts_manager_decides_and_only_once_answered(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.PROPOSED)
    sides = sides_of(proposal)
    for actor in (sides.at_receiver(), sides.at_home(Role.BOOKING_CLERK)):
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.choose(session, ChooseCapacity(**_here(proposal)), actor=actor, now=now)
        decline = DeclineCapacity(**_here(proposal), reason="too_far")
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.decline_capacity(session, decline, actor=actor, now=now)
        release = ReleasePlaces(**_here(proposal), places=1)
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.release_places(session, release, actor=actor, now=now)
    home = sides.at_home()
    with pytest.raises(IllegalTransition), database.unit_of_work(home) as session:
        services.choose(session, ChooseCapacity(**_here(proposal)), actor=home, now=now)
    early = ReleasePlaces(**_here(proposal), places=1)
    with pytest.raises(InvalidInput, match="Take the places"), database.unit_of_work(home) as session:
        services.release_places(session, early, actor=home, now=now)


def test_places_not_needed_go_back_but_not_those_of_people_named(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.CHOSEN)
    home = sides_of(proposal).at_home()
    with database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=proposal)
    too_many = ReleasePlaces(**_here(proposal), places=3)
    with pytest.raises(InvalidInput, match="between 1 and 2"), database.unit_of_work(home) as session:
        services.release_places(session, too_many, actor=home, now=now)
    with database.unit_of_work(home) as session:
        left = services.release_places(
            session, ReleasePlaces(**_here(proposal), places=2), actor=home, now=now
        )
        assert (left.status, left.held, left.due_on) == (_S.CHOSEN, 1, date(2026, 11, 28))
        assert session.get_one(Offer, left.offer_id).held == 1
    with pytest.raises(InvalidInput, match="somebody you named"), database.unit_of_work(home) as session:
        services.release_places(session, ReleasePlaces(**_here(left), places=1), actor=home, now=now)


def test_a_match_that_gives_everything_back_is_settled(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.CHOSEN)
    with database.unit_of_work(system) as session:
        done = services.release_places(
            session, ReleasePlaces(**_here(proposal), places=3), actor=system, now=now
        )
        assert (done.status, done.held, done.due_on, done.ended_at) == (_S.SETTLED, 0, None, now)
