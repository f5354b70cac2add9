"""How publishers' rows are read."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.core.errors import InvalidInput
from dmas.providers.rules import (
    ODS_COLUMNS,
    icb_columns,
    normal_postcode,
    ods_shape_problem,
    outcode_columns,
    outcode_of,
    read_ods_row,
    read_outcode,
    recognise,
)
from dmas.providers.vocabulary import FileKind
from tests.factories.publishers import ONS_HEADER, ods_row


def test_a_row_is_read() -> None:
    row = read_ods_row(
        ods_row(" rrk", "UNIVERSITY  EXAMPLE NHS TRUST ", postcode="b152gw", closed="20260630")
    )
    assert (row.code, row.name, row.region_code, row.icb_code) == (
        "RRK",
        "UNIVERSITY EXAMPLE NHS TRUST",
        "Y60",
        "QHL",
    )
    assert (row.postcode, row.opened_on, row.closed_on) == ("B15 2GW", date(2001, 4, 1), date(2026, 6, 30))
    assert row.raw["telephone"] == "0121 496 0000"


def test_a_site_belongs_to_its_parent_else_to_its_first_three_characters() -> None:
    assert read_ods_row(ods_row("G7H8J", parent="a0c5s")).owner == "A0C5S"
    assert read_ods_row(ods_row("RRK01")).owner == "RRK"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ods_row("Organisation code"), "not an organisation code"),
        (ods_row(""), "not an organisation code"),
        (ods_row(name=" "), "has no name"),
        (ods_row(opened="2001-04-01"), "open date '2001-04-01' is not a date"),
        (ods_row(closed="20260231"), "close date '20260231' is not a date"),
        (ods_row(opened="20260401", closed="20260331"), "closes before it opens"),
        (ods_row(region="W00"), "not an NHS England region"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(row: list[str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_ods_row(row)


def test_a_wrong_shape_names_what_is_missing() -> None:
    assert ods_shape_problem([""] * 27, 1) is None
    short = ods_shape_problem([""] * 10, 3)
    assert short is not None
    assert "Line 3 has 10 columns" in short
    assert "missing from column 11 on are open date, close date" in short
    assert "empty columns" in str(ods_shape_problem([""] * 26, 1))
    assert "choose the legacy CSV file" in str(ods_shape_problem([""] * 30, 1))
    assert len(ODS_COLUMNS) == 27


@pytest.mark.parametrize(
    ("text", "expected"),
    [("SW1A 1AA", "SW1A 1AA"), ("m13 9wl", "M13 9WL"), (" e161xl ", "E16 1XL"), ("", None), ("ZZ99", None)],
)
def test_postcodes(text: str, expected: str | None) -> None:
    assert normal_postcode(text) == expected
    assert outcode_of(expected) == (expected.split()[0] if expected else None)


TRUSTS = [read_ods_row(ods_row(f"R{n}A", "SOME NHS FOUNDATION TRUST")) for n in range(10, 20)]
TRUST_SITES = [read_ods_row(ods_row(f"RRK{n}", "HOSPITAL")) for n in range(10, 20)]
INDEPENDENTS = [read_ods_row(ods_row(f"NV{n}", "CLINICS LIMITED")) for n in range(10, 20)]
NEW_SITES = [read_ods_row(ods_row(f"A{n}C5", "CLINIC", parent="NVC")) for n in range(10, 20)]


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (TRUSTS, FileKind.TRUSTS),
        (TRUST_SITES, FileKind.SITES),
        (INDEPENDENTS, FileKind.INDEPENDENT),
        (NEW_SITES, FileKind.INDEPENDENT_SITES),
        (TRUSTS + INDEPENDENTS[:3], FileKind.TRUSTS),
    ],
)
def test_a_file_is_recognised_by_its_rows(rows: list, kind: FileKind) -> None:
    assert recognise(rows, {"RRK"}, {"NVC"}) is kind


def test_a_file_in_doubt_asks_for_its_kind() -> None:
    with pytest.raises(InvalidInput, match="Say it with --kind"):
        recognise(TRUSTS + INDEPENDENTS, {"RRK"}, {"NVC"})


@pytest.mark.parametrize("rows", [TRUST_SITES, NEW_SITES])
def test_sites_before_their_providers_are_never_taken_for_providers(rows: list) -> None:
    with pytest.raises(InvalidInput, match="Import the providers first"):
        recognise(rows, set(), set())


def test_the_lookup_is_read_in_any_year() -> None:
    columns = icb_columns([name.replace("26", "29") for name in ONS_HEADER])
    assert (columns.icb_code, columns.icb_name, columns.region_code, columns.region_name) == (4, 5, 7, 8)
    assert columns.width == 9


def test_the_lookup_names_its_missing_columns() -> None:
    with pytest.raises(InvalidInput, match="columns like NHSER26CDH, NHSER26NM are missing"):
        icb_columns(["ICB24CD", "ICB24CDH", "ICB24NM"])


def test_outcodes_are_read_by_name() -> None:
    columns = outcode_columns(["outcode", "x", "Longitude", "Latitude"])
    assert read_outcode(["b15", "", "-1.93", "52.45"], columns) == ("B15", 52.45, -1.93)
    with pytest.raises(InvalidInput, match="postcode, longitude missing"):
        outcode_columns(["town", "latitude"])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["B15"], "only 1 columns"),
        (["B15 2GW", "52", "-1"], "not a postcode district"),
        (["B15", "", ""], "no latitude and longitude"),
        (["B15", "nan", "-1"], "does not lie"),
        (["B15", "-1.9", "52.4"], "does not lie in the United Kingdom"),
    ],
)
def test_an_outcode_that_makes_no_sense_is_refused(cells: list[str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_outcode(cells, outcode_columns(["postcode", "latitude", "longitude"]))
