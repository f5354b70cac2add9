"""One measurement in a process of its own: `python -m benchmarks.rivals.measure PROBLEM WHAT SECONDS`.

PROBLEM is a pickled problem. Prints one JSON object with seconds, processor seconds, peak memory and quality.
"""

from __future__ import annotations

import dataclasses
import json
import pickle
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rivals import floor, quality
from benchmarks.rivals.matchers import Deadline
from dmas.matching.engine import markets as market_tasks
from dmas.matching.engine.certify import check_columns
from dmas.matching.engine.feasibility import markets
from dmas.matching.engine.problem import Problem
from dmas.matching.engine.solve import Solution, solve_problem

RIVALS = {
    "naive": "matchers",
    "one_shot": "matchers",
    "highs": "linear",
    "bipartite": "linear",
    "hospital_resident": "stable",
}


def peak() -> float:
    """Return the most memory this process or one of its children has had, in MB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


def processor() -> float:
    """Return the processor seconds of this process and its children."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(one)[:2]) for one in who)


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Do something; return what it gave and what it took."""
    wall, cpu = time.perf_counter(), processor()
    result = work()
    return result, {
        "seconds": time.perf_counter() - wall, "cpu": processor() - cpu, "peak": peak()
    }  # fmt: skip


def ours(problem: Problem, workers: int, *, judge: bool = True) -> dict[str, Any]:
    """Measure the engine from arrays to arrays, then the check of its answer."""
    solution, found = timed(lambda: solve_problem(problem, workers=workers))
    verdict, check = timed(lambda: check_columns(problem, solution))
    found |= {"check": check["seconds"], "check cpu": check["cpu"], "proved": float(verdict["ok"])}
    served = {"served": solution.summary["places_served"], "miles": solution.summary["tenths"] / 10}
    return found | (quality.judged(markets(problem), solution.assignments) if judge else served)


def rival(problem: Problem, name: str, seconds: float) -> dict[str, Any]:
    """Measure another way to match, from the feasible pairs on, and what these take to work out."""
    work = getattr(import_module(f"benchmarks.rivals.{RIVALS[name]}"), name)
    parts, pairs = timed(lambda: markets(problem))
    deadline = Deadline(time.perf_counter() + seconds)
    assignments, found = timed(lambda: work(parts, deadline))
    found |= {"pairs": pairs["seconds"], "whole": pairs["seconds"] + found["seconds"]}
    return found | quality.judged(parts, assignments) | {"stopped": float(deadline.passed)}


def next_night(problem: Problem) -> Problem:
    """Return the problem a week later: some requests gone, some offers changed, everybody older."""
    draw = np.random.default_rng(2)
    requests, offers = problem.requests, problem.offers
    gone = draw.random(len(requests.places)) < 0.03
    changed = (draw.random(len(offers.places)) < 0.03) & (offers.places > 0)
    places = np.where(
        changed, np.maximum(1, offers.places + draw.integers(-2, 3, len(changed))), offers.places
    )
    return dataclasses.replace(
        problem,
        requests=dataclasses.replace(
            requests,
            places=np.where(gone, 0, requests.places),
            waiting_since=requests.waiting_since - 7,
        ),
        offers=dataclasses.replace(offers, places=places),
    )


def warm(problem: Problem) -> dict[str, Any]:
    """Measure the travel stage of the next night with and without last night's prices."""
    last = solve_problem(problem).price_tenths
    later = next_night(problem)
    cold, cold_stage = _staged(later, None)
    again, warm_stage = _staged(later, last)
    same = all(
        np.array_equal(getattr(cold, name), getattr(again, name))
        for name in ("assignments", "prices", "frozen")
    )
    return {
        "cold": cold_stage, "warm": warm_stage, "same": float(same),
        "cold rounds": cold.rounds, "warm rounds": again.rounds,
    }  # fmt: skip


def _staged(problem: Problem, prices: Any) -> tuple[Solution, float]:
    """Solve here, and return how many processor seconds the travel stage took."""
    settle, spent = market_tasks.settle, [0.0]

    def watched(*args: Any) -> Any:
        began = time.process_time()
        result = settle(*args)
        spent[0] += time.process_time() - began
        return result

    market_tasks.settle = watched
    try:
        return solve_problem(problem, prices=prices), spent[0]
    finally:
        market_tasks.settle = settle


def main(path: str, what: str, seconds: str) -> None:
    """Measure one thing and print it."""
    problem: Problem = pickle.loads(Path(path).read_bytes())
    if what.startswith("ours"):
        found = ours(problem, int(what[-1]), judge=len(problem.requests.ids) <= 600_000)
    elif what == "floor":
        found = floor.measure(problem, solve_problem(problem).assignments)
    elif what == "warm":
        found = warm(problem)
    else:
        found = rival(problem, what, float(seconds))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
