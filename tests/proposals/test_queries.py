"""Whose matches an actor sees, and that the database alone holds everybody to the same."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import event, select, true

from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.proposals import queries
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.queries import MatchFilter
from dmas.proposals.vocabulary import ProposalStatus
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, say, sides_of, staff_of

_S = ProposalStatus


def _coordinator(reach: Reach, code: str) -> Actor:
    role = {Reach.ICB: Role.ICB_COORDINATOR, Reach.REGION: Role.REGIONAL_COORDINATOR}.get(reach)
    return Actor(id=f"c@{code}", name="C", role=role or Role.SAFETY_OFFICER, organisation=code, reach=reach)


def test_each_reach_sees_its_own_even_with_the_scope_switched_off(
    database: Database, system: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit_of_work(system) as session:
        ours, other = make_proposal(session, now=now), make_proposal(session, now=now)
    sides = sides_of(ours)
    seers = {
        sides.at_home(): {ours.reference},
        sides.at_receiver(): {ours.reference},
        _coordinator(Reach.ICB, ours.home_icb): {ours.reference},
        _coordinator(Reach.ICB, ours.receiver_icb or ""): {ours.reference},
        _coordinator(Reach.REGION, ours.home_region): {ours.reference},
        _coordinator(Reach.REGION, ours.receiver_region): {ours.reference},
        _coordinator(Reach.NATION, "X24"): {ours.reference, other.reference},
        staff_of("RZZ9"): set(),
        NOBODY: set(),
    }
    for scoped in (True, False):
        if not scoped:
            monkeypatch.setattr(queries, "visible_to", lambda actor: true())
        for actor, expected in seers.items():
            with database.unit_of_work(actor) as session:
                rows, total = queries.listing(session, actor, MatchFilter())
                assert {row.proposal.reference for row in rows} == expected, actor
                assert total == len(expected)
                if other.reference not in expected:
                    with pytest.raises(NotFound):
                        queries.get(session, actor, other.reference)
                    with pytest.raises(NotFound):
                        queries.row(session, actor, other.reference)


def test_the_database_shows_a_receiver_only_who_said_yes(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, places=2, status=_S.CHOSEN)
        yes = make_person(session, now=now, proposal=proposal)
        say(session, yes, now=now)
        make_person(session, now=now, proposal=proposal)
    icb = _coordinator(Reach.ICB, proposal.home_icb)
    nation = _coordinator(Reach.NATION, "X24")
    receiver = sides_of(proposal).at_receiver()
    for actor, seen in ((receiver, {yes.id}), (icb, set()), (nation, set()), (staff_of("RZZ9"), set())):
        with database.unit_of_work(actor) as session:
            assert set(session.scalars(select(NamedPerson.id))) == seen


def test_a_case_is_read_in_one_question(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=5)
        one = make_proposal(session, now=now, offer=offer)
        make_proposal(session, now=now, offer=offer)
        make_proposal(session, now=now)
    asked: list[str] = []
    with database.unit_of_work(system) as session:
        event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert len(queries.of_case(session, system, offer_id=offer.id)) == 2
        (row,) = queries.of_case(session, system, request_id=one.request_id)
        assert (row.proposal.id, row.offer.id, row.line.id) == (one.id, offer.id, one.line_id)
        assert len(asked) == 2


def test_what_waits_for_a_side_is_counted(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=5)
        proposed = make_proposal(session, now=now, offer=offer)
        make_proposal(session, now=now, offer=offer, status=_S.CHOSEN)
    sides = sides_of(proposed)
    with database.unit_of_work(sides.at_receiver()) as session:
        waits = queries.waiting_for(session, sides.at_receiver(), date(2026, 11, 25))
        assert waits == {_S.PROPOSED: (1, 1)}
    with database.unit_of_work(sides.at_home()) as session:
        assert queries.waiting_for(session, sides.at_home(), date(2026, 11, 25)) == {}


def test_the_list_is_paged_and_ordered(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=5)
        near = make_proposal(session, now=now, offer=offer, tenths=10)
        far = make_proposal(session, now=now, offer=offer, tenths=990)
    with database.unit_of_work(system) as session:
        first, total = queries.listing(session, system, MatchFilter(), sort="miles", descending=True, limit=1)
        second, _ = queries.listing(
            session, system, MatchFilter(), sort="miles", descending=True, limit=1, offset=1
        )
        assert [row.proposal.id for row in (*first, *second)] == [far.id, near.id]
        assert total == 2
        assert session.get_one(Proposal, far.id).tenths == 990
