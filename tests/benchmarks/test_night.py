"""A night's figures and how they are judged."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import night
from benchmarks.rivals import report


def _rows(whole: float, apply: float) -> dict[str, tuple[float, bool | None]]:
    parts = {"whole night": whole, "_apply": apply}
    rows = night.judged("M", {"lines": 12}, parts, (1.0, 2.0), [0.1, 0.4])
    return {row.name: (row.value, row.ok) for row in rows}


def test_a_night_is_judged_by_its_floor_and_its_transaction() -> None:
    kept = _rows(11.9, 29.0)
    assert kept["night M: lines"] == (12, None)
    assert kept["night M: Core floor"] == (3.0, None)
    assert kept["night M / Core floor"][1] is True
    assert kept["night M apply transaction"] == (29.0, True)
    assert kept["night M: slowest page meanwhile"] == (0.4, None)
    missed = _rows(12.1, 31.0)
    assert missed["night M / Core floor"][1] is False
    assert missed["night M apply transaction"][1] is False


def test_a_night_is_written_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.NIGHT_START}\nold\n{report.NIGHT_END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    rows = night.judged("M", {"lines": 12}, {"whole night": 6.0, "_apply": 2.0}, (1.0, 1.0), [])
    report.write_night([asdict(row) for row in rows])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| night M: lines (lines) | 12 |" in text
    assert "| night M / Core floor (times, at most) | 3 | 4 | kept |" in text
