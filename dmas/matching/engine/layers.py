"""Layers of a market: the offers frozen at one rank, the requests that may hold places there, and the pairs.

No best answer mixes a layer with any other. Distances of its pairs are read in blocks of 16-bit numbers, kept
where they are few and read again where they are many, so that memory stays bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dmas.matching.engine.bits import Bools, Words, pack, unpack
from dmas.matching.engine.feasibility import Market
from dmas.matching.engine.prices import Arcs
from dmas.matching.engine.problem import Ints
from dmas.matching.engine.rank import Served

FAR = 1 << 15  # tenths of a pair not in play; every distance is less than half of it
MOST_PRICE = 22_000  # tenths; with FAR and any distance it still fits in 16 bits
KEPT = 1 << 27  # pairs of a layer whose distances are kept between rounds
_BLOCK = 1 << 20  # pairs read at once
BEFORE = -1  # before every rank

Tenths = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The offers of a market frozen at one rank and the requests that may hold places there."""

    market: Market
    rank: int
    rows: Ints  # requests of the market
    offers: Ints  # offers of the market
    held: tuple[Ints, Ints, Ints]  # row and offer within the layer, places: as served so far
    unit: int  # tenths count this much, a place outside the region 1
    _kept: list[Tenths] = field(default_factory=list)

    @property
    def tied(self) -> Bools:
        """Whose rank is the layer's own."""
        truth: Bools = self.market.rank[self.rows] == self.rank
        return truth

    @property
    def wanted(self) -> Ints:
        """The places each row wants."""
        return self.market.wanted[self.rows]

    @property
    def served(self) -> Ints:
        """The places each row holds; which tied row holds them may still change."""
        return np.bincount(self.held[0], weights=self.held[2], minlength=len(self.rows)).astype(np.int64)

    @property
    def pairs(self) -> int:
        """The pairs there could be."""
        return len(self.rows) * len(self.offers)

    def blocks(self) -> Iterator[tuple[int, Tenths]]:
        """Yield first row and tenths [rows, offers], FAR where not in play, a block of rows at a time."""
        step = max(1, _BLOCK // len(self.offers))
        for i, start in enumerate(range(0, len(self.rows), step)):
            if i < len(self._kept):
                yield start, self._kept[i]
                continue
            block = self._tenths(self.rows[start : start + step])
            if self.pairs <= KEPT:
                self._kept.append(block)
            yield start, block

    def _tenths(self, rows: Ints) -> Tenths:
        market, whole = self.market, len(self.offers) == len(self.market.offers)
        in_play = unpack(market.masks[rows], len(market.offers))
        in_play = in_play if whole else in_play[:, self.offers]
        found = market.tenths[market.point[rows]].take(market.site[self.offers], axis=1)
        np.copyto(found, FAR, where=~in_play)
        return found

    def arcs(self, row: Ints, offer: Ints, tenths: Ints) -> Arcs:
        """Return pairs with their cost."""
        outside = self.market.home_region[self.rows[row]] != self.market.region[self.offers[offer]]
        return Arcs(row, offer, tenths.astype(np.int64) * self.unit + outside)


def latest(market: Market, frozen: Ints) -> Ints:
    """Return the latest cut-off among each request's feasible offers, BEFORE where it has none."""
    found = np.full(len(market.requests), BEFORE, dtype=np.int64)
    rows = np.flatnonzero(market.masks.any(axis=1))
    for rank in np.unique(frozen)[::-1].tolist():
        group = np.flatnonzero(pack((frozen == rank)[None, :])[0])
        bits: Words = pack((frozen == rank)[None, :])[0, group]
        hit = (market.masks[rows[:, None], group] & bits).any(axis=1)
        found[rows[hit]] = rank
        rows = rows[~hit]
    return found


def layers_of(market: Market, served: Served, cut_off: Ints) -> list[Layer]:
    """Split a market by each request's latest cut-off; layers in which nobody wants a place are left out."""
    frozen, table = np.array(served.frozen, dtype=np.int64), served.table
    inside = np.flatnonzero((cut_off >= market.rank) & (market.wanted > 0))
    layers = []
    for rank in np.unique(cut_off[inside])[::-1].tolist():
        rows, offers = inside[cut_off[inside] == rank], np.flatnonzero(frozen == rank)
        here = table[frozen[table[:, 1]] == rank]
        held = np.searchsorted(rows, here[:, 0]), np.searchsorted(offers, here[:, 1]), here[:, 2]
        unit = max(int(here[:, 2].sum()) + 1, steps(len(offers)))
        layers.append(Layer(market, rank, rows, offers, held, unit))
    return layers


def steps(offers: int) -> int:
    """Return a unit above which no chain of exchanges can trade a tenth for regions.

    A chain passes each offer once and changes the places outside the region by one at most each time; two
    chains, with a pair at either end, differ by less than this. Prices are then the same in every such unit.
    """
    return 2 * offers + 16
