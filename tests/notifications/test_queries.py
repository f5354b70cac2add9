"""Reading the outbox."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.notifications import queries
from dmas.notifications.vocabulary import MessageState
from tests.factories.notifications import make_message

HOUR = timedelta(hours=1)


def test_messages_by_state_and_kind_newest_first(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        waiting = make_message(session, now=now - 3 * HOUR)
        sent = make_message(session, now=now - 2 * HOUR, sent_at=now)
        dead = make_message(session, now=now - HOUR, dead_at=now, template="capacity_declined")
        held = make_message(session, now=now, held_back_at=now, held_back_reason="The account is disabled.")
        rows, total = queries.page(session, system, limit=3)
        assert ([row.id for row in rows], total) == ([held.id, dead.id, sent.id], 4)
        rows, _ = queries.page(session, system, limit=3, offset=3)
        assert [row.id for row in rows] == [waiting.id]
        by_state = {
            state: [row.id for row in queries.page(session, system, state=state, limit=9)[0]]
            for state in MessageState
        }
        assert by_state == {
            MessageState.WAITING: [waiting.id],
            MessageState.SENT: [sent.id],
            MessageState.HELD_BACK: [held.id],
            MessageState.DEAD: [dead.id],
        }
        assert [queries.state_of(row) for row in (waiting, sent, held, dead)] == [*MessageState]
        rows, total = queries.page(session, system, template="capacity_declined", limit=9)
        assert ([row.id for row in rows], total) == ([dead.id], 1)


def test_how_the_outbox_stands(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        assert queries.standing(session, system, now).oldest is None
        make_message(session, now=now - 2 * HOUR)
        make_message(session, now=now - 9 * HOUR, send_after=now + HOUR)
        make_message(session, now=now - 5 * HOUR, sent_at=now)
        found = queries.standing(session, system, now)
    assert found.oldest == now - 2 * HOUR
    assert found.counts == {
        MessageState.WAITING: 2,
        MessageState.SENT: 1,
        MessageState.HELD_BACK: 0,
        MessageState.DEAD: 0,
    }


def test_nobody_else_sees_any_of_it(database: Database, system: Actor, now: datetime) -> None:
    safety = Actor("8", "Robin Example", Role.SAFETY_OFFICER, "X24", Reach.NATION)
    with database.unit_of_work(system) as session:
        row = make_message(session, now=now)
        assert queries.get(session, system, row.id).id == row.id
        with pytest.raises(NotFound):
            queries.get(session, system, uuid.uuid4())
    with database.unit_of_work(safety) as session:
        assert queries.page(session, safety, limit=9) == ([], 0)
        with pytest.raises(NotFound):
            queries.get(session, safety, row.id)
