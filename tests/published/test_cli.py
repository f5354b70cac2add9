"""`dmas import rtt` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas.cli import main
from tests.factories.publishers import rtt_row, with_totals, write_rtt


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
