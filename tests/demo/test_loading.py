"""The demo: whole, sound, the same each time, and only where nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import URL

from dmas.accounts.models import Staff
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict
from dmas.core.invariants import breaches
from dmas.demo import answering, loading
from dmas.demo.personas import PERSONAS
from dmas.invariants import ALL
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.vocabulary import ClosedBecause, RequestStatus
from dmas.transfers.vocabulary import TransferStatus
from tests.demo.conftest import LOADED_AT, load
from tests.factories.providers import make_trust

STORY = {
    "offers": "SELECT reference, status, provider_code, places, held, taken FROM offer ORDER BY 1",
    "requests": "SELECT reference, status, closed_because, provider_code FROM care_request ORDER BY 1",
    "proposals": "SELECT reference, status, places, held, tenths, due_on FROM proposal ORDER BY 1",
    "transfers": "SELECT reference, status, pathway_id FROM transfer ORDER BY 1",
    "people": "SELECT nhs_number, given_name, family_name, consent FROM named_person ORDER BY 1",
    "events": "SELECT action, count(*) FROM audit_event GROUP BY 1 ORDER BY 1",
}


def read(database: Database, system: Actor, query: str) -> list[tuple[Any, ...]]:
    with database.unit_of_work(system) as session:
        return [tuple(row) for row in session.execute(text(query))]


def story(database: Database, system: Actor) -> dict[str, list[tuple[Any, ...]]]:
    return {name: read(database, system, query) for name, query in STORY.items()}


def states(database: Database, system: Actor, table: str, column: str = "status") -> set[str]:
    return {row[0] for row in read(database, system, f"SELECT DISTINCT {column} FROM {table}")}


def test_every_rule_holds(demo: Database, system: Actor) -> None:
    with demo.unit_of_work(system) as session:
        assert breaches(session, ALL) == []


def test_it_is_as_large_as_it_says(demo: Database, system: Actor) -> None:
    counts = "SELECT (SELECT count(*) FROM offer), (SELECT count(*) FROM care_request)"
    assert read(demo, system, counts) == [(100, 50)]
    kinds = (
        "SELECT kind, count(*) FROM organisation WHERE kind IN ('trust','independent') GROUP BY 1 ORDER BY 1"
    )
    assert read(demo, system, kinds) == [("independent", 13), ("trust", 27)]
    regions = "SELECT count(DISTINCT region_code) FROM organisation WHERE kind IN ('trust','independent')"
    assert read(demo, system, regions) == [(7,)]
    assert read(demo, system, "SELECT count(DISTINCT region_code) FROM offer") == [(7,)]


def test_two_nights_were_run_and_applied(demo: Database, system: Actor) -> None:
    nights = "SELECT service_date::text, status, (counts->>'proposals')::int > 0 FROM match_run ORDER BY 1"
    assert read(demo, system, nights) == [("2026-11-19", "applied", True), ("2026-11-20", "applied", True)]


def test_every_state_is_there(demo: Database, system: Actor) -> None:
    assert states(demo, system, "offer") == set(OfferStatus) - {OfferStatus.DRAFT}
    assert states(demo, system, "care_request") == set(RequestStatus) - {RequestStatus.DRAFT}
    assert states(demo, system, "care_request", "closed_because") - {None} == set(ClosedBecause)
    assert states(demo, system, "proposal") == set(ProposalStatus)
    assert states(demo, system, "transfer") == set(TransferStatus)
    assert states(demo, system, "named_person", "consent") == {"to_ask", "yes", "no"}


def test_what_was_asked_by_hand_is_marked(demo: Database, system: Actor) -> None:
    by_hand = "SELECT count(*), count(by_hand_reason), count(run_date) FROM proposal WHERE by_hand"
    assert read(demo, system, by_hand) == [(3, 3, 0)]


def test_nobody_in_it_is_real(demo: Database, system: Actor) -> None:
    people = read(demo, system, "SELECT nhs_number, phone FROM named_person")
    assert people
    assert all(number.startswith("999") and phone.startswith("07700 900") for number, phone in people)
    assert all(email.endswith("@example.org") for (email,) in read(demo, system, "SELECT email FROM staff"))
    providers = "SELECT code FROM organisation WHERE kind IN ('trust','independent')"
    assert all(code.startswith("Z") for (code,) in read(demo, system, providers))


def test_something_waits_for_the_personas(demo: Database, system: Actor) -> None:
    home = read(demo, system, "SELECT count(*) FROM proposal WHERE home_code = 'ZA8' AND ended_at IS NULL")
    assert home[0][0] > 0
    board = "SELECT count(*) FROM care_request WHERE icb_code = 'QHL' AND status = 'awaiting_icb'"
    assert read(demo, system, board)[0][0] > 0


def test_personas_are_all_known_and_nobody_else_is(demo: Database, system: Actor) -> None:
    with demo.unit_of_work(system) as session:
        known = set(session.scalars(select(Staff.email).where(Staff.is_persona)))
    assert known == {persona.email for persona in PERSONAS}


def test_twice_is_once(demo_url: URL, demo: Database, system: Actor) -> None:
    before = story(demo, system)
    assert load(demo_url) is False
    assert story(demo, system) == before


def test_loaded_again_elsewhere_on_the_same_day_it_is_the_same(
    demo: Database, system: Actor, database: Database, database_url: URL
) -> None:
    assert load(database_url) is True
    assert story(database, system) == story(demo, system)


def test_a_database_with_providers_is_left_alone(
    database: Database, database_url: URL, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        make_trust(session)
    with pytest.raises(Conflict, match="already holds providers"):
        load(database_url)
    assert read(database, system, "SELECT count(*) FROM offer") == [(0,)]


def test_an_interrupted_load_says_what_to_do(
    database_url: URL, database: Database, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(loading.asking, "ask_for_help", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(database_url)
    with database.unit_of_work(system) as session:
        assert not loading.is_loaded(session)
    with pytest.raises(Conflict, match="make reset"):
        load(database_url)


def test_too_few_pairs_to_ask_for_is_an_error_not_a_gap(
    demo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = answering.Stage(demo, LOADED_AT.date())
    monkeypatch.setattr(loading.by_hand, "_fitting", lambda *_: iter(()))
    with pytest.raises(LookupError, match="too few pairs"):
        loading.by_hand.ask_by_hand(stage)
