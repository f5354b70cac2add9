"""The least prices that prove an assignment best: longest paths over the exchanges that were possible."""

from dataclasses import dataclass

import numpy as np

from dmas.matching.engine.bits import Bools
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
    used = np.flatnonzero(flow)
    tail, head, gain = _exchanges(arcs, used, offers, tied, lacking)
    price = np.zeros(offers + 1, dtype=np.int64)
    price[offers] = floor
    if len(tail):
        tail, head, gain = _best_between(tail, head, gain)
    if len(tail):
        starts = np.flatnonzero(np.concatenate(([True], head[1:] != head[:-1])))
        heads = head[starts]
        for _ in range(offers + 2):
            higher = np.maximum(price[heads], np.maximum.reduceat(price[tail] + gain, starts))
            if np.array_equal(higher, price[heads]):
                break
            price[heads] = higher
        else:
            raise ArithmeticError("the flow is not the cheapest")
    return read_prices(_picked(arcs, used), price, tied, lacking, floor)


def _exchanges(arcs: Arcs, used: Ints, offers: int, tied: Bools, lacking: Bools) -> tuple[Ints, Ints, Ints]:
    """Return from which offer's price another's follows, and by how much more.

    The last node, after the offers, stands for what tied people pay. A row with places at several offers
    hangs on the first of them.
    """
    row, offer, cost = arcs.row[used], arcs.offer[used], arcs.cost[used]
    first = np.full(len(tied), -1, dtype=np.int64)
    first[row[::-1]] = used[::-1]
    holds = np.flatnonzero(first[arcs.row] >= 0)
    base = first[arcs.row[holds]]
    further = np.flatnonzero(first[row] != used)
    anchor = first[row[further]]
    tie, out = np.flatnonzero(tied[row]), np.flatnonzero(lacking[arcs.row])
    level = np.full(max(len(tie), len(out)), offers, dtype=np.int64)
    tail = (arcs.offer[base], offer[further], offer[tie], level[: len(out)])
    head = (arcs.offer[holds], arcs.offer[anchor], level[: len(tie)], arcs.offer[out])
    gain = (
        arcs.cost[base] - arcs.cost[holds], cost[further] - arcs.cost[anchor], cost[tie], -arcs.cost[out]
    )  # fmt: skip
    return np.concatenate(tail), np.concatenate(head), np.concatenate(gain)


def _best_between(tail: Ints, head: Ints, gain: Ints) -> tuple[Ints, Ints, Ints]:
    """Keep one exchange, the one that asks most, between any two offers; in order of head and tail."""
    small = np.uint16 if max(int(tail.max()), int(head.max())) < 1 << 16 else np.int64  # sorts by counting
    order = np.lexsort((tail.astype(small), head.astype(small)))
    tail, head, gain = tail[order], head[order], gain[order]
    new = np.concatenate(([True], (head[1:] != head[:-1]) | (tail[1:] != tail[:-1])))
    starts = np.flatnonzero(new)
    tail, head, gain = tail[starts], head[starts], np.maximum.reduceat(gain, starts)
    apart = tail != head
    return tail[apart], head[apart], gain[apart]


def read_prices(used: Arcs, price: Ints, tied: Bools, lacking: Bools, floor: int) -> Prices:
    """Return prices, the last of them the level's, with the most each row may pay whose places are `used`."""
    most = np.full(len(tied), LOW, dtype=np.int64)
    most[used.row] = price[used.offer] + used.cost
    level = int(most[tied].max(initial=LOW))
    most[lacking] = np.maximum(most[lacking], max(level, floor))
    return Prices(price[:-1], most, level)


def _picked(arcs: Arcs, which: Ints) -> Arcs:
    return Arcs(arcs.row[which], arcs.offer[which], arcs.cost[which])
