"""docs/authorisation.csv says who may open which page; every route is in it and every cell is true."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from dmas.web import access
from tests.authorisation import canaries, matrix
from tests.authorisation.matrix import Cell, Row
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.visiting import HEADERS, Visiting
from tests.authorisation.world import World

ROWS = matrix.table()
CELLS = list(matrix.cells(ROWS))
SIGN_INS = ("/sign-in?next=", "/transfer/sign-in?next=")
QUERIES = {"cases.find": "?reference=OF-7K3M9QT"}


def told(answer: TestResponse, method: str) -> str:
    """Return an answer as the table's word for it."""
    if answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_INS):
        return matrix.SIGN_IN
    if answer.status_code in matrix.OPEN_STATUSES[method]:
        return matrix.OPEN
    return str(answer.status_code)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_cell_is_true(cell: Cell, visiting: Visiting, world: World, sandbox: Sandbox) -> None:
    path = matrix.path_of(world, cell) + QUERIES.get(cell.row.endpoint, "")
    with sandbox.undone():
        desk = matrix.desk_of(world, cell)
        answer = visiting.open(cell.row.method, path, desk, remembered=True)
        assert told(answer, cell.row.method) == cell.expected
        assert set(answer.headers.keys()) >= HEADERS
        assert canaries.leaks(world, desk, answer.get_data().decode(errors="replace")) == []
        if cell.expected != matrix.OPEN:
            assert sandbox.changed() == set()
        elif cell.row.method == "GET":
            assert sandbox.only_looked()


def test_every_route_has_a_row_and_no_row_is_a_ghost(visiting: Visiting) -> None:
    assert {row.key for row in ROWS} == matrix.routes(visiting.app)


def test_no_row_is_there_twice_and_the_head_is_whole() -> None:
    names = [(row.key, row.of) for row in ROWS]
    assert len(names) == len(set(names))
    with matrix.TABLE.open(encoding="utf-8") as opened:
        assert opened.readline().strip().split(",") == matrix.HEAD


def test_every_cell_is_one_of_the_words() -> None:
    assert {word for row in ROWS for word in row.cells.values()} == set(matrix.CODES)


def test_what_each_row_is_about_is_in_the_world(world: World) -> None:
    assert {row.of for row in ROWS} == set(world.things)


ABOUT_ONE = [row for row in ROWS if "<reference>" in row.path or "<uuid:" in row.path]
MADE_UP = {"reference": "OF-ZZZZZZZ", "other": "00000000-0000-4000-8000-000000000000"}


def test_every_key_in_an_address_is_a_reference_or_a_uuid() -> None:
    keys = {key for row in ROWS for key in re.findall("<(.+?)>", row.path)}
    uuids = {key for key in keys if key.startswith("uuid:")}
    assert {key for key in keys if key.endswith("_id")} == uuids
    assert keys - uuids == {"reference", "secret", "service_date", "step", "path:filename"}


@pytest.mark.parametrize("row", list({row.key: row for row in ABOUT_ONE}.values()), ids=str)
def test_every_key_in_an_address_is_looked_up(
    row: Row, visiting: Visiting, world: World, sandbox: Sandbox
) -> None:
    """What is made up is not there for somebody who may open the page, nor is what is somebody else's."""
    same = [one for one in ROWS if one.key == row.key]
    cells = [cell for cell in matrix.cells(same) if cell.expected == matrix.OPEN]
    cell = cells[0]
    path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda key: MADE_UP.get(key[1], MADE_UP["other"]), row.path)
    with sandbox.undone():
        answer = visiting.open(row.method, path, matrix.desk_of(world, cell))
        assert answer.status_code == 404
        assert sandbox.changed() == set()
    for_the_nation = {cell.role for cell in cells} <= set(matrix.NATIONAL_ROLES)  # to whom nothing is foreign
    assert for_the_nation or matrix.NOT_FOUND in {cell for one in same for cell in one.cells.values()}


def test_every_view_declares_its_rule(visiting: Visiting) -> None:
    app = visiting.app
    assert [name for name in app.view_functions if access.rule_of(app, name) is None] == []
