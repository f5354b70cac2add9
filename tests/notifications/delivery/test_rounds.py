"""Rounds of delivery: each message once, late rather than lost, and nothing personal in any log."""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import NIGHT, Database
from dmas.notifications.commands import Address, DoNotSend, Mail
from dmas.notifications.delivery import Memory, Refused, Round, ServerDown, Transport, deliver_due
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import CLAIM_SECONDS, RecipientKind
from tests.factories.notifications import make_message, queued

SYSTEM = Actor.system("tests")
MINUTE = timedelta(minutes=1)
ROBIN = "robin.example@trust.example"
_context = multiprocessing.get_context("fork")


def everybody_at(_session: Session, _code: str) -> Address:
    return Address((ROBIN,))


BOOK = {RecipientKind.ORGANISATION: everybody_at}


def deliver(database: Database, transport: Transport, now: datetime, **changes: Any) -> Round:
    told: dict[str, Any] = {
        "transport": transport,
        "address_book": BOOK,
        "base_url": "https://dmas.example",
        "now": lambda: now,
        "owner": "test",
        "spread": lambda: 0.0,
    }
    return deliver_due(database, **{**told, **changes})


def make(database: Database, now: datetime, count: int = 1, **changes: Any) -> list[uuid.UUID]:
    with database.unit_of_work(SYSTEM) as session:
        return [make_message(session, now=now, **changes).id for _ in range(count)]


def rows(database: Database) -> list[OutboxMessage]:
    with database.unit_of_work(SYSTEM) as session:
        return queued(session)


class Failing(Memory):
    """Fails as it is told to for as long as it is told to."""

    def __init__(self, failure: Exception, fails: Callable[[Mail], bool] = lambda _: True) -> None:
        super().__init__()
        self.failure, self.fails = failure, fails
        self.tried: list[Mail] = []

    def send(self, mail: Mail) -> None:
        self.tried.append(mail)
        if self.fails(mail):
            raise self.failure
        super().send(mail)


def test_what_is_due_is_sent_and_written_down(night_database: Database, now: datetime) -> None:
    due = make(night_database, now, 3)
    make(night_database, now, send_after=now + MINUTE)
    memory = Memory()
    assert deliver(night_database, memory, now) == Round(sent=3)
    assert {mail.message_id for mail in memory.sent} == {f"<{one}@dmas.example>" for one in due}
    (mail, *_) = memory.sent
    assert (mail.emails, mail.subject) == ((ROBIN,), "A provider has declined a match")
    assert "https://dmas.example/matches/PR-7K3M9QT" in mail.body
    assert {row.id for row in rows(night_database) if row.sent_at} == set(due)
    assert deliver(night_database, memory, now) == Round()


def test_a_round_has_a_limit_and_can_be_told_to_end(night_database: Database, now: datetime) -> None:
    make(night_database, now, 3)
    memory = Memory()
    assert deliver(night_database, memory, now, limit=2) == Round(sent=2)
    assert deliver(night_database, memory, now, stopping=lambda: True) == Round(stopped=True)
    assert len(memory.sent) == 2


def test_the_address_book_is_asked_when_the_message_goes(night_database: Database, now: datetime) -> None:
    make(night_database, now)
    book = {RecipientKind.ORGANISATION: lambda _session, _code: DoNotSend("The account is disabled.")}
    assert deliver(night_database, Memory(), now, address_book=book) == Round(held_back=1)
    (row,) = rows(night_database)
    assert (row.held_back_at, row.held_back_reason) == (now, "The account is disabled.")


def test_nobody_to_ask_and_words_not_known_hold_a_message_back(
    night_database: Database, now: datetime
) -> None:
    make(night_database, now, recipient_kind=RecipientKind.STAFF)
    with night_database.unit_of_work(SYSTEM) as session:
        make_message(session, now=now).template = "of_a_later_version"
    assert deliver(night_database, Memory(), now) == Round(held_back=2)
    reasons = {row.held_back_reason for row in rows(night_database)}
    assert reasons == {
        "This version of dmas does not know the message.",
        "There is no address book for such a recipient.",
    }


def test_mail_down_for_eight_hours_loses_nothing_and_the_poison_message_is_given_up(
    night_database: Database, now: datetime
) -> None:
    make(night_database, now, 3)
    (poison,) = make(night_database, now - MINUTE)
    down = Failing(ServerDown("server not reached, ConnectionRefusedError"))
    for minute in range(8 * 60):
        assert deliver(night_database, down, now + minute * MINUTE).stopped
    assert len(down.tried) == 8 * 60, "one try a minute, whatever waits"
    assert {row.attempts for row in rows(night_database)} == {0}
    up = Failing(Refused("refused, 554"), lambda mail: str(poison) in mail.message_id)
    moment, given_up = now + timedelta(hours=8), now + timedelta(hours=16)
    while moment < given_up:
        deliver(night_database, up, moment)
        moment += 5 * MINUTE
    assert len(up.sent) == 3
    assert Counter(mail.message_id for mail in up.tried)[f"<{poison}@dmas.example>"] == 12
    by_id = {row.id: row for row in rows(night_database)}
    dead = by_id.pop(poison)
    assert (dead.sent_at, dead.last_failure, dead.attempts) == (None, "refused, 554", 12)
    assert dead.dead_at is not None
    assert all(row.sent_at for row in by_id.values())


def test_a_message_that_cannot_be_written_does_not_stop_the_others(
    night_database: Database, now: datetime
) -> None:
    (broken,) = make(night_database, now - MINUTE, recipient_id="broken")
    (sound,) = make(night_database, now)

    def look_up(session: Session, code: str) -> Address:
        if code == "broken":
            raise LookupError(code)
        return everybody_at(session, code)

    book = {RecipientKind.ORGANISATION: look_up}
    assert deliver(night_database, Memory(), now, address_book=book) == Round(sent=1, failed=1)
    by_id = {row.id: row for row in rows(night_database)}
    assert by_id[broken].last_failure == "not written, LookupError"
    assert by_id[broken].send_after == now + MINUTE
    assert by_id[sound].sent_at == now


class ByProcess(Memory):
    """Writes each Message-ID to a pipe, a byte-wise whole line at a time."""

    def __init__(self, pipe: int, kill: bool = False) -> None:
        super().__init__()
        self.pipe, self.kill = pipe, kill

    def send(self, mail: Mail) -> None:
        os.write(self.pipe, f"{mail.message_id}\n".encode())
        if self.kill:
            os.kill(os.getpid(), signal.SIGKILL)


def _in_process(url: URL, now: datetime, pipe: int, kill: bool) -> None:
    database = Database(url, role=NIGHT)
    deliver(database, ByProcess(pipe, kill), now, owner=str(os.getpid()))
    database.dispose()


def _run(url: URL, now: datetime, *, processes: int = 1, kill: bool = False) -> tuple[list[str], list[int]]:
    """Deliver in processes of their own; return the Message-IDs that went and the exit codes."""
    read, write = os.pipe()
    started = [_context.Process(target=_in_process, args=(url, now, write, kill)) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    os.close(write)
    with os.fdopen(read) as pipe:
        return pipe.read().split(), [process.exitcode or 0 for process in started]


def test_processes_that_deliver_at_once_send_each_message_once(
    database_url: URL, night_database: Database, now: datetime
) -> None:
    made = make(night_database, now, 60)
    night_database.dispose()
    sent, codes = _run(database_url, now, processes=3)
    assert codes == [0, 0, 0]
    assert sorted(sent) == sorted(f"<{one}@dmas.example>" for one in made)
    assert {row.attempts for row in rows(night_database)} == {1}


def test_killed_between_sending_and_writing_it_down(
    database_url: URL, night_database: Database, now: datetime
) -> None:
    (one,) = make(night_database, now)
    night_database.dispose()
    assert _run(database_url, now, kill=True) == ([f"<{one}@dmas.example>"], [-signal.SIGKILL])
    assert _run(database_url, now + MINUTE) == ([], [0]), "its claim still stands"
    free = now + timedelta(seconds=CLAIM_SECONDS)
    assert _run(database_url, free) == ([f"<{one}@dmas.example>"], [0]), "the same id tells the two are one"
    (row,) = rows(night_database)
    assert (row.sent_at, row.attempts) == (free, 2)


@pytest.mark.parametrize("failure", [None, Refused("refused, 554"), ServerDown("server refused, 421")])
def test_no_address_and_no_words_reach_a_log(
    night_database: Database, now: datetime, failure: Exception | None
) -> None:
    make(night_database, now, 2)
    transport = Memory() if failure is None else Failing(failure)
    with structlog.testing.capture_logs() as lines:
        deliver(night_database, transport, now)
    assert lines
    assert not [line for line in lines if ROBIN in str(line) or "declined match" in str(line)]


def test_an_email_shows_neither_address_nor_words_when_printed(
    night_database: Database, now: datetime
) -> None:
    make(night_database, now)
    memory = Memory()
    deliver(night_database, memory, now)
    assert ROBIN not in repr(memory.sent)
    assert "declined match" not in repr(memory.sent)
