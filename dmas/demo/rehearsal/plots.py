"""Plots of a rehearsal as SVG text, told apart by words and strokes as well as by colour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 320, 60, 30
RIGHT = 150
INK, GRID = "#212b32", "#d8dde0"
STROKES = (
    ("#005eb8", ""),
    ("#007f3b", "9 4"),
    ("#7c2855", "2 3"),
    ("#8a5000", "12 3 2 3"),
    ("#4c6272", "5 5"),
)
BAR = 26


def lines(title: str, series: Sequence[tuple[str, Sequence[int]]], below: str) -> str:
    """Draw series of counts over nights, each named at its end."""
    most = max((max(values) for _, values in series if values), default=0) or 1
    top, nights = _round_up(most), max(len(values) for _, values in series)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - 16
    parts = [_opening(title, HEIGHT), *_grid(top, wide, high)]
    ends = _apart([high * (1 - values[-1] / top) + 16 for _, values in series])
    for (name, values), (colour, dashes), end in zip(series, STROKES, ends, strict=False):
        points = " ".join(
            f"{LEFT + wide * night / max(1, nights - 1):.1f},{16 + high * (1 - value / top):.1f}"
            for night, value in enumerate(values)
        )
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>')
        parts.append(
            f'<text x="{LEFT + wide + 8}" y="{end + 5:.1f}" fill="{colour}" font-weight="600">'
            f"{escape(name)} {values[-1]:,}</text>"
        )
    parts.append(
        f'<text x="{LEFT + wide / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(below)}</text>'
    )
    return "\n".join([*parts, "</svg>"])


def bars(title: str, rows: Sequence[tuple[str, int, int]], words: tuple[str, str]) -> str:
    """Draw for each row the whole as an outline and its part as a filled bar, with both figures."""
    high, name_width = BAR * len(rows) + 40, 250
    wide = WIDTH - name_width - 170
    most = max((whole for _, whole, _ in rows), default=0) or 1
    parts = [_opening(title, high)]
    for row, (name, whole, part) in enumerate(rows):
        y = 8 + BAR * row
        outer, inner = max(1.0, wide * whole / most), wide * part / most
        parts += [
            f'<text x="{name_width - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{name_width}" y="{y}" width="{outer:.1f}" height="18" fill="#fff" stroke="{INK}"/>',
            f'<rect x="{name_width}" y="{y}" width="{inner:.1f}" height="18" fill="{STROKES[0][0]}"/>',
            f'<text x="{name_width + outer + 6:.1f}" y="{y + 14}">{part:,} of {whole:,}</text>',
        ]
    said = f"Filled: {words[1]}. Outline: {words[0]}."
    parts.append(f'<text x="{name_width}" y="{high - 8}">{escape(said)}</text>')
    return "\n".join([*parts, "</svg>"])


def _opening(title: str, height: int) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{INK}">'
    )


def _grid(top: int, wide: int, high: int) -> list[str]:
    parts = []
    for step in range(5):
        value, y = top * step // 4, 16 + high * (1 - step / 4)
        parts.append(f'<path d="M{LEFT} {y:.1f}h{wide}" stroke="{GRID}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    return parts


def _apart(heights: Sequence[float]) -> list[float]:
    """Move labels apart that would lie on each other, keeping their order."""
    found = list(heights)
    order = sorted(range(len(found)), key=lambda n: found[n])
    for before, n in pairwise(order):
        found[n] = max(found[n], found[before] + 16)
    return found


def _round_up(most: int) -> int:
    """Return a round number not below, that divides by four."""
    size = int("1" + "0" * (len(str(most)) - 1))
    tops = (max(4, step * size) for step in (1, 2, 4, 6, 8, 10))
    return next(top for top in tops if top >= most)
