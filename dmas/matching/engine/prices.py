"""The least prices that prove an assignment best: longest paths over the exchanges that were possible."""

from dataclasses import dataclass

import numpy as np

from dmas.matching.engine.feasibility import Bools
from dmas.matching.engine.problem import Ints

LOW = -(1 << 60)  # below every price and cost


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Pairs of a layer, by row and offer within it, with what one place costs."""

    row: Ints
    offer: Ints
    cost: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices by offer, the most each row may pay (LOW: anything), and the most a tied holder pays."""

    price: Ints
    most: Ints
    level: int


def least_prices(arcs: Arcs, flow: Ints, offers: int, tied: Bools, lacking: Bools, floor: int) -> Prices:
    """Return the least prices at which nobody would rather be elsewhere.

    `tied` rows share the layer's own rank and those `lacking` still want places: none of them may have a
    cheaper place than a tied holder's, nor than `floor`, which tied holders of other markets pay.
    Raises ArithmeticError where the flow is not the cheapest: then prices would rise for ever.
    """
    used = flow > 0
    row, offer, cost = arcs.row[used], arcs.offer[used], arcs.cost[used]
    price = np.zeros(offers, dtype=np.int64)
    for _ in range(offers + 1):
        most = np.full(len(tied), LOW, dtype=np.int64)
        np.maximum.at(most, row, price[offer] + cost)
        level = int(most[tied].max(initial=LOW))
        most[lacking] = np.maximum(most[lacking], max(level, floor))
        higher = price.copy()
        np.maximum.at(higher, arcs.offer, most[arcs.row] - arcs.cost)
        if np.array_equal(higher, price):
            return Prices(price, most, level)
        price = higher
    raise ArithmeticError("the flow is not the cheapest")
