"""What a checked plan writes: held places, proposals with rank and cut-off, outcomes, one event each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.matching import applying, loading, nightly
from dmas.matching.engine import solve
from dmas.matching.models import MatchRun, Outcome
from dmas.offers import services as offers
from dmas.offers.commands import SuspendOffer
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.providers.vocabulary import LocationSource
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal
from tests.factories.providers import make_site
from tests.factories.requests import line, make_request
from tests.matching.conftest import Market


def run(database: Database, service_date: date, now: datetime) -> None:
    nightly.run_night(database, service_date=service_date, now=now, owner="test")


def test_a_proposal_carries_both_sides_its_rank_and_the_cut_off(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
) -> None:
    with database.unit_of_work(system) as session:
        make_request(session, now=now, opened_on=service_date - timedelta(days=30), weeks_from=41, places=2)
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        near = session.scalars(select(Proposal).where(Proposal.offer_id == market.near.id)).one()
        far = session.scalars(select(Proposal).where(Proposal.offer_id == market.far.id)).all()
    asked, waiting = market.care_request, market.care_request.lines[0].waiting_since
    assert (near.home_code, near.home_icb, near.home_region) == (
        asked.provider_code,
        asked.icb_code,
        asked.region_code,
    )
    assert (near.receiver_code, near.receiver_region) == (market.near.provider_code, market.near.region_code)
    assert (near.places, near.held, near.tenths, near.tier, near.waiting_since) == (5, 5, 35, 4, waiting)
    assert near.distance_approximate is False
    # the last place went to somebody of 41 weeks, who found the rest taken
    assert {(one.cut_off_tier, one.cut_off_since) for one in far} == {(4, waiting + timedelta(weeks=1))}
    assert sum(one.places for one in far) == 4
    assert (near.run_date, near.by_hand, near.made_at) == (service_date, False, now)


def test_each_proposal_has_its_one_event_that_both_sides_may_read(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        events = session.execute(
            text(
                "SELECT entity_id, actor_id, parties, details, reference FROM audit_event"
                " WHERE action = 'proposal.made_by_night'"
            )
        ).all()
        made = {one.id: one for one in session.scalars(select(Proposal))}
    assert {event.entity_id for event in events} == set(made)
    for event in events:
        proposal = made[event.entity_id]
        assert set(event.parties) == {code for code in proposal.audit_parties() if code}
        assert event.details == {"places": proposal.places, "tenths": proposal.tenths}
        assert (event.actor_id, event.reference) == ("system:nightly-match", proposal.reference)


def test_a_distance_to_a_district_is_marked_approximate(
    database: Database, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        make_offer(session, now=now, site=make_site(session, location_source=LocationSource.OUTCODE))
        make_request(session, now=now, opened_on=service_date - timedelta(days=30))
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        assert session.scalars(select(Proposal.distance_approximate)).one() is True


def test_a_reason_says_whether_the_last_place_went_to_an_equal(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
) -> None:
    nationwide = {"opened_on": service_date - timedelta(days=30), "places": 20}
    with database.unit_of_work(system) as session:
        equal = make_request(session, now=now, weeks_from=42, **nationwide)
        later = make_request(session, now=now, weeks_from=41, **nationwide)
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        found = {one.request_id: one for one in session.scalars(select(Outcome))}
    assert {found[one.id].code for one in (equal, later)} == {"outranked"}
    assert found[equal.id].details["tied"] is True
    assert found[later.id].details["tied"] is False


def test_one_outcome_a_line_with_what_was_wanted_and_served(
    database: Database, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        make_offer(session, now=now, places=3)
        lines = (line(places=2, weeks_from=60, weeks_to=62), line(places=4))
        make_request(session, now=now, opened_on=service_date - timedelta(days=30), lines=lines)
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        found = session.execute(select(Outcome.wanted, Outcome.served, Outcome.code, Outcome.details)).all()
    by_wanted = {row.wanted: row for row in found}
    assert (by_wanted[2].served, by_wanted[2].code, by_wanted[2].details) == (2, None, {})
    assert (by_wanted[4].served, by_wanted[4].code) == (1, "outranked")
    assert by_wanted[4].details["places"] == 3


def test_a_place_that_has_gone_stops_the_whole_plan(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
) -> None:
    with night_database.unit_of_work(system) as session:
        loaded = loading.load(session, service_date)
    solution = solve.solve(loaded.problem)
    with database.unit_of_work(system) as session:
        make_proposal(session, now=now, offer=session.get_one(Offer, market.near.id), places=1)
    _refused(night_database, system, loaded, solution, service_date, now)


def test_an_offer_paused_meanwhile_stops_the_whole_plan(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    with night_database.unit_of_work(system) as session:
        loaded = loading.load(session, service_date)
    solution = solve.solve(loaded.problem)
    with night_database.unit_of_work(system) as session:
        pause = SuspendOffer(reference=market.far.reference, reason="limits_under_review")
        offers.suspend(session, pause, actor=system, now=now)
    _refused(night_database, system, loaded, solution, service_date, now)


def _refused(
    database: Database,
    system: Actor,
    loaded: loading.Loaded,
    solution: dict[str, Any],
    service_date: date,
    now: datetime,
) -> None:
    def apply() -> None:
        with database.unit_of_work(system) as session:
            run = MatchRun(service_date=service_date)
            applying.apply(session, run, loaded, solution, actor=system, now=now)

    before = _held(database, system)
    with pytest.raises(applying.PlanIsOld, match="no longer free"):
        apply()
    assert _held(database, system) == before


def _held(database: Database, system: Actor) -> list[tuple[str, int]]:
    with database.unit_of_work(system) as session:
        rows = session.execute(select(Offer.reference, Offer.held).order_by(Offer.reference))
        return [(row.reference, row.held) for row in rows]


def test_what_is_locked_is_every_open_request_and_every_offer_that_can_change(
    market: Market, night_database: Database, system: Actor, now: datetime
) -> None:
    with night_database.unit_of_work(system) as session:
        assert applying.lock_inputs(session) == {market.care_request.id, market.near.id, market.far.id}
        pause = SuspendOffer(reference=market.far.reference, reason="limits_under_review")
        offers.suspend(session, pause, actor=system, now=now)
        assert market.far.id in applying.lock_inputs(session)
        assert loading.find(session, date(2026, 11, 21)).ids < applying.lock_inputs(session)


def test_a_reference_drawn_twice_is_drawn_again(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.unit_of_work(system) as session:
        known = make_proposal(session, now=now, run_date=None, by_hand_reason="other").reference
    drawn = iter([known, "PR-2222222", "PR-2222222", "PR-3333333"])
    monkeypatch.setattr(applying, "new_reference", lambda prefix: next(drawn))
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        references = session.scalars(
            select(Proposal.reference).where(Proposal.run_date == service_date)
        ).all()
    assert {"PR-2222222", "PR-3333333"} <= set(references)
