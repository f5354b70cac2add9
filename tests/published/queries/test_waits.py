"""Usual waits of a page in one statement."""

from __future__ import annotations

from sqlalchemy import event

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.published import queries
from dmas.published.queries import Wanted
from dmas.published.vocabulary import Counted
from tests.published.conftest import APRIL, MARCH


def test_every_wait_of_a_page_in_one_statement(
    database: Database, system: Actor, near: dict[str, str]
) -> None:
    trust, clinic = near["trust"], near["clinic"]
    admitted = Wanted.of("110", "inpatient", near["close"], trust)
    every = Wanted((trust,), "C_110", Counted.TREATED)
    scan = Wanted.of("MRI", "diagnostic", near["close"], trust)
    few = Wanted.of("110", "inpatient", "RXX")
    longest = Wanted.of("110", "day_case", clinic, "Z")
    nobody = Wanted.of("110", "outpatient", clinic)
    empty = Wanted.of("MRI", "diagnostic", clinic)
    statements = []
    with database.unit_of_work(system) as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        found = queries.usual_waits(session, {admitted, every, scan, few, longest, nobody, empty})
        assert queries.usual_waits(session, []) == {}
    assert len(statements) == 1
    assert set(found) == {admitted, every, scan, longest}
    one = found[admitted]
    assert (one.half, one.nine_in_ten, one.sample, one.period) == (10, 30, 100, APRIL)
    assert (found[every].half, found[every].nine_in_ten, found[every].sample) == (5, 30, 200)
    assert (found[scan].half, found[scan].nine_in_ten, found[scan].period) == (1, 7, MARCH)
    assert found[longest].half > found[longest].longest


def test_without_figures_no_wait_is_known(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        assert queries.usual_waits(session, [Wanted.of("110", "inpatient", "RRK")]) == {}
