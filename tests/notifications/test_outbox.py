"""News is written with its change, once, by anybody, and read by the nation alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import request_id
from dmas.core.db import Database
from dmas.notifications import outbox
from dmas.notifications.vocabulary import RecipientKind
from tests.factories.notifications import a_message, queued

TRUST = Actor("1", "Robin Example", Role.CAPACITY_MANAGER, "RX1", Reach.ORGANISATION)


@dataclass
class Record:
    id: uuid.UUID
    version: int


def test_a_message_is_written_with_its_change(database: Database, system: Actor, now: datetime) -> None:
    token = request_id.set("abc123")
    with database.unit_of_work(TRUST) as session:
        outbox.queue(session, a_message(), actor=TRUST, now=now)
    request_id.reset(token)
    with database.unit_of_work(system) as session:
        (row,) = queued(session)
    assert (row.template, row.recipient_kind, row.recipient_id) == ("match_declined", "organisation", "RX1")
    assert (row.made_at, row.made_by, row.send_after, row.attempts) == (now, "1", now, 0)
    assert row.request_id == "abc123"
    assert row.values == {"reference": "PR-7K3M9QT"}


def test_a_change_rolled_back_tells_nobody(database: Database, system: Actor, now: datetime) -> None:
    def fail() -> None:
        with database.unit_of_work(TRUST) as session:
            outbox.queue(session, a_message(), actor=TRUST, now=now)
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError, match="the change"):
        fail()
    with database.unit_of_work(system) as session:
        assert queued(session) == []


def test_the_same_news_is_written_once(database: Database, system: Actor, now: datetime) -> None:
    news = [a_message(), a_message(send_after=now + timedelta(hours=1))]
    for _ in range(2):
        with database.unit_of_work(TRUST) as session:
            outbox.queue_many(session, [*news, news[0]], actor=TRUST, now=now)
    with database.unit_of_work(system) as session:
        assert [row.send_after for row in queued(session)] == [now, now + timedelta(hours=1)]


def test_nothing_to_tell_is_no_statement(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(TRUST) as session:
        outbox.queue_many(session, [], actor=TRUST, now=now)
    with database.unit_of_work(system) as session:
        assert queued(session) == []


def test_values_that_do_not_fit_are_refused_before_they_are_written(
    database: Database, now: datetime
) -> None:
    with database.unit_of_work(TRUST) as session, pytest.raises(ValueError, match="does not fit"):
        outbox.queue(session, a_message(values={"reference": "Robin Example"}), actor=TRUST, now=now)


def test_who_writes_news_does_not_read_the_outbox(database: Database, now: datetime) -> None:
    with database.unit_of_work(TRUST) as session:
        outbox.queue(session, a_message(), actor=TRUST, now=now)
        assert queued(session) == []


def test_each_version_of_a_record_has_its_own_news() -> None:
    record = Record(uuid.uuid4(), 3)
    first = outbox.to_organisation("match_declined", "RX1", record, reference="PR-7K3M9QT")
    record.version = 4
    second = outbox.to_organisation("match_declined", "RX1", record, reference="PR-7K3M9QT")
    to_other = outbox.to_organisation("match_declined", "RX2", record, reference="PR-7K3M9QT")
    person = outbox.to_staff("role_granted", record.id, record, role="booking_clerk")
    assert len({first.dedup, second.dedup, to_other.dedup, person.dedup}) == 4
    assert (person.recipient_kind, person.recipient_id) == (RecipientKind.STAFF, str(record.id))
