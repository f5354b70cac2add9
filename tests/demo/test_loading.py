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
from dmas.requests.vocabulary import ClosedBecause, EndedBecause, RequestStatus
from dmas.requests.vocabulary import TransferStatus as Asked
from dmas.transfers.vocabulary import TransferStatus
from dmas.waitinglist.vocabulary import ChoiceStatus
from tests.demo.conftest import LOADED_AT, load
from tests.factories.providers import make_trust

pytestmark = pytest.mark.timeout(900)  # the first test to look at the demo loads it

STORY = {
    "offers": "SELECT reference, status, provider_code, places, held, taken FROM offer ORDER BY 1",
    "requests": "SELECT reference, status, closed_because, provider_code FROM care_request ORDER BY 1",
    "proposals": "SELECT reference, status, places, held, tenths, due_on FROM proposal ORDER BY 1",
    "transfers": "SELECT reference, status, pathway_id FROM transfer ORDER BY 1",
    "waits": "SELECT pathway_id, clock_start, service FROM pathway ORDER BY 1",
    "patients": "SELECT reference, status, home_code, travel_miles FROM transfer_request ORDER BY 1",
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
    by_pathway = "SELECT pathway, count(*) FROM {} GROUP BY 1 ORDER BY 1"
    assert read(demo, system, by_pathway.format("offer")) == [("diagnostic", 30), ("elective", 100)]
    trusts_own = "care_request WHERE kind = 'provider'"
    assert read(demo, system, by_pathway.format(trusts_own)) == [("diagnostic", 40), ("elective", 50)]
    assert read(demo, system, "SELECT count(*) FROM transfer_request") == [(150,)]
    waiting = "SELECT count(*), count(*) FILTER (WHERE clock_start < DATE '2026-11-21' - 280) FROM pathway"
    ((waits, over),) = read(demo, system, waiting)
    assert waits == 5_000
    assert 580 <= over <= 640
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
    assert states(demo, system, "transfer_request") == set(Asked)
    assert states(demo, system, "transfer_request", "ended_because") - {None} == set(EndedBecause)
    assert states(demo, system, "transfer_request", "started_how") == {"page", "helpline"}
    assert states(demo, system, "choice_request") == set(ChoiceStatus)


def test_what_was_asked_by_hand_is_marked(demo: Database, system: Actor) -> None:
    by_hand = "SELECT count(*), count(by_hand_reason), count(run_date) FROM proposal WHERE by_hand"
    assert read(demo, system, by_hand) == [(3, 3, 0)]


def test_nobody_in_it_is_real(demo: Database, system: Actor) -> None:
    people = read(demo, system, "SELECT nhs_number, phone FROM named_person")
    assert people
    assert all(number.startswith("999") for number, _ in people)
    assert all(not phone or phone.startswith("07700 900") for _, phone in people)
    waiting = read(demo, system, "SELECT nhs_number, mobile, email, postcode FROM patient")
    assert len(waiting) == 5_000
    assert all(number.startswith("9991") for number, *_ in waiting)
    assert all(mobile is None or mobile.startswith("07700 900") for _, mobile, _, _ in waiting)
    assert all(email is None or email.endswith("@example.org") for _, _, email, _ in waiting)
    assert all(postcode.startswith("Z") for *_, postcode in waiting)  # no post goes to such an area
    assert all(email.endswith("@example.org") for (email,) in read(demo, system, "SELECT email FROM staff"))
    providers = "SELECT code FROM organisation WHERE kind IN ('trust','independent')"
    assert all(code.startswith("Z") for (code,) in read(demo, system, providers))


def test_something_waits_for_the_personas(demo: Database, system: Actor) -> None:
    home = read(demo, system, "SELECT count(*) FROM proposal WHERE home_code = 'ZA8' AND ended_at IS NULL")
    assert home[0][0] > 0
    board = "SELECT count(*) FROM care_request WHERE icb_code = 'QHL' AND status = 'awaiting_icb'"
    assert read(demo, system, board)[0][0] > 0


def test_a_persona_has_four_hospitals_to_choose_from_and_one_has_moved(demo: Database, system: Actor) -> None:
    options = (
        "SELECT p.family_name, t.status, count(o.id)"
        " FROM patient p JOIN transfer_request t ON t.patient_id = p.id"
        " LEFT JOIN proposal o ON o.transfer_request_id = t.id AND o.status = 'offered'"
        " WHERE p.email LIKE 'patient-%' GROUP BY 1, 2 ORDER BY 1"
    )
    assert read(demo, system, options) == [("Abara", "options_offered", 4), ("Coldbeck", "transferred", 0)]


def test_letters_wait_at_the_personas_trust_and_the_past_mails_nobody(demo: Database, system: Actor) -> None:
    letters = "SELECT organisation_code, count(*) > 3 FROM letter WHERE printed_at IS NULL GROUP BY 1"
    assert read(demo, system, letters) == [("ZA8", True)]
    assert read(demo, system, "SELECT organisation_code, count(*) FROM contact_task GROUP BY 1") == [
        ("ZA8", 2)
    ]
    assert read(demo, system, "SELECT count(*) FROM outbox_message WHERE sent_at IS NULL") == [(2,)]


def test_every_list_is_fresh_on_the_day(demo: Database, system: Actor) -> None:
    stale = (
        "SELECT count(*) FROM extract WHERE week_ending > DATE '2026-11-01'"
        " AND still_true_on < DATE '2026-11-20'"
    )
    assert read(demo, system, stale) == [(0,)]


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
