"""The drawing of a comparison: distance to the right, the usual wait upwards; the list says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dmas.published.presenters.waits import edge
from dmas.published.queries import Compared

WIDTH, HEIGHT = 360, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 12, 34


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


def drawing(rows: Sequence[Compared]) -> Drawing | None:
    """Draw who has both a usual wait and a known distance; None for fewer than two of them."""
    shown = [(one, one.wait, one.tenths) for one in rows if one.wait and one.tenths is not None]
    if len(shown) < 2:
        return None
    far = _round_up(max(tenths / 10 for _, _, tenths in shown))
    long = _round_up(max(wait.nine_in_ten for _, wait, _ in shown))

    def x(miles: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * miles / far, 1)

    def y(weeks: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * weeks / long, 1)

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
        across=[Tick(x(value), str(value)) for value in _steps(far)],
        up=[Tick(y(value), str(value)) for value in _steps(long)],
        summary=f"{len(dots)} providers by distance and usual wait: half of people within {shortest} to"
        f" {longest} weeks. The list below has every number.",
    )


def _round_up(value: float) -> int:
    """Return the end of an axis: the next of 5, 10, 20, 30, 40, 60, 80, 100 and so on that holds a value."""
    for end in (5, 10, 20, 30, 40, 60, 80, 100, 120, 150, 200, 300):
        if value <= end:
            return end
    return -(-int(value + 1) // 100) * 100


def _steps(end: int) -> list[int]:
    step = max(1, -(-end // 5))
    return list(range(0, end + 1, step))
