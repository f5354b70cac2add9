"""Looking for capacity: what is needed, where and when, with the distance every page shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.geography import tenths_between
from dmas.offers import queries
from dmas.offers.queries import CapacityFilter
from tests.factories.offers import make_offer
from tests.factories.providers import make_site
from tests.offers.conftest import World


@pytest.fixture
def found(database: Database, world: World, now: datetime, system: Actor) -> dict[str, str]:
    """References by name: hips nearby and far away, eyes, and the searcher's own."""
    with database.unit_of_work(system) as session:
        far_site = make_site(session, world.other, latitude=54.5, longitude=-1.6)
        made = {
            "ours": make_offer(session, now=now, site=world.site),
            "near": make_offer(session, now=now, site=world.clinic, excluded_groups=("hip_revision",)),
            "far": make_offer(session, now=now, site=far_site, places=5),
            "eyes": make_offer(session, now=now, site=world.clinic, service="130", setting="day_case"),
        }
        return {offer.reference: name for name, offer in made.items()}


def find(
    database: Database, actor: Actor, found: dict[str, str], today: date, sort: str = "ends", **wanted: Any
) -> list[str]:
    descending = wanted.pop("descending", False)
    with database.unit_of_work(actor) as session:
        rows, total = queries.find(
            session, actor, CapacityFilter(**wanted), today=today, sort=sort, descending=descending
        )
    assert total == len(rows)
    return [found[row.offer.reference] for row in rows]


def test_filters_narrow_what_is_found(
    database: Database, world: World, found: dict[str, str], today: date
) -> None:
    last = today + timedelta(days=63)
    for wanted, names in (
        ({}, {"near", "far", "eyes"}),
        ({"service": "110"}, {"near", "far"}),
        ({"setting": "day_case"}, {"eyes"}),
        ({"stage": "first_outpatient"}, set()),
        ({"group": "hip_replacement"}, {"near", "far"}),
        ({"group": "hip_revision"}, {"far"}),
        ({"icb": world.trust.icb_code}, {"near", "eyes"}),
        ({"region": world.other.region_code}, {"far"}),
        ({"basis": "insourced"}, set()),
        ({"near": world.site.code, "within": 20}, {"near", "eyes"}),
        ({"near": world.site.code, "within": 500}, {"near", "far", "eyes"}),
        ({"near": world.other_site.code, "within": 1, "service": "110"}, set()),
        ({"first": last}, {"near", "far", "eyes"}),
        ({"first": last + timedelta(days=1)}, set()),
        ({"last": today}, set()),
        ({"last": today + timedelta(days=7)}, {"near", "far", "eyes"}),
    ):
        assert set(find(database, world.manager, found, today, **wanted)) == names, wanted


def test_an_icb_sees_its_own_area_too(
    database: Database, world: World, found: dict[str, str], today: date
) -> None:
    assert set(find(database, world.icb, found, today, service="110")) == {"ours", "near", "far"}


def test_the_nearest_come_first_with_the_distance_of_the_engine(
    database: Database, world: World, found: dict[str, str], today: date
) -> None:
    near = world.site.code
    for descending, order in ((False, ["near", "far"]), (True, ["far", "near"])):
        wanted = {"near": near, "service": "110", "descending": descending}
        assert find(database, world.manager, found, today, "distance", **wanted) == order
    assert find(database, world.manager, found, today, "free", service="110") == ["near", "far"]
    with database.unit_of_work(world.manager) as session:
        rows, _ = queries.find(session, world.manager, CapacityFilter(near=near, service="130"), today=today)
    here, there = world.site, world.clinic
    expected = tenths_between(
        here.latitude or 0, here.longitude or 0, there.latitude or 0, there.longitude or 0
    )
    assert [row.tenths for row in rows] == [expected]


def test_a_site_nobody_knows_gives_no_distance(
    database: Database, world: World, found: dict[str, str], today: date
) -> None:
    with database.unit_of_work(world.manager) as session:
        rows, _ = queries.find(session, world.manager, CapacityFilter(near="NOSUCH"), today=today)
    assert {row.tenths for row in rows} == {None}


def test_finding_takes_a_constant_number_of_queries_and_the_index_of_the_market(
    database: Database, world: World, now: datetime, today: date, found: dict[str, str]
) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    with database.unit_of_work(world.manager) as session:
        event.listen(database.engine, "before_cursor_execute", note)
        wanted = CapacityFilter(service="110", setting="inpatient", near=world.site.code)
        queries.find(session, world.manager, wanted, today=today)
        event.remove(database.engine, "before_cursor_execute", note)
        assert len(statements) == 5
        session.execute(text("SET LOCAL enable_seqscan = off"))
        statement, parameters = next(one for one in statements if "LIMIT" in one[0])
        plan = session.connection().exec_driver_sql("EXPLAIN " + statement, parameters).scalars().all()
    assert any("ix_offer_open_market" in line for line in plan), "\n".join(plan)
