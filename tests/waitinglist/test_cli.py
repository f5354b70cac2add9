"""`dmas import waiting-list`: applied, held for a yes, refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from dmas.cli import main
from dmas.core import clock
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.uploads.models import Upload
from dmas.waitinglist.models import Pathway
from tests.factories.providers import make_trust
from tests.waitinglist.lists import a_list, a_row

SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch, database_url: URL) -> None:
    """The commands work on the test's database, on a day when its lists are new."""
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 16, 9, tzinfo=UTC))


def run(tmp_path: Path, file: bytes, provider: str, *more: str) -> int:
    """Import a file."""
    path = tmp_path / "list.csv"
    path.write_bytes(file)
    return main(["import", "waiting-list", str(path), "--provider", provider, *more])


def test_a_list_is_applied_or_waits_for_a_yes(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.unit_of_work(SYSTEM) as session:
        code = make_trust(session).code
    file = a_list([a_row(code), a_row(code, NHS_number="9.43E+09")])
    assert run(tmp_path, file, code.lower()) == 1
    said = capsys.readouterr()
    assert "not applied: 1 new" in said.out
    assert "--confirm" in said.out
    assert "line 3: The NHS number" in said.err
    assert "9.43E+09" not in said.err
    assert run(tmp_path, file, code, "--confirm") == 0
    assert "waiting list: 1 new" in capsys.readouterr().out
    with database.unit_of_work(SYSTEM) as session:
        assert len(session.scalars(select(Pathway)).all()) == 1
        assert sorted(session.scalars(select(Upload.status))) == ["abandoned", "applied"]


def test_a_list_that_cannot_be_used_is_refused(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.unit_of_work(SYSTEM) as session:
        code = make_trust(session).code
    assert run(tmp_path, b"a,b\n1,2\n", code) == 1
    said = capsys.readouterr()
    assert "Nothing was applied" in said.out
    assert "no column for" in said.err


def test_no_provider_and_no_file_are_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, b"a,b\n", "NOBODY") == 1
    assert "no provider with this code" in capsys.readouterr().err
    for path, words in ((tmp_path / "none.csv", "There is no file"), (tmp_path, "cannot be read")):
        assert main(["import", "waiting-list", str(path), "--provider", "RXX"]) == 1
        assert words in capsys.readouterr().err
