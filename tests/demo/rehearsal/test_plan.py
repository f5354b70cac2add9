"""The problem on columns is one the engine's reader would accept, ringed and ranked by the night's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from dmas.demo.rehearsal import plan
from dmas.demo.rehearsal.exchange import SEARCHING
from dmas.demo.rehearsal.nights import Rehearsed
from dmas.demo.rehearsal.read import Published
from dmas.matching.engine.problem import Problem, parse
from dmas.matching.engine.solve import as_json, solve, solve_problem
from tests.demo.rehearsal.conftest import rehearsed
from tests.demo.rehearsal.truths import as_values


def problem_of(one: Rehearsed, days: int = 0) -> Problem:
    today = (one.starts + timedelta(days=days)).toordinal()
    items, offers = plan.open_items(one.exchange, today), plan.open_offers(one.exchange, today)
    return plan.problem(one.exchange, items, offers, today)


def test_it_reads_and_solves_as_the_same_problem_written_down(published: Published) -> None:
    problem = problem_of(rehearsed(published))
    values = as_values(problem)
    assert len(parse(values).requests.ids) == len(problem.requests.ids) > 100
    assert as_json(problem, solve_problem(problem)) == solve(values)


def test_rings_narrow_newcomers_and_widen_by_the_day(published: Published) -> None:
    one = rehearsed(published)
    count = len(one.exchange.asked)
    one.exchange.asked = replace(one.exchange.asked, rings=np.ones(count, dtype=np.bool_))

    def ringed(days: int) -> set[str]:
        problem = problem_of(one, days)
        needs = [problem.sets[n] for n in problem.requests.needs.tolist()]
        return {token for some in needs for token in some if token.startswith(("icb:", "region:"))}

    assert ringed(0) == {"icb:QHL"}
    assert ringed(7) == {"icb:QHL", "region:Y60"}  # people on their seventh day, trusts past theirs
    assert ringed(21) == set()


def test_the_longest_waits_are_lifted_and_the_declined_left_out(published: Published) -> None:
    one = rehearsed(published)
    problem, asked = problem_of(one), one.exchange.asked
    long = problem.as_of - problem.requests.waiting_since > 364
    elective = np.array([not one.cells[cell].test for cell in asked.cell.tolist()])
    assert (problem.requests.priority[long & elective] == 3).all()
    assert set(problem.requests.priority[~long].tolist()) == {3, 4}
    one.exchange.declined[0] = {1, 2}
    again = problem_of(one)
    assert again.sets[int(again.requests.declined[0])] == {"O000001", "O000002"}
    assert int(again.requests.declined[1]) == 0


def test_only_what_is_open_takes_part(published: Published) -> None:
    one = rehearsed(published)
    today = one.starts.toordinal()
    one.exchange.asked.where[0, SEARCHING] = 0
    assert 0 not in plan.open_items(one.exchange, today)
    one.exchange.offered.held[0] = one.exchange.offered.places[0]
    one.exchange.offered.resumes[1] = today + 1
    assert {0, 1} & set(plan.open_offers(one.exchange, today).tolist()) == set()
    assert 1 in plan.open_offers(one.exchange, today + 1)
    assert not len(plan.open_offers(one.exchange, today + 100))


def test_an_offer_loses_standard_notice_six_weeks_before_its_end(published: Published) -> None:
    one = rehearsed(published)
    closes = one.exchange.offered.closes
    for days in (0, 20):
        problem = problem_of(one, days)
        rows = plan.open_offers(one.exchange, problem.as_of)
        noticed = ["standard_notice" in tokens for tokens in problem.offers.provides]
        assert noticed == (closes[rows] >= problem.as_of + 42).tolist()
