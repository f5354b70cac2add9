"""docs/authorisation.csv says who may open which page; every route is in it and every cell is true."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from dmas.web import access
from tests.authorisation import matrix
from tests.authorisation.matrix import Cell
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.visiting import HEADERS, Visiting
from tests.authorisation.world import World

ROWS = matrix.table()
CELLS = list(matrix.cells(ROWS))
QUERIES = {"cases.find": "?reference=OF-7K3M9QT"}


def told(answer: TestResponse, method: str) -> str:
    """Return an answer as the table's word for it."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?next="):
        return matrix.SIGN_IN
    if answer.status_code in matrix.OPEN_STATUSES[method]:
        return matrix.OPEN
    return str(answer.status_code)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_cell_is_true(cell: Cell, visiting: Visiting, world: World, sandbox: Sandbox) -> None:
    path = matrix.path_of(world, cell) + QUERIES.get(cell.row.endpoint, "")
    with sandbox.undone():
        answer = visiting.open(cell.row.method, path, matrix.desk_of(world, cell))
        assert told(answer, cell.row.method) == cell.expected
        assert set(answer.headers.keys()) >= HEADERS
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


def test_every_view_declares_its_rule(visiting: Visiting) -> None:
    app = visiting.app
    assert [name for name in app.view_functions if access.rule_of(app, name) is None] == []
