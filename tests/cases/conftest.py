"""Actors around a case, and a counter of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database


def overseer(role: Role, organisation: str, reach: Reach) -> Actor:
    """Return somebody of an ICB, a region or the nation, who needs no account."""
    return Actor(
        id=f"{role}@{organisation}",
        name=f"{role.label} Example",
        role=role,
        organisation=organisation,
        reach=reach,
    )


def coordinator(icb: str) -> Actor:
    """Return an ICB's coordinator."""
    return overseer(Role.ICB_COORDINATOR, icb, Reach.ICB)


def regional(region: str) -> Actor:
    """Return a region's coordinator."""
    return overseer(Role.REGIONAL_COORDINATOR, region, Reach.REGION)


def auditor(organisation: str, reach: Reach = Reach.ORGANISATION) -> Actor:
    """Return an organisation's auditor."""
    return overseer(Role.AUDITOR, organisation, reach)


NATIONAL = overseer(Role.NATIONAL_ADMINISTRATOR, "ENG", Reach.NATION)
SAFETY = overseer(Role.SAFETY_OFFICER, "ENG", Reach.NATION)
HELPLINE = overseer(Role.HELPLINE_AGENT, "ENG", Reach.NATION)


@pytest.fixture
def statements(database: Database) -> Callable[[], contextmanager[list[str]]]:
    """Gather the statements that a block sends to the database."""

    @contextmanager
    def gather() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    return gather
