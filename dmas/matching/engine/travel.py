"""Where people go: least travel, then fewest outside their region, with who and how many left as they are.

Offers frozen at one rank, with the requests whose latest cut-off that is, form a layer that no best answer
mixes with any other. Each is a minimum-cost flow over a few near pairs; prices then show which of the pairs
left out would still pay, these are added, and so on until none would.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dmas.matching.engine.feasibility import NEVER, Bools, Market, Words, pack, unpack
from dmas.matching.engine.flow import cheapest
from dmas.matching.engine.prices import LOW, Arcs, Prices, least_prices
from dmas.matching.engine.problem import Ints
from dmas.matching.engine.rank import Served

ALL_PAIRS = 300_000  # layers with no more pairs than this are solved whole
NEAR = 16  # pairs a request starts with in larger layers
ADDED = 8  # pairs a request gains at most in a round
_BLOCK = 1 << 21  # pairs looked at together


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The offers of a market frozen at one rank and the requests that may hold places there."""

    market: Market
    rank: int
    rows: Ints  # requests of the market
    offers: Ints  # offers of the market
    masks: Words  # [rows, words]: the pairs in play
    held: tuple[Ints, Ints, Ints]  # row and offer within the layer, places: as served so far
    tied: Bools  # rows of the layer's own rank
    wanted: Ints
    unit: int  # tenths count this much, a place outside the region 1

    @property
    def served(self) -> Ints:
        """The places each row holds; which tied row holds them may still change."""
        return np.bincount(self.held[0], weights=self.held[2], minlength=len(self.rows)).astype(np.int64)

    def blocks(self) -> Iterator[tuple[int, Bools, Ints]]:
        """Yield first row, pairs in play and costs [rows, offers], a block of rows at a time."""
        market, step = self.market, max(1, _BLOCK // len(self.offers))
        column, region = market.site[self.offers], market.region[self.offers]
        for start in range(0, len(self.rows), step):
            rows = self.rows[start : start + step]
            in_play = unpack(self.masks[start : start + step], len(market.offers))[:, self.offers]
            cost = market.tenths[np.ix_(market.point[rows], column)] * np.int64(self.unit)
            cost += market.home_region[rows][:, None] != region
            yield start, in_play, cost


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A layer at its best: pairs considered, places on each, prices."""

    layer: Layer
    arcs: Arcs
    flow: Ints
    prices: Prices


def shorten(markets: list[Market], served: list[Served]) -> list[tuple[Served, list[int]]]:
    """Return each market served with least travel, and the price of each of its offers."""
    unit = sum(result.places for result in served) + 1
    pairs = zip(markets, served, strict=True)
    layers = [layer for market, result in pairs for layer in layers_of(market, result, unit)]
    settled = _level([settle(layer) for layer in layers])
    moved = {id(market): _cleared(result) for market, result in zip(markets, served, strict=True)}
    for one in settled:
        result, prices = moved[id(one.layer.market)]
        used = np.flatnonzero(one.flow)
        rows = one.layer.rows[one.arcs.row[used]].tolist()
        offers = one.layer.offers[one.arcs.offer[used]].tolist()
        for row, offer, places in zip(rows, offers, one.flow[used].tolist(), strict=True):
            result.holds[offer][row] = places
            result.room[offer] -= places
        for offer, price in zip(one.layer.offers.tolist(), one.prices.price.tolist(), strict=True):
            prices[offer] = price
    return [moved[id(market)] for market in markets]


def _cleared(served: Served) -> tuple[Served, list[int]]:
    room = [left + sum(held.values()) for left, held in zip(served.room, served.holds, strict=True)]
    return Served([{} for _ in room], room, served.frozen), [0] * len(room)


def layers_of(market: Market, served: Served, unit: int) -> list[Layer]:
    """Split a market by cut-off; layers in which nobody wants a place are left out."""
    frozen = np.array(served.frozen, dtype=np.int64)
    held = [(row, offer, n) for offer, one in enumerate(served.holds) for row, n in one.items()]
    table = np.array(held, dtype=np.int64).reshape(len(held), 3)
    open_rows = np.flatnonzero(market.wanted)
    layers = []
    for rank in np.unique(frozen)[::-1].tolist():
        masks = market.masks[open_rows] & pack((frozen == rank)[None, :])
        hit = masks.any(axis=1)
        inside = hit & (market.rank[open_rows] <= rank)
        rows, offers = open_rows[inside], np.flatnonzero(frozen == rank)
        if len(rows):
            here = table[np.isin(table[:, 1], offers)]
            local = np.searchsorted(rows, here[:, 0]), np.searchsorted(offers, here[:, 1]), here[:, 2]
            tied, wanted = market.rank[rows] == rank, market.wanted[rows]
            layers.append(Layer(market, rank, rows, offers, masks[inside], local, tied, wanted, unit))
        open_rows = open_rows[~hit]
    return layers


def _level(settled: list[Settled]) -> list[Settled]:
    """Bring layers of equal rank to one level: what tied holders pay in one binds who lacks in another."""
    level: dict[int, int] = {}
    for one in settled:
        level[one.layer.rank] = max(level.get(one.layer.rank, LOW), one.prices.level)
    return [
        one
        if one.layer.rank == NEVER or level[one.layer.rank] == one.prices.level
        else settle(one.layer, one.arcs, level[one.layer.rank])
        for one in settled
    ]


def settle(layer: Layer, arcs: Arcs | None = None, floor: int = LOW) -> Settled:
    """Solve one layer exactly, starting from some pairs and adding those that would still pay."""
    arcs = arcs or _first_arcs(layer)
    while True:
        flow = _cheapest(layer, arcs)
        got = np.bincount(arcs.row, weights=flow, minlength=len(layer.rows)).astype(np.int64)
        lacking = layer.tied & (got < layer.wanted)
        prices = least_prices(arcs, flow, len(layer.offers), layer.tied, lacking, floor)
        more = _paying(layer, prices)
        if not len(more.row):
            return Settled(layer, arcs, flow, prices)
        arcs = _joined(arcs, more)


def _joined(*parts: Arcs) -> Arcs:
    return Arcs(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.offer for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )


def _cheapest(layer: Layer, arcs: Arcs) -> Ints:
    """Return the places on each arc: rows of better rank in full, tied rows as many as before in all."""
    rows, offers = len(layer.rows), len(layer.offers)
    level, sink = rows + offers, rows + offers + 1
    tied, places = np.flatnonzero(layer.tied), layer.market.places[layer.offers]
    supplies = np.zeros(sink + 1, dtype=np.int64)
    supplies[:rows] = np.where(layer.tied, 0, layer.wanted)
    supplies[level] = layer.served[tied].sum()
    supplies[sink] = -supplies.sum()
    # a layer's own places are enough to keep tenths before regions, and smaller numbers solve faster
    tenths, outside = np.divmod(arcs.cost, layer.unit)
    cost = tenths * (1 - supplies[sink]) + outside
    return cheapest(
        np.concatenate([arcs.row, rows + np.arange(offers), np.full(len(tied), level)]),
        np.concatenate([rows + arcs.offer, np.full(offers, sink), tied]),
        np.concatenate([layer.wanted[arcs.row], places, layer.wanted[tied]]),
        np.concatenate([cost, np.zeros(offers + len(tied), dtype=np.int64)]),
        supplies,
    )[: len(arcs.row)]


def _first_arcs(layer: Layer) -> Arcs:
    """Return all pairs of a small layer; of a large one the nearest of each row and those in use."""
    small = int(np.bitwise_count(layer.masks).sum()) <= ALL_PAIRS
    row, offer, _ = layer.held
    parts = []
    for start, in_play, cost in layer.blocks():
        keep = in_play if small else _smallest(cost, in_play, NEAR)
        here = (row >= start) & (row < start + len(cost))
        keep[row[here] - start, offer[here]] = True
        parts.append(_arcs(start, keep, cost))
    return _joined(*parts)


def _paying(layer: Layer, prices: Prices) -> Arcs:
    """Return pairs that, with their price, are cheaper than what their row pays; the best few of each row."""
    parts = []
    for start, in_play, cost in layer.blocks():
        slack = cost + prices.price - prices.most[start : start + len(cost), None]
        parts.append(_arcs(start, _smallest(slack, in_play & (slack < 0), ADDED), cost))
    return _joined(*parts)


def _arcs(start: int, keep: Bools, cost: Ints) -> Arcs:
    row, offer = np.nonzero(keep)
    return Arcs(row + start, offer, cost[row, offer])


def _smallest(cost: Ints, allowed: Bools, most: int) -> Bools:
    """Keep, of the pairs allowed, the cheapest few of each row."""
    if allowed.shape[1] <= most:
        return allowed
    key = np.where(allowed, cost, -LOW)
    few = np.zeros_like(allowed)
    np.put_along_axis(few, np.argpartition(key, most - 1, axis=1)[:, :most], True, axis=1)
    return few & allowed
