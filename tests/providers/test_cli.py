"""The commands as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas.cli import main
from dmas.core import files
from dmas.providers import cli
from dmas.providers.commands import LoadReport
from tests.factories.publishers import ONS_HEADER, ods_row, ons_row, write_csv, write_ods


@pytest.fixture(autouse=True)
def _named_database(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))


def test_ods_with_outcodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcodes = write_csv(tmp_path / "o.csv", [["postcode", "latitude", "longitude"], ["B15", 52.45, -1.93]])
    trusts = write_ods(
        tmp_path / "etr.csv", [ods_row(), ods_row("RQF", "VALLEY NHS TRUST", region="", icb="")]
    )
    assert main(["import", "ods", str(trusts), "--outcodes", str(outcodes)]) == 0
    said = capsys.readouterr()
    assert "postcode districts: 1 new, 0 changed, 0 unchanged, 0 refused" in said.out
    assert "NHS trusts: 1 new, 0 changed, 0 unchanged, 1 refused" in said.out
    assert "line 2: RQF lies in no NHS England region" in said.err
    assert main(["import", "ods", str(trusts), "--kind", "trusts"]) == 0
    assert "0 new, 0 changed, 1 unchanged" in capsys.readouterr().out


def test_icbs_and_outcodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lookup = write_csv(
        tmp_path / "i.csv",
        [ONS_HEADER, ons_row("QJK", "NHS Devon Integrated Care Board", "Y58", "South West")],
    )
    assert main(["import", "icbs", str(lookup)]) == 0
    outcodes = write_csv(tmp_path / "o.csv", [["postcode", "latitude", "longitude"], ["B15", 52.45, -1.93]])
    assert main(["import", "outcodes", str(outcodes)]) == 0
    said = capsys.readouterr().out
    assert "regions and ICBs: 0 new, 0 changed, 2 unchanged, 0 refused" in said
    assert "open here and not in this file" in said


def test_a_file_of_which_nothing_was_taken_is_a_failure(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "etr.csv", [ods_row("RQF", "VALLEY NHS TRUST", region="", icb="")])
    assert main(["import", "ods", str(path)]) == 1


def test_a_refused_file_says_why_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcodes = write_csv(tmp_path / "o.csv", [["postcode", "latitude", "longitude"], ["B15", 52.45, -1.93]])
    assert main(["import", "ods", str(tmp_path / "absent.csv"), "--outcodes", str(outcodes)]) == 1
    assert "There is no file" in capsys.readouterr().err
    assert main(["import", "outcodes", str(outcodes)]) == 0
    assert "1 new" in capsys.readouterr().out


def test_many_refusals_are_counted_and_not_all_shown(capsys: pytest.CaptureFixture[str]) -> None:
    report = LoadReport("sites", new=1)
    for line in range(files.MOST_SHOWN + 7):
        report.refusals.add(line, "why")
    cli.show(report)
    said = capsys.readouterr()
    assert f"{files.MOST_SHOWN + 7} refused" in said.out
    assert "and 7 more refused rows" in said.err
