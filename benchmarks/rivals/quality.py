"""How good an assignment is: places, miles, and who was passed over for somebody of worse rank."""

from __future__ import annotations

import numpy as np

from dmas.matching.engine.bits import as_integers
from dmas.matching.engine.feasibility import Market
from dmas.matching.engine.problem import Ints

FREE = 1 << 62


def violations(market: Market, held: Ints) -> int:
    """Count requests left short that could have a place that is free or held by a worse rank.

    Others may be moved to make room. `held` are row, offer and places in the market, [n, 3].
    """
    masks, rank = as_integers(market.masks), market.rank.tolist()
    count = len(market.offers)
    reach, worst = [0] * count, [0] * count
    for row, offer, _ in held.tolist():
        reach[offer] |= masks[row]
        worst[offer] = max(worst[offer], rank[row])
    taken = np.bincount(held[:, 1], weights=held[:, 2], minlength=count)
    for offer in np.flatnonzero(taken < market.places).tolist():
        worst[offer] = FREE
    gain = _best_reached(reach, worst)
    left = market.wanted - np.bincount(held[:, 0], weights=held[:, 2], minlength=len(rank)).astype(np.int64)
    groups: dict[int, int] = {}
    for offer, value in enumerate(gain):
        groups[value] = groups.get(value, 0) | 1 << offer
    ordered = sorted(groups.items(), reverse=True)
    found = 0
    for row in np.flatnonzero(left > 0).tolist():
        best = next((value for value, bits in ordered if masks[row] & bits), 0)
        found += best > rank[row]
    return found


def _best_reached(reach: list[int], worst: list[int]) -> list[int]:
    """Return, for each offer, the most of `worst` among all offers its people could make room through."""
    best = [0] * len(worst)
    unseen = set(range(len(worst)))
    for start in sorted(unseen, key=lambda offer: -worst[offer]):
        if start not in unseen:
            continue
        unseen.discard(start)
        queue = [start]
        for offer in queue:
            best[offer] = worst[start]
            bit = 1 << offer
            leading = [other for other in unseen if reach[other] & bit]
            unseen.difference_update(leading)
            queue += leading
    return best


def by_market(markets: list[Market], assignments: Ints) -> list[Ints]:
    """Split assignments of the problem's requests and offers into the markets' own rows and offers."""
    found = []
    for market in markets:
        row_of = {request: row for row, request in enumerate(market.requests.tolist())}
        offer_of = {offer: i for i, offer in enumerate(market.offers.tolist())}
        here = assignments[np.isin(assignments[:, 0], market.requests)]
        rows = [(row_of[request], offer_of[offer], n) for request, offer, n in here[:, :3].tolist()]
        found.append(np.array(rows, dtype=np.int64).reshape(len(rows), 3))
    return found


def judged(markets: list[Market], assignments: Ints) -> dict[str, float]:
    """Return places served, miles, and rank violations."""
    tenths = passed = 0
    for market, held in zip(markets, by_market(markets, assignments), strict=True):
        far = market.tenths[market.point[held[:, 0]], market.site[held[:, 1]]].astype(np.int64)
        tenths += int((far * held[:, 2]).sum())
        passed += violations(market, held)
    return {"served": int(assignments[:, 2].sum()), "miles": tenths / 10, "violations": passed}
