"""A month's extract replaces what was held for its providers, or changes nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dmas.core.actors import NOBODY, Actor
from dmas.core.db import Database
from dmas.core.errors import InvalidInput, NotAllowed
from dmas.published.commands import Dm01Report, ImportDm01, ImportRtt, RttReport
from dmas.published.models import Dm01Count, RttCount
from dmas.published.queries import total_incomplete
from dmas.published.services import import_dm01, import_rtt
from tests.factories.publishers import dm01_row, rtt_row, with_totals, write_dm01, write_rtt

APRIL = date(2026, 4, 30)


@pytest.fixture
def load(database: Database, system: Actor) -> Callable[[Path], RttReport]:
    def run(path: Path) -> RttReport:
        with database.unit_of_work(system) as session:
            return import_rtt(session, ImportRtt(path=path), actor=system)

    return run


def held(database: Database, system: Actor) -> int:
    with database.unit_of_work(system) as session:
        return int(session.scalar(select(func.count()).select_from(RttCount)) or 0)


def test_a_file_is_kept_by_provider_function_and_part(
    database: Database, system: Actor, load: Callable[[Path], RttReport], tmp_path: Path
) -> None:
    rows = with_totals(
        [
            rtt_row(bands={41: 2}),
            rtt_row(bands={41: 5}, commissioner="00L"),
            rtt_row(part="Part_2A", bands={41: 4}),
            rtt_row("NVC01", "C_130", bands={2: 30}),
        ]
    )
    path = write_rtt(tmp_path / "rtt.csv", rows)
    expected = RttReport(period=APRIL, providers=2, rows=len(rows), counts=3, incomplete=37)
    assert load(path) == expected
    assert load(path) == expected
    assert held(database, system) == 3
    with database.unit_of_work(system) as session:
        count = session.get_one(RttCount, (APRIL, "RRK", "C_110", "2"))
        assert (count.total, count.weeks[41], len(count.weeks)) == (7, 7, 105)
        assert (count.provider_name, count.icb_code) == ("EXAMPLE RRK", "QHL")


def test_a_later_file_replaces_only_its_providers_and_month(
    database: Database, system: Actor, load: Callable[[Path], RttReport], tmp_path: Path
) -> None:
    load(write_rtt(tmp_path / "a.csv", with_totals([rtt_row(bands={1: 1}), rtt_row("RJ1", bands={1: 9})])))
    load(write_rtt(tmp_path / "b.csv", with_totals([rtt_row(function="X02", bands={1: 4})])))
    with database.unit_of_work(system) as session:
        assert total_incomplete(session, APRIL, "RRK") == 4
        assert total_incomplete(session, APRIL) == 13
        assert total_incomplete(session, date(2026, 5, 31)) == 0


def test_a_zip_is_read_like_its_file(load: Callable[[Path], RttReport], tmp_path: Path) -> None:
    plain = write_rtt(tmp_path / "rtt.csv", with_totals([rtt_row(bands={41: 2})]))
    with zipfile.ZipFile(tmp_path / "rtt.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "20260430-RTT-April-2026-full-extract.csv")
    assert load(tmp_path / "rtt.zip").incomplete == 2


def test_a_file_that_breaks_off_leaves_the_month_as_it_was(
    database: Database, system: Actor, load: Callable[[Path], RttReport], tmp_path: Path
) -> None:
    rows = with_totals([rtt_row(bands={41: 2}), rtt_row("RJ1", bands={1: 9})])
    path = write_rtt(tmp_path / "rtt.csv", rows)
    load(path)
    for end, said in (
        (-300, "line 5: it has .* cut off.*Nothing was stored"),
        (-600, "line 4: .*Nothing was stored"),
    ):
        cut = tmp_path / "cut.csv"
        cut.write_bytes(path.read_bytes()[:end])
        with pytest.raises(InvalidInput, match=said):
            load(cut)
    write_rtt(path, rows[:-1])
    with pytest.raises(InvalidInput, match="RJ1 EXAMPLE RJ1: part 2 adds up to 9 and its total row says 0"):
        load(path)
    assert held(database, system) == 2


def test_a_file_of_another_kind_is_refused(load: Callable[[Path], RttReport], tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Period,Provider Org Code\nx,y\n")
    with pytest.raises(
        InvalidInput, match="not the monthly RTT full extract: missing Provider Parent Org Code"
    ):
        load(path)
    with pytest.raises(InvalidInput, match="a header and no rows"):
        load(write_rtt(path, []))


def test_only_those_who_may_load(database: Database, system: Actor, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed), database.unit_of_work(system) as session:
        import_rtt(session, ImportRtt(path=tmp_path), actor=NOBODY)


def test_thousands_of_rows_of_many_providers(load: Callable[[Path], RttReport], tmp_path: Path) -> None:
    rows = [
        rtt_row(f"R{n % 40:02d}", function, bands={n % 105: 1, 41: 1}, commissioner=f"C{n:03d}")
        for n in range(400)
        for function in ("C_100", "C_110", "C_130", "X05")
    ]
    report = load(write_rtt(tmp_path / "rtt.csv", with_totals(rows)))
    assert (report.providers, report.rows, report.counts) == (40, 2_000, 160)
    assert report.incomplete == sum(int(row[-1]) for row in rows)


def test_tests_are_kept_by_provider_and_a_second_time_changes_nothing(
    database: Database, system: Actor, tmp_path: Path
) -> None:
    rows = [
        dm01_row(bands={0: 2, 13: 1}, activity=(5, 1, 2)),
        dm01_row(bands={0: 3}, commissioner="00L"),
        dm01_row(test="TOTAL", bands={0: 5, 13: 1}, activity=(5, 1, 2)),
        dm01_row("RJ1", "CT", bands={1: 4}),
        dm01_row("RJ1", "X-RAY", bands={1: 4}),
        dm01_row("RJ1", "TOTAL", bands={1: 8}),
    ]

    def load(given: list[list[str]]) -> Dm01Report:
        with database.unit_of_work(system) as session:
            command = ImportDm01(path=write_dm01(tmp_path / "dm01.csv", given))
            return import_dm01(session, command, actor=system)

    first, again = load(rows), load(rows)
    assert (first.period, first.providers, first.rows, first.waiting) == (date(2026, 3, 31), 2, 3, 10)
    assert (first.new, first.changed, first.unchanged, first.removed) == (2, 0, 0, 0)
    assert first.refusals.shown == [(6, "'X-RAY' is not one of the 15 tests")]
    assert first.notes == ["RJ1 EXAMPLE RJ1: its tests add up to 4 waiting and its total row says 8"]
    assert (again.new, again.changed, again.unchanged, again.removed) == (0, 0, 2, 0)
    later = load([dm01_row(bands={0: 4}), dm01_row("RJ1", "MRI", bands={2: 1})])
    assert (later.new, later.changed, later.unchanged, later.removed) == (1, 1, 0, 1)
    with database.unit_of_work(system) as session:
        count = session.get_one(Dm01Count, (date(2026, 3, 31), "RRK", "MRI"))
        assert (count.total, count.weeks[0], len(count.weeks), count.planned_activity) == (4, 4, 14, 0)


def test_a_file_of_tests_with_nothing_to_take_is_refused(
    database: Database, system: Actor, tmp_path: Path
) -> None:
    with database.unit_of_work(system) as session:
        for rows, said in (
            ([dm01_row(test="X-RAY")], "No row of this file could be taken. Line 2: 'X-RAY'"),
            ([dm01_row()[:-1]], "line 2: it has 29 columns"),
        ):
            path = write_dm01(tmp_path / "dm01.csv", rows)
            with pytest.raises(InvalidInput, match=said):
                import_dm01(session, ImportDm01(path=path), actor=system)
    with pytest.raises(NotAllowed), database.unit_of_work(system) as session:
        import_dm01(session, ImportDm01(path=tmp_path), actor=NOBODY)
