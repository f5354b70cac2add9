"""docs/authorisation.csv as the tests read it: each row a page, each cell who, and what they are told."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from dmas.core.actors import Role
from tests.authorisation.world import NATIONAL_ROLES, Desk, Kind, Values, World

TABLE = Path(__file__).resolve().parents[2] / "docs" / "authorisation.csv"
ABOUT = ("endpoint", "method", "path", "of")
ANONYMOUS = "anonymous"
SIDES = ("own", "other", "counterpart")
PATIENTS = ("patient_own", "patient_other")
HEAD = [*ABOUT, ANONYMOUS, *(f"{role.value}_{side}" for role in Role for side in SIDES), *PATIENTS]

OPEN, SIGN_IN, FORBIDDEN, NOT_FOUND, NOBODY = "open", "sign-in", "403", "404", "-"
CODES = (OPEN, SIGN_IN, FORBIDDEN, NOT_FOUND, NOBODY)
# What an open page answers: itself, or, to a form sent empty, what is wrong with it or where it led.
OPEN_STATUSES = {"GET": {200, 302, 303}, "POST": {200, 303, 409, 422}}

# Whose a thing is, and who is on its other side, as letters of the world.
HOME, RECEIVER, UNINVOLVED = "A", "B", "C"
OWNERS = {
    Kind.OFFER: {"own": RECEIVER, "other": UNINVOLVED, "counterpart": HOME},
    Kind.REQUEST: {"own": HOME, "other": UNINVOLVED, "counterpart": RECEIVER},
    Kind.MATCH: {"own": HOME, "other": UNINVOLVED, "counterpart": RECEIVER},
    Kind.TRANSFER: {"own": HOME, "other": UNINVOLVED, "counterpart": RECEIVER},
    Kind.WAIT: {"own": HOME, "other": UNINVOLVED, "counterpart": RECEIVER},
}
ELSEWHERE = {"own": HOME, "other": UNINVOLVED}
COLLEAGUES = {
    Role.INDEPENDENT_MANAGER: (Role.BOOKING_CLERK, "I"),
    Role.ICB_COORDINATOR: (Role.AUDITOR, "icb A"),
    Role.REGIONAL_COORDINATOR: (Role.AUDITOR, "region A"),
}


@dataclass(frozen=True)
class Row:
    """One page of the table about one kind of thing."""

    endpoint: str
    method: str
    path: str
    of: str
    cells: dict[str, str]

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names the route."""
        return self.endpoint, self.method, self.path

    def __str__(self) -> str:
        """Return the row as a test's name."""
        about = "" if self.of == NOBODY else f" of {self.of}"
        return f"{self.method} {self.path}{about}"


@dataclass(frozen=True)
class Cell:
    """Who opens a page, and what they are told."""

    row: Row
    who: str
    expected: str

    def __str__(self) -> str:
        """Return the cell as a test's name."""
        return f"{self.row}-{self.who}"

    @property
    def role(self) -> Role | None:
        """Return the role, or None for somebody who is not signed in, or a patient."""
        return None if self.who in (ANONYMOUS, *PATIENTS) else Role(self.who.rpartition("_")[0])

    @property
    def side(self) -> str:
        """Return whose side they are on: own, other or counterpart."""
        return "own" if self.who == ANONYMOUS else self.who.rpartition("_")[2]


def table() -> list[Row]:
    """Read the table."""
    with TABLE.open(encoding="utf-8", newline="") as opened:
        return [
            Row(*(line[name] for name in ABOUT), {name: line[name] for name in HEAD[len(ABOUT) :]})
            for line in csv.DictReader(opened)
        ]


def cells(rows: list[Row]) -> Iterator[Cell]:
    """Go through every cell that says something."""
    for row in rows:
        for who, expected in row.cells.items():
            if expected != NOBODY:
                yield Cell(row, who, expected)


def routes(app: Flask) -> set[tuple[str, str, str]]:
    """Return every route of an app: endpoint, method and path."""
    return {
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def desk_of(world: World, cell: Cell) -> Desk | None:
    """Return who opens the page of a cell, None for nobody."""
    role = cell.role
    if cell.who in PATIENTS:
        return world.visits[ELSEWHERE[cell.side]]
    if role is None:
        return None
    kind = world.things[cell.row.of].kind
    letter = OWNERS.get(kind, ELSEWHERE)[cell.side]
    if role in NATIONAL_ROLES:
        place = "nation"
    elif role is Role.ICB_COORDINATOR:
        place = f"icb {letter}"
    elif role is Role.REGIONAL_COORDINATOR:
        place = f"region {letter}"
    elif role is Role.INDEPENDENT_MANAGER:
        place = "J" if cell.side == "other" else "I"
    else:
        place = letter
    return world.desks[role, place]


def path_of(world: World, cell: Cell) -> str:
    """Return the address of a cell's page: about the thing as it stands to whoever opens it."""
    values = _values(world, cell)
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: values[found[1]], cell.row.path)


def _values(world: World, cell: Cell) -> Values:
    thing, role = world.things[cell.row.of], cell.role
    if thing.kind is Kind.COLLEAGUE:
        asked = COLLEAGUES.get(role, (Role.BOOKING_CLERK, HOME)) if role else (Role.BOOKING_CLERK, HOME)
        return {"staff_id": world.desks[asked].staff_id}
    if thing.kind in (Kind.ONESELF, Kind.SIGN_IN):
        own = desk_of(world, Cell(cell.row, f"{role.value}_own", cell.expected)) if role else None
        desk = own or world.desks[Role.BOOKING_CLERK, HOME]
        return {"staff_id": desk.staff_id, "sign_in_id": desk.sign_in_id}
    return thing.independent if role is Role.INDEPENDENT_MANAGER else thing.trusts
