"""Other ways to match that need nothing more than the engine does, given every market's feasible pairs.

All return assignments [n, 3]: request, offer, places. A `Deadline` lets the slow ones stop: what they took
until then is a lower bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from dmas.matching.engine.bits import unpack
from dmas.matching.engine.feasibility import Market
from dmas.matching.engine.problem import Ints

FARTHEST = 10_000  # tenths; more than any distance


@dataclass(slots=True)
class Deadline:
    """When to stop, and whether that was needed."""

    at: float
    passed: bool = False

    def over(self) -> bool:
        """Say whether it is time to stop."""
        self.passed = self.passed or time.perf_counter() > self.at
        return self.passed


def naive(markets: list[Market], deadline: Deadline) -> Ints:
    """Take requests by rank, give each the nearest feasible offer with a place left: the obvious loop."""
    found = []
    for market in markets:
        free = market.places > 0
        room = market.places.tolist()
        wanted = market.wanted.tolist()
        count = len(room)
        data = market.masks.view(np.uint8)
        for row, left in enumerate(wanted):
            open_to = np.flatnonzero(
                np.unpackbits(data[row], count=count, bitorder="little").view(bool) & free
            )
            far = market.tenths[market.point[row], market.site[open_to]]
            while left and len(open_to):
                nearest = int(far.argmin())
                offer = int(open_to[nearest])
                taken = min(left, room[offer])
                room[offer] -= taken
                left -= taken
                found.append((int(market.requests[row]), int(market.offers[offer]), taken))
                if not room[offer]:
                    free[offer] = False
                if left:
                    open_to, far = np.delete(open_to, nearest), np.delete(far, nearest)
    return np.array(found, dtype=np.int64).reshape(len(found), 3)


def weights(market: Market) -> Ints:
    """Return, for each request, a reward so that one place of better rank outweighs any detour."""
    _, level = np.unique(market.rank, return_inverse=True)
    step = 2 * (len(market.offers) + 1) * FARTHEST
    reward: Ints = (int(level.max(initial=0)) + 1 - level) * step
    return reward


def arcs(market: Market) -> tuple[Ints, Ints, Ints]:
    """Return row, offer and tenths of every feasible pair."""
    row, offer = np.nonzero(unpack(market.masks, len(market.offers)))
    return row, offer, market.tenths[market.point[row], market.site[offer]].astype(np.int64)


def one_shot(markets: list[Market], deadline: Deadline) -> Ints:
    """Give OR-tools every feasible pair of a market at once, ranks as weights."""
    return each(markets, deadline, _one_shot)


def _one_shot(market: Market) -> Ints:
    row, offer, tenths = arcs(market)
    rows, offers = len(market.requests), len(market.offers)
    sink = rows + offers
    solver = min_cost_flow.SimpleMinCostFlow()
    pairs = solver.add_arcs_with_capacity_and_unit_cost(
        row, rows + offer, market.wanted[row], tenths - weights(market)[row]
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        rows + np.arange(offers), np.full(offers, sink), market.places, np.zeros(offers, np.int64)
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(rows), np.full(rows, sink), market.wanted, np.zeros(rows, np.int64)
    )
    solver.set_nodes_supplies(
        np.arange(sink + 1),
        np.concatenate((market.wanted, np.zeros(offers, np.int64), [-market.wanted.sum()])),
    )
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("one-shot flow: no optimum")
    flow = np.asarray(solver.flows(pairs), dtype=np.int64)
    return table(market, row, offer, flow)


def table(market: Market, row: Ints, offer: Ints, places: Ints) -> Ints:
    """Return the places of the used pairs by the problem's requests and offers."""
    used = np.flatnonzero(places)
    return np.column_stack((market.requests[row[used]], market.offers[offer[used]], places[used]))


def each(markets: list[Market], deadline: Deadline, solve: Callable[[Market], Ints]) -> Ints:
    """Solve market by market, the smallest first, until time is up."""
    found = [np.zeros((0, 3), dtype=np.int64)]
    for market in sorted(markets, key=lambda one: one.masks.shape[0] * len(one.offers)):
        if deadline.over():
            break
        if len(market.offers) and market.masks.any():
            found.append(solve(market))
    return np.concatenate(found)
