"""Answers end holds within the rules' limits, at the stated rates, and a home date comes first."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from dmas.core.calendar import working_days_between
from dmas.demo.rehearsal import answers
from dmas.demo.rehearsal import assumptions as given
from dmas.demo.rehearsal.answers import (
    AT_HOME,
    DECLINES,
    RECEIVER_NO,
    RECEIVER_SILENT,
    SILENT,
    STAYS,
    TAKEN,
    TRUST_NO,
)
from dmas.demo.rehearsal.exchange import Holds
from dmas.demo.rehearsal.read import Published
from dmas.proposals.rules import answer_due
from tests.demo.rehearsal.conftest import rehearsed

TODAY = date(2026, 6, 8).toordinal()


def ended(published: Published, *, own: bool, leave: float = 1e-6, seed: int = 1) -> Holds:
    """Return ten thousand holds of one item and many offers."""
    one = rehearsed(published)
    item = int(np.flatnonzero(one.exchange.asked.own == own)[0])
    one.exchange.asked.leaves[:] = TODAY + 10_000
    count = len(one.exchange.offered)
    held = np.column_stack(
        (
            np.full(10_000, item),
            np.arange(10_000) % count,
            np.ones(10_000, dtype=np.int64),
            np.full(10_000, 123),
        )
    )
    shares = np.full(len(one.cells), leave)
    return answers.drawn(one.exchange, held, TODAY, shares, np.random.default_rng(seed))


def share(holds: Holds, how: int) -> float:
    return float((holds.how == how).mean())


def test_a_person_answers_at_the_stated_rates(published: Published) -> None:
    holds = ended(published, own=True)
    assert share(holds, TRUST_NO) == 0
    asked = 1 - share(holds, RECEIVER_NO) - share(holds, RECEIVER_SILENT)
    for how, rate in ((STAYS, given.STAYS), (DECLINES, given.DECLINES), (SILENT, given.SILENT)):
        assert share(holds, how) / asked == pytest.approx(rate, abs=0.02)


def test_limits_are_kept(published: Published) -> None:
    for own in (True, False):
        holds = ended(published, own=own)
        due = answer_due(date.fromordinal(TODAY), 3).toordinal()
        no = holds.how == RECEIVER_NO
        assert (holds.ends[no] > TODAY).all()
        assert (holds.ends[no] <= due).all()
        assert (holds.ends[holds.how == RECEIVER_SILENT] == due + 1).all()
        yes = holds.rows(holds.how == TAKEN)
        low, high = given.CONFIRMED_DAYS
        for end, confirmed in zip(yes.ends[:50].tolist(), yes.confirmed[:50].tolist(), strict=True):
            days = working_days_between(date.fromordinal(end), date.fromordinal(confirmed))
            assert low <= days <= high
        assert (yes.treated >= yes.confirmed + given.NOTICE_DAYS).all()


def test_a_trust_decides_before_anybody_is_asked(published: Published) -> None:
    theirs, own = ended(published, own=False), ended(published, own=True)
    assert share(theirs, TRUST_NO) == pytest.approx(given.TRUST_NO, abs=0.02)
    assert share(theirs, answers.NOT_NAMED) == pytest.approx(0.85 * given.NOT_NAMED, abs=0.02)
    assert theirs.ends[theirs.how == TAKEN].mean() > own.ends[own.how == TAKEN].mean()


def test_a_date_at_home_comes_first(published: Published) -> None:
    holds = ended(published, own=False, leave=1.0)
    home = holds.how == AT_HOME
    assert home.mean() > 0.5
    assert (holds.ends[home] <= TODAY + 7).all()
    assert (holds.at_home[~home] > holds.ends[~home]).all()


def test_silence_is_of_a_whole_offer_and_a_no_of_a_whole_match(published: Published) -> None:
    one = rehearsed(published)
    held = np.array([[0, 0, 5, 10], [1, 0, 5, 10], [2, 1, 5, 10]])
    for seed in range(40):
        holds = answers.drawn(
            one.exchange, held, TODAY, np.zeros(len(one.cells)), np.random.default_rng(seed)
        )
        silent = holds.how == RECEIVER_SILENT
        assert silent[:10].all() or not silent[:10].any()
        for start in (0, 5, 10):
            assert len(set((holds.how[start : start + 5] == RECEIVER_NO).tolist())) == 1


def test_leaving_takes_weeks_of_the_share(published: Published) -> None:
    days = answers.leaving(np.full(20_000, 0.1), np.random.default_rng(1))
    assert days.min() >= 1
    assert days.mean() == pytest.approx(67, rel=0.03)  # ten weeks, less half of one
