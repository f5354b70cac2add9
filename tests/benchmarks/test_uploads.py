"""The weekly list's benchmark measures a list that is applied, and one that changes."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.engine import URL

from benchmarks import uploads


def test_it_says_how_many_times_the_floor_a_list_takes(
    monkeypatch: pytest.MonkeyPatch, server_url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", server_url.render_as_string(hide_password=False))
    assert uploads.main(["--rows", "300"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == ["first list", "a week later"]
    assert all(re.search(r"[0-9.]+ x copying it raw .*at most 5\)", line) for line in said)


def test_a_share_of_the_rows_differs_a_week_later() -> None:
    first, later = (uploads.extract(uploads.FIRST, 200, share).splitlines() for share in (0.0, 0.1))
    assert 5 < sum(1 for one, other in zip(first, later, strict=True) if one != other) < 60
