"""The facts of waits, however many they are."""

from __future__ import annotations

import uuid

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.waitinglist import queries


def test_more_pathways_than_a_statement_may_have_parameters(database: Database, system: Actor) -> None:
    many = [uuid.UUID(int=number) for number in range(70_000)]
    with database.unit_of_work(system) as session:
        assert queries.facts(session, many) == {}
