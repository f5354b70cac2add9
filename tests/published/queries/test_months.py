"""Published figures as columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.published import queries
from dmas.published.commands import ImportRtt
from dmas.published.services import import_rtt
from tests.factories.publishers import rtt_row, with_totals, write_rtt

APRIL, MAY = date(2026, 4, 30), date(2026, 5, 31)


@pytest.fixture
def session(database: Database, system: Actor, tmp_path: Path) -> Iterator[Session]:
    april = with_totals(
        [
            rtt_row(bands={39: 10, 40: 3, 104: 1}),
            rtt_row(part="Part_2A", bands={39: 2, 40: 1}),
            rtt_row(part="Part_1A", bands={20: 6}),
            rtt_row(part="Part_1B", bands={20: 8}),
            rtt_row(part="Part_3", total=11),
            rtt_row(function="C_100", bands={2: 5}),
            rtt_row("NVC01", part="Part_1A", bands={2: 7}),
            rtt_row("NVC02", part="Part_3", total=4),
        ]
    )
    may = [rtt_row("RJ1", function, bands={1: 1}, period="RTT-May-2026") for function in ("C_110", "C_999")]
    with database.unit_of_work(system) as session:
        for name, rows in (("a.csv", april), ("b.csv", may)):
            import_rtt(session, ImportRtt(path=write_rtt(tmp_path / name, rows)), actor=system)
        yield session


def test_months_are_listed_newest_first(session: Session) -> None:
    assert queries.periods(session) == [MAY, APRIL]
    assert queries.latest_period(session) == MAY


def test_a_month_in_columns(session: Session) -> None:
    cells = queries.cells(session, APRIL)
    assert list(zip(cells.provider_codes, cells.functions, strict=True)) == [
        ("NVC01", "C_110"),
        ("RRK", "C_100"),
        ("RRK", "C_110"),
    ]
    assert cells.waiting.tolist() == [0, 5, 14]
    assert cells.admit_waiting.tolist() == [0, 0, 3]
    assert cells.admitted.tolist() == [7, 0, 6]
    assert cells.non_admitted.tolist() == [0, 0, 8]
    assert cells.weeks.shape == cells.admit_weeks.shape == (3, 105)


def test_over_forty_weeks_is_strict_and_shares_are_of_those_over(session: Session) -> None:
    cells = queries.cells(session, APRIL)
    assert cells.over(40).tolist() == [0, 0, 4]
    assert cells.over(39).tolist() == [0, 0, 14]
    assert cells.admit_share(40).tolist() == [0.0, 0.0, 0.25]


def test_a_month_not_held_is_empty(session: Session) -> None:
    cells = queries.cells(session, date(2020, 1, 31))
    assert cells.provider_codes == []
    assert cells.over(40).tolist() == []
    assert cells.admit_share(40).tolist() == []


def test_who_reported(session: Session) -> None:
    assert [provider.code for provider in queries.reporting_providers(session, APRIL)] == [
        "NVC01",
        "NVC02",
        "RRK",
    ]
    assert queries.reporting_providers(session, MAY) == [
        queries.ReportingProvider("RJ1", "EXAMPLE RJ1", "QHL")
    ]


def test_who_waits_in_all(session: Session) -> None:
    assert queries.total_incomplete(session, APRIL) == 19
    assert queries.total_incomplete(session, APRIL, "RRK") == 19
    assert queries.total_incomplete(session, APRIL, "NVC01") == 0
