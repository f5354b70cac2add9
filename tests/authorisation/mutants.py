"""Each page without its access rule, and each page open to everybody: the app or the table must notice.

`python -m tests.authorisation.mutants` tries them all and fails when one is not noticed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import make_url

from dmas.core.embedded import database_server
from dmas.web.access import Rule, UndeclaredAccess, Who
from tests import databases
from tests.authorisation import matrix
from tests.authorisation.conftest import NOW
from tests.authorisation.matrix import Cell
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.test_authorisation import CELLS, QUERIES, told
from tests.authorisation.things import build
from tests.authorisation.visiting import Visiting, make_app

EVERYBODY = Rule(Who.PUBLIC, second_factor=False)


def endpoints(visiting: Visiting) -> list[str]:
    """Return every page that is a view of ours."""
    return sorted({cell.row.endpoint for cell in CELLS} - {"static"})


def notices_no_rule(visiting: Visiting, endpoint: str) -> bool:
    """Say whether a page that declares nothing is closed, loudly in tests and to everybody elsewhere."""
    cell = next(cell for cell in CELLS if cell.row.endpoint == endpoint and cell.expected == matrix.OPEN)
    with _rule(visiting, endpoint, None):
        try:
            _answer(visiting, cell)
        except UndeclaredAccess:
            return _closed_elsewhere(visiting, cell)
    return False


def notices_open_to_all(visiting: Visiting, endpoint: str) -> bool:
    """Say whether some cell of the table turns false when a page is open to everybody."""
    rows = [cell for cell in CELLS if cell.row.endpoint == endpoint and cell.expected != matrix.OPEN]
    with _rule(visiting, endpoint, EVERYBODY):
        return not rows or any(_turns_false(visiting, cell) for cell in rows)


def survivors(visiting: Visiting, chosen: list[str]) -> list[str]:
    """Return the mutants of some pages that nobody notices."""
    kinds: dict[str, Callable[[Visiting, str], bool]] = {
        "without a rule": notices_no_rule,
        "open to everybody": notices_open_to_all,
    }
    return [
        f"{endpoint} {kind}"
        for endpoint in chosen
        for kind, notices in kinds.items()
        if not notices(visiting, endpoint)
    ]


def _closed_elsewhere(visiting: Visiting, cell: Cell) -> bool:
    visiting.app.config["TESTING"] = False
    try:
        return _answer(visiting, cell) == matrix.NOT_FOUND
    finally:
        visiting.app.config["TESTING"] = True


def _turns_false(visiting: Visiting, cell: Cell) -> bool:
    try:
        return _answer(visiting, cell) != cell.expected
    except Exception:  # the page stumbles over somebody it should never have met
        return True


def _answer(visiting: Visiting, cell: Cell) -> str:
    path = matrix.path_of(visiting.world, cell) + QUERIES.get(cell.row.endpoint, "")
    with visiting.sandbox.undone():
        answer = visiting.open(cell.row.method, path, matrix.desk_of(visiting.world, cell))
    return told(answer, cell.row.method)


@contextmanager
def _rule(visiting: Visiting, endpoint: str, rule: Rule | None) -> Iterator[None]:
    view: Any = visiting.app.view_functions[endpoint]
    kept = view.access
    if rule is None:
        del view.access
    else:
        view.access = rule
    try:
        yield
    finally:
        view.access = kept


def main() -> int:
    """Try every mutant in a world of its own; return 1 where one survives."""
    with (
        database_server(os.environ) as server,
        databases.migrated(make_url(server)) as url,
    ):
        sandbox = Sandbox(url)
        visiting = Visiting(make_app(sandbox, NOW), sandbox, build(sandbox, NOW))
        found = endpoints(visiting)
        left = survivors(visiting, found)
        sandbox.dispose()
    sys.stdout.write(
        f"{2 * len(found) - len(left)} of {2 * len(found)} changes to access rules are noticed\n"
    )
    sys.stdout.writelines(f"not noticed: {one}\n" for one in left)
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
