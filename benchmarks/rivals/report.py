"""Figures into docs/benchmarks.md and its plot; only what was measured, with where and when."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "benchmarks.md"
PLOT = PROJECT / "docs" / "images" / "engine.svg"
START, END = "<!-- engine: written by `python -m benchmarks engine` -->", "<!-- engine: end -->"
TITLES = {
    "ours1": "ours, one worker",
    "ours2": "ours, two workers",
    "naive": "nearest first, longest wait first",
    "one_shot": "OR-tools, all pairs at once",
    "highs": "HiGHS linear programme",
    "bipartite": "scipy full bipartite matching",
    "hospital_resident": "`matching`, stable",
}
NIGHT_START = "<!-- night: written by `python -m benchmarks night --docs` -->"
NIGHT_END = "<!-- night: end -->"
REHEARSAL_START = "<!-- rehearsal: written by `python -m benchmarks rehearsal --docs` -->"
REHEARSAL_END = "<!-- rehearsal: end -->"
BEST, ONCE = "Seconds are the best of three.", "One night, run once."
COLUMNS = ("seconds", "cpu", "peak", "served", "violations", "miles")

Values = Sequence[Mapping[str, Any]]


def write(rows: Values) -> None:
    """Write the tables between their marks, keeping the rest of the page, and draw the plot."""
    sizes = dict.fromkeys(str(row["name"]).split()[0] for row in rows if ":" in row["name"])
    parts = [
        where(BEST),
        *(table(rows, size) for size in sizes),
        limits(rows),
        "![Seconds](images/engine.svg)",
    ]
    _put(START, parts, END)
    PLOT.write_text(plot(rows), encoding="utf-8")


def write_night(rows: Values) -> None:
    """Write a night's figures and its limits between their marks."""
    figures = [
        f"| {row['name']} ({row['unit']}) | {row['value']:,.4g} |" for row in rows if row["limit"] is None
    ]
    table = "\n".join(["| | |", "|---|---:|", *figures])
    _put(NIGHT_START, [where(ONCE), table, limits(rows)], NIGHT_END)


def write_rehearsal(rows: Values) -> None:
    """Write the first night of a rehearsal at each uptake, and its limits, between their marks."""
    sizes = dict.fromkeys(str(row["name"]).split()[0] for row in rows if ":" in row["name"])
    tables = [table(rows, size).replace("### Size uptake-", "### Uptake ") for size in sizes]
    _put(REHEARSAL_START, [where(BEST), *tables, limits(rows)], REHEARSAL_END)


def _put(start: str, parts: Sequence[str], end: str) -> None:
    before, rest = PAGE.read_text(encoding="utf-8").split(start)
    after = rest.split(end)[1]
    PAGE.write_text(before + "\n\n".join([start, *filter(None, parts), end]) + after, encoding="utf-8")


def where(taken: str) -> str:
    """Say on what, when and with which versions."""
    # The rivals are there only where the benchmarks were installed.
    installed = {found.name.lower(): found.version for found in distributions()}
    named = ("numpy", "ortools", "scipy", "matching", "sqlalchemy")
    packages = [f"{name} {installed[name]}" for name in named if name in installed]
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    busy = os.getloadavg()[2] > (os.cpu_count() or 1)
    shared = " Other work was running: seconds are longer than on a quiet machine." if busy else ""
    return (
        f"{datetime.now(UTC):%d %B %Y}; {_processor()}, {os.cpu_count()} processors, load {load} at the end; "
        f"Python {platform.python_version()}, {', '.join(packages)}. {taken}" + shared
    )


def _processor() -> str:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return names[0] if names else platform.machine()


def _found(rows: Values, size: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        head, _, figure = str(row["name"]).partition(": ")
        start, _, what = head.partition(" ")
        if start == size and what in TITLES and figure in COLUMNS:
            found.setdefault(what, {})[figure] = row["value"]
    return found


def table(rows: Values, size: str) -> str:
    """Return one size as a table, the engine first."""
    found = _found(rows, size)
    if not found:
        return ""
    lines = [
        f"### Size {size}",
        "",
        "| | seconds | processor s | peak MB | places served | rank violations | miles |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for what, title in TITLES.items():
        if what in found:
            cells = (_cell(found[what].get(column)) for column in COLUMNS)
            lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if value < 100 and value != int(value) else f"{value:,.0f}"


def limits(rows: Values) -> str:
    """Return every figure that has a limit."""
    lines = ["### Limits", "", "| | value | limit | |", "|---|---:|---:|---|"]
    for row in rows:
        if row["limit"] is not None:
            kept = "kept" if row["ok"] else "**missed**"
            lines.append(
                f"| {row['name']} ({row['unit']}) | {row['value']:,.4g} | {row['limit']:g} | {kept} |"
            )
    return "\n".join(lines)


def plot(rows: Values) -> str:
    """Return bars of seconds, on a scale of powers of ten, as SVG."""
    bars = [
        (f"{size} {TITLES[what].replace('`', '')}", figure["seconds"])
        for size in ("S", "M", "L", "XL")
        for what, figure in _found(rows, size).items()
        if "seconds" in figure
    ]
    low = math.floor(math.log10(min(value for _, value in bars)))
    high = math.ceil(math.log10(max(value for _, value in bars)))
    step, left, width = 26, 290, 420
    height = step * len(bars) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 90} {height}" '
        'font-family="sans-serif" font-size="13" role="img">',
        "<title>Seconds of each way to match, on a logarithmic scale</title>",
        f'<rect width="{left + width + 90}" height="{height}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        x = left + width * (power - low) / (high - low)
        parts.append(f'<path d="M{x:.0f} 4V{height - 28}" stroke="#d8dde0"/>')
        parts.append(f'<text x="{x:.0f}" y="{height - 10}" text-anchor="middle">{10.0**power:g} s</text>')
    for i, (title, value) in enumerate(bars):
        y, long = step * i + 6, width * (math.log10(value) - low) / (high - low)
        colour = "#005eb8" if " ours" in title else "#768692"
        parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{title}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{long:.0f}" height="18" fill="{colour}"/>')
        parts.append(f'<text x="{left + long + 6:.0f}" y="{y + 14}">{value:,.3g} s</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
