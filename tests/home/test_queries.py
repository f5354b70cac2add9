"""Figures of the nation, and what a night found for whom."""

from __future__ import annotations

from datetime import datetime

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.home import queries
from dmas.matching.models import MatchRun, Outcome
from dmas.proposals.vocabulary import ProposalStatus
from tests.cases.conftest import NATIONAL
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, sides_of, staff_of
from tests.factories.requests import make_request
from tests.factories.transfers import make_transfer


def applied(database: Database, system: Actor, now: datetime, places: int = 4) -> MatchRun:
    run = MatchRun(
        service_date=london_date(now),
        status="applied",
        owner="tests",
        claimed_at=now,
        rules_version="1",
        engine_version="1",
        counts={"places_served": places, "places_wanted": 9},
    )
    with database.unit_of_work(system) as session:
        session.add(run)
        audit.record(session, run, "run.claimed", actor=system, now=now)
    return run


def test_the_nation_before_anything_is_there(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        assert queries.national(session) == queries.National(0, 0, 0, None, None)


def test_the_nation_counts_what_is_free_and_still_wanted(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=9)
        asked = make_request(session, now=now, places=8)
        proposal = make_proposal(
            session, now=now, offer=offer, care_request=asked, places=3, status=ProposalStatus.CHOSEN
        )
        make_transfer(session, now=now, proposal=proposal)
    applied(database, system, now)
    with database.unit_of_work(system) as session:
        found = queries.national(session)
    assert (found.open_offers, found.places_free, found.places_wanted) == (1, 6, 5)
    assert (found.found_last_night, found.last_night) == (4, london_date(now))


def test_a_night_is_counted_for_those_who_asked_and_those_who_gave(
    database: Database, system: Actor, now: datetime
) -> None:
    run = applied(database, system, now)
    with database.unit_of_work(system) as session:
        asked = make_request(session, now=now, places=8)
        proposal = make_proposal(session, now=now, care_request=asked, places=3, run_date=run.service_date)
        session.add(
            Outcome(
                run_id=run.id,
                line_id=asked.lines[0].id,
                request_id=asked.id,
                service_date=run.service_date,
                wanted=8,
                served=3,
                code="outranked",
                details={},
            )
        )
    sides = sides_of(proposal)
    for actor, expected in (
        (sides.at_home(), [("outranked", 8, 3)]),
        (NATIONAL, [("outranked", 8, 3)]),
        (sides.at_receiver(), []),
        (staff_of("R9999"), []),
    ):
        with database.unit_of_work(actor) as session:
            assert queries.found_for(session, actor, run) == expected
    for actor, places in ((sides.at_receiver(), 3), (sides.at_home(), 0)):
        with database.unit_of_work(actor) as session:
            assert queries.drawn_from(session, actor, run) == places
