"""What must always hold, as queries that return the rows where it does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule: its name, what it says in plain words, and SQL whose every row is a breach."""

    name: str
    says: str
    query: str


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that does not hold, with how many rows break it and the first of them."""

    invariant: Invariant
    count: int
    rows: tuple[tuple[object, ...], ...]


def breaches(session: Session, invariants: Iterable[Invariant]) -> list[Breach]:
    """Run each rule's query and return those that do not hold."""
    found = []
    for invariant in invariants:
        rows = session.execute(text(invariant.query)).all()
        if rows:
            found.append(Breach(invariant, len(rows), tuple(tuple(row) for row in rows[:MOST_SHOWN])))
    return found
