"""The night on an exchange of England's size, against its floor: the same rows read and written plainly."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select, text

from benchmarks.nation import nation, summary
from dmas import invariants, wiring
from dmas.core.audit import AuditEvent
from dmas.core.databases import scratch_database
from dmas.core.db import NIGHT, OWNER, Database, migrate
from dmas.core.embedded import database_server
from dmas.core.invariants import breaches
from dmas.demo.rehearsal import build, generate
from dmas.matching import applying, loading, nightly
from dmas.matching.engine import certify, solve
from dmas.matching.models import Outcome
from dmas.proposals.models import Proposal
from dmas.providers.services import load_england

SERVICE_DATE = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 2, 30, tzinfo=UTC)
UPTAKE, SEED = 0.05, 1


def main() -> None:
    """Print the seconds of each part of the night, beside the floor of finding and of applying."""
    wiring.install()
    with database_server(os.environ) as url, scratch_database(url, "dmas_bench_") as scratch:
        offers, lines = fill(scratch)
        print(f"{offers:,} offers, {lines:,} lines asked for at {UPTAKE:.0%} uptake")
        database = Database(scratch, role=NIGHT, statement_seconds=900)
        parts: dict[str, float] = {}
        with watched(parts):
            began = time.perf_counter()
            report = nightly.run_night(database, service_date=SERVICE_DATE, now=NOW, owner="benchmark")
            parts["whole night"] = time.perf_counter() - began
        read, written = floor(database)
        with database.unit_of_work(nightly.ACTOR) as session:
            broken = len(breaches(session, invariants.ALL))
        database.dispose()
    show(parts, read, written)
    print(f"{report.status.value}: {report.counts['proposals']:,} proposals, {broken} rules broken")


def fill(url: str) -> tuple[int, int]:
    """Fill an empty database with the drawn exchange; return how many offers and lines."""
    month = nation(SEED)
    print(summary(month))
    requests = generate.requests(month.cells, UPTAKE, SEED)
    offers = generate.offers(month.cells, {c: p.independent for c, p in month.places.items()}, SEED)
    migrate(url)
    owner = Database(url, role=OWNER, statement_seconds=900)
    with owner.unit_of_work(build.ACTOR) as session:
        load_england(session, actor=build.ACTOR, now=NOW)
        session.flush()
        build.providers(session, list(month.places.values()))
        build.exchange(session, month.places, requests, offers, now=NOW, seed=SEED)
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    owner.dispose()
    return len(offers), sum(len(request.lines) for request in requests)


@contextmanager
def watched(parts: dict[str, float]) -> Iterator[None]:
    """Add up the seconds spent in each part of the night while it runs."""
    watch = (
        (loading, "find"),
        (loading, "as_problem"),
        (solve, "solve"),
        (certify, "check"),
        (applying, "apply"),
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
        session.execute(loading.open_offers(SERVICE_DATE)).all()
        session.execute(loading.open_lines()).all()
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
        beside = {"find": read, "apply": written}.get(name)
        ratio = f"   floor {beside:6.2f} s   ratio {seconds / beside:5.1f}" if beside else ""
        print(f"{name:<14}{seconds:8.2f} s{ratio}")


if __name__ == "__main__":
    main()
