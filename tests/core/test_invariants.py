"""Rules that must always hold."""

from __future__ import annotations

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.invariants import MOST_SHOWN, Invariant, breaches


def test_rules_that_hold_are_silent_and_the_others_show_their_rows(database: Database, system: Actor) -> None:
    holds = Invariant("holds", "Always.", "SELECT 1 WHERE false")
    broken = Invariant("broken", "Never.", "SELECT n FROM generate_series(1, 50) AS n ORDER BY n")
    with database.snapshot(system) as session:
        found = breaches(session, (holds, broken))
    assert [(breach.invariant, breach.count) for breach in found] == [(broken, 50)]
    assert found[0].rows == tuple((n,) for n in range(1, MOST_SHOWN + 1))
