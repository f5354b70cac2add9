"""The list of one's own offers, approvals, notices and places by week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from dmas.catalogue.vocabulary.arrangements import ContractBasis, Setting, Stage
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.offers import queries, services
from dmas.offers.commands import CloseOffer
from dmas.offers.queries import OfferFilter
from dmas.offers.queries.lists import SORTS
from tests.factories.offers import make_offer
from tests.offers.conftest import World


def listed(
    database: Database, actor: Actor, today: date, narrowed: OfferFilter | None = None, **asked: Any
) -> list[str]:
    with database.unit_of_work(actor) as session:
        rows, total = queries.listing(session, actor, narrowed or OfferFilter(), today=today, **asked)
    assert len(rows) == min(total, asked.get("limit", 25))
    return [row.offer.reference for row in rows]


def test_filters_narrow_the_list(database: Database, world: World, now: datetime, today: date) -> None:
    with database.unit_of_work(world.manager) as session:

        def make(**changed: Any) -> str:
            return make_offer(session, now=now, site=world.site, actor=world.manager, **changed).reference

        hips = make()
        eyes = make(service="130", setting=Setting.DAY_CASE)
        clinic = make(service="120", setting=Setting.OUTPATIENT, stage=Stage.FIRST_OUTPATIENT)
        gone = make()
        services.close(session, CloseOffer(reference=gone), actor=world.manager, now=now)
    for narrowed, found in (
        (OfferFilter(), {hips, eyes, clinic}),
        (OfferFilter(statuses=("closed",)), {gone}),
        (OfferFilter(service="130"), {eyes}),
        (OfferFilter(setting="outpatient"), {clinic}),
        (OfferFilter(stage="decision_to_admit"), {hips, eyes}),
        (OfferFilter(site=world.site.code), {hips, eyes, clinic}),
        (OfferFilter(site=world.other_site.code), set()),
        (OfferFilter(only_free=True, service="110"), {hips}),
        (OfferFilter(pathway="diagnostic"), set()),
        (OfferFilter(only_unconfirmed=True), set()),
    ):
        assert set(listed(database, world.manager, today, narrowed)) == found
    later = today + timedelta(days=14)
    assert len(listed(database, world.manager, later, OfferFilter(only_unconfirmed=True))) == 3
    assert listed(database, world.other_manager, today) == []
    assert len(listed(database, world.icb, today)) == 3


@pytest.mark.parametrize("sort", [*SORTS, "nonsense"])
def test_every_order_is_whole_and_pages_do_not_overlap(
    database: Database, world: World, now: datetime, today: date, sort: str
) -> None:
    with database.unit_of_work(world.manager) as session:
        for places in (3, 1, 2):
            make_offer(session, now=now, site=world.site, actor=world.manager, places=places)
    whole = listed(database, world.manager, today, sort=sort)
    pages = [
        listed(database, world.manager, today, sort=sort, limit=1, offset=offset)[0] for offset in range(3)
    ]
    assert whole == pages
    assert set(listed(database, world.manager, today, sort=sort, descending=True)) == set(whole)


def test_a_list_takes_two_queries_however_long(
    database: Database, world: World, now: datetime, today: date
) -> None:
    counts = []
    for _ in range(2):
        with database.unit_of_work(world.manager) as session:
            for _ in range(4):
                make_offer(session, now=now, site=world.site, actor=world.manager)
        statements: list[str] = []

        def note(*args: Any, to: list[str] = statements) -> None:
            to.append(args[2])

        with database.unit_of_work(world.manager) as session:
            event.listen(database.engine, "before_cursor_execute", note)
            rows, _ = queries.listing(session, world.manager, OfferFilter(), today=today)
            assert all(row.site_name and row.provider_name for row in rows)
            event.remove(database.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts == [2, 2]


def test_approvals_and_notices_reach_the_icb(database: Database, world: World, now: datetime) -> None:
    actor = world.independent_manager
    with database.unit_of_work(actor) as session:
        known = make_offer(session, now=now, site=world.clinic, actor=actor)
        new = make_offer(
            session, now=now, site=world.clinic, actor=actor, contract_basis=ContractBasis.NEW_CONTRACT
        )
    with database.unit_of_work(world.icb) as session:
        assert [row.offer.id for row in queries.awaiting_approval(session, world.icb)] == [new.id]
        assert [row.offer.id for row in queries.opened_since(session, world.icb, now)] == [known.id]
        assert queries.opened_since(session, world.icb, now + timedelta(seconds=1)) == []
    with database.unit_of_work(world.other_icb) as session:
        assert queries.awaiting_approval(session, world.other_icb) == []
        assert queries.opened_since(session, world.other_icb, now) == []


def test_places_are_counted_by_the_last_week_they_can_be_used(
    database: Database, world: World, now: datetime, today: date
) -> None:
    with database.unit_of_work(world.manager) as session:
        for days, places in ((7, 2), (8, 3), (30, 4), (200, 9)):
            make_offer(
                session,
                now=now,
                site=world.site,
                actor=world.manager,
                places=places,
                window_from=today,
                window_to=today + timedelta(days=days),
            )
    with database.unit_of_work(world.manager) as session:
        weeks = queries.weeks(session, world.manager, today=today)
    assert len(weeks) == 12
    assert weeks[0].starts == date(2026, 11, 16)
    assert {week.starts: week.places for week in weeks if week.places} == {
        date(2026, 11, 23): 5,  # a Saturday and a Sunday of one week
        date(2026, 12, 21): 4,
    }
    assert sum(week.free for week in weeks) == 9


def test_one_offer_comes_with_its_names(database: Database, world: World, now: datetime) -> None:
    with database.unit_of_work(world.manager) as session:
        offer = make_offer(session, now=now, site=world.site, actor=world.manager)
        row = queries.row_of(session, offer)
    assert (row.site_name, row.provider_name, row.tenths) == (world.site.name, world.trust.name, None)
