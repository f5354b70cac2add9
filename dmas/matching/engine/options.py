"""Further offers for people who may choose: handed out in rounds once every place is settled."""

import numpy as np

from dmas.matching.engine.bits import as_integers
from dmas.matching.engine.feasibility import Market
from dmas.matching.engine.problem import Ints


def rounds(market: Market, held: Ints, most: int) -> Ints:
    """Give each served request of one place up to `most` offers in all, from the places still free.

    `held` are request row, offer, places; returned are request row, offer, one place, round [n, 4].
    """
    given: list[tuple[int, int, int, int]] = []
    if most > 1:
        places = np.bincount(held[:, 1], weights=held[:, 2], minlength=len(market.offers))
        room = (market.places - places.astype(np.int64)).tolist()
        first = {row: offer for row, offer in held[:, :2].tolist() if market.wanted[row] == 1}
        given = _handed_out(market, first, room, most)
    return np.array(given, dtype=np.int64).reshape(len(given), 4)


def _handed_out(
    market: Market, first: dict[int, int], room: list[int], most: int
) -> list[tuple[int, int, int, int]]:
    free = sum(1 << offer for offer, left in enumerate(room) if left)
    same = _by_provider(market)
    order = np.array(sorted(first), dtype=np.int64)
    masks = dict(zip(order.tolist(), as_integers(market.masks[order]), strict=True))
    has = {row: 1 << offer for row, offer in first.items()}
    known = {row: same[offer] for row, offer in first.items()}
    given = []
    for number in range(2, most + 1):
        for row, mask in masks.items():
            open_to = mask & free & ~has[row]
            if not open_to:
                continue
            offer = market.nearest(row, open_to & ~known[row] or open_to)
            given.append((row, offer, 1, number))
            has[row] |= 1 << offer
            known[row] |= same[offer]
            room[offer] -= 1
            if not room[offer]:
                free &= ~(1 << offer)
    return given


def _by_provider(market: Market) -> list[int]:
    """Return, for each offer, the set of all offers of its provider."""
    providers = market.provider.tolist()
    sets: dict[int, int] = {}
    for offer, provider in enumerate(providers):
        sets[provider] = sets.get(provider, 0) | 1 << offer
    return [sets[provider] for provider in providers]
