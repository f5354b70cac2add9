"""The drawing of a comparison: distance to the right, the usual wait upwards; the list says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dmas.published.presenters.waits import edge
from dmas.published.queries import Compared

WIDTH, HEIGHT = 360, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 24, 36
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200)
_MOST_STEPS = 6
_CROWD = 40  # more marks than this are drawn smaller


@dataclass(frozen=True, slots=True)
class Dot:
    """One provider: where it stands, up to where nine in ten reach, its sort, and what it says."""

    x: float
    y: float
    top: float
    independent: bool
    said: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid at a whole number."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Dots within axes, in units of the drawing; `summary` is what a screen reader says of it."""

    dots: list[Dot]
    across: list[Tick]
    up: list[Tick]
    summary: str

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM

    @property
    def size(self) -> float:
        """Return half the width of a mark."""
        return 4.0 if len(self.dots) <= _CROWD else 2.5


def drawing(rows: Sequence[Compared]) -> Drawing | None:
    """Draw who has both a usual wait and a known distance; None for fewer than two of them."""
    shown = [(one, one.wait, one.tenths) for one in rows if one.wait and one.tenths is not None]
    if len(shown) < 2:
        return None
    across = _axis(max(tenths / 10 for _, _, tenths in shown))
    up = _axis(max(wait.nine_in_ten for _, wait, _ in shown))

    def x(miles: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * miles / across[-1], 1)

    def y(weeks: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * weeks / up[-1], 1)

    dots = [
        Dot(
            x=x(tenths / 10),
            y=y(wait.half),
            top=y(wait.nine_in_ten),
            independent=bool(one.independent),
            said=f"{one.name}: {tenths / 10:.1f} miles, half within {edge(wait.half, wait.longest)} weeks,"
            f" nine in ten within {edge(wait.nine_in_ten, wait.longest)}",
        )
        for one, wait, tenths in shown
    ]
    shortest = min(wait.half for _, wait, _ in shown)
    longest = max(wait.half for _, wait, _ in shown)
    return Drawing(
        dots=dots,
        across=[Tick(x(value), str(value)) for value in across],
        up=[Tick(y(value), str(value)) for value in up],
        summary=f"{len(dots)} providers by distance and usual wait: half of people within {shortest} to"
        f" {longest} weeks. The list below has every number.",
    )


def _axis(most: float) -> list[int]:
    """Return the whole numbers along an axis, at most seven, the last of them no less than a value."""
    step = next((step for step in _STEPS if most <= _MOST_STEPS * step), _STEPS[-1])
    return list(range(0, max(1, math.ceil(most / step)) * step + 1, step))
