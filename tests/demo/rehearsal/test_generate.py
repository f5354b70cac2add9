"""Drawing from published counts: within bounds, by the stated assumptions, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmas.catalogue.vocabulary.arrangements import Setting, Stage
from dmas.demo.rehearsal import assumptions, generate
from dmas.demo.rehearsal.generate import Cell, DrawnOffer, DrawnRequest

EMPTY = (0,) * 105


def bands(counts: dict[int, int]) -> tuple[int, ...]:
    return tuple(counts.get(week, 0) for week in range(105))


FULL = Cell("RRK", "110", bands({10: 500, 40: 200, 47: 90, 64: 30, 104: 9}), bands({40: 120, 64: 30}), 0, 0)
ROOMY = Cell("RTD", "110", bands({5: 990, 41: 10}), EMPTY, 400, 600)


def requests(cell: Cell, uptake: float, seed: int) -> list[DrawnRequest]:
    return generate.requests([cell], uptake, np.random.default_rng(seed))


def offers(cell: Cell, seed: int, *, independent: bool = False) -> list[DrawnOffer]:
    return generate.offers([cell], {cell.provider: independent}, np.random.default_rng(seed))


def asked(cell: Cell, uptake: float, seed: int = 1) -> int:
    drawn = requests(cell, uptake, seed)
    return sum(line.places for request in drawn for line in request.lines)


def test_at_full_uptake_everybody_over_40_weeks_asks() -> None:
    assert asked(FULL, 1.0) == FULL.late == 329
    admitted = [r for r in requests(FULL, 1.0, 1) if r.setting is not Setting.OUTPATIENT]
    assert sum(line.places for request in admitted for line in request.lines) == 150


@settings(max_examples=40, deadline=None)
@given(uptake=st.floats(0.001, 1.0), seed=st.integers(0, 1_000))
def test_never_more_than_wait_and_never_out_of_band(uptake: float, seed: int) -> None:
    assert asked(FULL, uptake, seed) <= FULL.late
    lows = {line.weeks_from for r in requests(FULL, uptake, seed) for line in r.lines}
    assert lows <= {40, 44, 60, 104}


def test_uptake_is_met_on_average() -> None:
    drawn = [asked(FULL, 0.2, seed) for seed in range(200)]
    assert 0.18 < sum(drawn) / len(drawn) / FULL.late < 0.22


def test_nobody_under_40_weeks_asks() -> None:
    assert requests(replace(FULL, waiting=bands({39: 900}), waiting_to_admit=EMPTY), 1.0, 1) == []


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    one = requests(FULL, 0.3, 7), offers(ROOMY, 7)
    again = requests(FULL, 0.3, 7), offers(ROOMY, 7)
    other = requests(FULL, 0.3, 8), offers(ROOMY, 8)
    assert one == again
    assert one != other


@pytest.mark.parametrize(
    ("cell", "room"),
    [
        (ROOMY, True),
        (replace(ROOMY, waiting=bands({5: 980, 41: 20})), False),  # 2 % over 40 weeks is not under 2 %
        (replace(ROOMY, waiting=bands({5: 49})), False),
        (replace(ROOMY, waiting=bands({5: 50})), True),
        (replace(ROOMY, completed_admitted=0, completed_other=0), False),
    ],
)
def test_who_has_room(cell: Cell, room: bool) -> None:
    assert bool(offers(cell, 1)) is room


def test_offers_are_a_share_of_a_months_work_and_leave_standard_notice() -> None:
    for seed in range(50):
        drawn = offers(ROOMY, seed)
        outpatient = [one for one in drawn if one.setting is Setting.OUTPATIENT]
        assert all(12 <= one.places <= 60 for one in outpatient)
        assert all(42 <= one.last_day <= 84 for one in drawn)
        assert sum(one.places for one in drawn) <= 101
        assert all(one.max_asa is None and one.max_bmi is None for one in drawn)


def test_independents_limit_whom_they_admit_and_nobody_at_first_appointments() -> None:
    drawn = [one for seed in range(20) for one in offers(ROOMY, seed, independent=True)]
    for one in drawn:
        limits = (one.max_asa, one.max_bmi)
        outpatient = one.setting is Setting.OUTPATIENT
        assert limits == (None, None) if outpatient else limits in assumptions.INDEPENDENT_LIMITS
        assert one.stage is (Stage.FIRST_OUTPATIENT if outpatient else Stage.DECISION_TO_ADMIT)


def test_shares_add_up() -> None:
    assert sum(share for _, share in assumptions.TRAVEL) == pytest.approx(1)
    assert sum(share for *_, share in assumptions.CASE_MIX) == pytest.approx(1)
    assert sum(assumptions.ASA_SHARES) == pytest.approx(1)
    for edges, first in ((assumptions.BANDS, 40), (assumptions.TEST_BANDS, 6)):
        assert edges[0][0] == first
        assert all(one[1] == other[0] for one, other in pairwise(edges))


def test_a_scan_is_asked_for_from_six_weeks_on_and_offered_where_nobody_waits_so_long() -> None:
    full = Cell("RRK", "MRI", (*[0] * 5, 50, 60, *[0] * 6, 9), [0] * 14, 0, 0, test=True)
    drawn = requests(full, 1.0, 1)
    assert {(one.setting, one.stage) for one in drawn} == {(Setting.DIAGNOSTIC, None)}
    assert sum(line.places for one in drawn for line in one.lines) == full.late == 69
    assert {line.weeks_from for one in drawn for line in one.lines} == {6, 13}
    roomy = Cell("RTD", "MRI", (90, *[0] * 13), [0] * 14, 0, 1_000, test=True)
    (offer,) = offers(roomy, 1, independent=True)
    assert (offer.setting, offer.max_asa, 20 <= offer.places <= 100) == (Setting.DIAGNOSTIC, None, True)
