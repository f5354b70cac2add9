"""An invented month of the size of England's, by the sums NHS England published for April 2026.

528 providers in their regions, the waiting of each published group spread over them with a heavy tail, a
third of the cells with room. Seeded; the providers and their places are nobody's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.places import ICB_MIDDLES, Place
from dmas.providers.vocabulary import CURRENT_ICBS
from dmas.published.vocabulary import BAND_COLUMNS

Ints = npt.NDArray[np.int64]
Draw = np.random.Generator

# Region: NHS trusts, independent providers.
PROVIDERS = {
    "Y56": (22, 32), "Y58": (13, 50), "Y59": (22, 72), "Y60": (28, 66), "Y61": (15, 49), "Y62": (24, 54),
    "Y63": (23, 58),
}  # fmt: skip
# Published group: waiting, over 40 weeks, of those with a decision to admit; providers, independents.
GROUPS = {
    "100": (382295, 31939, 18852, 280, 161), "101": (378422, 25216, 10431, 221, 104),
    "110": (827992, 79995, 46621, 311, 183), "120": (589187, 55661, 16730, 168, 53),
    "130": (612588, 25730, 11478, 343, 235), "140": (321516, 34059, 12336, 115, 7),
    "150": (57342, 4327, 1466, 61, 29), "160": (102433, 11358, 7644, 115, 35),
    "170": (9122, 487, 289, 44, 0), "300": (37894, 2033, 131, 111, 5), "301": (372204, 19699, 2207, 217, 97),
    "320": (378687, 18953, 3061, 141, 19), "330": (380277, 26867, 2725, 122, 18),
    "340": (188387, 6201, 145, 124, 4), "400": (209399, 15541, 63, 108, 14),
    "410": (115478, 5703, 49, 131, 12), "430": (26513, 568, 12, 119, 3),
    "502": (564686, 49914, 17883, 197, 78),
    "X02": (620792, 30525, 3463, 168, 41), "X03": (3048, 57, 0, 32, 1),
    "X04": (320713, 19875, 7494, 122, 0),
    "X05": (465868, 34237, 12404, 155, 37), "X06": (159137, 6761, 1045, 189, 69),
}  # fmt: skip
# Of those over 40 weeks, the share in each band of weeks.
LATE = (
    (40, 44, 0.365), (44, 48, 0.271), (48, 52, 0.165), (52, 56, 0.09), (56, 60, 0.059), (60, 65, 0.035),
    (65, 78, 0.0104), (78, 104, 0.0036), (104, 105, 0.0011),
)  # fmt: skip
ADMITTED, OTHER = 0.0405, 0.1634  # completed in a month, for each person waiting
LATE_SHARE = np.concatenate([np.full(high - low, share / (high - low)) for low, high, share in LATE])
EARLY_SHARE = np.exp(-np.arange(40) / 22)


@dataclass(frozen=True, slots=True)
class Nation:
    """A month: who is where, and every provider's and group's counts."""

    places: dict[str, Place]
    cells: list[Cell]


def nation(seed: int = 1) -> Nation:
    """Draw the month."""
    random = np.random.default_rng(seed)
    places = {place.code: place for place in _places(random)}
    trusts = [code for code, place in places.items() if not place.independent]
    others = [code for code, place in places.items() if place.independent]
    cells = [
        cell
        for function, figures in GROUPS.items()
        for cell in _cells(function, figures, trusts, others, random)
    ]
    return Nation(places, sorted(cells, key=lambda cell: (cell.provider, cell.function)))


def write_extract(path: Path, month: Nation, commissioners: int = 13) -> int:
    """Write the month in the official layout, each cell over several commissioners; return the rows."""
    rows = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        totals: dict[tuple[str, int, str], Ints] = {}
        for cell in month.cells:
            for number, part, bands in _parts(cell, commissioners):
                key = (cell.provider, number, part)
                totals[key] = totals.get(key, 0) + bands
                function = cell.function if cell.function.startswith("X") else f"C_{cell.function}"
                out.writerow(_row(month.places[cell.provider], number, part, function, bands))
                rows += 1
        for (provider, number, part), bands in totals.items():
            out.writerow(_row(month.places[provider], number, part, "C_999", bands))
    return rows + len(totals)


HEADER = (
    "Period", "Provider Parent Org Code", "Provider Parent Name", "Provider Org Code", "Provider Org Name",
    "Commissioner Parent Org Code", "Commissioner Parent Name", "Commissioner Org Code",
    "Commissioner Org Name", "RTT Part Type", "RTT Part Description", "Treatment Function Code",
    "Treatment Function Name", *BAND_COLUMNS, "Total", "Patients with unknown clock start date", "Total All",
)  # fmt: skip


def _places(random: Draw) -> Iterator[Place]:
    number = 0
    for region, counts in PROVIDERS.items():
        boards = [board.code for board in CURRENT_ICBS if board.region_code == region]
        for independent, count in zip((False, True), counts, strict=True):
            for _ in range(count):
                number += 1
                icb = boards[int(random.integers(len(boards)))]
                code = f"N{number:04d}" if independent else f"R{_letters(number)}"
                north, east = np.array(ICB_MIDDLES[icb]) + random.normal(0, (0.15, 0.2))
                yield Place(
                    code, f"Provider {number}", independent, icb, region, float(north), float(east), False
                )


def _letters(number: int) -> str:
    return "ABCDEFGHJKLMNPQRSTUVWXYZ"[number // 24 % 24] + "ABCDEFGHJKLMNPQRSTUVWXYZ"[number % 24]


def _cells(
    function: str, figures: tuple[int, ...], trusts: Sequence[str], others: Sequence[str], random: Draw
) -> Iterator[Cell]:
    waiting, over_40, to_admit, count, independents = figures
    chosen = [*random.choice(trusts, min(len(trusts), count - independents), replace=False)]
    chosen += [*random.choice(others, independents, replace=False)]
    small = np.array([code in set(others) for code in chosen])
    weight = random.lognormal(0, 1, len(chosen)) * np.where(small, 0.12, 1.0)
    everybody = random.multinomial(waiting - over_40, weight / weight.sum())
    roomy = random.random(len(chosen)) < np.where(small, 0.8, 0.2)
    weight = np.where(roomy, 0.001, 1.0) * weight
    late = random.multinomial(over_40, weight / weight.sum())
    for n, code in enumerate(chosen):
        over = random.multinomial(late[n], LATE_SHARE / LATE_SHARE.sum())
        early = random.multinomial(everybody[n], EARLY_SHARE / EARLY_SHARE.sum())
        bands = np.concatenate([early, over])
        if bands.sum():
            yield _cell(str(code), function, bands, to_admit / over_40, random)


def _cell(code: str, function: str, bands: Ints, share: float, random: Draw) -> Cell:
    total = int(bands.sum())
    return Cell(
        provider=code,
        function=function,
        waiting=bands.tolist(),
        waiting_to_admit=random.binomial(bands, share).tolist(),
        completed_admitted=int(random.poisson(ADMITTED * total)),
        completed_other=int(random.poisson(OTHER * total)),
    )


def _parts(cell: Cell, commissioners: int) -> Iterator[tuple[int, str, Ints]]:
    """Yield (commissioner, part, bands) rows; shares of a cell are dealt out as evenly as they go."""
    first = np.zeros(105, dtype=np.int64)
    for part, counts in (("Part_2", cell.waiting), ("Part_2A", cell.waiting_to_admit)):
        yield from _dealt(part, np.array(counts), commissioners)
    for part, total in (("Part_1A", cell.completed_admitted), ("Part_1B", cell.completed_other)):
        bands = first.copy()
        bands[5] = total
        yield from _dealt(part, bands, commissioners)


def _dealt(part: str, bands: Ints, commissioners: int) -> Iterator[tuple[int, str, Ints]]:
    for number in range(commissioners):
        share = bands * (number + 1) // commissioners - bands * number // commissioners
        if share.any():
            yield number, part, share


def _row(place: Place, commissioner: int, part: str, function: str, bands: Ints) -> list[object]:
    total = int(bands.sum())
    completed = part in ("Part_1A", "Part_1B")
    board = f"{place.icb}-{commissioner}"
    return [
        "RTT-April-2026", place.icb, place.icb, place.code, place.name, place.icb, place.icb, board, board,
        part, "", function, "", *bands.tolist(), total if completed else "", 0 if completed else "", total,
    ]  # fmt: skip


def summary(month: Nation) -> str:
    """Return the month's size in a line."""
    late = sum(cell.late for cell in month.cells)
    with_late = sum(cell.late > 0 for cell in month.cells)
    return (
        f"{len(month.places)} providers, {len(month.cells):,} cells, {with_late:,} with people over 40 weeks,"
        f" {sum(cell.total for cell in month.cells):,} waiting, {late:,} over 40 weeks"
    )
