"""Who is served and how many: greedy by rank with augmenting paths, freezing what can never change.

A search that finds no free place has seen a set of offers that are full of people who could go nowhere else.
Nobody of later rank can get in, so the set is frozen at the rank of the request that failed: its cut-off.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dmas.matching.engine.bits import as_integers
from dmas.matching.engine.feasibility import NEVER, Market
from dmas.matching.engine.problem import Ints


@dataclass(slots=True)
class Served:
    """Who holds what in one market: places by offer and request row, room left, frozen ranks (or NEVER)."""

    holds: list[dict[int, int]]
    room: list[int]
    frozen: list[int]

    @property
    def places(self) -> int:
        """The places served in this market."""
        return sum(sum(held.values()) for held in self.holds)

    @property
    def table(self) -> Ints:
        """The places held: request row, offer, places [n, 3]."""
        rows = [row for held in self.holds for row in held]
        places = [n for held in self.holds for n in held.values()]
        offers = np.repeat(np.arange(len(self.holds)), [len(held) for held in self.holds])
        return np.column_stack((np.array(rows, np.int64), offers, np.array(places, np.int64)))


def serve(market: Market) -> Served:
    """Serve the market's requests in their order, as many as can be; where exactly is not decided here."""
    return _Serving(market).run()


class _Serving:
    """One market while it is being served; sets of offers are whole numbers, bit j for offer j."""

    def __init__(self, market: Market) -> None:
        count = len(market.offers)
        self.market = market
        self.masks = as_integers(market.masks)
        self.result = Served([{} for _ in range(count)], market.places.tolist(), [NEVER] * count)
        self.free = (1 << count) - 1
        self.alive = self.free
        self.reach = [0] * count  # all offers open to those who hold a place here
        self.stale = [False] * count

    def run(self) -> Served:
        wanted = self.market.wanted.tolist()
        for row, mask in enumerate(self.masks):
            if mask & self.alive:
                self._serve(row, mask, wanted[row])
        return self.result

    def _serve(self, row: int, mask: int, left: int) -> None:
        while left and mask & self.alive:
            direct = mask & self.free
            if direct:
                left -= self._place(row, _lowest(direct), left)
                continue
            seen, path = self._search(mask)
            if not path:
                self._freeze(seen, int(self.market.rank[row]))
                return
            left -= self._shift(row, path, left)

    def _place(self, row: int, offer: int, places: int) -> int:
        """Put up to `places` of a request on an offer with room; return how many."""
        taken = min(places, self.result.room[offer])
        self._hold(row, offer, taken)
        self.result.room[offer] -= taken
        if not self.result.room[offer]:
            self.free &= ~(1 << offer)
        return taken

    def _hold(self, row: int, offer: int, places: int) -> None:
        held = self.result.holds[offer]
        held[row] = held.get(row, 0) + places
        self.reach[offer] |= self.masks[row]

    def _search(self, mask: int) -> tuple[int, list[int]]:
        """Look, breadth first, for a chain of offers that ends at a free one; return what was seen and it."""
        seen = mask & self.alive
        before: dict[int, int] = {}
        queue = list(_bits(seen))
        for offer in queue:
            new = self._reach(offer) & self.alive & ~seen
            goal = new & self.free
            if goal:
                path = [_lowest(goal), offer]
                while path[-1] in before:
                    path.append(before[path[-1]])
                return seen, path[::-1]
            seen |= new
            for found in _bits(new):
                before[found] = offer
                queue.append(found)
        return seen, []

    def _reach(self, offer: int) -> int:
        if self.stale[offer]:
            self.stale[offer] = False
            self.reach[offer] = 0
            for row in self.result.holds[offer]:
                self.reach[offer] |= self.masks[row]
        return self.reach[offer]

    def _shift(self, row: int, path: list[int], places: int) -> int:
        """Move people one offer along the path, from its free end, and let the request in at its start."""
        movers = [self._mover(here, there) for here, there in pairwise(path)]
        moved = min(places, self.result.room[path[-1]])
        for mover, offer in zip(movers, path, strict=False):
            moved = min(moved, self.result.holds[offer][mover])
        self._place(movers[-1], path[-1], moved)
        for i in range(len(movers) - 1, -1, -1):
            self._leave(movers[i], path[i], moved)
            self._hold(movers[i - 1] if i else row, path[i], moved)
        return moved

    def _mover(self, here: int, there: int) -> int:
        """Return the first request with a place here that could go there."""
        bit = 1 << there
        return next(row for row in self.result.holds[here] if self.masks[row] & bit)

    def _leave(self, row: int, offer: int, places: int) -> None:
        held = self.result.holds[offer]
        held[row] -= places
        if not held[row]:
            del held[row]
            self.stale[offer] = True

    def _freeze(self, offers: int, rank: int) -> None:
        for offer in _bits(offers):
            self.result.frozen[offer] = rank
        self.alive &= ~offers


def _bits(bits: int) -> list[int]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
