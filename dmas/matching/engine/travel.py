"""Where people go: least travel, then fewest outside their region, with who and how many left as they are.

Offers frozen at one rank, with the requests whose latest cut-off that is, form a layer that no best answer
mixes with any other. Each is a minimum-cost flow over a few near pairs; prices then show which of the pairs
left out would still pay, these are added, and so on until none would. Last, the answer is taken from all the
pairs that are just worth their price: these depend on the problem alone, and not on how they were found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dmas.matching.engine.flow import cheapest
from dmas.matching.engine.layers import FAR, MOST_PRICE, Layer
from dmas.matching.engine.prices import LOW, Arcs, Prices, least_prices, read_prices
from dmas.matching.engine.problem import Ints

ALL_PAIRS = 300_000  # layers with no more pairs than this are solved whole
NEAR = 9  # pairs a request starts with in larger layers
SPREAD = (0, 1, 2, 3, 5, 8, 13, 21, 34)  # counted from its nearest: farther ones tie the country together
ADDED = 8  # pairs a request gains at most in a round
SLACK = 20  # tenths by which a pair may miss paying and still be added
DROPPED = 200  # tenths by which a pair misses paying when it is left out again
LARGEST = 1 << 25  # pairs of a layer above which one round less is worth other limits:
ADDED_TO_LARGEST, DROPPED_OF_LARGEST = 5, 400
_DROPPING = 6  # rounds in which pairs may be left out, so that there is an end


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A layer at its best: pairs considered, places on each, prices."""

    layer: Layer
    arcs: Arcs
    flow: Ints
    prices: Prices
    rounds: int


def settle(layer: Layer, prices: Ints | None = None) -> Settled:
    """Solve one layer exactly, starting from near pairs and adding those that would still pay.

    `prices`, whole tenths by offer, are a guess that makes the near pairs likelier to be the right ones.
    """
    arcs, few = _first_arcs(layer, prices)
    rounds = 0
    while True:
        rounds += 1
        flow = _cheapest(layer, arcs)
        found = _priced(layer, arcs, flow, LOW)
        more, slack = _paying(layer, found, SLACK if few else 0)
        if not few or not (slack < 0).any():
            break
        arcs = _grown(layer, arcs, flow, found, more, slack, rounds < _DROPPING)
    tight = _picked(more, slack == 0)
    return Settled(layer, tight, _cheapest(layer, tight), found, rounds)


def reprice(layer: Layer, guess: Ints, floor: int) -> Prices:
    """Return the least prices of a layer whose `held` are the cheapest, at its unit and above a floor.

    `guess`, prices that were right elsewhere, says with which pairs to begin; it does not change the answer.
    """
    arcs, flow = _begun(layer, guess, floor)
    while True:
        found = _priced(layer, arcs, flow, floor)
        more, slack = _paying(layer, found, 0)
        more = _picked(more, slack < 0)
        if not len(more.row):
            return found
        arcs = _joined(arcs, more)
        flow = np.concatenate((flow, np.zeros(len(more.row), dtype=np.int64)))


def _begun(layer: Layer, guess: Ints, floor: int) -> tuple[Arcs, Ints]:
    """Return the pairs in use and those that about pay at some prices, with the places on each."""
    row, offer, places = layer.held
    home, site = layer.market.point[layer.rows[row]], layer.market.site[layer.offers[offer]]
    held = layer.arcs(row, offer, layer.market.tenths[home, site].astype(np.int64))
    got = np.bincount(row, weights=places, minlength=len(layer.rows)).astype(np.int64)
    tied = layer.tied
    prices = read_prices(held, np.append(guess, floor), tied, tied & (got < layer.wanted), floor)
    more, _ = _paying(layer, prices, SLACK)
    more = _picked(more, ~np.isin(_key(layer, more), _key(layer, held)))
    return _joined(held, more), np.concatenate((places, np.zeros(len(more.row), dtype=np.int64)))


def _priced(layer: Layer, arcs: Arcs, flow: Ints, floor: int) -> Prices:
    got = np.bincount(arcs.row, weights=flow, minlength=len(layer.rows)).astype(np.int64)
    tied = layer.tied
    return least_prices(arcs, flow, len(layer.offers), tied, tied & (got < layer.wanted), floor)


def _key(layer: Layer, arcs: Arcs) -> Ints:
    return arcs.row * len(layer.offers) + arcs.offer


def _joined(one: Arcs, other: Arcs) -> Arcs:
    return Arcs(
        np.concatenate((one.row, other.row)),
        np.concatenate((one.offer, other.offer)),
        np.concatenate((one.cost, other.cost)),
    )


def _picked(arcs: Arcs, which: np.ndarray) -> Arcs:
    return Arcs(arcs.row[which], arcs.offer[which], arcs.cost[which])


def _cheapest(layer: Layer, arcs: Arcs) -> Ints:
    """Return the places on each arc: rows of better rank in full, tied rows as many as before in all."""
    rows, offers, wanted, is_tied = len(layer.rows), len(layer.offers), layer.wanted, layer.tied
    level, sink = offers + rows, offers + rows + 1  # the offers, which all meet at, come first
    tied, places = np.flatnonzero(is_tied), layer.market.places[layer.offers]
    supplies = np.zeros(sink + 1, dtype=np.int64)
    supplies[offers:level] = np.where(is_tied, 0, wanted)
    supplies[level] = layer.served[tied].sum()
    supplies[sink] = -supplies.sum()
    # a layer's own places are enough to keep tenths before regions, and smaller numbers solve faster
    tenths, outside = np.divmod(arcs.cost, layer.unit)
    cost = tenths * (1 - supplies[sink]) + outside
    return cheapest(
        np.concatenate((offers + arcs.row, np.arange(offers), np.full(len(tied), level))),
        np.concatenate((arcs.offer, np.full(offers, sink), offers + tied)),
        np.concatenate((wanted[arcs.row], places, wanted[tied])),
        np.concatenate((cost, np.zeros(offers + len(tied), dtype=np.int64))),
        supplies,
    )[: len(arcs.row)]


def _first_arcs(layer: Layer, prices: Ints | None) -> tuple[Arcs, bool]:
    """Return all pairs of a small layer; of a large one the nearest of each row and those in use.

    In order of row and offer; the second value says whether pairs were left out.
    """
    few = layer.pairs > ALL_PAIRS and len(layer.offers) > NEAR
    shade = None if prices is None else np.clip(prices, 0, MOST_PRICE).astype(np.uint16)
    row, offer, _ = layer.held
    parts: list[tuple[Ints, Ints, Ints]] = []
    for start, block in layer.blocks():
        keep = block < FAR
        if few:
            keep &= _near(block, SPREAD[:NEAR]) if shade is None else _near(block + shade, range(NEAR))
        here = (row >= start) & (row < start + len(block))
        keep[row[here] - start, offer[here]] = True
        parts.append(_found(start, block, np.flatnonzero(keep)))
    return layer.arcs(*(np.concatenate(column) for column in zip(*parts, strict=True))), few


def _near(far: np.ndarray, places: Sequence[int]) -> np.ndarray:
    """Return which offers stand at these places, counted from the nearest, in their row of tenths."""
    count = far.shape[1]
    many = min(places[-1] + 1, count)
    key = (
        far.astype(np.uint64) << np.uint64(32) if count > 1 << 16 else far.astype(np.uint32) << np.uint32(16)
    )
    key |= np.arange(count, dtype=key.dtype)
    first = np.sort(np.partition(key, many - 1, axis=1)[:, :many], axis=1)
    chosen = first[:, [place for place in places if place < many]]
    found = np.zeros(far.shape, dtype=np.bool_)
    mask = key.dtype.type((1 << (key.dtype.itemsize * 4)) - 1)
    np.put_along_axis(found, (chosen & mask).astype(np.int64), True, axis=1)
    return found


def _found(start: int, block: np.ndarray, flat: Ints) -> tuple[Ints, Ints, Ints]:
    row, offer = np.divmod(flat, block.shape[1])
    return row + start, offer, block.ravel()[flat]


def _paying(layer: Layer, prices: Prices, slack: int) -> tuple[Arcs, Ints]:
    """Return pairs that, with their price, cost no more than what their row pays, or a few tenths more.

    With each goes by how much it misses paying: below nought it pays. Whole tenths, rounded down, find all
    of them and a few others quickly; only these are looked at exactly.
    """
    shade = np.clip(prices.price // layer.unit, 0, MOST_PRICE).astype(np.uint16)
    most = np.clip(prices.most // layer.unit + slack, 0, FAR - 1).astype(np.uint16)
    parts: list[tuple[Ints, Ints, Ints]] = []
    for start, block in layer.blocks():
        found = (block + shade) <= most[start : start + len(block), None]
        parts.append(_found(start, block, np.flatnonzero(found)))
    arcs = layer.arcs(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    misses = arcs.cost + prices.price[arcs.offer] - prices.most[arcs.row]
    near = misses <= slack * layer.unit
    return _picked(arcs, near), misses[near]


def _grown(layer: Layer, arcs: Arcs, flow: Ints, prices: Prices, more: Arcs, slack: Ints, drop: bool) -> Arcs:
    """Add the best few pairs of each row; leave out those that are far from paying."""
    added, dropped = (ADDED_TO_LARGEST, DROPPED_OF_LARGEST) if layer.pairs > LARGEST else (ADDED, DROPPED)
    if drop:
        misses = arcs.cost + prices.price[arcs.offer] - prices.most[arcs.row]
        arcs = _picked(arcs, (flow > 0) | (misses <= dropped * layer.unit))
    known = np.sort(_key(layer, arcs))
    key = _key(layer, more)
    new = known[np.minimum(np.searchsorted(known, key), len(known) - 1)] != key
    more, slack = _picked(more, new), slack[new]
    order = np.lexsort((slack, more.row))
    row = more.row[order]
    first = np.concatenate(([True], row[1:] != row[:-1]))
    place = np.arange(len(row)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    return _joined(arcs, _picked(more, order[place < added]))
