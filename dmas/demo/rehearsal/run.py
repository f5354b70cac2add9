"""The rehearsal, stage by stage, in a database of its own that is dropped at the end."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.databases import scratch_database
from dmas.core.db import NIGHT, OWNER, Database, migrate
from dmas.core.errors import InvalidInput
from dmas.demo.rehearsal import build, generate, report
from dmas.demo.rehearsal.build import ACTOR
from dmas.demo.rehearsal.generate import Cell
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
        requests = generate.requests(cells, uptake, seed)
        independent = {code: place.independent for code, place in places.items()}
        offers = generate.offers(cells, independent, seed)
    period = read.cells.period
    service_date = period + timedelta(days=1)
    now = datetime.combine(service_date, clock_time(2, 30), UTC)
    with scratch_database(url, "dmas_rehearsal_") as scratch:
        with _stage(stages, "build the exchange"):
            migrate(scratch)
            owner = Database(scratch, role=OWNER, statement_seconds=900)
            with owner.unit_of_work(ACTOR) as session:
                load_england(session, actor=ACTOR, now=now)
                session.flush()
                build.providers(session, list(places.values()))
                build.exchange(session, places, requests, offers, as_of=service_date, now=now, seed=seed)
            owner.dispose()
        database = Database(scratch, role=NIGHT, statement_seconds=900)
        with _stage(stages, "run the night"):
            run_night(database, service_date=service_date, now=now, owner="rehearsal")
        with _stage(stages, "count"), database.snapshot(ACTOR) as session:
            run = session.scalars(select(MatchRun)).one()
            counted = report.figures(session, run)
        database.dispose()
    return Report(
        period=f"{period:%B %Y}",
        uptake=uptake,
        seed=seed,
        providers=len(places),
        approximate=sum(place.approximate for place in places.values()),
        left_out=len(read.providers) - len(places),
        over_40=sum(cell.over_40 for cell in cells),
        verdict=verdict(run),
        stages=stages,
        **counted,
    )


@dataclass(frozen=True, slots=True)
class _Published:
    """A month's figures as they were read: cells, who reported, and where they may be."""

    cells: Cells
    providers: list[ReportingProvider]
    known: dict[str, tuple[float, float]]
    regions: dict[str, str]


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
                regions=_regions(session),
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


def _regions(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(Organisation.code, Organisation.region_code).where(Organisation.kind == "icb")
    )
    return {code: region for code, region in rows if region is not None}


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
    found = (locate(p.code, p.name, p.icb_code, read.known, read.regions) for p in read.providers)
    return {place.code: place for place in found if place is not None}


@contextmanager
def _stage(stages: list[Stage], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages.append(Stage(name, time.perf_counter() - start, peak))
