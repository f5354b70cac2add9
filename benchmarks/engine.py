"""The match engine beside other ways to match, and beside the least that reading and writing costs.

`python -m benchmarks engine --size S|M|L|XL [--json FILE] [--docs]`; without a size: S, M and L, written to
docs/benchmarks.md. `--from FILE …` writes that page from rows of earlier runs. Everything is measured in a
process of its own, in turns, and the best of three counts; limits are ratios of figures of one run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.generator import SIZES, generate
from benchmarks.rivals import report

TURNS = 3
PATIENCE = 3600.0  # seconds for any one measurement
RIVALS = {
    "S": ("naive", "one_shot", "highs", "bipartite", "hospital_resident"),
    "M": ("naive", "one_shot", "bipartite", "highs"),
    "L": ("naive", "one_shot"),
    "XL": (),
}
SLOW = {"one_shot": "L", "bipartite": "M", "highs": "M"}  # measured once at this size: minutes each

Found = dict[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `limit` is the most it may be, or the least where `unit` says so."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    ok: bool | None = None


def at_most(name: str, value: float, limit: float, unit: str = "times, at most") -> Row:
    """Make a row that must not be above its limit."""
    return Row(name, round(value, 4), unit, limit, value <= limit)


def at_least(name: str, value: float, limit: float, unit: str = "times, at least") -> Row:
    """Make a row that must not be below its limit."""
    return Row(name, round(value, 4), unit, limit, value >= limit)


class Bench:
    """The measurements of one run, each problem written down once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def once(self, size: str, what: str, seconds: float = PATIENCE) -> Found:
        """Measure one thing in a process of its own, on one thread of the linear algebra."""
        path = self.folder / f"{size.replace('/', '-')}.pickle"
        if not path.exists():
            path.write_bytes(pickle.dumps(generate(size)))
        command = [sys.executable, "-m", "benchmarks.rivals.measure", str(path), what, str(seconds)]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{what} at {size} failed:\n{done.stderr}")
        found: Found = json.loads(done.stdout.splitlines()[-1])
        shown = ", ".join(f"{key} {value:.6g}" for key, value in found.items())
        print(f"  {size} {what}: {shown}", flush=True)
        return found

    def turns(self, size: str, many: Sequence[str], turns: int = TURNS) -> dict[str, Found]:
        """Measure several things in turns; of each figure the least counts."""
        best: dict[str, Found] = {}
        for _ in range(turns):
            for what in many:
                found = self.once(size, what)
                known = best.setdefault(what, found)
                best[what] = {key: min(value, known[key]) for key, value in found.items()}
        return best


def figures(size: str, found: dict[str, Found]) -> list[Row]:
    """Return what was measured, as it is."""
    units = {"seconds": "s", "cpu": "processor s", "peak": "MB", "served": "places", "miles": "miles"}
    units |= {"violations": "requests", "check": "s", "core read": "s", "core write": "s", "copy read": "s"}
    units |= {"copy write": "s", "pairs": "s"}
    return [
        Row(f"{size} {what}: {key}", round(one[key], 4), unit)
        for what, one in found.items()
        for key, unit in units.items()
        if key in one
    ]


def measured(bench: Bench, size: str) -> list[Row]:
    """Measure one size, with everything it must be compared with, and judge it."""
    if size == "XL":
        return largest(bench)
    often = ["ours1", "ours2", *(name for name in RIVALS[size] if SLOW.get(name) != size)]
    found = bench.turns(size, [*often, "floor"])
    for name in RIVALS[size]:
        if name not in found:
            found[name] = bench.once(
                size, name, 170 * found["ours1"]["seconds"] if name == "highs" else PATIENCE
            )
    rows = figures(size, found)
    ours, naive = found["ours1"], found["naive"]
    rows.append(at_least(f"{size} all four goals proved", ours["proved"], 1, "yes is 1, at least"))
    rows.append(at_most(f"{size} ours: rank violations", ours["violations"], 0, "requests, at most"))
    share = ours["check cpu"] / ours["cpu"]
    rows.append(
        at_most("L certificate / solve", share, 0.1)
        if size == "L"
        else Row(f"{size} certificate / solve", round(share, 4), "times")
    )
    if size in ("S", "M"):
        rows.append(Row(f"{size} naive: rank violations", naive["violations"], "requests"))
    if size == "M":
        rows.append(
            at_least("M scipy full matching / ours", found["bipartite"]["seconds"] / ours["seconds"], 40)
        )
        rows.append(at_least("M HiGHS / ours", found["highs"]["seconds"] / ours["seconds"], 150))
    return rows + (national(bench, found) if size == "L" else [])


def national(bench: Bench, found: dict[str, Found]) -> list[Row]:
    """Judge size L: the floor, the rivals, memory, growth and last night's prices."""
    one, two, naive, shot = (found[name] for name in ("ours1", "ours2", "naive", "one_shot"))
    core = found["floor"]["core read"] + found["floor"]["core write"]
    copy = found["floor"]["copy read"] + found["floor"]["copy write"]
    rows = [
        at_most("L 2 workers / Core floor", two["seconds"] / core, 1.5),
        at_most("L 1 worker / Core floor", one["seconds"] / core, 3),
        Row("L 1 worker / COPY floor", round(one["seconds"] / copy, 4), "times"),
        at_least("L one-shot OR-tools / ours", shot["seconds"] / one["seconds"], 4),
        at_most("L memory: ours / one-shot OR-tools", one["peak"] / shot["peak"], 0.25),
        at_most("L ours / naive, both from columns", one["seconds"] / naive["whole"], 3),
        Row("L ours from columns / naive from pairs", round(one["seconds"] / naive["seconds"], 4), "times"),
        at_least("L naive: rank violations", naive["violations"], 1000, "requests, at least"),
        at_least("L miles less than naive", 1 - one["miles"] / naive["miles"], 0.1, "share, at least"),
        at_most("L peak memory", max(one["peak"], two["peak"]), 600, "MB, at most"),
    ]
    less, more = bench.turns("L/2", ["ours1"])["ours1"], bench.turns("2L", ["ours1"])["ours1"]
    growth = math.log2(more["cpu"] / less["cpu"]) / 2
    rows += figures("L/2", {"ours1": less}) + figures("2L", {"ours1": more})
    rows.append(at_most("growth exponent, L/2 to 2L", growth, 1.7, "power, at most"))
    nights = [bench.once("L", "warm") for _ in range(TURNS)]
    cold, warm = min(one["cold"] for one in nights), min(one["warm"] for one in nights)
    rows.append(at_most("L travel with last night's prices / cold", warm / cold, 0.6))
    same = min(one["same"] for one in nights)
    rows.append(at_least("L warm answer the same as cold", same, 1, "yes is 1, at least"))
    return rows


def largest(bench: Bench) -> list[Row]:
    """Judge size XL against L."""
    base, most = bench.turns("L", ["ours2"])["ours2"], bench.once("XL", "ours2")
    rows = figures("L", {"ours2": base}) + figures("XL", {"ours2": most})
    rows.append(at_least("XL all four goals proved", most["proved"], 1, "yes is 1, at least"))
    rows.append(at_most("XL / L, 2 workers", most["seconds"] / base["seconds"], 60))
    rows.append(at_most("XL peak memory of a process", most["peak"], 4096, "MB, at most"))
    return rows


def main(arguments: Sequence[str] = ()) -> int:
    """Run the sizes asked for; the exit status says whether every limit was kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine", description=__doc__)
    parser.add_argument("--size", choices=[size for size in SIZES if "L/" not in size and size != "2L"])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every row there")
    parser.add_argument(
        "--from", dest="measured", type=Path, nargs="+", metavar="FILE", help="take the rows of earlier runs"
    )
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md too")
    chosen = parser.parse_args(arguments)
    if chosen.measured:
        report.write(
            [row for path in chosen.measured for row in json.loads(path.read_text(encoding="utf-8"))]
        )
        return 0
    sizes = [chosen.size] if chosen.size else ["S", "M", "L"]
    rows: list[Row] = []
    with TemporaryDirectory(prefix="dmas-bench-") as folder:
        bench = Bench(Path(folder))
        for size in sizes:
            rows += measured(bench, size)
    values: list[dict[str, Any]] = [asdict(row) for row in rows]
    for row in values:
        verdict = {True: "ok", False: "MISSED", None: ""}[row["ok"]]
        limit = "" if row["limit"] is None else f"(limit {row['limit']:g})"
        print(f"{row['name']:45} {row['value']:>14,.4g} {row['unit']} {limit} {verdict}")
    if chosen.json:
        chosen.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    if chosen.docs or not chosen.size:
        report.write(values)
    return 0 if all(row.ok is not False for row in rows) else 1
