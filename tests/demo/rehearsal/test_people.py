"""People drawn from counts: never more than wait, by the stated shares, and gone from the cells they left."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from dmas.demo.rehearsal import assumptions, people
from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.homes import homes
from dmas.demo.rehearsal.people import DIAGNOSTIC, OUTPATIENT, People
from dmas.matching.engine.rows import NONE
from dmas.proposals.rules import age_on
from tests.demo.rehearsal.conftest import CELLS, PLACES

AT = {one.code: one for one in PLACES}


def drawn(uptake: float, seed: int = 1) -> tuple[People, list[Cell]]:
    return people.draw(CELLS, AT, homes({}, PLACES), uptake, np.random.default_rng(seed))


def test_who_asks_is_gone_from_the_cell() -> None:
    found, left = drawn(1.0)
    for n, (before, after) in enumerate(zip(CELLS, left, strict=True)):
        assert before.late - after.late == (found.cell == n).sum()
        assert min(after.waiting) >= 0
        assert all(a <= w for a, w in zip(after.waiting_to_admit, after.waiting, strict=True))
    assert len(found) == pytest.approx(assumptions.OWN_SHARE * sum(cell.late for cell in CELLS), rel=0.15)


def test_both_ways_of_asking_make_up_the_uptake() -> None:
    for uptake in (0.05, 0.5, 1.0):
        own = uptake * assumptions.OWN_SHARE
        assert own + (1 - own) * people.uptake_left(uptake) == pytest.approx(uptake)


def test_waits_are_of_the_band_and_the_settings_of_the_decision() -> None:
    found, _ = drawn(1.0)
    first = np.array([cell.late_from for cell in CELLS])[found.cell]
    test = np.array([cell.test for cell in CELLS])[found.cell]
    assert ((found.days > 7 * first) | test).all()
    assert (found.days[test] >= 42).all()
    assert ((found.setting == DIAGNOSTIC) == test).all()
    ophthalmic = np.array([not any(cell.waiting_to_admit) for cell in CELLS])[found.cell] & ~test
    assert (found.setting[ophthalmic] == OUTPATIENT).all()


def test_children_women_and_the_unmeasured() -> None:
    found, _ = drawn(1.0)
    names = np.array([cell.function for cell in CELLS])[found.cell]
    assert (found.age[names == assumptions.CHILDREN] < 18).all()
    assert (found.age[names != assumptions.CHILDREN] >= 18).all()
    assert (found.sex[names == assumptions.WOMEN] == people.FEMALE).all()
    assert ((found.asa == NONE) == (found.bmi == NONE)).all()
    assert set(found.travel.tolist()) <= {25, 50, 100, 0}


def test_the_same_seed_draws_the_same() -> None:
    one, again, other = drawn(0.3)[0], drawn(0.3)[0], drawn(0.3, 2)[0]
    assert np.array_equal(one.lat, again.lat)
    assert len(one) != len(other) or not np.array_equal(one.days, other.days)


def test_nobody_from_no_cells() -> None:
    found, left = people.draw([], AT, homes({}, PLACES), 1.0, np.random.default_rng(1))
    assert (len(found), left) == (0, [])


@pytest.mark.parametrize("today", [date(2026, 5, 1), date(2026, 8, 31), date(2026, 12, 31)])
def test_a_date_of_birth_gives_the_age(today: date) -> None:
    for age in (0, 17, 18, 80):
        assert age_on(people.born_on(age, today), today) == age
        assert age_on(people.born_on(age, today), date(today.year, today.month, 28)) == age
