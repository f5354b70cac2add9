"""The people who ask themselves, drawn from published counts as columns: one row a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from dmas.demo.rehearsal import assumptions as given
from dmas.demo.rehearsal.columns import Bools, Columns, Draw, Floats, Ints
from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.homes import Homes
from dmas.demo.rehearsal.places import Place
from dmas.matching.engine.rows import NONE, SETTINGS

OUTPATIENT, DAY_CASE, INPATIENT, DIAGNOSTIC = range(len(SETTINGS))
FEMALE = 0
OLDEST, LAST_BAND_DAYS = 100, 365


@dataclass(frozen=True, slots=True, eq=False)
class People(Columns):
    """Who asks themselves: cell, setting, days waited, home, and what a night knows of a person."""

    cell: Ints
    setting: Ints
    days: Ints
    lat: Floats
    lon: Floats
    travel: Ints  # miles; 0 is anywhere
    age: Ints
    asa: Ints
    bmi: Floats
    sex: Ints
    urgent: Bools
    short_notice: Bools
    by_letter: Bools


def draw(
    cells: Sequence[Cell], places: dict[str, Place], homes: Homes, uptake: float, random: Draw
) -> tuple[People, list[Cell]]:
    """Draw the people of some cells, and return with them the cells that are left, without them."""
    share = uptake * given.OWN_SHARE
    found = [_of_cells(cells, kind, share, random) for kind in (False, True)]
    left = []
    cell, band, decided = (np.concatenate(column) for column in zip(*found, strict=True))
    asked = np.zeros((2, len(cells), max((len(one.waiting) for one in cells), default=1)), dtype=np.int64)
    np.add.at(asked, (decided.astype(np.int64), cell, band), 1)
    for n, one in enumerate(cells):
        length = len(one.waiting)
        decisions = asked[1, n, :length]
        left.append(
            replace(
                one,
                waiting=(np.array(one.waiting) - asked[0, n, :length] - decisions).tolist(),
                waiting_to_admit=(np.array(one.waiting_to_admit) - decisions).tolist(),
            )
        )
    return _people(cells, places, homes, cell, band, decided, random), left


def uptake_left(uptake: float) -> float:
    """Return the share of those who did not ask themselves that their trusts ask for."""
    return uptake * (1 - given.OWN_SHARE) / (1 - uptake * given.OWN_SHARE)


def _of_cells(cells: Sequence[Cell], tests: bool, share: float, random: Draw) -> tuple[Ints, Ints, Bools]:
    """Return cell, band and whether there is a decision to admit, of each person of cells of one kind."""
    which = np.array([n for n, one in enumerate(cells) if one.test is tests], dtype=np.int64)
    if not len(which):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    first = cells[which[0]].late_from
    waiting = np.array([cells[n].waiting[first:] for n in which], dtype=np.int64)
    admit = np.array([cells[n].waiting_to_admit[first:] for n in which], dtype=np.int64)
    admit = np.minimum(admit, waiting)
    asking = random.binomial(waiting, share)
    decided = random.hypergeometric(admit, waiting - admit, asking)
    counts = np.stack((asking - decided, decided), axis=-1)
    row, band, decision = np.nonzero(counts)
    times = counts[row, band, decision]
    return np.repeat(which[row], times), np.repeat(band + first, times), np.repeat(decision == 1, times)


def _people(
    cells: Sequence[Cell],
    places: dict[str, Place],
    homes: Homes,
    cell: Ints,
    band: Ints,
    decided: Bools,
    random: Draw,
) -> People:
    count, order = len(cell), {code: n for n, code in enumerate(places)}
    provider = np.array([order[one.provider] for one in cells], dtype=np.int64)
    stands = np.array([(one.latitude, one.longitude) for one in places.values()]).reshape(-1, 2)
    lat, lon = homes.draw(provider[cell], stands[:, 0], stands[:, 1], random)
    test = np.array([one.test for one in cells], dtype=np.bool_)[cell]
    open_ended = band == np.array([len(one.waiting) - 1 for one in cells], dtype=np.int64)[cell]
    spread = np.where(open_ended, np.where(test, 91, LAST_BAND_DAYS), 7)
    bed = random.random(count) < given.INPATIENT_SHARE
    setting = np.select([test, ~decided, bed], [DIAGNOSTIC, OUTPATIENT, INPATIENT], DAY_CASE)
    children = np.array([one.function == given.CHILDREN for one in cells], dtype=np.bool_)[cell]
    women = np.array([one.function == given.WOMEN for one in cells], dtype=np.bool_)[cell]
    unmeasured = random.random(count) < given.NOT_MEASURED
    adult = np.clip(random.normal(given.AGE, given.AGE_SPREAD, count), 18, OLDEST).astype(np.int64)
    bmi = np.clip(random.normal(given.BMI, given.BMI_SPREAD, count), 16, 60).round(1)
    asa = random.choice(len(given.ASA_SHARES), count, p=given.ASA_SHARES) + 1
    miles = np.array([miles or 0 for miles, _ in given.TRAVEL])
    return People(
        cell=cell,
        setting=setting,
        days=7 * band + ~test + random.integers(spread),  # over n weeks; of tests, from n weeks on
        lat=lat,
        lon=lon,
        travel=miles[random.choice(len(miles), count, p=[share for _, share in given.TRAVEL])],
        age=np.where(children, random.integers(1, 18, count), adult),
        asa=np.where(unmeasured, NONE, asa),
        bmi=np.where(unmeasured, float(NONE), bmi),
        sex=np.where(women, FEMALE, random.integers(2, size=count)),
        urgent=random.random(count) < given.URGENT_SHARE,
        short_notice=random.random(count) < given.SHORT_NOTICE_SHARE,
        by_letter=random.random(count) < given.BY_LETTER_SHARE,
    )


def born_on(age: int, as_of: date) -> date:
    """Return a date of birth of somebody who has been so many years old for half a year."""
    month = as_of.month - 6
    return date(as_of.year - age - (month <= 0), month + 12 * (month <= 0), min(as_of.day, 28))
