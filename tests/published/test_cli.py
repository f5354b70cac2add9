"""`dmas import rtt` and `dmas import dm01` as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas.cli import main
from tests.factories.publishers import dm01_row, rtt_row, with_totals, write_dm01, write_rtt


@pytest.fixture(autouse=True)
def _named_database(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))


def test_the_month_the_providers_and_the_pathways_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_rtt(
        tmp_path / "rtt.csv", with_totals([rtt_row(bands={41: 1_200}), rtt_row("RJ1", bands={1: 34})])
    )
    assert main(["import", "rtt", str(path)]) == 0
    assert "RTT April 2026: 2 providers, 4 rows, 1,234 incomplete pathways" in capsys.readouterr().out


def test_a_refused_file_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "rtt", str(write_rtt(tmp_path / "rtt.csv", [rtt_row(bands={41: 2})]))]) == 1
    assert "RRK EXAMPLE RRK: part 2 adds up to 2 and its total row says 0" in capsys.readouterr().err


def test_a_month_of_tests_is_printed_with_every_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dmas.core.files.MOST_SHOWN", 1)
    monkeypatch.setattr("dmas.published.cli.MOST_SHOWN", 1)
    rows = [
        dm01_row(bands={0: 1_200}),
        dm01_row(test="TOTAL", bands={0: 1_201}),
        dm01_row(test="X"),
        dm01_row(test="Y"),
    ]
    assert main(["import", "dm01", str(write_dm01(tmp_path / "dm01.csv", rows))]) == 0
    said = capsys.readouterr()
    assert "DM01 March 2026: 1 providers, 1 rows, 1,200 waiting for a test; counts by provider" in said.out
    assert "1 new, 0 changed, 0 unchanged, 0 removed; 2 rows refused" in said.out
    assert "RRK EXAMPLE RRK: its tests add up to 1,200 waiting and its total row says 1,201" in said.out
    assert "line 4: 'X' is not one of the 15 tests" in said.err
    assert "and 1 more refused rows" in said.err
