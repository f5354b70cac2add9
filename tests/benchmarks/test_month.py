"""A month made again from a table adds up, and the loader of published months takes it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks import month
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.published.commands import ImportRtt
from dmas.published.services import import_rtt

ROW = {
    "provider_code": "RAA", "icb_code": "QHL", "tfc_code": "C_110", "total": "1000", "gt18": "400",
    "gt26": "300", "gt40": "107", "dta_total": "300", "dta_gt40": "40",
    "completed_admitted": "55", "completed_nonadmitted": "0",
    **dict.fromkeys(month.LATE, "1"), "w40_41": "43",
}  # fmt: skip


def test_the_parts_add_up() -> None:
    parts = dict(month.parts(ROW))
    assert set(parts) == {"Part_2", "Part_2A", "Part_1A"}
    waiting, admit = parts["Part_2"], parts["Part_2A"]
    assert waiting.sum() == 1_000
    assert [waiting[first:].sum() for first in (18, 26, 40)] == [400, 300, 107]
    assert waiting[40:42].tolist() == [43, 1]
    assert (admit.sum(), admit[40:].sum()) == (300, 40)
    assert (admit <= waiting).all()
    assert parts["Part_1A"].sum() == 55


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_a_count_is_divided_to_the_last(count: int) -> None:
    for shape in (np.array([3, 0, 5]), np.zeros(3, dtype=np.int64)):
        found = month.spread(count, shape)
        assert found.sum() == count
        assert found.min() >= 0


def test_the_loader_takes_it(tmp_path: Path, database: Database, system: Actor) -> None:
    for name, rows in (
        ("cells", [ROW]),
        ("providers", [{"provider_code": "RAA", "provider_name": "EXAMPLE"}]),
    ):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    path = tmp_path / "month.csv"
    assert month.write(tmp_path / "cells", tmp_path / "providers", path) == 6
    with database.unit_of_work(system) as session:
        report = import_rtt(session, ImportRtt(path=path), actor=system)
    assert report.incomplete == 1_000
