"""The four guarded statements: no race sells a place twice, and counters equal the rows that hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import InvalidInput, NoLongerAvailable
from dmas.core.references import new_reference
from dmas.offers import services
from dmas.offers.commands import AmendOffer, SuspendOffer
from dmas.offers.models import Offer
from dmas.offers.services.posting import terms_of
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals.models import Proposal
from dmas.requests.models import CareRequest, RequestLine
from tests.factories.offers import make_offer
from tests.offers.conftest import World

PLACES, RACERS, TRIES = 10, 4, 8


@pytest.fixture
def offer(database: Database, world: World, now: datetime) -> Offer:
    with database.unit_of_work(world.manager) as session:
        return make_offer(session, now=now, places=PLACES, site=world.site, actor=world.manager)


def add_request(
    session: Session, world: World, system: Actor, now: datetime, lines: int
) -> list[RequestLine]:
    """Write an open request of the other trust with so many lines."""
    day = london_date(now)
    care_request = CareRequest(
        reference=new_reference("RQ"),
        pathway="elective",
        status="open",
        provider_code=world.other.code,
        icb_code=world.other.icb_code,
        region_code=world.other.region_code,
        latitude=52.0,
        longitude=-1.5,
        basis="whole_pathway",
        stage="decision_to_admit",
        service="110",
        setting="inpatient",
        reason="long_waits",
        clinical_lead="A Surgeon",
        posted_by=system.id,
        posted_at=now,
        opened_on=day,
    )
    care_request.lines = [
        RequestLine(
            number=number + 1,
            places=1,
            priority_code="P4",
            tier=4,
            weeks_from=52,
            weeks_to=60,
            waiting_since=day - timedelta(weeks=52),
            age_from=18,
            age_to=80,
        )
        for number in range(lines)
    ]
    session.add(care_request)
    audit.record(session, care_request, "request.posted", actor=system, now=now)
    return care_request.lines


def propose(
    session: Session, offer: Offer, line: RequestLine, world: World, actor: Actor, now: datetime
) -> None:
    """Hold one place and write the proposal that holds it."""
    services.hold(session, offer.id, 1)
    proposal = Proposal(
        reference=new_reference("PR"),
        pathway="elective",
        status="proposed",
        offer_id=offer.id,
        request_id=line.request_id,
        line_id=line.id,
        home_code=world.other.code,
        home_icb=world.other.icb_code,
        home_region=world.other.region_code,
        receiver_code=offer.provider_code,
        receiver_icb=offer.icb_code,
        receiver_region=offer.region_code,
        places=1,
        held=1,
        tenths=100,
        tier=4,
        waiting_since=line.waiting_since,
        made_at=now,
        by_hand=True,
    )
    session.add(proposal)
    audit.record(session, proposal, "proposal.made", actor=actor, now=now)


def test_four_racing_for_a_hot_offer_sell_no_place_twice(
    database: Database, database_url: URL, world: World, offer: Offer, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        lines = add_request(session, world, system, now, RACERS * TRIES)
    start = Barrier(RACERS)

    def race(racer: int) -> int:
        own, won = Database(database_url, pool_size=1), 0
        start.wait()
        for line in lines[racer * TRIES : (racer + 1) * TRIES]:
            try:
                with own.unit_of_work(world.other_manager) as session:
                    propose(session, offer, line, world, world.other_manager, now)
                won += 1
            except NoLongerAvailable:
                pass
        own.dispose()
        return won

    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(race, range(RACERS)))
    assert sum(won) == PLACES
    with database.unit_of_work(system) as session:
        row = session.get_one(Offer, offer.id)
        rows_hold = session.scalar(select(func.sum(Proposal.held)).where(Proposal.offer_id == offer.id))
        assert (row.held, row.taken, row.free) == (PLACES, 0, 0)
        assert rows_hold == PLACES


def test_a_hold_without_a_row_that_holds_is_refused_at_the_end(
    database: Database, offer: Offer, system: Actor
) -> None:
    with (
        pytest.raises(DBAPIError, match="held 1 and taken 0, but rows hold 0"),
        database.unit_of_work(system) as session,
    ):
        services.hold(session, offer.id, 1)


class Stop(Exception):
    """Rolls a unit of work back, so that counters can be looked at without rows beside them."""


def moved(
    database: Database, system: Actor, offer: Offer, *steps: Callable[[Session], None]
) -> tuple[int, int, int]:
    """Return free, held and taken after some steps, as the loaded offer shows them; then roll back."""
    with suppress(Stop), database.unit_of_work(system) as session:
        loaded = session.get_one(Offer, offer.id)
        for step in steps:
            step(session)
        shown = (loaded.free, loaded.held, loaded.taken)
        session.refresh(loaded)
        assert shown == (loaded.free, loaded.held, loaded.taken)
        raise Stop
    return shown


def test_places_go_from_free_to_held_to_taken_and_back(
    database: Database, system: Actor, offer: Offer
) -> None:
    def hold(session: Session) -> None:
        services.hold(session, offer.id, 3)

    def release(session: Session) -> None:
        services.release(session, offer.id, 2)

    def take(session: Session) -> None:
        services.take(session, offer.id)

    def give_back(session: Session) -> None:
        services.give_back(session, offer.id)

    assert moved(database, system, offer, hold) == (7, 3, 0)
    assert moved(database, system, offer, hold, release) == (9, 1, 0)
    assert moved(database, system, offer, hold, take) == (7, 2, 1)
    assert moved(database, system, offer, hold, take, give_back) == (8, 2, 0)


@pytest.mark.parametrize("step", [services.release, services.take, services.give_back])
def test_what_is_not_held_or_taken_cannot_be_moved(
    database: Database, system: Actor, offer: Offer, step: Callable[[Session, uuid.UUID, int], None]
) -> None:
    with pytest.raises(NoLongerAvailable), database.unit_of_work(system) as session:
        step(session, offer.id, 1)


def test_more_than_are_free_cannot_be_held(database: Database, system: Actor, offer: Offer) -> None:
    with pytest.raises(NoLongerAvailable), database.unit_of_work(system) as session:
        services.hold(session, offer.id, PLACES + 1)
    with pytest.raises(ValueError, match="at least one"), database.unit_of_work(system) as session:
        services.hold(session, offer.id, 0)


@pytest.mark.usefixtures("heard")
def test_a_paused_offer_gives_nobody_a_place_but_lets_held_ones_go(
    database: Database, world: World, offer: Offer, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        [line] = add_request(session, world, system, now, 1)
        propose(session, offer, line, world, system, now)
    with database.unit_of_work(world.manager) as session:
        command = SuspendOffer(reference=offer.reference, reason="safety")
        services.suspend(session, command, actor=world.manager, now=now)
    for step in (services.hold, services.take):
        with pytest.raises(NoLongerAvailable), database.unit_of_work(system) as session:
            step(session, offer.id, 1)
    assert moved(database, system, offer, lambda session: services.release(session, offer.id, 1)) == (
        10,
        0,
        0,
    )


def test_places_may_not_fall_below_what_is_held(
    database: Database, world: World, offer: Offer, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        for line in add_request(session, world, system, now, 3):
            propose(session, offer, line, world, system, now)
    for places, kept in ((2, False), (3, True)):
        command = AmendOffer(
            reference=offer.reference, version=1, terms=replace(terms_of(offer), places=places)
        )
        if kept:
            with database.unit_of_work(world.manager) as session:
                full = services.amend(session, command, actor=world.manager, now=now)
            assert (full.places, full.free, full.status) == (3, 0, OfferStatus.OPEN)
        else:
            with (
                pytest.raises(InvalidInput, match="3 places are already held") as refused,
                database.unit_of_work(world.manager) as session,
            ):
                services.amend(session, command, actor=world.manager, now=now)
            assert refused.value.field == "places"


def test_the_constraint_stands_below_the_statement(database: Database, offer: Offer, system: Actor) -> None:
    with pytest.raises(Exception, match="Those places have gone"), database.unit_of_work(system) as session:
        session.execute(text("UPDATE offer SET held = places + 1 WHERE id = :id"), {"id": offer.id})
