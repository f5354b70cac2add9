"""The engine's front door: one problem in, one solution with its certificate out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dmas.matching.engine import explain, options
from dmas.matching.engine.feasibility import NEVER, Market, counts, markets
from dmas.matching.engine.problem import Ints, Problem, parse
from dmas.matching.engine.rank import Served, serve
from dmas.matching.engine.travel import shorten

__all__ = ["Solution", "as_json", "solve", "solve_problem"]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An answer in positions of the problem's requests and offers; each row of a table is one entry."""

    assignments: Ints  # [n, 4]: request, offer, places, tenths; in order of request, offer
    options: Ints  # [n, 5]: request, offer, places, tenths, round; in the same order
    unmatched: tuple[dict[str, Any], ...]
    frozen: Ints  # rank by offer, or NEVER
    prices: Ints  # by offer
    summary: dict[str, int]


def solve(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return the solution of a problem, both as JSON values; raise ProblemError if it cannot be read."""
    read = parse(problem)
    return as_json(read, solve_problem(read))


def solve_problem(problem: Problem) -> Solution:
    """Return the one best answer to a problem already read."""
    parts = markets(problem)
    settled = shorten(parts, [serve(market) for market in parts])
    return _gather(problem, parts, [served for served, _ in settled], [prices for _, prices in settled])


def as_json(problem: Problem, solution: Solution) -> dict[str, Any]:
    """Return a solution as the JSON values of the problem format, lists and keys in their fixed order."""
    ids = problem.offers.ids
    frozen = {
        ids[i]: explain.rank_json(rank) for i, rank in enumerate(solution.frozen.tolist()) if rank != NEVER
    }
    return {
        "assignments": [_entry(problem, row) for row in solution.assignments.tolist()],
        "options": [_entry(problem, row) | {"round": row[4]} for row in solution.options.tolist()],
        "unmatched": list(solution.unmatched),
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


def _gather(problem: Problem, parts: list[Market], served: list[Served], prices: list[list[int]]) -> Solution:
    """Put the markets' answers together in one order."""
    pairs = list(zip(parts, served, strict=True))
    frozen = np.full(len(problem.offers.ids), NEVER, dtype=np.int64)
    priced = np.zeros(len(frozen), dtype=np.int64)
    unmatched = explain.not_matched(problem)
    for (market, result), price in zip(pairs, prices, strict=True):
        frozen[market.offers] = result.frozen
        priced[market.offers] = price
        unmatched += explain.reasons(problem, market, result)
    assignments = _table([_assigned(market, result) for market, result in pairs], 4)
    further = _table([_optional(market, result, problem.max_options) for market, result in pairs], 5)
    return Solution(
        assignments=assignments,
        options=further,
        unmatched=tuple(sorted(unmatched, key=lambda entry: str(entry["request"]))),
        frozen=frozen,
        prices=priced,
        summary=_summary(problem, parts, assignments),
    )


def _table(tables: list[list[tuple[int, ...]]], width: int) -> Ints:
    rows = sorted(row for table in tables for row in table)
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def _located(market: Market, row: int, offer: int, places: int) -> tuple[int, int, int, int]:
    tenths = int(market.tenths[market.point[row], market.site[offer]])
    return int(market.requests[row]), int(market.offers[offer]), places, tenths


def _assigned(market: Market, served: Served) -> list[tuple[int, ...]]:
    return [
        _located(market, row, offer, places)
        for offer, held in enumerate(served.holds)
        for row, places in held.items()
    ]


def _optional(market: Market, served: Served, most: int) -> list[tuple[int, ...]]:
    return [(*_located(market, row, offer, 1), n) for row, offer, n in options.rounds(market, served, most)]


def _summary(problem: Problem, parts: list[Market], assignments: Ints) -> dict[str, int]:
    request, offer, places, tenths = assignments.T
    away = problem.requests.region[request] != problem.sites.region[problem.offers.site[offer]]
    return {
        "places_wanted": int(problem.requests.places.sum()),
        "places_served": int(places.sum()),
        "tenths": int((places * tenths).sum()),
        "outside_region": int(places[away].sum()),
        "feasible_pairs": sum(int(counts(market.masks).sum()) for market in parts),
    }
