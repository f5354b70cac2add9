"""A night in a process of its own that is killed, or stopped, before its n-th statement or commit."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from dmas import wiring
from dmas.core.actors import Actor
from dmas.core.db import NIGHT, Database
from dmas.matching import nightly
from dmas.matching.nightly import NightIsRunning, NightReport
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal
from tests.factories.providers import make_icb, make_independent, make_site, make_trust
from tests.factories.requests import line, make_request

SERVICE_DATE = date(2026, 11, 21)
SYSTEM = Actor.system("tests")
_context = multiprocessing.get_context("fork")


def exchange(session: Session, now: datetime) -> None:
    """Make an exchange whose night has everything to do: lapse, expire, end a search, and match."""
    icb = make_icb(session)
    homes = [make_trust(session, icb) for _ in range(2)]
    for home in homes:
        make_site(session, home)
    sites = [make_site(session, make_trust(session, icb)), make_site(session, make_independent(session, icb))]
    waiting = tuple(line(places=2, weeks_from=weeks, weeks_to=weeks + 2) for weeks in (42, 44, 60))
    for home in homes:
        make_request(session, now=now, trust=home, lines=waiting, opened_on=SERVICE_DATE - timedelta(days=3))
    for places, site in zip((4, 3), sites, strict=True):
        make_offer(session, now=now, site=site, places=places)
    _overdue(session, now)


def _overdue(session: Session, now: datetime) -> None:
    """Make what the night must end first: an answer never given, an offer nobody confirmed, a long search."""
    before = now - timedelta(days=12)
    make_proposal(session, now=before, places=1, run_date=None, by_hand_reason="short_notice")
    make_offer(session, now=now - timedelta(days=40), window_to=SERVICE_DATE + timedelta(days=90))
    make_request(session, now=now, opened_on=SERVICE_DATE - timedelta(days=57))


def run(url: URL, now: datetime, owner: str = "test", on: date = SERVICE_DATE) -> NightReport:
    """Run a night, waiting for a killed owner's connection to be noticed."""
    database = Database(url, role=NIGHT)
    deadline = time.monotonic() + 20
    try:
        while True:
            try:
                return nightly.run_night(database, service_date=on, now=now, owner=owner)
            except NightIsRunning:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
    finally:
        database.dispose()


def statements(url: URL, now: datetime) -> int:
    """Run a night undisturbed in this process and return how many statements and commits it made."""
    made = []
    database = _watched(url, lambda: made.append(1))
    nightly.run_night(database, service_date=SERVICE_DATE, now=now, owner="counted")
    database.dispose()
    return len(made)


def start(url: URL, now: datetime, at: int, how: signal.Signals) -> BaseProcess:
    """Start a night in a process that sends itself a signal before its n-th statement or commit."""
    process = _context.Process(target=_run_until, args=(url, now, at, how))
    process.start()
    return process


def wait_until_stopped(process: BaseProcess) -> None:
    """Wait until a process has stopped itself."""
    assert process.pid is not None
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), "the night ended before it came to stop"


def cut_off(server: URL, database: URL) -> None:
    """Close every connection to a database, as when the machine behind them is gone."""
    engine = create_engine(server)
    with engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": database.database},
        )
    engine.dispose()


def all_at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do each job in a process of its own, all let go together; return what each gave or raised."""
    barrier, results = _context.Barrier(len(jobs)), _context.Queue()
    processes = [_context.Process(target=_one_of, args=(barrier, results, job)) for job in jobs]
    for process in processes:
        process.start()
    found = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
    return found


# What a night decides, without what differs by chance: ids, references, moments and fences.
DECIDED = {
    "assignments": """
        SELECT r.reference, l.number, o.reference, p.places, p.held, p.tenths, p.tier, p.status,
               p.cut_off_tier, p.cut_off_since, p.due_on
        FROM proposal p JOIN care_request r ON r.id = p.request_id JOIN request_line l ON l.id = p.line_id
        JOIN offer o ON o.id = p.offer_id ORDER BY 1, 2, 3""",
    "offers": "SELECT reference, status, held, taken, version FROM offer ORDER BY 1",
    "requests": "SELECT reference, status, closed_because, version FROM care_request ORDER BY 1",
    "outcomes": """
        SELECT r.reference, l.number, u.wanted, u.served, u.code, u.details::text
        FROM outcome u JOIN care_request r ON r.id = u.request_id
        JOIN request_line l ON l.id = u.line_id ORDER BY 1, 2""",
    "runs": "SELECT service_date, status, inputs_digest, verdict::text FROM match_run ORDER BY 1",
    "messages": "SELECT template, recipient_id, count(*) FROM outbox_message GROUP BY 1, 2 ORDER BY 1, 2",
    "events": """
        SELECT action, count(*) FROM audit_event WHERE action NOT LIKE 'run.%' GROUP BY 1 ORDER BY 1""",
}


def state(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Return what nights have decided so far, to compare."""
    return {name: [tuple(row) for row in session.execute(text(query))] for name, query in DECIDED.items()}


def _watched(url: URL, before_each: Callable[[], object]) -> Database:
    database = Database(url, role=NIGHT)
    event.listen(database.engine, "before_cursor_execute", lambda *_: before_each())
    event.listen(database.engine, "commit", lambda *_: before_each())
    return database


def _run_until(url: URL, now: datetime, at: int, how: signal.Signals) -> None:
    made = 0

    def count() -> None:
        nonlocal made
        made += 1
        if made == at:
            os.kill(os.getpid(), how)

    wiring.install()
    database = _watched(url, count)
    try:
        nightly.run_night(database, service_date=SERVICE_DATE, now=now, owner="doomed")
    except Exception:
        os._exit(7)
    os._exit(0)


def _one_of(barrier: Any, results: Any, job: Callable[[], Any]) -> None:
    wiring.install()
    barrier.wait(30)
    try:
        results.put(job())
    except Exception as error:
        results.put(f"{type(error).__name__}: {error}")
