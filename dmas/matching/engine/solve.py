"""The engine's front door: one problem in, one solution with its certificate out."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from dmas.matching.engine import explain, geography, pool
from dmas.matching.engine.explain import Reasons
from dmas.matching.engine.feasibility import NEVER, Slice, split
from dmas.matching.engine.layers import steps
from dmas.matching.engine.markets import Answer, Note, Reprice, Solve, World
from dmas.matching.engine.pool import Do
from dmas.matching.engine.prices import LOW
from dmas.matching.engine.problem import Ints, Problem, parse

__all__ = ["Solution", "as_json", "solve", "solve_problem"]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An answer in positions of the problem's requests and offers; each row of a table is one entry."""

    assignments: Ints  # [n, 4]: request, offer, places, tenths; in order of request, offer
    options: Ints  # [n, 5]: request, offer, places, tenths, round; in the same order
    unmatched: Reasons
    frozen: Ints  # rank by offer, or NEVER
    prices: Ints  # by offer
    summary: dict[str, int]
    rounds: int  # flows solved; not part of the answer

    @property
    def price_tenths(self) -> Ints:
        """The prices in whole tenths of a mile, rounded down: what the next night may start from."""
        return self.prices // (self.summary["places_served"] + 1)


def solve(
    problem: Mapping[str, Any], executor: Executor | None = None, *, workers: int = 1
) -> dict[str, Any]:
    """Return the solution of a problem, both as JSON values; raise ProblemError if it cannot be read."""
    read = parse(problem)
    return as_json(read, solve_problem(read, executor, workers=workers))


def solve_problem(
    problem: Problem, executor: Executor | None = None, *, workers: int = 1, prices: Ints | None = None
) -> Solution:
    """Return the one best answer to a problem already read.

    Markets are solved on `executor`, or else by so many processes of our own, the largest first. `prices`, a
    guess in whole tenths by offer such as last night's, may save time. Neither changes the answer.
    """
    parts = split(problem)
    world = World(problem, geography.shared(problem, max(1, workers)), prices)
    with pool.opened(world, workers, executor) as do:
        order = sorted(range(len(parts)), key=lambda i: -parts[i].size)
        found = do([Solve(parts[i]) for i in order])
        answers = [answer for _, answer in sorted(zip(order, found, strict=True), key=lambda pair: pair[0])]
        unit = sum(int(answer.held[:, 2].sum()) for answer in answers) + 1
        _level(do, parts, answers, unit)
    return _gather(problem, parts, answers, unit)


def _level(do: Do, parts: list[Slice], answers: list[Answer], unit: int) -> None:
    """Find again the prices that another market's, or a small unit, may change.

    What tied holders pay at a rank binds who lacks a place at the same rank in any market.
    """
    level: dict[int, int] = {}
    for answer in answers:
        for note in answer.notes:
            level[note.rank] = max(level.get(note.rank, LOW), _level_of(note, unit))
    tasks, places = [], []
    for part, answer in zip(parts, answers, strict=True):
        for note in answer.notes:
            floor = level[note.rank] if note.lacks and level[note.rank] > _level_of(note, unit) else LOW
            if floor > LOW or unit < steps(len(note.offers)):
                tasks.append(_repricing(part, answer, note, unit, floor))
                places.append((answer, note))
    order = sorted(range(len(tasks)), key=lambda i: -tasks[i].part.size)
    for i, price in zip(order, do([tasks[i] for i in order]), strict=True):
        answer, note = places[i]
        answer.price[note.offers] = np.column_stack(np.divmod(price, unit))


def _level_of(note: Note, unit: int) -> int:
    return LOW if note.level is None else note.level[0] * unit + note.level[1]


def _repricing(part: Slice, answer: Answer, note: Note, unit: int, floor: int) -> Reprice:
    inside = np.zeros(len(answer.frozen), dtype=np.bool_)
    inside[note.offers] = True
    held = answer.held[inside[answer.held[:, 1]], :3]
    row, offer = np.searchsorted(note.rows, held[:, 0]), np.searchsorted(note.offers, held[:, 1])
    own = Slice(part.offers[note.offers], part.requests[note.rows])
    table, guess = np.column_stack((row, offer, held[:, 2])), answer.price[note.offers] @ np.array((unit, 1))
    return Reprice(own, note.rank, table, guess, unit, floor)


def as_json(problem: Problem, solution: Solution) -> dict[str, Any]:
    """Return a solution as the JSON values of the problem format, lists and keys in their fixed order."""
    ids = problem.offers.ids
    frozen = {
        ids[i]: explain.rank_json(rank) for i, rank in enumerate(solution.frozen.tolist()) if rank != NEVER
    }
    return {
        "assignments": [_entry(problem, row) for row in solution.assignments.tolist()],
        "options": [_entry(problem, row) | {"round": row[4]} for row in solution.options.tolist()],
        "unmatched": list(explain.as_json(problem, solution.unmatched)),
        "certificate": {
            "frozen": frozen,
            "prices": {ids[i]: price for i, price in enumerate(solution.prices.tolist()) if price},
        },
        "summary": solution.summary,
    }


def _entry(problem: Problem, row: Sequence[int]) -> dict[str, Any]:
    request, offer, places, tenths = row[:4]
    return {
        "request": problem.requests.ids[request],
        "offer": problem.offers.ids[offer],
        "places": places,
        "tenths": tenths,
    }


def _gather(problem: Problem, parts: list[Slice], answers: list[Answer], unit: int) -> Solution:
    """Put the markets' answers together in one order."""
    frozen = np.full(len(problem.offers.ids), NEVER, dtype=np.int64)
    prices = np.zeros(len(frozen), dtype=np.int64)
    for part, answer in zip(parts, answers, strict=True):
        frozen[part.offers] = answer.frozen
        prices[part.offers] = answer.price @ np.array((unit, 1))
    assignments = _table(parts, [answer.held for answer in answers], 4)
    reasons = [
        explain.placed(answer.reasons, part.requests) for part, answer in zip(parts, answers, strict=True)
    ]
    return Solution(
        assignments=assignments,
        options=_table(parts, [answer.options for answer in answers], 5),
        unmatched=explain.merged([explain.not_matched(problem), *reasons]),
        frozen=frozen,
        prices=prices,
        summary=_summary(problem, answers, assignments),
        rounds=sum(note.rounds for answer in answers for note in answer.notes),
    )


def _table(parts: list[Slice], tables: list[Ints], width: int) -> Ints:
    """Put tables of rows and offers of markets together, in order of request and offer."""
    whole = [np.zeros((0, width), dtype=np.int64)]
    for part, table in zip(parts, tables, strict=True):
        whole.append(np.column_stack((part.requests[table[:, 0]], part.offers[table[:, 1]], table[:, 2:])))
    rows = np.concatenate(whole)
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _summary(problem: Problem, answers: list[Answer], assignments: Ints) -> dict[str, int]:
    request, offer, places, tenths = assignments.T
    away = problem.requests.region[request] != problem.sites.region[problem.offers.site[offer]]
    return {
        "places_wanted": int(problem.requests.places.sum()),
        "places_served": int(places.sum()),
        "tenths": int((places * tenths).sum()),
        "outside_region": int(places[away].sum()),
        "feasible_pairs": sum(answer.feasible_pairs for answer in answers),
    }
