"""Lists and single requests, each held to what the asking person may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, true

from dmas.catalogue.vocabulary.arrangements import Setting, Stage
from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.requests import queries
from dmas.requests.models import CareRequest
from dmas.requests.queries import RequestFilter
from dmas.requests.vocabulary import RequestStatus
from tests.factories.requests import line, make_request
from tests.requests.conftest import Place

NATION = Actor("n", "N", Role.SAFETY_OFFICER, "X24", Reach.NATION)


def make(database: Database, system: Actor, now: datetime, place: Place, **values: Any) -> CareRequest:
    with database.unit_of_work(system) as session:
        return make_request(session, now=now, trust=place.trust, **values)


def found(database: Database, actor: Actor, **values: Any) -> list[str]:
    with database.unit_of_work(actor) as session:
        rows, total = queries.find(session, actor, RequestFilter(**values), order="posted")
        assert total == len(rows)
        return [row.care_request.reference for row in rows]


def test_each_sees_their_own_and_those_above_see_their_area(
    database: Database, system: Actor, now: datetime, here: Place, elsewhere: Place
) -> None:
    ours = make(database, system, now, here).reference
    theirs = make(database, system, now + timedelta(minutes=1), elsewhere).reference
    for actor in (here.manager, here.clerk, here.icb_coordinator, here.regional_coordinator):
        assert found(database, actor) == [ours]
    assert found(database, elsewhere.manager) == [theirs]
    assert found(database, NATION) == found(database, system) == [ours, theirs]


@pytest.mark.parametrize("role", [Role.INDEPENDENT_MANAGER, Role.HELPLINE_AGENT, Role.AUDITOR])
def test_some_roles_see_no_requests(
    database: Database, system: Actor, now: datetime, here: Place, role: Role
) -> None:
    make(database, system, now, here)
    assert found(database, replace(here.manager, role=role)) == []


def test_whoever_reaches_nothing_sees_nothing(
    database: Database, system: Actor, now: datetime, here: Place
) -> None:
    make(database, system, now, here)
    assert found(database, NOBODY) == []
    assert found(database, replace(here.manager, reach=Reach.NOTHING)) == []


def test_anothers_request_is_not_found(
    database: Database, system: Actor, now: datetime, here: Place, elsewhere: Place
) -> None:
    made = make(database, system, now, here)
    for actor in (elsewhere.manager, elsewhere.icb_coordinator, elsewhere.regional_coordinator, NOBODY):
        with database.unit_of_work(actor) as session, pytest.raises(NotFound):
            queries.get(session, actor, made.reference)
    with database.unit_of_work(here.icb_coordinator) as session, pytest.raises(NotFound):
        queries.get_own(session, here.icb_coordinator, made.reference)
    with database.unit_of_work(here.manager) as session:
        assert queries.get_own(session, here.manager, made.reference).id == made.id
        assert queries.by_id(session, made.id).places == 2
        with pytest.raises(NotFound):
            queries.get(session, here.manager, "RQ-2222222")
    with database.unit_of_work(system) as session:
        assert queries.get_own(session, system, made.reference).id == made.id


def test_the_walls_below_hold_without_the_scope(
    database: Database,
    system: Actor,
    now: datetime,
    here: Place,
    elsewhere: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make(database, system, now, here)
    monkeypatch.setattr(queries, "visible_to", lambda actor: true())
    assert found(database, here.manager) == [made.reference]
    for actor in (elsewhere.manager, elsewhere.icb_coordinator, elsewhere.regional_coordinator, NOBODY):
        assert found(database, actor) == []
        with database.unit_of_work(actor) as session, pytest.raises(NotFound):
            queries.get(session, actor, made.reference)
        with database.unit_of_work(actor) as session, pytest.raises(NotFound):
            queries.by_id(session, made.id)


def test_filters_narrow_the_list(database: Database, system: Actor, now: datetime, here: Place) -> None:
    hips = make(database, system, now, here, reason="100% full: theatres closed")
    waiting = make(database, system, now + timedelta(minutes=1), here, status=RequestStatus.AWAITING_ICB)
    eyes = make(
        database,
        system,
        now + timedelta(minutes=2),
        here,
        service="410",
        stage=Stage.FIRST_OUTPATIENT,
        setting=Setting.OUTPATIENT,
        lines=(line(procedure_group=None),),
        clinical_lead="Example Rheumatologist",
    )
    actor = here.manager
    assert found(database, actor, statuses=["awaiting_icb"]) == [waiting.reference]
    assert found(database, actor, services=["410", "999"]) == [eyes.reference]
    assert found(database, actor, setting="inpatient") == [hips.reference, waiting.reference]
    assert found(database, actor, text="100%") == [hips.reference]
    assert found(database, actor, text="%") == [hips.reference]
    assert found(database, actor, text="rheumatologist") == [eyes.reference]
    assert found(database, actor, text=eyes.reference.lower()) == [eyes.reference]
    assert found(database, actor, text="'; --") == []
    assert len(found(database, actor, provider=here.trust.code.lower())) == 3
    assert len(found(database, actor, provider=here.trust.name[:9])) == 3
    assert found(database, actor, provider="_") == []
    with database.unit_of_work(actor) as session:
        assert queries.services_asked(session, actor) == ["110", "410"]


def test_every_order_is_known_and_pages_do_not_overlap(
    database: Database, system: Actor, now: datetime, here: Place
) -> None:
    made = [make(database, system, now, here, places=number) for number in (3, 1, 2)]
    with database.unit_of_work(here.manager) as session:

        def references(order: str, **page: int) -> list[str]:
            rows, total = queries.find(session, here.manager, RequestFilter(), order=order, **page)
            assert total == 3
            return [row.care_request.reference for row in rows]

        by_places = [one.reference for one in sorted(made, key=lambda one: -one.places)]
        assert references("-places") == by_places
        assert references("places") == by_places[::-1]
        assert references("posted") == sorted(by_places)
        for order in ("service", "status", "provider", "-posted"):
            pages = references(order, limit=2) + references(order, limit=2, offset=2)
            assert pages == references(order)


def test_counts_name_every_state(database: Database, system: Actor, now: datetime, here: Place) -> None:
    make(database, system, now, here)
    make(database, system, now, here, status=RequestStatus.AWAITING_ICB)
    with database.unit_of_work(here.manager) as session:
        assert queries.counts(session, here.manager) == {
            RequestStatus.DRAFT: 0,
            RequestStatus.AWAITING_ICB: 1,
            RequestStatus.OPEN: 1,
            RequestStatus.RETURNED: 0,
            RequestStatus.CLOSED: 0,
        }


def test_what_awaits_whom(
    database: Database, system: Actor, now: datetime, here: Place, elsewhere: Place
) -> None:
    made = make(database, system, now, here, status=RequestStatus.AWAITING_ICB)
    make(database, system, now, here)
    other = make(database, system, now, here, status=RequestStatus.AWAITING_ICB)

    def awaits(actor: Actor, days: int) -> list[str]:
        with database.unit_of_work(actor) as session:
            today = now.date() + timedelta(days=days)
            return [one.care_request.reference for one in queries.awaiting_approval(session, actor, today)]

    both = sorted([made.reference, other.reference])
    assert awaits(here.icb_coordinator, 0) == both
    assert awaits(here.regional_coordinator, 3) == []
    assert awaits(here.regional_coordinator, 4) == both
    assert awaits(elsewhere.icb_coordinator, 9) == []
    assert awaits(here.manager, 9) == []


def test_nobody_is_shown_their_own_to_approve(
    database: Database, system: Actor, now: datetime, here: Place
) -> None:
    with database.unit_of_work(here.manager) as session:
        make_request(
            session, now=now, trust=here.trust, status=RequestStatus.AWAITING_ICB, actor=here.manager
        )
    both_hats = replace(here.icb_coordinator, id=here.manager.id)
    with database.unit_of_work(both_hats) as session:
        assert queries.awaiting_approval(session, both_hats, now.date()) == []


def test_a_long_list_takes_no_more_questions_than_a_short_one(
    database: Database, system: Actor, now: datetime, here: Place
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def questions() -> int:
        asked.clear()
        with database.unit_of_work(here.manager) as session:
            rows, _ = queries.find(session, here.manager, RequestFilter())
            assert all(row.care_request.places for row in rows)
        return len(asked)

    make(database, system, now, here)
    few = questions()
    for _ in range(6):
        make(database, system, now, here, lines=(line(), line()))
    assert questions() == few
