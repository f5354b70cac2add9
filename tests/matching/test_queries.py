"""Nights and outcomes, as each actor may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, true

from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.matching import nightly, queries
from dmas.matching.models import MatchRun, MatchRunFile, Outcome
from dmas.requests.models import CareRequest
from tests.factories.offers import make_offer
from tests.factories.proposals import staff_of
from tests.factories.providers import make_icb, make_region, make_site, make_trust
from tests.factories.requests import line, make_request

ON = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Nights:
    """A night over requests of two areas; the first area's trust got two of its five places."""

    ours: CareRequest
    theirs: CareRequest
    receiver: str


@pytest.fixture
def nights(database: Database, night_database: Database, system: Actor, now: datetime) -> Nights:
    """Run two nights; the second finds nothing new."""
    with database.unit_of_work(system) as session:
        icb = make_icb(session, make_region(session, code="Y60"))
        trust = make_trust(session, icb)
        offer = make_offer(session, now=now, site=make_site(session, make_trust(session, icb)), places=2)
        lines = (line(places=2, weeks_from=60, weeks_to=62), line(places=3))
        ours = make_request(session, now=now, trust=trust, lines=lines, opened_on=ON)
        theirs = make_request(
            session, now=now, places=4, opened_on=ON, service="502", procedure_group="hysteroscopy"
        )
    for on, moment in ((ON, now), (ON + timedelta(days=1), now + timedelta(days=1))):
        nightly.run_night(night_database, service_date=on, now=moment, owner="test")
    return Nights(ours, theirs, offer.provider_code)


def overseer(role: Role, reach: Reach, organisation: str) -> Actor:
    return Actor(id=role.value, name="Robin Example", role=role, organisation=organisation, reach=reach)


def actors(nights: Nights) -> dict[str, tuple[Actor, set[str]]]:
    """Return each actor and the services of the outcomes they may read."""
    ours, theirs = nights.ours, nights.theirs
    return {
        "icb": (overseer(Role.ICB_COORDINATOR, Reach.ICB, ours.icb_code), {"110"}),
        "other icb": (overseer(Role.ICB_COORDINATOR, Reach.ICB, theirs.icb_code), {"502"}),
        "region": (overseer(Role.REGIONAL_COORDINATOR, Reach.REGION, "Y60"), {"110"}),
        "nation": (overseer(Role.SAFETY_OFFICER, Reach.NATION, "X24"), {"110", "502"}),
        "home": (staff_of(ours.provider_code), {"110"}),
        "receiver": (staff_of(nights.receiver), set()),
        "nobody": (NOBODY, set()),
    }


WHO = ["icb", "other icb", "region", "nation", "home", "receiver", "nobody"]


@pytest.mark.parametrize("who", WHO)
def test_each_sees_the_outcomes_of_their_own_area(database: Database, nights: Nights, who: str) -> None:
    actor, services = actors(nights)[who]
    with database.unit_of_work(actor) as session:
        run = session.scalar(select(MatchRun).where(MatchRun.service_date == ON))
        if run is None:
            assert who == "nobody", "anybody signed in may know that a night was run"
            return
        found = queries.by_service(session, actor, run.id)
        assert {row.service for row in found} == services
        regions = queries.by_region(session, actor, run.id)
        assert sum(row.wanted for row in regions) == sum(row.wanted for row in found)


@pytest.mark.parametrize("who", ["icb", "other icb", "region", "home", "nobody"])
def test_the_database_alone_hides_the_others(
    database: Database, nights: Nights, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, services = actors(nights)[who]
    monkeypatch.setattr(queries, "visible_to", lambda _actor: true())
    with database.unit_of_work(actor) as session:
        seen = session.scalars(select(Outcome.request_id)).all()
    mine = {"110": nights.ours.id, "502": nights.theirs.id}
    assert set(seen) == {mine[service] for service in services}


@pytest.mark.parametrize("who", ["icb", "region", "home", "nobody"])
def test_what_was_solved_is_for_the_nation_alone(database: Database, nights: Nights, who: str) -> None:
    with database.unit_of_work(actors(nights)[who][0]) as session:
        assert session.scalars(select(MatchRunFile)).all() == []
    with database.unit_of_work(actors(nights)["nation"][0]) as session:
        assert len(session.scalars(select(MatchRunFile)).all()) == 2


def test_wanted_and_served_are_summed(database: Database, nights: Nights, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        run = queries.run_of(session, ON)
        by_service = queries.by_service(session, system, run.id)
        assert [(row.service, row.wanted, row.served) for row in by_service] == [("110", 5, 2), ("502", 4, 0)]
        by_region = {
            row.region_code: (row.wanted, row.served) for row in queries.by_region(session, system, run.id)
        }
    assert by_region["Y60"] == (5, 2)


def test_nights_come_newest_first_a_page_at_a_time(database: Database, nights: Nights, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        page, total = queries.runs(session, limit=1, offset=0)
        assert ([run.service_date for run in page], total) == ([ON + timedelta(days=1)], 2)
        page, _ = queries.runs(session, limit=1, offset=1)
        assert [run.service_date for run in page] == [ON]


def test_the_night_before_and_the_latest(database: Database, nights: Nights, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        before = queries.night_before(session, ON + timedelta(days=1))
        assert before is not None
        assert before.service_date == ON
        assert queries.night_before(session, ON) is None
        latest = queries.latest(session)
        assert latest is not None
        assert latest.service_date == ON + timedelta(days=1)


def test_a_date_without_a_night_is_not_found(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        assert queries.latest(session) is None
        with pytest.raises(NotFound, match="No night was run"):
            queries.run_of(session, ON)


def test_a_request_shows_its_lines_of_the_last_night_it_was_in(
    database: Database, nights: Nights, system: Actor
) -> None:
    home = staff_of(nights.ours.provider_code)
    with database.unit_of_work(home) as session:
        rows = queries.outcomes_of(session, home, nights.ours.id)
        assert [(row.number, row.service_date, row.wanted, row.served) for row in rows] == [
            (2, ON + timedelta(days=1), 3, 0)
        ]
        assert queries.outcomes_of(session, home, nights.theirs.id) == []
