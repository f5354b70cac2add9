"""What follows from a problem and its assignments: reasons for who is left out, and further offers."""

from typing import Any

import numpy as np

from dmas.matching.engine.certify.pairs import Bits, Market, as_truth
from dmas.matching.engine.certify.values import LIMITS, NONE, RULES, Ints

_NOT_MATCHED, _OUTRANKED, _UNKNOWN, _NO_OFFER = range(4)
_ROWS = 1 << 12


class Reasons:
    """Why requests lack places, by columns; details stand for those with no feasible offer only."""

    def __init__(self, columns: Any, left: Ints, matched: Any) -> None:
        self._columns, self._left = columns, left
        rows = np.flatnonzero((left > 0) & ~matched)
        nought = np.zeros(len(rows), dtype=np.int64)
        self._parts = [(rows, left[rows], nought, nought, nought)]
        self._details = [
            (
                np.zeros(0, dtype=np.int64),
                np.zeros((0, len(RULES)), dtype=np.int64),
                np.zeros((0, len(RULES) - 1), dtype=np.int64),
                np.zeros((0, len(LIMITS)), dtype=np.bool_),
            )
        ]

    def look(self, market: Market, latest: Ints) -> None:
        """Note the reasons of one market's requests."""
        rows = np.flatnonzero(self._left[market.requests] > 0)
        count = np.bitwise_count(market.feasible[rows]).sum(axis=1, dtype=np.int64)
        none = rows[count == 0]
        code = np.full(len(rows), _OUTRANKED, dtype=np.int64)
        kinds = []
        for start in range(0, len(none), _ROWS):
            some = none[start : start + _ROWS]
            detail = self._detail(market, some)
            self._details.append((market.requests[some], *detail))
            kinds.append(np.where(detail[2].any(axis=1), _UNKNOWN, _NO_OFFER))
        if kinds:
            code[count == 0] = np.concatenate(kinds)
        request = market.requests[rows]
        self._parts.append((request, self._left[request], code, latest[rows], count))

    def _detail(self, market: Market, rows: Ints) -> tuple[Ints, Ints, Any]:
        rules = [market.meets(parts, rows) for parts in market.rules]
        left = np.repeat(market.all, len(rows), axis=0)
        funnel, opened = [_count(left)], []
        for rule in rules:
            left = left & rule
            funnel.append(_count(left))
        for dropped in range(len(rules)):
            opened.append(_count(_all_but(market, rules, dropped, len(rows))))
        missing = _missing(self._columns, market, rows, rules)
        return np.column_stack(funnel), np.column_stack(opened), missing

    def done(self) -> "Reasons":
        """Put the markets together in the order of the requests."""
        request, places, code, cut_off, offers = (
            np.concatenate(one) for one in zip(*self._parts, strict=True)
        )
        who, funnel, would_open, missing = (np.concatenate(one) for one in zip(*self._details, strict=True))
        order, details = np.argsort(request, kind="stable"), np.argsort(who, kind="stable")
        self.request, self.places, self.code = request[order], places[order], code[order]
        self.cut_off, self.feasible_offers = cut_off[order], offers[order]
        self.funnel, self.would_open, self.missing = funnel[details], would_open[details], missing[details]
        return self


def _count(bits: Bits) -> Ints:
    count: Ints = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return count


def _all_but(market: Market, rules: list[Bits], dropped: int, count: int) -> Bits:
    left = np.repeat(market.all, count, axis=0)
    for number, rule in enumerate(rules):
        if number != dropped:
            left = left & rule
    return left


def _missing(columns: Any, market: Market, rows: Ints, rules: list[Bits]) -> Any:
    """Return the unknown values that alone keep each request from some offer."""
    limits = RULES.index("limits") - 1
    fits = _all_but(market, rules, limits, len(rows))
    requests = market.requests[rows]
    unknown = [getattr(columns.requests, name)[requests] == NONE for name in LIMITS]
    meets = [table[which[rows]] for table, which in market.rules[limits]]
    for lacks, met in zip(unknown, meets, strict=True):
        fits = np.where(lacks[:, None], fits, fits & met)
    alone = [lacks & ((fits & ~met) != 0).any(axis=1) for lacks, met in zip(unknown, meets, strict=True)]
    return np.column_stack(alone)


def options(columns: Any, market: Market, rank: Ints, room: Ints, first: dict[int, int]) -> Ints:
    """Hand the further offers of a market out again, round by round.

    `room` by offer is left as it is; `first` has the offer of each request served the one place it wants.
    """
    left = dict(zip(market.offers.tolist(), room[market.offers].tolist(), strict=True))
    provider = columns.sites.provider[columns.offers.site]
    order = sorted(first, key=lambda request: (rank[request], request))
    has = {request: [offer] for request, offer in first.items()}
    nearest = {request: _nearest(market, request, room) for request in order}
    given = []
    for number in range(2, columns.max_options + 1):
        for request in order:
            open_to = [one for one in nearest[request] if left[one[1]] > 0 and one[1] not in has[request]]
            known = {provider[offer] for offer in has[request]}
            new = [one for one in open_to if provider[one[1]] not in known]
            if open_to:
                tenths, offer = (new or open_to)[0]
                has[request].append(offer)
                left[offer] -= 1
                given.append((request, offer, 1, tenths, number))
    return np.array(given, dtype=np.int64).reshape(len(given), 5)


def _nearest(market: Market, request: int, room: Ints) -> list[tuple[int, int]]:
    """Return the feasible offers that had room to begin with, the nearest first."""
    row = np.searchsorted(market.requests, [request])
    here = as_truth(market.feasible[row], len(market.offers))[0] & (room[market.offers] > 0)
    offers = np.flatnonzero(here)
    tenths = market.distances.rows(market.distances.home[[request]], market.site[offers])[0]
    return sorted(zip(tenths.tolist(), market.offers[offers].tolist(), strict=True))
