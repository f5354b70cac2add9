"""The conditions C1 to C6, and what follows for every request, checked one market at a time."""

from typing import Any

import numpy as np

from dmas.matching.engine.certify import follows, travel
from dmas.matching.engine.certify.given import Entries, FaultError
from dmas.matching.engine.certify.pairs import Bits, Distances, Market, as_bits
from dmas.matching.engine.certify.values import RANK, RULES, Ints

MATCHED = (2, 3, 4)
FIRST = -1  # before every rank
_MOST_UNIT = 10_000_001
_MOST_PRICE = 1 << 30  # tenths: no chain of exchanges in a problem of this format is dearer

# in what order an entry is looked at, after its names are known
_PRIORITY, _RULE, _ORDER, _FORMAT, _DISTANCE, _WANTED, _OFFERED = range(7)
_SAID = {
    _PRIORITY: (".request", "priority_not_matched"), _ORDER: ("", "order"), _FORMAT: (".places", "format"),
    _DISTANCE: (".tenths", "distance"), _WANTED: (".places", "more than wanted"),
    _OFFERED: (".places", "more than offered"),
}  # fmt: skip


class Proof:
    """One problem beside the assignments and the certificate of one solution."""

    def __init__(self, columns: Any, entries: Entries, frozen: Ints, prices: Ints) -> None:
        self.columns, self.entries, self.frozen, self.prices = columns, entries, frozen, prices
        asking, offers = columns.requests, columns.offers
        self.rank: Ints = asking.priority * RANK + asking.waiting_since
        self.matched = np.isin(asking.priority, MATCHED)
        self.left = asking.places - _sums(entries.request, entries.places, len(asking.places))
        self.room = offers.places - _sums(entries.offer, entries.places, len(offers.places))
        self.holds = _sums(entries.request, np.ones_like(entries.places), len(asking.places)) > 0
        self.unit = int(np.clip(entries.places.sum() + 1, 1, _MOST_UNIT))
        self.latest = np.full(len(self.rank), FIRST, dtype=np.int64)
        self.least = np.zeros(len(self.rank), dtype=np.int64)  # m, of who holds or is tied and lacks
        self.feasible_pairs = 0
        self.distances = Distances(columns)
        self.tenths = np.zeros(len(entries.request), dtype=np.int64)
        self.broken_rule = np.zeros(len(entries.request), dtype=np.int64)  # the first, from 1; 0 for none
        self.cost = np.zeros(len(entries.request), dtype=np.int64)
        self.reasons = follows.Reasons(columns, self.left, self.matched)
        self.options: list[Ints] = [np.zeros((0, 5), dtype=np.int64)]
        self._look()

    def _look(self) -> None:
        """Go through the markets, each once, and note what there is to know of it."""
        asking, offers = self.columns.requests, self.columns.offers
        usable = np.flatnonzero(offers.places > 0)
        usable = usable[np.argsort(offers.market[usable], kind="stable")]
        wanted = np.flatnonzero(self.matched)
        wanted = wanted[np.argsort(asking.market[wanted], kind="stable")]
        markets, starts = np.unique(asking.market[wanted], return_index=True)
        ends = [*starts.tolist(), len(wanted)][1:]
        by_market = np.argsort(asking.market[self.entries.request], kind="stable")
        sorted_entries = asking.market[self.entries.request][by_market]
        for code, start, end in zip(markets.tolist(), starts.tolist(), ends, strict=True):
            low, high = np.searchsorted(offers.market[usable], (code, code + 1))
            first, last = np.searchsorted(sorted_entries, (code, code + 1))
            market = Market(self.columns, self.distances, usable[low:high], wanted[start:end])
            self._market(market, np.sort(by_market[first:last]))

    def _market(self, market: Market, entries: Ints) -> None:
        self._pairs(market, entries)
        self.feasible_pairs += int(np.bitwise_count(market.feasible).sum())
        latest = _latest(market, self.frozen[market.offers])
        self.latest[market.requests] = latest
        good = entries[(self.broken_rule[entries] == 0) & self.matched[self.entries.request[entries]]]
        self._least(market, latest, good)
        self.reasons.look(market, latest)
        if self.columns.max_options > 1:
            self.options.append(
                follows.options(self.columns, market, self.rank, self.room, self._first(good))
            )

    def _pairs(self, market: Market, entries: Ints) -> None:
        """Find the first rule each entry breaks, its true distance, and its cost with price."""
        request, offer = self.entries.request[entries], self.entries.offer[entries]
        row = np.minimum(np.searchsorted(market.requests, request), len(market.requests) - 1)
        known = self.matched[request]
        column = np.minimum(np.searchsorted(market.offers, offer), max(0, len(market.offers) - 1))
        here = np.zeros(len(entries), dtype=np.bool_)
        if len(market.offers):
            here = market.offers[column] == offer
        broken = np.where(here, 0, 1)
        for number, parts in enumerate(market.rules, start=2):
            meets = np.ones(len(entries), dtype=np.bool_)
            for table, which in parts:
                words = table[which[row], column >> 6] if len(entries) else table[:0, 0]
                meets &= (words >> (column & 63).astype(np.uint64)) & np.uint64(1) != 0
            broken = np.where((broken == 0) & ~meets, number, broken)
        self.broken_rule[entries] = np.where(known, broken, 0)
        site = self.columns.offers.site[offer]
        self.tenths[entries] = tenths = self.distances.pairs(self.distances.home[request], site)
        outside = self.columns.requests.region[request] != self.columns.sites.region[site]
        self.cost[entries] = tenths * self.unit + outside + self.prices[offer]

    def _least(self, market: Market, latest: Ints, entries: Ints) -> None:
        """Find m of everybody it matters of: who holds a place, and who lacks one at their own rank."""
        count = len(market.requests)
        row = np.searchsorted(market.requests, self.entries.request[entries])
        bound = np.full(count, travel.NOTHING, dtype=np.int64)
        np.minimum.at(bound, row, self.cost[entries])
        lacks = (self.left[market.requests] > 0) & (latest == self.rank[market.requests])
        group = self.frozen[market.offers]
        least = np.full(count, travel.NOTHING, dtype=np.int64)
        for rank in np.unique(latest[latest != FIRST]).tolist():
            offers = np.flatnonzero(group == rank)
            layer = travel.Layer(market, offers, self.prices[market.offers[offers]], self.unit)
            rows = np.flatnonzero((latest == rank) & (bound != travel.NOTHING) & ~lacks)
            least[rows] = np.minimum(bound[rows], layer.cheaper(rows, bound[rows]))
            rows = np.flatnonzero((latest == rank) & lacks)
            least[rows] = layer.cheapest(rows)
        self.least[market.requests] = least

    def _first(self, entries: Ints) -> dict[int, int]:
        """Return the offer of each request that wants one place and has it."""
        request = self.entries.request[entries]
        single = self.columns.requests.places[request] == 1
        return dict(zip(request[single].tolist(), self.entries.offer[entries][single].tolist(), strict=True))

    def check_entries(self) -> None:
        """Each entry is a feasible pair with its true distance, and nothing is given twice."""
        one, most_wanted = self.entries, self.columns.requests.places
        most_offered = self.columns.offers.places
        faults = [
            (_PRIORITY, np.flatnonzero(~self.matched[one.request])),
            (_RULE, np.flatnonzero(self.broken_rule)),
            (_ORDER, np.flatnonzero(~_ascending(one.request, one.offer))),
            (_FORMAT, np.union1d(np.flatnonzero(one.places < 1), one.odd_places)),
            (_DISTANCE, np.union1d(np.flatnonzero(one.tenths != self.tenths), one.odd_tenths)),
            (_WANTED, np.flatnonzero(_running(one.request, one.places) > most_wanted[one.request])),
            (_OFFERED, np.flatnonzero(_running(one.offer, one.places) > most_offered[one.offer])),
        ]
        first = min(((int(rows[0]), kind) for kind, rows in faults if len(rows)), default=None)
        if first is not None:
            entry, kind = first
            where, rule = ("", RULES[self.broken_rule[entry] - 1]) if kind == _RULE else _SAID[kind]
            raise FaultError(f"assignments[{entry}]{where}", rule)
        if one.broken:
            raise one.broken

    def check_who(self, frozen: list[int]) -> None:
        """C1 to C3, which prove that nobody is left out for later rank and no place is wasted.

        `frozen` are the offers with a cut-off, in the order they are named.
        """
        one, names = self.entries, self.columns
        for offer in frozen:
            if self.room[offer]:
                raise FaultError(f"certificate.frozen.{names.offers.ids[offer]}", "C1")
        worst = np.maximum(self.rank, self.latest)[one.request]
        wrong = np.flatnonzero(worst > self.frozen[one.offer])
        if len(wrong):
            raise FaultError(f"assignments[{wrong[0]}]", "C2")
        wrong = np.flatnonzero(self.matched & (self.left > 0) & (self.latest > self.rank))
        if len(wrong):
            raise FaultError(f"requests.{names.requests.ids[wrong[0]]}", "C3")

    def check_where(self, priced: list[int]) -> bool:
        """C4 to C6, which prove least travel; False where no prices are given and some are needed."""
        try:
            self._prove_travel(priced)
        except FaultError:
            if priced:
                raise
            return False
        return True

    def _prove_travel(self, priced: list[int]) -> None:
        one, names = self.entries, self.columns
        for offer in priced:
            if self.room[offer]:
                raise FaultError(f"certificate.prices.{names.offers.ids[offer]}", "C4")
            if self.prices[offer] // self.unit >= _MOST_PRICE:
                raise FaultError(f"certificate.prices.{names.offers.ids[offer]}", "format")
        in_play = self.frozen[one.offer] == self.latest[one.request]
        wrong = np.flatnonzero(~in_play | (self.cost != self.least[one.request]))
        if len(wrong):
            raise FaultError(f"assignments[{wrong[0]}]", "C5")
        tied = np.flatnonzero(self.matched & (self.latest == self.rank))
        ranks, which = np.unique(self.latest[tied], return_inverse=True)
        waiting = np.full(len(ranks), travel.NOTHING, dtype=np.int64)
        lacks = self.left[tied] > 0
        np.minimum.at(waiting, which[lacks], self.least[tied[lacks]])
        wrong = tied[self.holds[tied] & (self.least[tied] > waiting[which])]
        if len(wrong):
            raise FaultError(f"requests.{names.requests.ids[wrong[0]]}", "C6")

    def given_options(self) -> Ints:
        """Return the further offers, handed out again, in order of request and offer."""
        rows = np.concatenate(self.options)
        return rows[np.lexsort((rows[:, 1], rows[:, 0]))]

    def summary(self) -> dict[str, int]:
        """Return the sums a solution states."""
        one, columns = self.entries, self.columns
        away = columns.requests.region[one.request] != columns.sites.region[columns.offers.site[one.offer]]
        return {
            "places_wanted": int(columns.requests.places.sum()),
            "places_served": int(one.places.sum()),
            "tenths": int((one.places * self.tenths).sum()),
            "outside_region": int(one.places[away].sum()),
            "feasible_pairs": self.feasible_pairs,
        }


def _sums(which: Ints, amounts: Ints, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, which, amounts)
    return sums


def _ascending(first: Ints, second: Ints) -> Any:
    """Return which pairs come after the one before them."""
    later = (first[1:] > first[:-1]) | ((first[1:] == first[:-1]) & (second[1:] > second[:-1]))
    return np.concatenate((np.ones(min(1, len(first)), dtype=np.bool_), later))


def _running(which: Ints, amounts: Ints) -> Ints:
    """Return, for each entry, the sum so far of those with the same name."""
    order = np.argsort(which, kind="stable")
    total = np.cumsum(amounts[order])
    first = np.concatenate(
        (np.ones(min(1, len(order)), dtype=np.bool_), which[order][1:] != which[order][:-1])
    )
    before = (total - amounts[order])[np.flatnonzero(first)]
    running = np.empty_like(total)
    running[order] = total - before[np.cumsum(first) - 1]
    return running


def _latest(market: Market, frozen: Ints) -> Ints:
    """Return the latest cut-off among each request's feasible offers; FIRST where there is none."""
    found = np.full(len(market.requests), FIRST, dtype=np.int64)
    rest = np.flatnonzero(market.feasible.any(axis=1))
    for rank in np.unique(frozen)[::-1].tolist():
        group: Bits = as_bits((frozen == rank)[None, :])
        there = np.zeros(len(rest), dtype=np.bool_)
        for word in np.flatnonzero(group[0]).tolist():
            there |= (market.feasible[rest, word] & group[0, word]) != 0
        found[rest[there]] = rank
        rest = rest[~there]
    return found
