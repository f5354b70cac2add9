"""`dmas demo` and `dmas rehearse` as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas.cli import main
from dmas.demo import cli, loading
from tests.factories.publishers import rtt_row, with_totals, write_rtt


@pytest.fixture(autouse=True)
def _named_database(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.delenv("DMAS_DEMO", raising=False)


def test_a_database_of_yours_is_left_alone_without_being_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "is_embedded", lambda url: False)
    assert main(["demo"]) == 1
    assert "only with DMAS_DEMO=1" in capsys.readouterr().err


@pytest.mark.parametrize(("fresh", "said"), [(True, "The demo is loaded."), (False, "Nothing changed.")])
def test_what_was_done_is_said(
    fresh: bool, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DMAS_DEMO", "1")
    monkeypatch.setattr(loading, "load", lambda url, **_: fresh)
    assert main(["demo"]) == 0
    assert said in capsys.readouterr().out


def test_the_embedded_database_is_brought_up_first(monkeypatch: pytest.MonkeyPatch) -> None:
    migrated: list[str] = []
    monkeypatch.setattr(cli, "is_embedded", lambda url: True)
    monkeypatch.setattr(cli, "migrate", migrated.append)
    monkeypatch.setattr(loading, "load", lambda url, **_: False)
    assert main(["demo"]) == 0
    assert len(migrated) == 1


def test_without_figures_it_says_how_to_load_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse"]) == 1
    assert "dmas import rtt FILE" in capsys.readouterr().err


@pytest.mark.parametrize("uptake", ["0", "-0.1", "1.01", "nan"])
def test_uptake_is_a_share(uptake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", f"--uptake={uptake}"]) == 1
    assert "Uptake is a share" in capsys.readouterr().err


def test_a_rehearsal_from_file_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        rtt_row(bands={1: 10, 42: 400}),
        rtt_row(part="Part_2A", bands={42: 100}),
        rtt_row("RJ1", bands={1: 900}),
        rtt_row("RJ1", part="Part_1B", bands={1: 500}, total=500),
    ]
    path = write_rtt(tmp_path / "rtt.csv", with_totals(rows))
    assert main(["import", "rtt", str(path)]) == 0
    table, page = tmp_path / "rehearsal.csv", tmp_path / "rehearsal.html"
    asked = [
        "--uptake",
        "0.2",
        "--seed",
        "3",
        "--weeks",
        "1",
        "--no-database",
        "--csv",
        str(table),
        "--page",
        str(page),
    ]
    assert main(["rehearse", *asked]) == 0
    said = capsys.readouterr().out
    assert "Rehearsal on the published figures of April 2026" in said
    assert "20.0%, seed 3" in said
    assert "nights: solve" in said
    assert table.read_text(encoding="utf-8").startswith("table,row,figure,value")
    assert "Week by week" in page.read_text(encoding="utf-8")
