"""The comparison's benchmark: two computations that share nothing say the same, and a difference is told."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from benchmarks import apart, compare
from tests.factories.publishers import (
    dm01_row,
    ods_row,
    rtt_row,
    with_totals,
    write_csv,
    write_dm01,
    write_ods,
    write_rtt,
)

OUTCODES = [
    ["postcode", "latitude", "longitude", "country"],
    ["B15", "52.46", "-1.92", "ENG"],
    ["M13", "53.46", "-2.21", "ENG"],
]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A month of two trusts and a clinic nobody places, in the publishers' layouts."""
    rows = [
        rtt_row(part="Part_1A", bands={3: 20, 50: 4}),
        rtt_row(part="Part_1B", bands={9: 30, 104: 9}),
        rtt_row(part="Part_2", bands={1: 500}),
        rtt_row("RJ1", part="Part_1B", bands={5: 9}),
        rtt_row("NVC01", part="Part_1A", bands={2: 40}),
    ]
    tests = [dm01_row(bands={0: 5, 13: 6}), dm01_row("RJ1", activity=(4, 0, 0))]
    return {
        "outcodes": write_csv(tmp_path / "outcodes.csv", OUTCODES),
        "trusts": write_ods(tmp_path / "etr.csv", [ods_row(), ods_row("RJ1", postcode="M13 9WL")]),
        "rtt": write_rtt(tmp_path / "rtt.csv", with_totals(rows)),
        "dm01": write_dm01(tmp_path / "dm01.csv", tests),
    }


def test_the_page_says_what_is_worked_out_apart_from_it(
    files: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    server_url: URL,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", server_url.render_as_string(hide_password=False))
    named = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    assert compare.main([*named, "--postcodes", "B15 2GW", "--services", "C_110", "MRI"]) == 0
    said = capsys.readouterr().out
    assert (
        "B15 2GW  C_110  within 50 miles     1 providers,    1 placed,    1 with a wait,   0 differ" in said
    )
    assert (
        "B15 2GW  C_110  anywhere            3 providers,    2 placed,    2 with a wait,   0 differ" in said
    )
    assert (
        "B15 2GW  MRI    anywhere            2 providers,    2 placed,    1 with a wait,   0 differ" in said
    )
    assert "0 rows differ" in said
    monkeypatch.setattr(apart, "nine_tenths", lambda people: 0)
    assert compare.main([*named, "--postcodes", "B15 2GW", "--services", "C_110"]) == 1
    assert "RRK: the page says Answer(miles=0.0, half=10, nine_in_ten=105" in capsys.readouterr().out


def test_without_files_it_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main() == 0
    assert "compare needs the publishers' files" in capsys.readouterr().out


def test_the_other_computation_shares_nothing_with_dmas() -> None:
    tree = ast.parse(Path(apart.__file__).read_text(encoding="utf-8"))
    roots = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert roots == {"__future__", "collections", "csv", "dataclasses", "math", "pathlib"}


def test_hospitals_stand_under_their_own_code_and_their_heirs(tmp_path: Path) -> None:
    names = ["OrganisationCode", "Latitude", "Longitude", "ParentODSCode"]
    rows = [
        names,
        ["RDD01", "52.0", "-8.8975E-2", "RDD"],
        ["RDD01", "50", "0", "X"],
        ["RDD02", "", "", "RDD"],
    ]
    hospitals = tmp_path / "Hospital.csv"
    hospitals.write_bytes("\r\n".join("\u00ac".join(row) for row in rows).encode("cp1252"))
    heirs = write_csv(tmp_path / "s.csv", [["old_code", "new_code", "date"], ["RDD", "RAJ", "2020-04-01"]])
    read = apart.read(
        outcodes=write_csv(tmp_path / "o.csv", OUTCODES),
        rtt=write_rtt(tmp_path / "r.csv", []),
        hospitals=hospitals,
        successions=heirs,
    )
    assert read.places == {"RDD01": [(52.0, -0.088975)], "RAJ": [(52.0, -0.088975)]}
