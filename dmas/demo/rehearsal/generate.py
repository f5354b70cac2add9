"""Requests and offers drawn from published counts by stated assumptions; the same seed draws the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from dmas.catalogue.vocabulary.arrangements import Setting, Stage

Share = TypeVar("Share")

# Weeks waited: from, to (the figures end at 104 and over).
BANDS = ((40, 44), (44, 48), (48, 52), (52, 56), (56, 60), (60, 65), (65, 78), (78, 104), (104, 156))
TRAVEL: tuple[tuple[int | None, float], ...] = ((25, 0.3), (50, 0.4), (100, 0.2), (None, 0.1))
ROOM_AT_LEAST, ROOM_BELOW = 50, 0.02
OFFERED = (0.02, 0.10)
INPATIENT_SHARE = 0.35
LAST_DAYS = (42, 84)
CASE_MIX = ((2, 30.0, 0.5), (3, 35.0, 0.3), (3, 42.0, 0.2))
CHILDREN = "X04"  # the one published group that is for children
INDEPENDENT_LIMITS = ((2, 35.0), (3, 40.0))

ASSUMPTIONS = (
    "Each person waiting over 40 weeks asks with the stated uptake, independently of the others.",
    "The share with a decision to admit is the published one (part 2A of part 2) of the same cell;"
    f" {INPATIENT_SHARE:.0%} of it needs a bed overnight, the rest is day case.",
    "Travel: 30% up to 25 miles, 40% up to 50, 20% up to 100, 10% anywhere; from the home provider.",
    "Case mix: half at worst ASA 2 and BMI 30, three in ten ASA 3 and BMI 35, two in ten ASA 3 and BMI 42.",
    "Paediatrics (X04) is for people up to 17 and goes to children's places only; the rest are 18 or over.",
    "A provider whose own place is not loaded stands in the middle of its ICB (dmas import ods loads it).",
    "Everyone is routine (P4); over 364 days is tier 3. Searches have reached the nation.",
    f"A provider has room in a service with at least {ROOM_AT_LEAST} waiting and under {ROOM_BELOW:.0%}"
    " of them over 40 weeks; it offers between 2% and 10% of a month's completed pathways.",
    "Independent providers limit ASA to 2 or 3 and BMI to 35 or 40; trusts state no limit.",
    "Offers may be booked for 42 to 84 days, so that the standard notice can be kept.",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One provider and published function: people waiting by weekly band, and a month's completions."""

    provider: str
    function: str
    waiting: Sequence[int]
    waiting_to_admit: Sequence[int]
    completed_admitted: int
    completed_other: int

    @property
    def total(self) -> int:
        """Everybody waiting."""
        return sum(self.waiting)

    @property
    def over_40(self) -> int:
        """Everybody waiting over 40 weeks."""
        return sum(self.waiting[40:])


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """People alike in one request."""

    places: int
    weeks_from: int
    weeks_to: int
    worst_asa: int
    worst_bmi: float


@dataclass(frozen=True, slots=True)
class DrawnRequest:
    """One provider's request for one service, setting and distance."""

    provider: str
    function: str
    setting: Setting
    stage: Stage
    travel_miles: int | None
    lines: tuple[DrawnLine, ...]


@dataclass(frozen=True, slots=True)
class DrawnOffer:
    """One provider's offer in one service and setting."""

    provider: str
    function: str
    setting: Setting
    stage: Stage
    places: int
    last_day: int  # days from the night to the last bookable day
    max_asa: int | None
    max_bmi: float | None


def requests(cells: Sequence[Cell], uptake: float, seed: int) -> list[DrawnRequest]:
    """Draw who asks, from each cell's bands over 40 weeks, in the cells' order."""
    random = np.random.default_rng([seed, 1])
    return [request for cell in cells if cell.over_40 for request in _cell_requests(cell, uptake, random)]


def _cell_requests(cell: Cell, uptake: float, random: np.random.Generator) -> list[DrawnRequest]:
    lines: dict[tuple[Setting, int | None], list[DrawnLine]] = {}
    for low, high in BANDS:
        waiting, admitted = _between(cell.waiting, low, high), _between(cell.waiting_to_admit, low, high)
        asking = int(random.binomial(waiting, uptake))
        to_admit = int(random.hypergeometric(admitted, waiting - admitted, asking)) if asking else 0
        inpatient = int(random.binomial(to_admit, INPATIENT_SHARE))
        by_setting = {
            Setting.OUTPATIENT: asking - to_admit,
            Setting.DAY_CASE: to_admit - inpatient,
            Setting.INPATIENT: inpatient,
        }
        for setting, count in by_setting.items():
            for miles, places in _split(count, TRAVEL, random):
                for (asa, bmi), part in _split(places, tuple(((a, b), p) for a, b, p in CASE_MIX), random):
                    line = DrawnLine(part, low, high, asa, bmi)
                    lines.setdefault((setting, miles), []).append(line)
    return [
        DrawnRequest(cell.provider, cell.function, setting, _stage(setting), miles, tuple(drawn))
        for (setting, miles), drawn in sorted(lines.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    ]


def offers(cells: Sequence[Cell], independent: Mapping[str, bool], seed: int) -> list[DrawnOffer]:
    """Draw what is offered, from each cell with room, in the cells' order."""
    random = np.random.default_rng([seed, 2])
    drawn = []
    for cell in cells:
        if cell.total < ROOM_AT_LEAST or cell.over_40 >= ROOM_BELOW * cell.total:
            continue
        inpatient = int(random.binomial(cell.completed_admitted, INPATIENT_SHARE))
        for setting, completed in (
            (Setting.OUTPATIENT, cell.completed_other),
            (Setting.DAY_CASE, cell.completed_admitted - inpatient),
            (Setting.INPATIENT, inpatient),
        ):
            places = round(completed * float(random.uniform(*OFFERED)))
            last_day = int(random.integers(LAST_DAYS[0], LAST_DAYS[1] + 1))
            asa, bmi = INDEPENDENT_LIMITS[int(random.integers(len(INDEPENDENT_LIMITS)))]
            limited = independent[cell.provider] and setting is not Setting.OUTPATIENT
            if places:
                drawn.append(
                    DrawnOffer(
                        cell.provider,
                        cell.function,
                        setting,
                        _stage(setting),
                        places,
                        last_day,
                        asa if limited else None,
                        bmi if limited else None,
                    )
                )
    return drawn


def _stage(setting: Setting) -> Stage:
    return Stage.FIRST_OUTPATIENT if setting is Setting.OUTPATIENT else Stage.DECISION_TO_ADMIT


def _between(weeks: Sequence[int], low: int, high: int) -> int:
    return sum(weeks[low:high])


def _split(
    count: int, shares: Sequence[tuple[Share, float]], random: np.random.Generator
) -> list[tuple[Share, int]]:
    """Divide a count by shares at random; what gets nobody is left out."""
    if not count:
        return []
    parts = random.multinomial(count, [share for _, share in shares])
    return [(which, int(part)) for (which, _), part in zip(shares, parts, strict=True) if part]
