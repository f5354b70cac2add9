"""Ways to match with scipy and the HiGHS solver in it, an extra that only the benchmark needs."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from benchmarks.rivals.matchers import FARTHEST, Deadline, arcs, each, table, weights
from dmas.matching.engine.feasibility import Market
from dmas.matching.engine.problem import Ints


def highs(markets: list[Market], deadline: Deadline) -> Ints:
    """Give the HiGHS linear solver every feasible pair of a market at once, ranks as weights."""
    return each(markets, deadline, _highs)


def _highs(market: Market) -> Ints:
    row, offer, tenths = arcs(market)
    rows, offers, count = len(market.requests), len(market.offers), len(row)
    ones = np.ones(2 * count)
    limits = coo_array(
        (ones, (np.concatenate((row, rows + offer)), np.tile(np.arange(count), 2))), (rows + offers, count)
    )
    # small markets have few ranks; levels beside distance keep the figures within what the solver bears
    cost = (tenths - weights(market)[row]) / FARTHEST
    result = linprog(
        cost, A_ub=limits.tocsr(), b_ub=np.concatenate((market.wanted, market.places)), method="highs"
    )
    return table(market, row, offer, np.rint(result.x).astype(np.int64))


def bipartite(markets: list[Market], deadline: Deadline) -> Ints:
    """Give scipy's full bipartite matching one row a place wanted, one column a place offered."""
    return each(markets, deadline, _bipartite)


def _bipartite(market: Market) -> Ints:
    row, offer, tenths = arcs(market)
    reward = weights(market)
    cost = tenths - reward[row] + int(reward.max(initial=0)) + 1
    unit_row = np.repeat(np.arange(len(market.wanted)), market.wanted)
    slot_offer = np.repeat(np.arange(len(market.places)), market.places)
    first_slot = np.concatenate(([0], np.cumsum(market.places)))
    starts = np.searchsorted(row, np.arange(len(market.wanted) + 1))
    columns, values, pointer = [], [], [0]
    nothing = int(reward.max(initial=0)) + FARTHEST + 1
    for unit, one in enumerate(unit_row.tolist()):
        mine = slice(starts[one], starts[one + 1])
        many = market.places[offer[mine]]
        whole = np.repeat(first_slot[offer[mine]] - np.concatenate(([0], np.cumsum(many)[:-1])), many)
        columns += [whole + np.arange(len(whole)), [len(slot_offer) + unit]]
        values += [np.repeat(cost[mine], many), [nothing]]
        pointer.append(pointer[-1] + len(whole) + 1)
    shape = (len(unit_row), len(slot_offer) + len(unit_row))
    graph = csr_array((np.concatenate(values).astype(float), np.concatenate(columns), pointer), shape)
    units, slots = min_weight_full_bipartite_matching(graph)
    real = slots < len(slot_offer)
    pairs, places = np.unique(
        np.column_stack((unit_row[units[real]], slot_offer[slots[real]])), axis=0, return_counts=True
    )
    return table(market, pairs[:, 0], pairs[:, 1], places)
