"""What was drawn, as rows: seeded ids and references, and nothing to write for nobody."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor
from dmas.core.db import OWNER, Database
from dmas.demo.rehearsal import build
from dmas.demo.rehearsal.build import Ids


def test_ids_are_drawn_from_the_seed_and_never_twice() -> None:
    one, other = Ids(1), Ids(1)
    assert [one.id() for _ in range(3)] == [other.id() for _ in range(3)]
    assert Ids(2).id() != Ids(1).id()
    references = [one.reference("OF") for _ in range(200)]
    assert len(set(references)) == 200
    assert references == [other.reference("OF") for _ in range(200)]


def test_nobody_is_nothing_to_write(database_url: object, system: Actor, now: datetime) -> None:
    owner = Database(database_url, role=OWNER)  # type: ignore[arg-type]
    with owner.unit_of_work(system) as session:
        build.providers(session, [])
        build.exchange(session, {}, [], [], now=now, ids=Ids(1))
    owner.dispose()
