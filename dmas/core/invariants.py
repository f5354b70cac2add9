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


_DECLARED: dict[str, Invariant] = {}


def declare(name: str, says: str, query: str) -> Invariant:
    """Declare a rule; a name stands for one rule only."""
    if name in _DECLARED:
        raise ValueError(f"Two invariants are called {name}: give each its own name.")
    _DECLARED[name] = Invariant(name, says, query)
    return _DECLARED[name]


def declared() -> tuple[Invariant, ...]:
    """Return every declared rule, by name."""
    return tuple(_DECLARED[name] for name in sorted(_DECLARED))


def breaches(session: Session, invariants: Iterable[Invariant]) -> list[Breach]:
    """Run each rule's query and return those that do not hold."""
    found = []
    for invariant in invariants:
        rows = session.execute(text(invariant.query)).all()
        if rows:
            found.append(Breach(invariant, len(rows), tuple(tuple(row) for row in rows[:MOST_SHOWN])))
    return found
