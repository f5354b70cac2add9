"""Further offers for people who may choose: handed out in rounds once every place is settled."""

from dmas.matching.engine.feasibility import Market, as_integers
from dmas.matching.engine.rank import Served

Option = tuple[int, int, int]  # request row, offer, round


def rounds(market: Market, served: Served, most: int) -> list[Option]:
    """Give each served request of one place up to `most` offers in all, from the places still free."""
    masks = as_integers(market.masks)
    room = list(served.room)
    free = sum(1 << offer for offer, left in enumerate(room) if left)
    same = _by_provider(market)
    first = {row: offer for offer, held in enumerate(served.holds) for row in held if market.wanted[row] == 1}
    has = {row: 1 << offer for row, offer in first.items()}
    known = {row: same[offer] for row, offer in first.items()}
    given: list[Option] = []
    for number in range(2, most + 1):
        for row in sorted(first):
            open_to = masks[row] & free & ~has[row]
            if not open_to:
                continue
            offer = market.nearest(row, open_to & ~known[row] or open_to)
            given.append((row, offer, number))
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
