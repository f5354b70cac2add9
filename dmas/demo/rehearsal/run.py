"""The rehearsal, stage by stage, in a database of its own that is dropped at the end."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.databases import scratch_database
from dmas.core.db import NIGHT, OWNER, Database, migrate
from dmas.core.errors import InvalidInput
from dmas.core.invariants import breaches, declared
from dmas.demo.rehearsal import build, generate, report
from dmas.demo.rehearsal.build import ACTOR
from dmas.demo.rehearsal.generate import Cell, DrawnOffer, DrawnRequest
from dmas.demo.rehearsal.places import Place, locate
from dmas.demo.rehearsal.report import Report, Stage
from dmas.matching.models import MatchRun
from dmas.matching.nightly import run_night
from dmas.matching.presenters import verdict
from dmas.providers.models import Organisation, Site
from dmas.providers.services import load_england
from dmas.published import queries as published
from dmas.published.queries import Cells, ReportingProvider


def rehearse(url: str, *, uptake: float, seed: int) -> Report:
    """Build the exchange that a database's newest published month describes, and run a night on it."""
    if not 0 < uptake <= 1:
        raise InvalidInput("Uptake is a share of those waiting: more than 0 and at most 1, such as 0.05.")
    stages: list[Stage] = []
    with _stage(stages, "read the published figures"):
        read = _read(url)
        places = _places(read)
        cells = _cells(read.cells, places)
    with _stage(stages, "draw requests and offers"):
        drawn = _Drawn(
            places,
            generate.requests(cells, uptake, seed),
            generate.offers(cells, {code: place.independent for code, place in places.items()}, seed),
        )
    period = read.cells.period
    with scratch_database(url, "dmas_rehearsal_") as scratch:
        counted = _night(scratch, drawn, period + timedelta(days=1), seed, stages)
    return Report(
        period=f"{period:%B %Y}",
        uptake=uptake,
        seed=seed,
        providers=len(places),
        approximate=sum(place.approximate for place in places.values()),
        left_out=len(read.providers) - len(places),
        over_40=sum(cell.over_40 for cell in cells),
        stages=stages,
        **counted,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What was drawn from the figures, and where everybody is."""

    places: dict[str, Place]
    requests: list[DrawnRequest]
    offers: list[DrawnOffer]


def _night(url: str, drawn: _Drawn, service_date: date, seed: int, stages: list[Stage]) -> dict[str, Any]:
    """Fill an empty database, run the night in it, count what came of it and look at every rule."""
    now = datetime.combine(service_date, clock_time(2, 30), UTC)
    owner = Database(url, role=OWNER, statement_seconds=900)
    database = Database(url, role=NIGHT, statement_seconds=900)
    try:
        with _stage(stages, "build the exchange"):
            migrate(url)
            with owner.unit_of_work(ACTOR) as session:
                load_england(session, actor=ACTOR, now=now)
                session.flush()
                build.providers(session, list(drawn.places.values()))
                build.exchange(session, drawn.places, drawn.requests, drawn.offers, now=now, seed=seed)
        with _stage(stages, "run the night"):
            run_night(database, service_date=service_date, now=now, owner="rehearsal")
        with _stage(stages, "count"), database.snapshot(ACTOR) as session:
            run = session.scalars(select(MatchRun)).one()
            counted = report.figures(session, run)
        with _stage(stages, "look at every rule"), owner.snapshot(ACTOR) as session:
            rules = declared()
            broken = breaches(session, rules)
    finally:
        database.dispose()
        owner.dispose()
    return {**counted, "verdict": verdict(run), "rules": (len(rules), len(broken))}


@dataclass(frozen=True, slots=True)
class _Published:
    """A month's figures as they were read: cells, who reported, and where they may be."""

    cells: Cells
    providers: list[ReportingProvider]
    known: dict[str, tuple[float, float]]


def _read(url: str) -> _Published:
    database = Database(url, statement_seconds=300)
    try:
        with database.snapshot(ACTOR) as session:
            period = published.latest_period(session)
            if period is None:
                raise InvalidInput(
                    "No published figures are loaded. Load a month first: dmas import rtt FILE (NHS England's"
                    " RTT full extract, CSV or zip)."
                )
            return _Published(
                cells=published.cells(session, period),
                providers=published.reporting_providers(session, period),
                known=_known_places(session),
            )
    finally:
        database.dispose()


def _known_places(session: Session) -> dict[str, tuple[float, float]]:
    known: dict[str, tuple[float, float]] = {}
    for table in (Organisation, Site):
        rows = session.execute(
            select(table.code, table.latitude, table.longitude).where(table.latitude.is_not(None))
        )
        known.update(
            {code: (north, east) for code, north, east in rows if north is not None and east is not None}
        )
    return known


def _cells(columns: Cells, places: Mapping[str, Place]) -> list[Cell]:
    """Return each provider's cells as rows, without the providers whose place is not known."""
    return [
        Cell(
            provider=provider,
            function=function.removeprefix("C_"),
            waiting=columns.weeks[n].tolist(),
            waiting_to_admit=columns.admit_weeks[n].tolist(),
            completed_admitted=int(columns.admitted[n]),
            completed_other=int(columns.non_admitted[n]),
        )
        for n, (provider, function) in enumerate(zip(columns.provider_codes, columns.functions, strict=True))
        if provider in places
    ]


def _places(read: _Published) -> dict[str, Place]:
    found = (locate(p.code, p.name, p.icb_code, read.known) for p in read.providers)
    return {place.code: place for place in found if place is not None}


@contextmanager
def _stage(stages: list[Stage], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages.append(Stage(name, time.perf_counter() - start, peak))
