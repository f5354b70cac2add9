"""Rules that must always hold."""

from __future__ import annotations

import pytest

from dmas.core import invariants
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.invariants import MOST_SHOWN, Invariant, breaches, declare, declared


def test_a_rule_is_declared_once_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "_DECLARED", {})
    second = declare("b", "B holds.", "SELECT 1")
    first = declare("a", "A holds.", "SELECT 1")
    assert declared() == (first, second)
    with pytest.raises(ValueError, match="Two invariants are called a"):
        declare("a", "Another.", "SELECT 2")


def test_rules_that_hold_are_silent_and_the_others_show_their_rows(database: Database, system: Actor) -> None:
    holds = Invariant("holds", "Always.", "SELECT 1 WHERE false")
    broken = Invariant("broken", "Never.", "SELECT n FROM generate_series(1, 50) AS n ORDER BY n")
    with database.snapshot(system) as session:
        found = breaches(session, (holds, broken))
    assert [(breach.invariant, breach.count) for breach in found] == [(broken, 50)]
    assert found[0].rows == tuple((n,) for n in range(1, MOST_SHOWN + 1))
