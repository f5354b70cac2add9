"""What holds at every door: tokens for forms, nothing changed by looking, `next` stays, fresh rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dmas.accounts import services as accounts
from dmas.accounts.commands import ChangeRole, Disable, EndMembership
from dmas.accounts.models import Membership
from dmas.core.actors import Role
from tests.authorisation import canaries, matrix
from tests.authorisation.matrix import Cell, Row
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.scopes import switch_off
from tests.authorisation.test_authorisation import CELLS, QUERIES, ROWS, told
from tests.authorisation.visiting import HEADERS, Visiting
from tests.authorisation.world import SYSTEM, World


def welcome(row: Row) -> Cell:
    """Return somebody for whom a page is open, signed in where it makes a difference."""
    found = [cell for cell in CELLS if cell.row is row and cell.expected == matrix.OPEN]
    return next((cell for cell in found if cell.role is not None), found[0])


def one_a_route(method: str) -> list[Row]:
    """Return one row for each route of a method."""
    return list({row.key: row for row in ROWS if row.method == method and welcome_is_known(row)}.values())


def welcome_is_known(row: Row) -> bool:
    """Say whether a row has anybody for whom it is open."""
    return matrix.OPEN in row.cells.values()


@pytest.mark.parametrize("row", one_a_route("POST"), ids=str)
@pytest.mark.parametrize("token", [None, "forged"])
def test_a_form_without_its_token_is_refused_and_changes_nothing(
    row: Row, token: str | None, visiting: Visiting, world: World, sandbox: Sandbox
) -> None:
    cell = welcome(row)
    with sandbox.undone():
        answer = visiting.open(
            "POST",
            matrix.path_of(world, cell),
            matrix.desk_of(world, cell),
            {"csrf_token": token} if token else None,
            token=False,
        )
        assert answer.status_code == 400
        assert set(answer.headers.keys()) >= HEADERS
        assert sandbox.changed() == set()


@pytest.mark.parametrize("row", one_a_route("GET"), ids=str)
def test_asking_for_the_head_of_a_page_changes_nothing(
    row: Row, visiting: Visiting, world: World, sandbox: Sandbox
) -> None:
    cell = welcome(row)
    path = matrix.path_of(world, cell) + QUERIES.get(row.endpoint, "")
    with sandbox.undone():
        answer = visiting.open("HEAD", path, matrix.desk_of(world, cell))
        assert answer.status_code in matrix.OPEN_STATUSES["GET"]
        assert not answer.get_data()
        assert sandbox.only_looked()


ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "https://evil.example", "https:evil.example", "https:/evil.example",
    "http:evil.example", "HTTPS://evil.example", "javascript:alert(1)", "data:text/html,x",
    "/%2f%2fevil.example", "/%2fevil.example", "%2f%2fevil.example", "/%5cevil.example",
    "/%5c%5cevil.example", "/%09/evil.example", "/\t/evil.example", " //evil.example",
    "/offers@evil.example/..//evil.example", "//evil.example/offers", "evil.example",
    "mailto:a@evil.example", "/offers%0d%0aLocation:%20//evil.example",
]  # fmt: skip
DOORS = ["/sign-in", "/sign-in/second-factor"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leads_away(target: str, visiting: Visiting, world: World, sandbox: Sandbox) -> None:
    desk = world.desks[Role.CAPACITY_MANAGER, "A"]
    client_query = {"next": target}
    with sandbox.undone():
        for door in DOORS:
            answer = visiting.open("GET", door, desk, query=client_query)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/home"), door
        held = _membership_of(sandbox, desk.staff_id)
        answer = visiting.open("POST", "/account/switch", desk, {"membership": str(held)}, query=client_query)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/home")


def test_next_leads_back_to_a_page_of_ours(visiting: Visiting, world: World, sandbox: Sandbox) -> None:
    desk = world.desks[Role.CAPACITY_MANAGER, "A"]
    with sandbox.undone():
        answer = visiting.open("GET", "/sign-in", desk, query={"next": "/offers?service=110&page=2"})
    assert answer.headers["Location"] == "/offers?service=110&page=2"


def _membership_of(sandbox: Sandbox, staff_id: str) -> UUID:
    with sandbox.unit_of_work(SYSTEM) as session:
        found = session.execute(text("SELECT id FROM membership WHERE staff_id = :id"), {"id": staff_id})
        return UUID(str(found.scalar_one()))


def _set(column: str, value: str) -> Callable[[Session, Membership, Any], object]:
    statement = text(f"UPDATE membership SET {column} = :value WHERE id = :id")
    return lambda session, held, now: session.execute(statement, {"value": value, "id": held.id})


def test_another_role_counts_from_the_next_request(
    visiting: Visiting, world: World, sandbox: Sandbox
) -> None:
    desk = world.desks[Role.CAPACITY_MANAGER, "A"]
    with sandbox.undone():
        assert visiting.open("GET", "/requests/new", desk).status_code == 200
        _change(sandbox, world, desk.staff_id, _set("role", Role.BOOKING_CLERK))
        assert visiting.open("GET", "/requests/new", desk).status_code == 403


def test_another_organisation_counts_from_the_next_request(
    visiting: Visiting, world: World, sandbox: Sandbox
) -> None:
    desk = world.desks[Role.CAPACITY_MANAGER, "A"]
    request = f"/requests/{world.things['an open request'].trusts['reference']}"
    with sandbox.undone():
        assert visiting.open("GET", request, desk).status_code == 200
        _change(sandbox, world, desk.staff_id, _set("organisation_code", world.code("C")))
        assert visiting.open("GET", request, desk).status_code == 404


ENDINGS: dict[str, Callable[[Session, Membership, Any], object]] = {
    "another role is given": lambda session, held, now: accounts.change_role(
        session,
        ChangeRole(
            staff_id=held.staff_id,
            membership_id=held.id,
            version=held.version,
            role=Role.CAPACITY_MANAGER,
            even_if_last=True,
        ),
        actor=SYSTEM,
        now=now,
    ),
    "the role is taken away": lambda session, held, now: accounts.end_membership(
        session,
        EndMembership(staff_id=held.staff_id, membership_id=held.id, version=held.version, even_if_last=True),
        actor=SYSTEM,
        now=now,
    ),
    "the account is disabled": lambda session, held, now: accounts.disable(
        session, Disable(staff_id=held.staff_id, version=1, even_if_last=True), actor=SYSTEM, now=now
    ),
    "their sign-ins are ended": lambda session, held, now: accounts.end_sign_ins(
        session, held.staff_id, actor=SYSTEM, now=now
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_sign_in_that_was_ended_opens_nothing_more(
    ending: str, visiting: Visiting, world: World, sandbox: Sandbox
) -> None:
    desk = world.desks[Role.CLINICAL_REVIEWER, "A"]
    with sandbox.undone():
        assert visiting.open("GET", "/matches", desk).status_code == 200
        _change(sandbox, world, desk.staff_id, ENDINGS[ending])
        answer = visiting.open("GET", "/matches", desk)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=%2Fmatches")


def _change(
    sandbox: Sandbox, world: World, staff_id: str, change: Callable[[Session, Membership, Any], object]
) -> None:
    held = _membership_of(sandbox, staff_id)
    with sandbox.unit_of_work(SYSTEM) as session:
        change(session, session.get_one(Membership, held), world.now)


# Everybody who is signed in finds capacity that is open: only the scope says whose it is to change.
SEEN_BY_ALL = ("an open offer", "an open offer of tests")
FOREIGN = [
    cell
    for cell in CELLS
    if cell.side == "other" and cell.expected == matrix.NOT_FOUND and cell.row.of not in SEEN_BY_ALL
]


@pytest.mark.parametrize("row", list(dict.fromkeys(cell.row.key for cell in FOREIGN)), ids=" ".join)
def test_what_is_not_ones_own_is_not_there_with_the_scopes_switched_off(
    row: tuple[str, str, str],
    visiting: Visiting,
    world: World,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    switch_off(monkeypatch)
    for cell in (cell for cell in FOREIGN if cell.row.key == row):
        with sandbox.undone():
            answer = visiting.open(cell.row.method, matrix.path_of(world, cell), matrix.desk_of(world, cell))
            assert told(answer, cell.row.method) == matrix.NOT_FOUND, cell
            assert sandbox.changed() == set()


def test_the_two_sides_do_see_who_is_named(visiting: Visiting, world: World, sandbox: Sandbox) -> None:
    """The pages that hide people from others show them to whom they may: the canaries are alive."""
    path = f"/matches/{world.naming['B'].reference}/people"
    for place, seen in (("A", {"asked B", "agreed B"}), ("B", {"agreed B"})):
        with sandbox.undone():
            body = visiting.open("GET", path, world.desks[Role.BOOKING_CLERK, place]).text
        for name in ("asked B", "agreed B"):
            found = [sign for sign in canaries.signs(world.people[name]) if sign in body]
            assert bool(found) == (name in seen), (place, name, found)
