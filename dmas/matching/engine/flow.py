"""The one door to OR-tools: a minimum-cost flow over arrays of arcs."""

import numpy as np
from ortools.graph.python import min_cost_flow

from dmas.matching.engine.problem import Ints


def cheapest(tails: Ints, heads: Ints, capacities: Ints, costs: Ints, supplies: Ints) -> Ints:
    """Return the flow on each arc that meets all supplies (negative: demands) at least cost."""
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the flow has no least cost: {status}")
    return np.asarray(solver.flows(arcs), dtype=np.int64)
