"""The least cost with price of the pairs in play, of rows of a market that share one latest cut-off."""

from collections.abc import Iterator

import numpy as np

from dmas.matching.engine.certify.pairs import Market, Tenths, as_truth
from dmas.matching.engine.certify.values import Ints

NOTHING = 1 << 62  # dearer than everything
_SHADE = 22_000  # tenths; more than this of a price is not needed to see what may be cheap enough
_MOST = (1 << 16) - 1  # a distance and _SHADE are less
_CELLS = 1 << 17


class Layer:
    """The offers of one cut-off in a market, with their prices."""

    def __init__(self, market: Market, offers: Ints, prices: Ints, unit: int) -> None:
        self.market, self.offers, self.prices, self.unit = market, offers, prices, unit
        columns = market.columns
        self.region = columns.sites.region[market.site[offers]]
        self.home_region = columns.requests.region[market.requests]
        self.whole = prices // unit

    def cheaper(self, rows: Ints, bound: Ints) -> Ints:
        """Return the least cost of each row if it is below its bound, else NOTHING.

        Whole tenths, rounded down, leave few pairs to be looked at exactly.
        """
        found = np.full(len(rows), NOTHING, dtype=np.int64)
        shade = np.minimum(self.whole, _SHADE).astype(np.uint16)
        limit = np.minimum(bound // self.unit, _MOST).astype(np.uint16)
        for some, tenths in self._blocks(rows):
            near = np.flatnonzero(np.add(tenths, shade) <= limit[some, None])
            self._exact(rows, found, some, tenths, near)
        return np.where(found < bound, found, NOTHING)

    def cheapest(self, rows: Ints) -> Ints:
        """Return the least cost of each row."""
        found = np.full(len(rows), NOTHING, dtype=np.int64)
        shade = np.minimum(self.whole, 1 << 30).astype(np.uint32)
        for some, tenths in self._blocks(rows):
            in_play = as_truth(self.market.feasible[rows[some]], len(self.market.offers))[:, self.offers]
            about = np.where(in_play, tenths + shade, np.uint32(1 << 31))
            near = about <= about.min(axis=1, keepdims=True) + np.uint32(1)
            self._exact(rows, found, some, tenths, np.flatnonzero(near))
        return found

    def _blocks(self, rows: Ints) -> Iterator[tuple[slice, Tenths]]:
        """Yield tenths [rows, offers], in play or not, a few rows at a time."""
        market, step = self.market, max(1, _CELLS // len(self.offers))
        homes = market.distances.home[market.requests[rows]]
        for start in range(0, len(rows), step):
            some = slice(start, min(start + step, len(rows)))
            yield some, market.distances.rows(homes[some], market.site[self.offers])

    def _exact(self, rows: Ints, found: Ints, some: slice, tenths: Tenths, near: Ints) -> None:
        """Lower what was found by the cost of pairs [flat in a block], those that are in play."""
        row, offer = np.divmod(near, len(self.offers))
        who, where = rows[some][row], self.offers[offer]
        words = self.market.feasible[who, where >> 6] >> (where & 63).astype(np.uint64)
        true = (words & np.uint64(1)) != 0
        row, offer, near = row[true], offer[true], near[true]
        outside = self.home_region[who[true]] != self.region[offer]
        cost = tenths.ravel()[near].astype(np.int64) * self.unit + outside + self.prices[offer]
        np.minimum.at(found, row + some.start, cost)
