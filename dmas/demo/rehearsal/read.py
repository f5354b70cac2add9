"""What a rehearsal reads: the newest published month, where its providers are, and the postcode districts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import InvalidInput
from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.places import Place, locate
from dmas.providers.models import Organisation, Outcode, Site
from dmas.published import queries as published
from dmas.published.models import Dm01Count
from dmas.published.queries import Cells

ACTOR = Actor.system("rehearsal")

Where = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Published:
    """A month: cells of treatments, then of tests where a month of them is loaded, and the map under them."""

    period: date
    tests_period: date | None
    cells: list[Cell]
    places: dict[str, Place]  # in the order of the codes
    left_out: int  # providers whose ICB is not known
    districts: Where


def read(url: str) -> Published:
    """Read the newest month of a database; raise InvalidInput where none is loaded."""
    database = Database(url, statement_seconds=300)
    try:
        with database.snapshot(ACTOR) as session:
            period = published.latest_period(session)
            if period is None:
                raise InvalidInput(
                    "No published figures are loaded. Load a month first: dmas import rtt FILE (NHS England's"
                    " RTT full extract, CSV or zip)."
                )
            return _read(session, period)
    finally:
        database.dispose()


def _read(session: Session, period: date) -> Published:
    tests_period = session.scalar(select(func.max(Dm01Count.period)))
    tests = _tests(session, tests_period)
    named = {one.code: (one.name, one.icb_code) for one in published.reporting_providers(session, period)}
    for row in tests:
        named.setdefault(row.provider_code, (row.provider_name, row.icb_code))
    known = _known_places(session)
    found = (locate(code, name, icb, known) for code, (name, icb) in sorted(named.items()))
    places = {place.code: place for place in found if place is not None}
    cells = _cells(published.cells(session, period), places) + [
        Cell(
            provider=row.provider_code,
            function=row.test,
            waiting=list(row.weeks),
            waiting_to_admit=[0] * len(row.weeks),
            completed_admitted=0,
            completed_other=row.waiting_list_activity,
            test=True,
        )
        for row in tests
        if row.provider_code in places
    ]
    return Published(period, tests_period, cells, places, len(named) - len(places), _districts(session))


def _tests(session: Session, period: date | None) -> list[Dm01Count]:
    if period is None:
        return []
    rows = select(Dm01Count).where(Dm01Count.period == period)
    return list(session.scalars(rows.order_by(Dm01Count.provider_code, Dm01Count.test)))


def _known_places(session: Session) -> Where:
    known: Where = {}
    for table in (Organisation, Site):
        rows = session.execute(
            select(table.code, table.latitude, table.longitude).where(table.latitude.is_not(None))
        )
        known.update(
            {code: (north, east) for code, north, east in rows if north is not None and east is not None}
        )
    return known


def _districts(session: Session) -> Where:
    rows = session.execute(select(Outcode.code, Outcode.latitude, Outcode.longitude).order_by(Outcode.code))
    return {code: (north, east) for code, north, east in rows}


def _cells(columns: Cells, places: Mapping[str, Place]) -> list[Cell]:
    """Return each provider's cells as rows, without the providers whose place is not known.

    A return may hold more people with a decision to admit in a week than wait in it: no more are taken.
    """
    to_admit = np.minimum(columns.admit_weeks, columns.weeks)
    return [
        Cell(
            provider=provider,
            function=function.removeprefix("C_"),
            waiting=columns.weeks[n].tolist(),
            waiting_to_admit=to_admit[n].tolist(),
            completed_admitted=int(columns.admitted[n]),
            completed_other=int(columns.non_admitted[n]),
        )
        for n, (provider, function) in enumerate(zip(columns.provider_codes, columns.functions, strict=True))
        if provider in places
    ]
