"""A small month in the official layout: two trusts that are full, two providers that have room."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas import invariants
from dmas.core.actors import Actor
from dmas.core.db import Database
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
