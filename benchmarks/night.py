"""The night on an exchange of England's size, against its floor: the same rows read and written plainly."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert, select, text

from benchmarks.engine import Row, at_least, at_most
from benchmarks.nation import nation, summary
from benchmarks.rivals import report
from dmas import invariants, wiring
from dmas.app import create_app
from dmas.core.audit import AuditEvent
from dmas.core.databases import scratch_database
from dmas.core.db import NIGHT, OWNER, Database, migrate
from dmas.core.embedded import database_server
from dmas.core.invariants import breaches
from dmas.demo.rehearsal import build, generate
from dmas.demo.rehearsal.read import ACTOR
from dmas.matching import applying, loading, nightly
from dmas.matching.engine import certify, solve
from dmas.matching.loading import rows as inputs
from dmas.matching.models import Outcome
from dmas.proposals.models import Proposal
from dmas.providers.services import load_england
from dmas.settings import Settings

SERVICE_DATE = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 2, 30, tzinfo=UTC)
SEED = 1
SIZES = {"S": 0.005, "M": 0.05, "L": 1.0}  # shares of everybody who waits over 40 weeks: half a million
PAUSE = 0.5  # seconds between two looks at the pages


def main(arguments: Sequence[str] = ()) -> int:
    """Run a night of one size, 5 % of those waiting where none is named, and judge it by its floors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks night", description=main.__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="M")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every row there")
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md too")
    chosen = parser.parse_args(arguments)
    wiring.install()
    with database_server(os.environ) as url, scratch_database(url, "dmas_bench_") as scratch:
        offers, lines = fill(scratch, SIZES[chosen.size])
        print(f"{offers:,} offers, {lines:,} lines asked for at {SIZES[chosen.size]:.1%} uptake", flush=True)
        database = Database(scratch, role=NIGHT, statement_seconds=900)
        parts: dict[str, float] = {}
        with pages_opened(scratch) as slowest, watched(parts):
            began = time.perf_counter()
            done = nightly.run_night(database, service_date=SERVICE_DATE, now=NOW, owner="benchmark")
            parts["whole night"] = time.perf_counter() - began
        read, written = floor(database)
        with database.unit_of_work(nightly.ACTOR) as session:
            broken = len(breaches(session, invariants.ALL))
        database.dispose()
    show(parts, read, written)
    print(f"{done.status.value}: {done.counts['proposals']:,} proposals, {broken} rules broken")
    counted = {"offers": offers, "lines": lines, "places": done.counts["places_wanted"]}
    proved = done.verdict.get("proved") == [1, 2, 3, 4]
    rows = judged(chosen.size, counted, parts, (read, written), slowest)
    rows.append(at_least(f"night {chosen.size} all four goals proved", proved, 1, "yes is 1, at least"))
    rows.append(at_most(f"night {chosen.size} rules broken", broken, 0, "rules, at most"))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    if chosen.docs or not arguments:
        report.write_night([asdict(row) for row in rows])
    return 0 if all(row.ok is not False for row in rows) else 1


def judged(
    size: str,
    counted: Mapping[str, float],
    parts: Mapping[str, float],
    floors: tuple[float, float],
    looks: Sequence[float],
) -> list[Row]:
    """Return every figure of a night, those with a limit judged."""
    name = f"night {size}"
    rows = [Row(f"{name}: {key}", value, key) for key, value in counted.items()]
    rows += [Row(f"{name}: {key}", round(seconds, 3), "s") for key, seconds in parts.items()]
    rows.append(Row(f"{name}: Core floor", round(sum(floors), 3), "s"))
    rows.append(at_most(f"{name} / Core floor", parts["whole night"] / sum(floors), 4))
    rows.append(at_most(f"{name} apply transaction", parts["_apply"], 30, "s, at most"))
    rows.append(Row(f"{name}: pages answered meanwhile", len(looks), "pages"))
    rows.append(Row(f"{name}: slowest page meanwhile", round(max(looks, default=0.0), 3), "s"))
    return rows


@contextmanager
def pages_opened(url: str) -> Iterator[list[float]]:
    """Open a page over and over in a process of its own; yield what, at the end, are the seconds of each."""
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.SimpleQueue()
    opener = context.Process(target=_open_pages, args=(url, stop, told))
    opener.start()
    found: list[float] = []
    try:
        yield found
    finally:
        stop.set()
        found += told.get()
        opener.join()
        if opener.exitcode:
            raise RuntimeError("a page did not answer while the night ran")


def _open_pages(url: str, stop: Event, told: Any) -> None:
    seconds: list[float] = []
    try:
        app = create_app(Settings.from_environ({"DATABASE_URL": url, "DMAS_LOG_LEVEL": "ERROR"}))
        client = app.test_client()
        while not stop.wait(PAUSE):
            began = time.perf_counter()
            for path in ("/health/ready", "/"):
                if client.get(path).status_code != 200:
                    raise RuntimeError(f"{path} did not answer")
            seconds.append(time.perf_counter() - began)
    finally:
        told.put(seconds)


def fill(url: str, uptake: float) -> tuple[int, int]:
    """Fill an empty database with the drawn exchange; return how many offers and lines."""
    month = nation(SEED)
    print(summary(month))
    random = np.random.default_rng(SEED)
    requests = generate.requests(month.cells, uptake, random)
    offers = generate.offers(month.cells, {c: p.independent for c, p in month.places.items()}, random)
    migrate(url)
    owner = Database(url, role=OWNER, statement_seconds=900)
    with owner.unit_of_work(ACTOR) as session:
        load_england(session, actor=ACTOR, now=NOW)
        session.flush()
        build.providers(session, list(month.places.values()))
        build.exchange(session, month.places, requests, offers, now=NOW, ids=build.Ids(SEED))
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    owner.dispose()
    return len(offers), sum(len(request.lines) for request in requests)


@contextmanager
def watched(parts: dict[str, float]) -> Iterator[None]:
    """Add up the seconds spent in each part of the night while it runs."""
    watch = (
        (loading, "load"),
        (loading, "find"),
        (loading, "as_problem"),
        (solve, "solve"),
        (certify, "check"),
        (applying, "apply"),
        (nightly, "_apply"),
    )
    before = [(module, name, getattr(module, name)) for module, name in watch]
    for module, name, part in before:
        setattr(module, name, _timed(part, name, parts))
    try:
        yield
    finally:
        for module, name, part in before:
            setattr(module, name, part)


def _timed(part: Callable[..., Any], name: str, parts: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return part(*given, **named)
        finally:
            parts[name] = parts.get(name, 0.0) + time.perf_counter() - began

    return timed


def floor(database: Database) -> tuple[float, float]:
    """Return the seconds it takes to read the night's inputs, and to write its rows, with Core alone."""
    with database.snapshot(nightly.ACTOR) as session:
        made = [dict(row._mapping) for row in session.execute(select(Proposal.__table__))]
        outcomes = [dict(row._mapping) for row in session.execute(select(Outcome.__table__))]
        columns = [column for column in AuditEvent.__table__.c if column.name != "id"]
        of_night = select(*columns).where(AuditEvent.action == "proposal.made_by_night")
        events = [dict(row._mapping) for row in session.execute(of_night)]
    began = time.perf_counter()
    with database.snapshot(nightly.ACTOR) as session:
        session.execute(inputs.open_offers(SERVICE_DATE)).all()
        session.execute(inputs.open_lines()).all()
    read = time.perf_counter() - began
    return read, _write(database, made, outcomes, events)


def _write(database: Database, made: list[Any], outcomes: list[Any], events: list[Any]) -> float:
    """Write the rows again under other ids and take them back, all checks on; return the seconds."""
    for number, (proposal, event) in enumerate(zip(made, events, strict=True)):
        proposal |= {"id": uuid.uuid4(), "reference": f"XX-{number}", "held": 0, "status": "gone"}
        event["entity_id"] = proposal["id"]
    began = time.perf_counter()
    with database.engine.connect() as connection:
        for table, rows in ((Proposal.__table__, made), (AuditEvent.__table__, events)):
            for start in range(0, len(rows), applying.BATCH):
                connection.execute(insert(table), rows[start : start + applying.BATCH])
        connection.execute(text("CREATE TEMPORARY TABLE again (LIKE outcome INCLUDING ALL) ON COMMIT DROP"))
        again = Outcome.__table__.to_metadata(Outcome.__table__.metadata.__class__(), name="again")
        for start in range(0, len(outcomes), applying.BATCH):
            connection.execute(insert(again), outcomes[start : start + applying.BATCH])
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        connection.rollback()
    return time.perf_counter() - began


def show(parts: dict[str, float], read: float, written: float) -> None:
    """Print the parts beside their floors."""
    for name, seconds in parts.items():
        beside = {"load": read, "apply": written}.get(name)
        ratio = f"   floor {beside:6.2f} s   ratio {seconds / beside:5.1f}" if beside else ""
        print(f"{name:<14}{seconds:8.2f} s{ratio}")


if __name__ == "__main__":
    main()
