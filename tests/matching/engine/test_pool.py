"""Where the work is done changes nothing in what is found."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from dmas.matching.engine import geography, pool
from dmas.matching.engine.feasibility import split
from dmas.matching.engine.markets import Solve, World
from dmas.matching.engine.problem import Problem, parse
from dmas.matching.engine.solve import as_json, solve_problem
from tests.matching.engine.invented import problem, random_problem


def _country() -> Problem:
    """Join random problems into one of many markets."""
    sites, offers, requests = [], [], []
    for seed in range(40):
        value = random_problem(random.Random(seed), requests=8, offers=5)
        for one in value["sites"]:
            sites.append(one | {"id": f"{seed}-{one['id']}"})
        for one in value["offers"]:
            names = {"id": f"{seed}-{one['id']}", "site": f"{seed}-{one['site']}"}
            offers.append(one | names | {"service": str(100 + seed % 10)})
        for one in value["requests"]:
            declined = [f"{seed}-{name}" for name in one["declined"]]
            names = {"id": f"{seed}-{one['id']}", "declined": declined}
            requests.append(one | names | {"service": str(100 + seed % 10)})
    return parse(problem(sites, offers, requests, max_options=3))


COUNTRY = _country()
ANSWER = as_json(COUNTRY, solve_problem(COUNTRY))


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize(("threads", "method"), [(1, "fork"), (2, "spawn")])
def test_two_workers_give_the_same_bytes_forked_or_not(
    threads: int, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside other threads nothing is forked: one of them might hold a lock for ever."""
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert pool._context().get_start_method() == method
    assert as_json(COUNTRY, solve_problem(COUNTRY, workers=2)) == ANSWER


def test_any_executor_gives_the_same_bytes_and_is_left_open(processes: Executor) -> None:
    for executor in (processes, ThreadPoolExecutor(2)):
        assert as_json(COUNTRY, solve_problem(COUNTRY, executor)) == ANSWER
        assert executor.submit(int, "7").result() == 7


def test_a_guess_at_prices_changes_nothing() -> None:
    last = solve_problem(COUNTRY).price_tenths
    draw = np.random.default_rng(3)
    for guess in (last, draw.integers(0, 5000, len(last))):
        assert as_json(COUNTRY, solve_problem(COUNTRY, prices=guess)) == ANSWER
        assert as_json(COUNTRY, solve_problem(COUNTRY, prices=guess, workers=2)) == ANSWER


def test_many_homes_are_measured_market_by_market(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geography, "MOST_SHARED", 0)
    assert geography.shared(COUNTRY) is None
    assert as_json(COUNTRY, solve_problem(COUNTRY)) == ANSWER
    assert as_json(COUNTRY, solve_problem(COUNTRY, ThreadPoolExecutor(1))) == ANSWER


def test_a_task_sent_away_takes_only_what_it_needs() -> None:
    part = max(split(COUNTRY), key=lambda one: one.size)
    world, task = Solve(part).apart(World(COUNTRY, geography.shared(COUNTRY), None))
    assert world.problem.requests.ids == ()
    assert len(world.problem.requests.places) == len(part.requests)
    assert len(world.problem.offers.ids) == len(part.offers)
    assert world.distances is not None
    assert world.distances.tenths.size <= len(part.offers) * len(part.requests)
    assert len(task.run(world).frozen) == len(part.offers)


def test_a_task_in_a_forked_process_finds_the_world_it_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(COUNTRY, geography.shared(COUNTRY), None)
    monkeypatch.setattr(pool, "_inherited", [world])
    part = split(COUNTRY)[0]
    assert np.array_equal(pool._found(Solve(part)).held, Solve(part).run(world).held)


class _Broken(Executor):
    """Fails at every task."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        return ThreadPoolExecutor(1).submit(_fail)


def _fail() -> None:
    raise ArithmeticError("no optimum")


def test_a_solver_that_fails_stops_the_run() -> None:
    with pytest.raises(ArithmeticError, match="no optimum"):
        solve_problem(COUNTRY, _Broken())
