"""Trusts' requests and offers drawn from published counts by the assumptions; one seed draws the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from dmas.catalogue.vocabulary.arrangements import Setting, Stage
from dmas.demo.rehearsal.assumptions import (
    BANDS,
    CASE_MIX,
    INDEPENDENT_LIMITS,
    INPATIENT_SHARE,
    LAST_DAYS,
    OFFERED,
    ROOM_AT_LEAST,
    ROOM_BELOW,
    TEST_BANDS,
    TRAVEL,
)

Share = TypeVar("Share")
LATE_WEEKS, LATE_TEST_WEEKS = 40, 6


@dataclass(frozen=True, slots=True)
class Cell:
    """One provider and published function or test: people waiting by weekly band, a month's completions."""

    provider: str
    function: str
    waiting: Sequence[int]
    waiting_to_admit: Sequence[int]
    completed_admitted: int
    completed_other: int
    test: bool = False

    @property
    def total(self) -> int:
        """Everybody waiting."""
        return sum(self.waiting)

    @property
    def late_from(self) -> int:
        """The first band of those who may ask."""
        return LATE_TEST_WEEKS if self.test else LATE_WEEKS

    @property
    def late(self) -> int:
        """Everybody who may ask: over 40 weeks, 6 for a test."""
        return sum(self.waiting[self.late_from :])


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
    stage: Stage | None
    travel_miles: int | None
    lines: tuple[DrawnLine, ...]


@dataclass(frozen=True, slots=True)
class DrawnOffer:
    """One provider's offer in one service and setting."""

    provider: str
    function: str
    setting: Setting
    stage: Stage | None
    places: int
    last_day: int  # days from the night to the last bookable day
    max_asa: int | None
    max_bmi: float | None


def requests(cells: Sequence[Cell], uptake: float, random: np.random.Generator) -> list[DrawnRequest]:
    """Draw who asks through their trust, from each cell's late bands, in the cells' order."""
    return [request for cell in cells if cell.late for request in _cell_requests(cell, uptake, random)]


def _cell_requests(cell: Cell, uptake: float, random: np.random.Generator) -> list[DrawnRequest]:
    lines: dict[tuple[Setting, int | None], list[DrawnLine]] = {}
    for low, high in TEST_BANDS if cell.test else BANDS:
        asking, to_admit = _asking(cell, low, high, uptake, random)
        for setting, count in _by_setting(cell, asking, to_admit, random).items():
            for miles, places in _split(count, TRAVEL, random):
                for (asa, bmi), part in _split(places, tuple(((a, b), p) for a, b, p in CASE_MIX), random):
                    line = DrawnLine(part, low, high, asa, bmi)
                    lines.setdefault((setting, miles), []).append(line)
    return [
        DrawnRequest(cell.provider, cell.function, setting, stage_of(setting), miles, tuple(drawn))
        for (setting, miles), drawn in sorted(lines.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    ]


def _asking(cell: Cell, low: int, high: int, uptake: float, random: np.random.Generator) -> tuple[int, int]:
    """Return how many of a band ask, and how many of them have a decision to admit."""
    waiting, admitted = sum(cell.waiting[low:high]), sum(cell.waiting_to_admit[low:high])
    asking = int(random.binomial(waiting, uptake))
    return asking, int(random.hypergeometric(admitted, waiting - admitted, asking)) if asking else 0


def _by_setting(cell: Cell, asking: int, to_admit: int, random: np.random.Generator) -> Mapping[Setting, int]:
    if cell.test:
        return {Setting.DIAGNOSTIC: asking}
    inpatient = int(random.binomial(to_admit, INPATIENT_SHARE))
    return {
        Setting.OUTPATIENT: asking - to_admit,
        Setting.DAY_CASE: to_admit - inpatient,
        Setting.INPATIENT: inpatient,
    }


def has_room(cell: Cell) -> bool:
    """Say whether a cell offers places."""
    return cell.total >= ROOM_AT_LEAST and cell.late < ROOM_BELOW * cell.total


def offers(
    cells: Sequence[Cell], independent: Mapping[str, bool], random: np.random.Generator
) -> list[DrawnOffer]:
    """Draw what is offered, from each cell with room, in the cells' order."""
    drawn = []
    for cell in cells:
        if not has_room(cell):
            continue
        for setting, completed in _completed(cell, random).items():
            places = round(completed * float(random.uniform(*OFFERED)))
            last_day = int(random.integers(LAST_DAYS[0], LAST_DAYS[1] + 1))
            asa, bmi = INDEPENDENT_LIMITS[int(random.integers(len(INDEPENDENT_LIMITS)))]
            limited = independent[cell.provider] and setting in (Setting.DAY_CASE, Setting.INPATIENT)
            if places:
                drawn.append(
                    DrawnOffer(
                        cell.provider,
                        cell.function,
                        setting,
                        stage_of(setting),
                        places,
                        last_day,
                        asa if limited else None,
                        bmi if limited else None,
                    )
                )
    return drawn


def _completed(cell: Cell, random: np.random.Generator) -> Mapping[Setting, int]:
    """Return a month's completions by setting."""
    if cell.test:
        return {Setting.DIAGNOSTIC: cell.completed_other}
    inpatient = int(random.binomial(cell.completed_admitted, INPATIENT_SHARE))
    return {
        Setting.OUTPATIENT: cell.completed_other,
        Setting.DAY_CASE: cell.completed_admitted - inpatient,
        Setting.INPATIENT: inpatient,
    }


def stage_of(setting: Setting) -> Stage | None:
    """Return the stage of care in a setting; a test has none."""
    if setting is Setting.DIAGNOSTIC:
        return None
    return Stage.FIRST_OUTPATIENT if setting is Setting.OUTPATIENT else Stage.DECISION_TO_ADMIT


def _split(
    count: int, shares: Sequence[tuple[Share, float]], random: np.random.Generator
) -> list[tuple[Share, int]]:
    """Divide a count by shares at random; what gets nobody is left out."""
    if not count:
        return []
    parts = random.multinomial(count, [share for _, share in shares])
    return [(which, int(part)) for (which, _), part in zip(shares, parts, strict=True) if part]
