"""A night on columns: the problem the engine is given, by the rules of the real night, solved and checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from dmas.catalogue.vocabulary.arrangements import Notice
from dmas.catalogue.vocabulary.tokens import STANDARD_NOTICE
from dmas.demo.rehearsal import terms
from dmas.demo.rehearsal.columns import Ints
from dmas.demo.rehearsal.exchange import CODES, SEARCHING, Exchange
from dmas.matching.engine.problem import Offers, Problem, Requests, Sites
from dmas.matching.engine.rows import NO_DATE, NONE
from dmas.matching.rules import patient_ring
from dmas.offers.rules import standard_notice
from dmas.requests.rules import ring, tier_of


def open_items(exchange: Exchange, today: int) -> Ints:
    """Return the rows of what still searches today."""
    asked = exchange.asked
    return np.flatnonzero((asked.where[:, SEARCHING] > 0) & (asked.opened <= today))


def open_offers(exchange: Exchange, today: int) -> Ints:
    """Return the rows of the offers with a free place today that are not suspended."""
    offered = exchange.offered
    free, in_time = offered.free > 0, (offered.opens <= today) & (offered.closes >= today)
    return np.flatnonzero(free & in_time & (offered.resumes <= today))


def problem(exchange: Exchange, items: Ints, offers: Ints, today: int, *, options: int = 1) -> Problem:
    """Make the problem of some items and offers, in the order of their rows."""
    sets = _Sets(exchange)
    regions = sorted({place.region for place in exchange.places})
    boards = sorted({place.icb for place in exchange.places})
    return Problem(
        as_of=today,
        max_options=options,
        sites=Sites(
            ids=tuple(place.code for place in exchange.places),
            provider=np.arange(len(exchange.places)),
            region=np.array([regions.index(place.region) for place in exchange.places], dtype=np.int64),
            lat=np.array([place.latitude for place in exchange.places], dtype=np.float64),
            lon=np.array([place.longitude for place in exchange.places], dtype=np.float64),
        ),
        offers=_offers(exchange, offers, today, sets),
        requests=_requests(exchange, items, today, sets, (regions, boards)),
        region_names=tuple(regions),
        icb_names=tuple(boards),
        sets=tuple(sets.known),
    )


class _Sets:
    """The sets of tokens and of declined offers that a night's requests name, each once."""

    def __init__(self, exchange: Exchange) -> None:
        self.tokens = list(exchange.sets)
        self.known: dict[frozenset[str], int] = {frozenset(): 0}

    def number(self, names: frozenset[str]) -> int:
        """Return the number of a set."""
        return self.known.setdefault(names, len(self.known))


def _offers(exchange: Exchange, rows: Ints, today: int, sets: _Sets) -> Offers:
    one, count, as_of = exchange.offered.rows(rows), len(rows), date.fromordinal(today)
    noticed = _by_value(
        one.closes, lambda last: standard_notice(Notice.STANDARD, date.fromordinal(last), as_of)
    )
    plain, noted = sets.tokens, [tokens | {STANDARD_NOTICE} for tokens in sets.tokens]
    both = zip(one.provides.tolist(), noticed.tolist(), strict=True)
    return Offers(
        ids=tuple(f"O{row:06d}" for row in rows.tolist()),
        site=one.place,
        market=one.market,
        opens=one.opens,
        closes=one.closes,
        places=one.free,
        min_age=one.min_age,
        max_age=one.max_age,
        max_asa=one.max_asa,
        max_bmi=one.max_bmi,
        sex=np.full(count, NONE),
        regions=(None,) * count,
        icbs=(None,) * count,
        provides=tuple(noted[which] if soon else plain[which] for which, soon in both),
    )


def _requests(
    exchange: Exchange, rows: Ints, today: int, sets: _Sets, names: tuple[list[str], list[str]]
) -> Requests:
    one, count, places = exchange.asked.rows(rows), len(rows), exchange.places
    region = np.array([names[0].index(place.region) for place in places], dtype=np.int64)
    board = np.array([names[1].index(place.icb) for place in places], dtype=np.int64)
    return Requests(
        ids=tuple(f"Q{row:07d}" for row in rows.tolist()),
        provider=one.provider,
        icb=board[one.provider],
        region=region[one.provider],
        lat=one.lat,
        lon=one.lon,
        market=one.market,
        places=one.where[:, SEARCHING],
        priority=_tiers(one.code, today - one.since),
        waiting_since=one.since,
        needed_by=np.full(count, NO_DATE),
        travel=one.travel,
        age=one.age,
        asa=one.asa,
        bmi=one.bmi,
        sex=one.sex,
        needs=_needs(exchange, rows, today, sets),
        declined=_declined(exchange, rows, sets),
    )


def _tiers(code: Ints, days: Ints) -> Ints:
    return _by_value(code * 100_000 + days, lambda both: tier_of(CODES[both // 100_000], both % 100_000))


def _needs(exchange: Exchange, rows: Ints, today: int, sets: _Sets) -> Ints:
    """Return what each item needs tonight: its own tokens and its ring's, as the rules have them."""
    one, as_of = exchange.asked.rows(rows), date.fromordinal(today)
    found = _by_value(one.needs, lambda needs: sets.number(sets.tokens[needs]))
    narrow = np.flatnonzero(one.rings)
    columns = (one.needs, one.own, one.opened, one.provider, today - one.since)
    kinds = np.column_stack([column[narrow] for column in columns])
    distinct, kind = np.unique(kinds, axis=0, return_inverse=True)
    numbers = [
        sets.number(terms.both(sets.tokens[needs], _ring(exchange, as_of, bool(own), *where)))
        for needs, own, *where in distinct.tolist()
    ]
    found[narrow] = np.array(numbers, dtype=np.int64)[kind.ravel()]
    return found


def _ring(exchange: Exchange, as_of: date, own: bool, opened: int, provider: int, waited: int) -> str | None:
    place, since = exchange.places[provider], date.fromordinal(opened)
    if own:
        return patient_ring(since, as_of, icb=place.icb, waited=waited)
    return ring(since, as_of, icb=place.icb, region=place.region)


def _declined(exchange: Exchange, rows: Ints, sets: _Sets) -> Ints:
    found = np.zeros(len(rows), dtype=np.int64)
    for item, offers in exchange.declined.items():
        at = int(np.searchsorted(rows, item))
        if at < len(rows) and rows[at] == item:
            found[at] = sets.number(frozenset(f"O{offer:06d}" for offer in offers))
    return found


def _by_value(values: Ints, of: Callable[[Any], int | bool]) -> Ints:
    """Return a function of each value, asked once for each distinct one."""
    distinct, which = np.unique(values, return_inverse=True)
    return np.array([of(value) for value in distinct.tolist()], dtype=np.int64)[which.ravel()]
