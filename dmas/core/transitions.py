"""Lifecycles as data: which step leads from which states to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from dmas.core.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One legal step: from any of some states to one, and who takes it."""

    sources: frozenset[S]
    target: S
    by: str


def step(sources: set[S], target: S, by: str) -> Step[S]:
    """Write one row of a lifecycle's table."""
    return Step(frozenset(sources), target, by)


def advance(table: Mapping[str, Step[S]], verb: str, state: S, *, noun: str) -> S:
    """Return the state the verb leads to; raise IllegalTransition where the table has no such step."""
    row = table[verb]
    if state not in row.sources:
        now_is = state.value.replace("_", " ")
        raise IllegalTransition(
            f"This {noun} is now {now_is}, so it cannot be changed that way."
            " Open it again to see what it needs."
        )
    return row.target


def allowed(table: Mapping[str, Step[S]], state: S) -> list[str]:
    """Return the verbs the table allows from a state, in the table's order."""
    return [verb for verb, row in table.items() if state in row.sources]
