"""The last wall: with the program's own scopes switched off, the database shows nobody else's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from dmas import wiring
from dmas.accounts import queries as accounts
from dmas.cases import queries as cases
from dmas.core import audit
from dmas.core.actors import NOBODY, Actor, Role
from dmas.core.errors import NotFound
from dmas.matching import queries as matching
from dmas.offers import queries as offers
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals import queries as proposals
from dmas.requests import queries as requests
from dmas.transfers import queries as transfers
from tests import databases
from tests.authorisation.expecting import EVERYBODY, KEYS, RULES, SEERS, Truth, key_of, rows_of
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.scopes import switch_off
from tests.authorisation.things import build
from tests.authorisation.world import NIGHT_OF, SYSTEM, World

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
# Everybody reads these; the program alone says who changes them.
PUBLIC = {"dated_rule", "patient_wording"}  # rules, and what a trust tells all its patients
REFERENCE = {"organisation", "succession", "site", "outcode", "rating", "rtt_count", "dm01_count"}


@pytest.fixture(scope="module")
def sandbox(server_url: URL, template_url: URL) -> Iterator[Sandbox]:
    """A database of one's own, in which nothing that is tried stays."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url:
        sandbox = Sandbox(url)
        yield sandbox
        sandbox.dispose()


@pytest.fixture(scope="module")
def world(sandbox: Sandbox) -> World:
    """Everybody and everything."""
    wiring.install()
    return build(sandbox, NOW)


@pytest.fixture(scope="module")
def truth(sandbox: Sandbox, world: World) -> Truth:
    """Every row there is."""
    with sandbox.unit_of_work(SYSTEM) as session:
        return Truth.read(session)


@pytest.fixture
def no_scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off the program's own scopes: every room's queries look at everything."""
    switch_off(monkeypatch)


def test_every_table_has_walls_or_is_for_everybody(sandbox: Sandbox, world: World) -> None:
    with sandbox.unit_of_work(SYSTEM) as session:
        walled = set(session.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity")))
        policies = session.execute(text("SELECT tablename, cmd, roles::text[] FROM pg_policies")).all()
    assert walled == set(KEYS) - REFERENCE
    for table in walled:
        mine = {(command, *roles) for name, command, roles in policies if name == table}
        assert mine >= {(command, "dmas_app") for command in ("SELECT", "INSERT", "UPDATE")}, table
    assert walled == set(RULES), "say in tests/authorisation/expecting.py who may read the new table"


def test_the_serving_role_can_go_round_no_wall(sandbox: Sandbox, world: World) -> None:
    with sandbox.unit_of_work(SYSTEM) as session:
        roles = session.execute(
            text("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname LIKE 'dmas\\_%'")
        ).all()
    assert {tuple(role) for role in roles} == {
        ("dmas_owner", False), ("dmas_app", False), ("dmas_night", False),
    }  # fmt: skip


@EVERYBODY
def test_plain_sql_shows_each_person_their_rows_and_no_other(
    role: Role | None, place: str, sandbox: Sandbox, world: World, truth: Truth
) -> None:
    actor = world.actor(role, place)
    with sandbox.unit_of_work(actor) as session:
        shown = {table: {key_of(table, row) for row in rows_of(session, table)} for table in RULES}
    assert shown == {table: truth.readable(actor, table) for table in RULES}


def test_nobody_is_shown_nothing(sandbox: Sandbox, world: World) -> None:
    with sandbox.unit_of_work(NOBODY) as session:
        assert {table for table in RULES if rows_of(session, table)} == PUBLIC


def test_the_world_has_rows_of_every_kind_to_hide(world: World, truth: Truth) -> None:
    everybody = [world.actor(*seer) for seer in SEERS]
    for table in set(RULES) - {
        "match_run",
        "match_run_file",
        "sign_in_attempt",
        "form_key",
        "patient_visit",
        *PUBLIC,
    }:
        seen = [len(truth.readable(actor, table)) for actor in everybody]
        assert max(seen) > min(seen), table
    assert {offer["status"] for offer in truth.rows["offer"]} >= {"open", "awaiting_icb", "withdrawn"}


@EVERYBODY
@pytest.mark.usefixtures("no_scopes")
def test_lists_show_nobody_elses_rows(
    role: Role | None, place: str, sandbox: Sandbox, world: World, truth: Truth
) -> None:
    actor = world.actor(role, place)
    with sandbox.unit_of_work(actor) as session:
        for table, found in _listed(session, actor, world).items():
            assert found, f"nothing of {table} was listed by anybody" if place == "nation" else table
            assert found <= truth.readable(actor, table) | {"-"}, table


def _listed(session: Session, actor: Actor, world: World) -> dict[str, set[str]]:
    """Return what every list of the program finds, by table; a dash stands for having looked."""
    today, whole = NOW.date(), {"limit": 1000}
    every = offers.OfferFilter(statuses=tuple(OfferStatus))
    own = offers.listing(session, actor, every, today=today, **whole)[0]
    own += offers.find(session, actor, offers.CapacityFilter(), today=today, **whole)[0]
    own += offers.awaiting_approval(session, actor) + offers.opened_since(session, actor, datetime.min)
    asked = requests.find(session, actor, requests.RequestFilter(), **whole)[0]
    asked += requests.awaiting_approval(session, actor, today)
    matches = proposals.listing(session, actor, proposals.MatchFilter(), **whole)[0]
    moves = transfers.listing(session, actor, transfers.TransferFilter(), **whole)[0]
    colleagues = [
        person for place in world.places.values() for person in accounts.people(session, actor, place.code)[0]
    ]
    people = [one for row in matches for one in proposals.people(session, row.proposal)]
    said = [one for row in moves for one in transfers.messages(session, row.transfer)]
    events = audit.history(
        session, [*[row.offer for row in own], *[row.proposal for row in matches], *people]
    )
    return {
        "offer": {"-", *(str(row.offer.id) for row in own)},
        "care_request": {"-", *(str(one.care_request.id) for one in asked)},
        "proposal": {"-", *(str(row.proposal.id) for row in matches)},
        "transfer": {"-", *(str(row.transfer.id) for row in moves)},
        "staff": {"-", *(str(person.staff.id) for person in colleagues)},
        "membership": {"-", *(str(person.membership.id) for person in colleagues)},
        "named_person": {"-", *(str(one.id) for one in people)},
        "transfer_message": {"-", *(str(one.id) for one in said)},
        "audit_event": {"-", *(str(one.id) for one in events)},
    }


GETS: dict[str, list[Callable[[Session, Actor, str], Any]]] = {
    "offer": [offers.get, offers.get_own, cases.offer],
    "care_request": [requests.get, cases.care_request],
    "proposal": [proposals.get, proposals.row, cases.match],
    "transfer": [transfers.get, transfers.row],
}


@EVERYBODY
@pytest.mark.usefixtures("no_scopes")
def test_gets_find_nobody_elses_row(
    role: Role | None, place: str, sandbox: Sandbox, world: World, truth: Truth
) -> None:
    actor = world.actor(role, place)
    with sandbox.unit_of_work(actor) as session:
        for table, gets in GETS.items():
            hidden = {key_of(table, row) for row in truth.rows[table]} - truth.readable(actor, table)
            for row in truth.rows[table]:
                if str(row["id"]) in hidden:
                    for get in gets:
                        with pytest.raises(NotFound):
                            get(session, actor, row["reference"])
                else:
                    gets[0](session, actor, row["reference"])
        seen = truth.readable(actor, "staff")
        for row in truth.rows["staff"]:
            if str(row["id"]) not in seen:
                with pytest.raises(NotFound):
                    accounts.get(session, actor, row["id"])


@EVERYBODY
@pytest.mark.usefixtures("no_scopes")
def test_a_nights_reasons_are_told_to_ones_own_only(
    role: Role | None, place: str, sandbox: Sandbox, world: World, truth: Truth
) -> None:
    actor = world.actor(role, place)
    own = truth.readable(actor, "outcome")
    with sandbox.unit_of_work(actor) as session:
        run = matching.run_of(session, NIGHT_OF)
        wanted = sum(row.wanted for row in matching.by_service(session, actor, run.id))
        assert wanted == sum(row["wanted"] for row in truth.rows["outcome"] if key_of("outcome", row) in own)
        told = {
            row["request_id"]
            for row in truth.rows["outcome"]
            if matching.outcomes_of(session, actor, row["request_id"])
        }
    assert told == {row["request_id"] for row in truth.rows["outcome"] if key_of("outcome", row) in own}


@pytest.mark.parametrize("letter", ["B", "I"])
@pytest.mark.usefixtures("no_scopes")
def test_a_receiver_reads_a_person_only_after_their_yes(letter: str, sandbox: Sandbox, world: World) -> None:
    role = Role.CAPACITY_MANAGER if letter == "B" else Role.INDEPENDENT_MANAGER
    to_ask, agreed = world.people[f"asked {letter}"], world.people[f"agreed {letter}"]
    for actor, expected in (
        (world.actor(Role.BOOKING_CLERK, "A"), {to_ask.id, agreed.id}),
        (world.actor(role, letter), {agreed.id}),
        (world.actor(Role.CAPACITY_MANAGER, "C"), set()),
        (world.actor(Role.ICB_COORDINATOR, "icb A"), set()),
        (world.actor(Role.REGIONAL_COORDINATOR, "region A"), set()),
        (world.actor(Role.NATIONAL_ADMINISTRATOR, "nation"), set()),
        (world.actor(Role.HELPLINE_AGENT, "nation"), set()),
    ):
        with sandbox.unit_of_work(actor) as session:
            assert {person.id for person in proposals.people(session, world.naming[letter])} == expected, (
                actor
            )
