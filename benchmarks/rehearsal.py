"""The rehearsal on a month: from its file to twelve weeks of nights; its first night beside other matchers.

`python -m benchmarks rehearsal` draws an invented month of England's size; `--month FILE` takes one in the
official layout (`benchmarks.month` makes England's again from a table), `--load WHAT FILE` what stands under
it: postcode districts, trusts, hospitals. `--uptake 0.05 1` are the nights of the table, `--docs` writes it
to docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.engine import Bench, Row, at_least, at_most, figures
from benchmarks.nation import nation, summary, write_extract
from benchmarks.rivals import report
from dmas.core.databases import scratch_database
from dmas.core.db import migrate
from dmas.core.embedded import database_server
from dmas.demo.rehearsal import plan, simulate
from dmas.demo.rehearsal.read import read
from dmas.demo.rehearsal.stages import Stages
from dmas.matching.engine.problem import Problem

MEASURED = ("ours1", "ours2", "naive", "one_shot")
WHOLE_WEEKS = ("rehearse", "--uptake", "0.05", "--weeks", "12")
SEED = 1


def main(arguments: Sequence[str] = ()) -> int:
    """Load the month, rehearse it, and measure its first night; the status says whether limits were kept."""
    asked = _asked(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        database_server(os.environ) as url,
        scratch_database(url, "dmas_bench_") as scratch,
    ):
        migrate(scratch)
        for what, file in [*asked.load, ("rtt", asked.month or _invented(Path(folder)))]:
            _run(["import", what, str(file)], scratch)
        if not asked.table:
            _run(WHOLE_WEEKS, scratch)
        rows = measured(Bench(Path(folder)), scratch, asked.uptake)
    for row in rows:
        print(f"{row.name:45} {row.value:>14,.4g} {row.unit}")
    values = [asdict(row) for row in rows]
    if asked.json:
        asked.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    if asked.docs:
        report.write_rehearsal(values)
    return 0 if all(row.ok is not False for row in rows) else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks rehearsal", description=__doc__)
    parser.add_argument(
        "--month", type=Path, metavar="FILE", help="an RTT full extract; else an invented one"
    )
    parser.add_argument(
        "--load", nargs=2, action="append", default=[], metavar=("WHAT", "FILE"), help="dmas import WHAT FILE"
    )
    parser.add_argument("--uptake", type=float, nargs="+", default=[0.05], help="nights of the table")
    parser.add_argument("--table", action="store_true", help="measure the table alone, without the weeks")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every row of the table there")
    parser.add_argument("--docs", action="store_true", help="write the table to docs/benchmarks.md")
    return parser.parse_args(arguments)


def measured(bench: Bench, url: str, uptakes: Sequence[float]) -> list[Row]:
    """Measure the engine and its rivals on the first night at each uptake, and judge it at the largest."""
    rows: list[Row] = []
    for uptake in uptakes:
        size = f"uptake-{uptake:.0%}"
        problem = first_night(url, uptake)
        (bench.folder / f"{size}.pickle").write_bytes(pickle.dumps(problem))
        found = bench.turns(size, MEASURED)
        ours = found["ours1"]
        rows.append(Row(f"{size} requests and lines", len(problem.requests.ids), "rows"))
        rows.append(Row(f"{size} places wanted", int(problem.requests.places.sum()), "places"))
        rows += figures(size, found)
        rows.append(at_least(f"{size} all four goals proved", ours["proved"], 1, "yes is 1, at least"))
        rows.append(at_most(f"{size} ours: rank violations", ours["violations"], 0, "requests, at most"))
    if 1 in uptakes:
        large = bench.turns("L", ["ours2"])["ours2"]
        share = found["ours2"]["seconds"] / large["seconds"]
        rows.append(at_most("everybody over 40 weeks / L, 2 workers", share, 3))
    return rows


def first_night(url: str, uptake: float) -> Problem:
    """Return the problem of the first night of a loaded month."""
    month = read(url)
    stock = simulate.Stock(month, uptake, SEED)
    one = simulate.opened(month, stock, uptake=uptake, seed=SEED, stages=Stages())
    today = one.starts.toordinal()
    items, offers = plan.open_items(one.exchange, today), plan.open_offers(one.exchange, today)
    return plan.problem(one.exchange, items, offers, today)


def _invented(folder: Path) -> Path:
    month, path = nation(), folder / "extract.csv"
    print(summary(month))
    rows = write_extract(path, month)
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB in the official layout")
    return path


def _run(arguments: Sequence[str], url: str) -> None:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(
        [sys.executable, "-m", "dmas.cli", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    print((done.stdout + done.stderr).rstrip())
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
    seconds = time.perf_counter() - began
    print(
        f"dmas {' '.join(arguments[:2])}: {seconds:.1f} s, peak of the largest process so far {peak:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
