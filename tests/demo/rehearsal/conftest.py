"""A small month in the official layout: two trusts that are full, two providers that have room; and scans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas import invariants
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.demo.rehearsal import simulate
from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.nights import Rehearsed
from dmas.demo.rehearsal.places import Place
from dmas.demo.rehearsal.read import Published
from dmas.demo.rehearsal.stages import Stages
from dmas.published.commands import ImportRtt
from dmas.published.services import import_rtt
from tests.factories.publishers import rtt_row, with_totals, write_rtt

assert invariants.ALL  # what the rehearsal looks at, declared as the command line has it

LATE = {41: 300, 45: 200, 53: 90, 70: 20, 104: 5}
MONTH = (
    rtt_row("RRK", "C_110", bands={5: 100, **LATE}),
    rtt_row("RRK", "C_110", "Part_2A", bands={41: 150, 45: 100, 53: 60}),
    rtt_row("RJ1", "C_130", bands={5: 300, 42: 240}, icb="QKK"),
    rtt_row("RJ1", "X04", bands={42: 160}, icb="QKK"),
    rtt_row("RTD", "C_110", bands={3: 900}, icb="QHM"),
    rtt_row("RTD", "C_110", "Part_1A", bands={3: 800}, icb="QHM"),
    rtt_row("RTD", "C_110", "Part_1B", bands={3: 600}, icb="QHM"),
    rtt_row("RTD", "X04", bands={3: 400}, icb="QHM"),
    rtt_row("RTD", "X04", "Part_1B", bands={3: 900}, icb="QHM"),
    rtt_row("NT401", "C_110", bands={2: 200}, icb="QMM"),  # a board that has merged
    rtt_row("NT401", "C_110", "Part_1A", bands={2: 700}, icb="QMM"),
    rtt_row("NVC01", "C_110", bands={2: 90, 44: 60}, icb="Q99"),  # no such board
)


@pytest.fixture
def month(database: Database, database_url: URL, tmp_path: Path) -> str:
    """The address of a database that holds the month."""
    path = write_rtt(tmp_path / "rtt.csv", with_totals(MONTH))
    actor = Actor.system("import")
    with database.unit_of_work(actor) as session:
        import_rtt(session, ImportRtt(path=path), actor=actor)
    return database_url.render_as_string(hide_password=False)


def bands(counts: dict[int, int], length: int = 105) -> list[int]:
    """Return weekly bands."""
    return [counts.get(week, 0) for week in range(length)]


def place(code: str, region: str, icb: str, north: float, east: float, *, independent: bool = False) -> Place:
    """Return a provider that stands somewhere."""
    return Place(code, f"Provider {code}", independent, icb, region, north, east, False)


PLACES = (
    place("RAA", "Y60", "QHL", 52.45, -1.9),
    place("RBB", "Y60", "QUA", 52.55, -2.05),
    place("NCC01", "Y56", "QKK", 51.5, 0.0, independent=True),
)
CELLS = (
    Cell("RAA", "110", bands({5: 900, 40: 90, 46: 60, 55: 30, 104: 4}), bands({40: 40, 46: 30}), 0, 0),
    Cell("RAA", "502", bands({5: 400, 40: 50, 52: 25}), bands({40: 20}), 0, 0),
    Cell("RAA", "X04", bands({5: 90, 41: 30}), bands({}), 0, 0),
    Cell("RBB", "110", bands({5: 990}), bands({}), 1400, 2000),
    Cell("RBB", "X04", bands({5: 100}), bands({}), 0, 700),
    Cell("NCC01", "110", bands({2: 200}), bands({}), 900, 100),
    Cell("NCC01", "502", bands({2: 200}), bands({}), 900, 400),
    Cell("RAA", "MRI", bands({2: 900, 6: 80, 9: 40, 12: 20, 13: 6}, 14), [0] * 14, 0, 0, test=True),
    Cell("NCC01", "MRI", bands({1: 300}, 14), [0] * 14, 0, 800, test=True),
)


def read_month() -> Published:
    """Return the same kind of month as it is once read, with scans; from no database."""
    return Published(
        period=date(2026, 4, 30),
        tests_period=date(2026, 3, 31),
        cells=[replace(cell) for cell in CELLS],
        places={one.code: one for one in sorted(PLACES, key=lambda one: one.code)},
        left_out=0,
        districts={"B15": (52.46, -1.92), "WV1": (52.59, -2.12), "SE1": (51.5, -0.09), "EH1": (55.95, -3.19)},
    )


@pytest.fixture
def published() -> Published:
    """The month as it is once read."""
    return read_month()


def rehearsed(month: Published, *, uptake: float = 0.5, seed: int = 1, nights: int = 0) -> Rehearsed:
    """Return the exchange of a month after so many nights."""
    stock = simulate.Stock(month, uptake, seed)
    one = simulate.opened(month, stock, uptake=uptake, seed=seed, stages=Stages())
    for number in range(nights):
        one.night(number)
    return one
