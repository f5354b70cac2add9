"""England's published month in the official layout, made again from a table by provider and function.

`python -m benchmarks.month CELLS PROVIDERS OUT`: CELLS has for each provider and published function who
waits, by week over 40 weeks, who has a decision to admit and what a month completes; PROVIDERS their names.
What lies over 40 weeks is as published. Below it only the sums over 18 and 26 weeks are: the weeks between
are filled in evenly, as are those of people with a decision to admit and of completed waits.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.nation import HEADER
from dmas.published.vocabulary import BANDS

Ints = npt.NDArray[np.int64]
PERIOD = "RTT-April-2026"
LATE = (*(f"w{week}_{week + 1}" for week in range(40, 104)), "w104plus")
EDGES = (0, 18, 26, 40)


def run(arguments: Sequence[str]) -> None:
    """Write the month and say how much there is of it."""
    if len(arguments) != 3:
        sys.exit("python -m benchmarks.month CELLS PROVIDERS OUT")
    cells, providers, out = map(Path, arguments)
    rows = write(cells, providers, out)
    print(f"{rows:,} rows, {out.stat().st_size / 1e6:.1f} MB in the official layout: {out}")


def write(cells: Path, providers: Path, out: Path) -> int:
    """Write the month; return its rows."""
    with providers.open(newline="", encoding="utf-8-sig") as file:
        names = {row["provider_code"]: row["provider_name"] for row in csv.DictReader(file)}
    totals: dict[tuple[str, str, str], Ints] = {}
    rows = 0
    with cells.open(newline="", encoding="utf-8-sig") as source, out.open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(HEADER)
        for row in csv.DictReader(source):
            code, board = row["provider_code"], row["icb_code"]
            for part, bands in parts(row):
                writer.writerow(_row(code, names[code], board, part, row["tfc_code"], bands))
                before = totals.get((code, board, part))
                totals[code, board, part] = bands if before is None else before + bands
                rows += 1
        for (code, board, part), bands in totals.items():
            writer.writerow(_row(code, names[code], board, part, "C_999", bands))
    return rows + len(totals)


def parts(row: Mapping[str, str]) -> Iterator[tuple[str, Ints]]:
    """Yield the parts of one provider and function with their weekly bands."""
    waiting = _waiting(row)
    yield "Part_2", waiting
    late, decided = waiting.copy(), int(row["dta_gt40"])
    late[: EDGES[-1]] = 0
    early = waiting - late
    admit = spread(decided, late) + spread(int(row["dta_total"]) - decided, early)
    for part, bands in (
        ("Part_2A", admit),
        ("Part_1A", spread(int(row["completed_admitted"]), waiting)),
        ("Part_1B", spread(int(row["completed_nonadmitted"]), waiting)),
    ):
        if bands.any():
            yield part, bands


def _waiting(row: Mapping[str, str]) -> Ints:
    """Return who waits by week: as published over 40 weeks, evenly between the published sums below."""
    bands = np.zeros(BANDS, dtype=np.int64)
    bands[EDGES[-1] :] = [int(row[name]) for name in LATE]
    sums = [int(row[name]) for name in ("total", "gt18", "gt26", "gt40")]
    for low, high, more, less in zip(EDGES, EDGES[1:], sums, sums[1:], strict=False):
        shape = np.zeros(BANDS, dtype=np.int64)
        shape[low:high] = 1
        bands += spread(more - less, shape)
    return bands


def spread(count: int, shape: Ints) -> Ints:
    """Divide a count in a shape's proportions to whole numbers that add up; evenly where it is empty."""
    shape = shape if shape.any() else np.ones_like(shape)
    edges = np.cumsum(shape) * count // shape.sum()
    return np.diff(edges, prepend=0)


def _row(code: str, name: str, board: str, part: str, function: str, bands: Ints) -> list[object]:
    total, completed = int(bands.sum()), part in ("Part_1A", "Part_1B")
    return [
        PERIOD, board, board, code, name, board, board, board, board, part, "", function, "",
        *bands.tolist(), total if completed else "", 0 if completed else "", total,
    ]  # fmt: skip


if __name__ == "__main__":
    run(sys.argv[1:])
