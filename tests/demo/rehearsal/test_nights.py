"""Night after night: nobody is lost or counted twice, the rules' limits end what they end."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from dmas.demo.rehearsal import answers, nights
from dmas.demo.rehearsal.assumptions import RESUMES_DAYS
from dmas.demo.rehearsal.exchange import (
    AGREED,
    AT_HOME,
    HELD,
    MOVED,
    NOT_FOUND,
    RESTING,
    SEARCHING,
    STATES,
    STAYED,
    Holds,
)
from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.nights import Ended, Rehearsed
from dmas.demo.rehearsal.read import Published
from tests.demo.rehearsal.conftest import bands, read_month, rehearsed

NIGHTS = 64


@pytest.fixture(scope="module")
def run() -> Rehearsed:
    return rehearsed(read_month(), nights=NIGHTS)


def test_everybody_stands_somewhere_and_every_state_is_reached(run: Rehearsed) -> None:
    exchange = run.exchange
    exchange.check()
    assert exchange.asked.where.sum() == sum(night.asked for night in run.nights)
    sums = dict(zip(STATES, exchange.asked.where.sum(axis=0).tolist(), strict=True))
    assert all(sums[name] > 0 for name in STATES if name not in ("resting", "returned")), sums
    assert sums["moved"] == sum(night.confirmed for night in run.nights)
    assert run.nights[-1].states == tuple(sums.values())


def test_holds_are_what_was_matched_less_what_has_ended(run: Rehearsed) -> None:
    matched = sum(night.matched for night in run.nights)
    unused = sum(places for places, _ in run.ended.unused.values())
    taken = sum(int(run.exchange.asked.where[:, state].sum()) for state in (AGREED, MOVED))
    back = int(run.exchange.asked.where[:, STATES.index("returned")].sum())
    assert matched == len(run.exchange.holds) + unused + taken + back
    assert sum(len(one) for one in run.ended.moved) == int(run.exchange.asked.where[:, MOVED].sum())


def test_offers_come_again_and_what_is_left_at_their_end_is_wasted(run: Rehearsed) -> None:
    offered, today = run.exchange.offered, run.starts.toordinal() + NIGHTS - 1
    assert len(np.unique(offered.opens)) > 2
    over = offered.over
    assert over.any()
    assert (offered.closes[over] < today).all()
    assert run.ended.wasted >= 0
    assert (offered.taken + offered.held <= offered.places).all()


def test_searches_end_after_56_days(run: Rehearsed) -> None:
    asked, today = run.exchange.asked, run.starts.toordinal() + NIGHTS - 1
    old = asked.opened <= today - 56
    assert old.any()
    assert asked.where[old, SEARCHING].sum() == 0
    assert asked.where[~old, NOT_FOUND].sum() == 0


def test_the_same_seed_gives_the_same_nights(published: Published) -> None:
    one, again = rehearsed(published, nights=10), rehearsed(published, nights=10)
    assert one.nights == again.nights
    assert one.nights != rehearsed(published, seed=2, nights=10).nights


def test_a_plan_that_the_check_refuses_ends_the_rehearsal(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "check_columns", lambda *_: {"ok": False, "fault": "C1"})
    with pytest.raises(RuntimeError, match="refused night 0"):
        rehearsed(published, nights=1)


def test_a_lost_place_is_noticed(published: Published) -> None:
    one = rehearsed(published, nights=1)
    one.exchange.offered.held[0] += 1
    with pytest.raises(RuntimeError, match="lost count"):
        one.exchange.check()


def hold_all(one: Rehearsed, how: int) -> Holds:
    """Let one place of the first person and one of the first line end in a way."""
    asked = one.exchange.asked
    items = np.array([int(np.flatnonzero(asked.own)[0]), int(np.flatnonzero(~asked.own)[0])])
    one.exchange.move(items, SEARCHING, HELD)
    one.exchange.offered.held[0] += 2
    count = np.zeros(2, dtype=np.int64)
    return Holds(
        item=items, offer=count, tenths=count, made=count, ends=count + 3, how=count + how,
        confirmed=count, treated=count, at_home=count, back=count > 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("how", "person", "of_line", "again"),
    [
        (answers.RECEIVER_NO, SEARCHING, SEARCHING, False),
        (answers.RECEIVER_SILENT, SEARCHING, SEARCHING, True),
        (answers.TRUST_NO, SEARCHING, SEARCHING, False),
        (answers.NOT_NAMED, SEARCHING, SEARCHING, True),
        (answers.STAYS, STAYED, STAYED, True),
        (answers.DECLINES, SEARCHING, STAYED, False),
        (answers.SILENT, SEARCHING, RESTING, True),
        (answers.AT_HOME, AT_HOME, AT_HOME, True),
    ],
)
def test_where_each_answer_leads(
    published: Published, how: int, person: int, of_line: int, again: bool
) -> None:
    one, ended = rehearsed(published), Ended()
    before = one.exchange.asked.where.copy()
    over = hold_all(one, how)
    nights.settle(one.exchange, over, ended, 100)
    for item, state in zip(over.item.tolist(), (person, of_line), strict=True):
        change = one.exchange.asked.where[item] - before[item]
        expected = np.zeros(len(STATES), dtype=np.int64)
        expected[SEARCHING] -= 1
        expected[state] += 1
        assert change.tolist() == expected.tolist()
    assert ended.unused[how] == (2, 6)
    assert bool(one.exchange.declined) is not again
    one.exchange.check()


def test_silence_a_second_time_rests_a_person(published: Published) -> None:
    one, ended = rehearsed(published), Ended()
    nights.settle(one.exchange, hold_all(one, answers.SILENT), ended, 100)
    nights.settle(one.exchange, hold_all(one, answers.SILENT), ended, 110)
    assert one.exchange.asked.where[np.flatnonzero(one.exchange.asked.own)[0], RESTING] == 1


def test_the_third_lapse_suspends_an_offer_for_a_while(published: Published) -> None:
    one, ended = rehearsed(published), Ended()
    nights.settle(one.exchange, hold_all(one, answers.RECEIVER_SILENT), ended, 100)
    assert ended.suspensions == 0
    nights.settle(one.exchange, hold_all(one, answers.RECEIVER_SILENT), ended, 140)
    assert ended.suspensions == 0  # the first two are over 28 days old
    nights.settle(one.exchange, hold_all(one, answers.RECEIVER_SILENT), ended, 150)
    assert ended.suspensions == 1
    assert one.exchange.offered.resumes[0] == 150 + RESUMES_DAYS


def test_the_share_that_leaves_is_read_from_the_bands() -> None:
    halving = {week: 4096 >> (week - 40) for week in range(40, 53)}
    cells = [Cell("A", "110", bands(halving), bands({}), 0, 0)]
    assert nights.leave_shares(cells) == (pytest.approx(0.5), None)
    scans = [Cell("A", "MRI", bands({6: 640, 12: 10}, 14), [0] * 14, 0, 0, test=True)]
    assert nights.leave_shares(cells + scans)[1] == pytest.approx(0.5)
    assert nights.leave_shares([Cell("A", "110", bands({40: 5}), bands({}), 0, 0)]) == (0.1, None)


def test_newcomers_have_just_crossed(published: Published) -> None:
    one = rehearsed(published)
    before = len(one.exchange.asked)
    one.night(0)
    one.night(1)
    new = one.exchange.asked.rows(np.arange(before, len(one.exchange.asked)))
    day = (one.starts + timedelta(days=1)).toordinal()
    assert len(new)
    assert new.rings.all()
    assert set((new.opened - day).tolist()) <= set(range(7))
    elective = np.array([not one.cells[cell].test for cell in new.cell.tolist()])
    assert ((new.opened - new.since)[elective] > 280).all()
    assert ((new.opened - new.since)[elective] <= 287).all()
