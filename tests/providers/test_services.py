"""Loads: what is new, changed, unchanged and refused, and that a bad file leaves nothing behind."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dmas.core.actors import NOBODY, Actor
from dmas.core.db import Database
from dmas.core.errors import InvalidInput, NotAllowed
from dmas.providers.commands import ImportIcbs, ImportOds, ImportOutcodes, LoadReport
from dmas.providers.models import Organisation, Outcode, Site, Succession
from dmas.providers.services import import_icbs, import_ods, import_outcodes, load_england
from dmas.providers.vocabulary import FileKind
from tests.factories.publishers import ONS_HEADER, ods_row, ons_row, write_csv, write_ods

Counts = tuple[int, int, int, int]


def counts(report: LoadReport) -> Counts:
    return report.new, report.changed, report.unchanged, report.refusals.count


@pytest.fixture
def ods(database: Database, system: Actor, now: datetime) -> Callable[..., LoadReport]:
    def load(path: Path, kind: FileKind | None = None) -> LoadReport:
        with database.unit_of_work(system) as session:
            return import_ods(session, ImportOds(path=path, kind=kind), actor=system, now=now)

    return load


@pytest.fixture
def outcodes(database: Database, system: Actor, now: datetime) -> Callable[[Path], LoadReport]:
    def load(path: Path) -> LoadReport:
        with database.unit_of_work(system) as session:
            return import_outcodes(session, ImportOutcodes(path=path), actor=system, now=now)

    return load


@pytest.fixture
def lookup(database: Database, system: Actor, now: datetime) -> Callable[[Path], LoadReport]:
    def load(path: Path) -> LoadReport:
        with database.unit_of_work(system) as session:
            return import_icbs(session, ImportIcbs(path=path), actor=system, now=now)

    return load


def test_england_is_loaded_once(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        assert counts(load_england(session, actor=system, now=now)) == (1 + 7 + 36 + 12, 0, 0, 0)
        assert session.scalar(select(func.count()).select_from(Succession)) == 16
    with database.unit_of_work(system) as session:
        session.get_one(Organisation, "Y60").name = "The Midlands"
        assert counts(load_england(session, actor=system, now=now)) == (0, 1, 55, 0)


def test_only_those_who_may_load(database: Database, system: Actor, now: datetime, tmp_path: Path) -> None:
    with database.unit_of_work(system) as session:
        with pytest.raises(NotAllowed):
            import_ods(session, ImportOds(path=tmp_path), actor=NOBODY, now=now)
        with pytest.raises(NotAllowed):
            import_icbs(session, ImportIcbs(path=tmp_path), actor=NOBODY, now=now)
        with pytest.raises(NotAllowed):
            import_outcodes(session, ImportOutcodes(path=tmp_path), actor=NOBODY, now=now)


def test_trusts_then_their_sites(
    database: Database, system: Actor, ods: Callable[..., LoadReport], tmp_path: Path
) -> None:
    trusts = write_ods(
        tmp_path / "etr.csv", [ods_row(), ods_row("RJ1", "RIVER NHS TRUST", region="Y56", icb="QKK")]
    )
    assert counts(ods(trusts)) == (2, 0, 0, 0)
    assert counts(ods(trusts)) == (0, 0, 2, 0)
    write_ods(trusts, [ods_row(), ods_row("RJ1", "RIVER NHS FOUNDATION TRUST", region="Y56", icb="QKK")])
    assert counts(ods(trusts)) == (0, 1, 1, 0)
    sites = write_ods(
        tmp_path / "ets.csv",
        [ods_row("RRK01", "QUEEN'S"), ods_row("G7H8J", "ANNEXE", parent="RJ1"), ods_row("RXX01", "LOST")],
    )
    report = ods(sites)
    assert counts(report) == (2, 0, 0, 1)
    assert report.what == "sites of NHS trusts"
    assert report.refusals.shown == [
        (3, "RXX01 belongs to RXX, which is not known: import its provider first")
    ]
    with database.unit_of_work(system) as session:
        assert session.get_one(Site, "G7H8J").provider_code == "RJ1"
        trust = session.get_one(Organisation, "RRK")
        assert (trust.kind, trust.opened_on, trust.raw["telephone"]) == (
            "trust",
            date(2001, 4, 1),
            "0121 496 0000",
        )


def test_independent_providers_and_their_sites(ods: Callable[..., LoadReport], tmp_path: Path) -> None:
    providers = write_ods(
        tmp_path / "ephp.csv", [ods_row("NVC", "CLINICS LIMITED"), ods_row("8A123", "SURGERY LLP", region="")]
    )
    report = ods(providers)
    assert (report.what, counts(report)) == ("independent providers", (2, 0, 0, 0))
    sites = write_ods(
        tmp_path / "ephpsite.csv",
        [ods_row("NVC01", "HILL HOSPITAL"), ods_row("A0C5S", "EYES", parent="8A123")],
    )
    report = ods(sites)
    assert (report.what, counts(report)) == ("sites of independent providers", (2, 0, 0, 0))


def test_rows_that_cannot_stand_are_refused_with_line_and_reason(
    ods: Callable[..., LoadReport], tmp_path: Path
) -> None:
    rows = [
        ods_row(),
        ods_row("RRK", "THE SAME NHS TRUST AGAIN"),
        ods_row("RQF", "VALLEY NHS TRUST", region="", icb=""),
        ods_row("RX1", "UNKNOWN BOARD NHS TRUST", icb="QXX"),
        ods_row("RX2", "LONG CLOSED NHS TRUST", icb="Q54", closed="20100331"),
        ods_row("QHL", "NOT A BOARD NHS TRUST"),
        ods_row("RX3", "WRONG DATE NHS TRUST", opened="01/04/2001"),
        ods_row("RX4", "TOO FEW CELLS NHS TRUST")[:20],
        ods_row("RX5", "GOOD NHS TRUST"),
    ]
    report = ods(write_ods(tmp_path / "etr.csv", rows), FileKind.TRUSTS)
    assert counts(report) == (3, 0, 0, 6)
    said = dict(report.refusals.shown)
    assert sorted(said) == [2, 3, 4, 6, 7, 8]
    assert said[2] == "RRK is in the file twice: the first row was taken"
    assert "no NHS England region" in said[3]
    assert "import the ICB lookup first" in said[4]
    assert said[6] == "QHL is known as another kind of organisation: integrated care board"
    assert "not a date" in said[7]
    assert "missing from column 21" in said[8]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (
            b"code,name\r\nRRK,TRUST\r\n",
            "not an ODS file. Line 1 has 2 columns.*missing from column 3 on are national grouping",
        ),
        (b",".join([b'"Organisation Code"'] * 27), "no row could be read. Line 1"),
        (b'"RRK","' + "ÉCOLE".encode("cp1252") + b'"', "not UTF-8"),
        (b'"RRK","TRUST', "cut off"),
    ],
)
def test_a_file_that_is_none_is_refused(
    database: Database, system: Actor, ods: Callable[..., LoadReport], tmp_path: Path, data: bytes, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        ods(written(tmp_path / "etr.csv", data))


def test_a_file_cut_off_stores_nothing(
    database: Database, system: Actor, ods: Callable[..., LoadReport], tmp_path: Path
) -> None:
    whole = write_ods(
        tmp_path / "etr.csv", [ods_row(f"R{n:03d}", "SOME NHS TRUST") for n in range(300)]
    ).read_bytes()
    cut = whole[: whole.rindex(b'"Y60"') + 5]
    with pytest.raises(InvalidInput, match=r"cut off. Line 300 .* Download it again"):
        ods(written(tmp_path / "cut.csv", cut))
    with database.unit_of_work(system) as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 0


def test_a_large_zip_is_streamed(ods: Callable[..., LoadReport], tmp_path: Path) -> None:
    rows = [ods_row(f"R{n:05d}", "SOME NHS TRUST") for n in range(5_000)]
    plain = write_ods(tmp_path / "etr.csv", rows)
    with zipfile.ZipFile(tmp_path / "etr.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "etr.csv")
    assert counts(ods(tmp_path / "etr.zip")) == (5_000, 0, 0, 0)


OUTCODE_HEADER = ["postcode", "eastings", "northings", "latitude", "longitude", "town"]


def test_outcodes_place_what_has_no_better_place(
    database: Database,
    system: Actor,
    ods: Callable[..., LoadReport],
    outcodes: Callable[[Path], LoadReport],
    tmp_path: Path,
) -> None:
    trusts = write_ods(
        tmp_path / "etr.csv", [ods_row(), ods_row("RJ1", "RIVER NHS TRUST", postcode="SE1 7EH")]
    )
    ods(trusts)
    rows = [
        ["B15", 1, 1, 52.45, -1.93, "B"],
        ["SE1", 1, 1, 51.5, -0.09, "L"],
        ["SE1", 1, 1, 51.6, -0.1, "L"],
        ["B16", 1, 1, "", "", "B"],
    ]
    path = write_csv(tmp_path / "outcodes.csv", [OUTCODE_HEADER, *rows])
    report = outcodes(path)
    assert counts(report) == (2, 0, 0, 2)
    assert report.notes == ["2 providers and sites were placed at the centre of their district."]
    with database.unit_of_work(system) as session:
        given = session.get_one(Organisation, "RRK")
        assert (given.latitude, given.longitude, given.location_source) == (52.45, -1.93, "outcode")
        given.latitude, given.longitude, given.location_source = 52.4521, -1.9385, "given"
    write_csv(path, [OUTCODE_HEADER, ["B15", 1, 1, 52.4, -1.9, "B"], ["SE1", 1, 1, 51.5, -0.09, "L"]])
    assert counts(outcodes(path)) == (0, 1, 1, 0)
    assert counts(ods(trusts)) == (0, 0, 2, 0)
    with database.unit_of_work(system) as session:
        assert session.get_one(Organisation, "RRK").latitude == 52.4521
        assert session.get_one(Outcode, "B15").latitude == 52.4


def test_a_file_without_districts_is_refused(outcodes: Callable[[Path], LoadReport], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="latitude, longitude missing"):
        outcodes(write_csv(tmp_path / "x.csv", [["postcode", "town"], ["B15", "B"]]))


MIDLANDS = ("Y60", "Midlands")
BSOL = ("QHL", "NHS Birmingham and Solihull Integrated Care Board")


def test_the_lookup_is_loaded_once(
    database: Database, system: Actor, lookup: Callable[[Path], LoadReport], tmp_path: Path
) -> None:
    path = write_csv(
        tmp_path / "lookup.csv",
        [
            ONS_HEADER,
            ons_row(*BSOL, *MIDLANDS),
            ons_row(*BSOL, *MIDLANDS, sub="15E"),
            ons_row("N0E1W", "NHS New Integrated Care Board", *MIDLANDS),
        ],
    )
    report = lookup(path)
    assert counts(report) == (1, 0, 2, 0)
    assert len(report.notes) == 35
    assert "QJK NHS Devon Integrated Care Board is open here and not in this file." in report.notes
    assert counts(lookup(path)) == (0, 0, 3, 0)
    with database.unit_of_work(system) as session:
        assert session.get_one(Organisation, "N0E1W").region_code == "Y60"


def test_a_name_in_the_lookup_stands(
    database: Database, system: Actor, now: datetime, lookup: Callable[[Path], LoadReport], tmp_path: Path
) -> None:
    path = write_csv(
        tmp_path / "lookup.csv", [ONS_HEADER, ons_row("QHL", "NHS Renamed Integrated Care Board", *MIDLANDS)]
    )
    assert counts(lookup(path)) == (0, 1, 1, 0)
    with database.unit_of_work(system) as session:
        load_england(session, actor=system, now=now)
        assert session.get_one(Organisation, "QHL").name == "NHS Renamed Integrated Care Board"


def test_lines_of_the_lookup_that_disagree_are_refused(
    lookup: Callable[[Path], LoadReport], tmp_path: Path
) -> None:
    rows = [
        ons_row(*BSOL, *MIDLANDS),
        ons_row(*BSOL, "Y56", "London"),
        ons_row("", "No code", *MIDLANDS),
        ons_row(*BSOL, *MIDLANDS)[:6],
    ]
    report = lookup(write_csv(tmp_path / "lookup.csv", [ONS_HEADER, *rows]))
    assert counts(report) == (0, 0, 2, 3)
    assert [line for line, _ in report.refusals.shown] == [3, 4, 5]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["ICB26CDH", "ICB26NM"]], "NHSER26CDH, NHSER26NM are missing"),
        ([ONS_HEADER], "No row"),
        ([ONS_HEADER, ons_row("X24", "NHS England", *MIDLANDS)], "another kind"),
    ],
)
def test_a_lookup_that_is_none_is_refused(
    lookup: Callable[[Path], LoadReport], tmp_path: Path, rows: list, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        lookup(write_csv(tmp_path / "lookup.csv", rows))
