"""Which request may go to which offer, as bitsets: one packed row per distinct value of each factor.

A market is one service and setting. Its requests are in the order they are served (rank, then id), its offers
in the order of their ids; bit j of a row is the market's offer j. The same tables give the pairs, the funnel
and what dropping one rule would open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dmas.core.geography import Tenths, tenths_matrix
from dmas.matching.engine.problem import Ints, Problem
from dmas.matching.engine.rows import NATIONAL, NONE, REGION

RULES: tuple[str, ...] = ("service_and_setting", "other_provider", "not_declined", "window")
RULES += ("limits", "needs", "accepts_from", "travel")
LIMITS = ("age", "asa", "bmi", "sex")
MATCHED = (2, 3, 4)  # the priorities the engine serves
NEVER = 1 << 62  # after every rank
_RANK = 10_000_000  # more than any date's ordinal
_BLOCK = 1 << 22  # truth values unpacked at once

Words = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One factor of a rule: `table` has a packed row per distinct value, `row` says which a request has."""

    table: Words
    row: Ints

    def bits(self, rows: Ints) -> Words:
        """Return the packed rows [n, words] of these requests."""
        return self.table[self.row[rows]]


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """One service and setting: positions of its offers and requests, ranks, distances, factors and pairs."""

    offers: Ints
    requests: Ints
    rank: Ints
    places: Ints
    wanted: Ints
    provider: Ints
    region: Ints
    home_region: Ints
    tenths: Tenths  # [points, sites]
    point: Ints  # request -> row of tenths
    site: Ints  # offer -> column of tenths
    rules: tuple[tuple[Part, ...], ...]  # for RULES[1:]
    masks: Words  # [requests, words]

    def nearest(self, row: int, bits: int) -> int:
        """Return the nearest offer of a set that is not empty; the lower id where two are equally near."""
        chosen = positions(bits, len(self.offers))
        return int(chosen[np.argmin(self.tenths[self.point[row], self.site[chosen]])])


def rank_of(priority: Ints, waiting_since: Ints) -> Ints:
    """Return whole numbers that order as (priority, waiting since) does."""
    return priority * _RANK + waiting_since


def rank_parts(rank: int) -> tuple[int, int]:
    """Return the priority and the date's ordinal of a rank."""
    return divmod(rank, _RANK)


def pack(truth: Bools) -> Words:
    """Pack truth values [n, m] into words [n, at least 1]."""
    width = max(1, -(-truth.shape[1] // 64)) * 8
    packed = np.zeros((truth.shape[0], width), dtype=np.uint8)
    found = np.packbits(truth, axis=1, bitorder="little")
    packed[:, : found.shape[1]] = found
    return packed.view(np.uint64)


def unpack(words: Words, count: int) -> Bools:
    """Undo `pack` for the first `count` columns."""
    truth = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, count=count, bitorder="little")
    return truth.view(np.bool_)


def as_integers(words: Words) -> list[int]:
    """Return each packed row as one integer."""
    data, width = words.tobytes(), words.shape[1] * 8
    return [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]


def positions(bits: int, count: int) -> Ints:
    """Return the places of the set bits among the first `count`, ascending."""
    data = np.frombuffer(bits.to_bytes(-(-count // 8), "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(data, bitorder="little"))


def counts(words: Words) -> Ints:
    """Return how many bits are set in each packed row."""
    found: Ints = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
    return found


def both(parts: Sequence[Part], rows: Ints) -> Words:
    """Return the packed rows of these requests that satisfy every part."""
    result = parts[0].bits(rows)
    for part in parts[1:]:
        result &= part.bits(rows)
    return result


def markets(problem: Problem) -> list[Market]:
    """Build every market that has a request to be served."""
    requests, offers = problem.requests, problem.offers
    rank = rank_of(requests.priority, requests.waiting_since)
    order = np.lexsort((np.arange(len(rank)), rank, requests.market))
    order = order[np.isin(requests.priority[order], MATCHED)]
    usable = np.flatnonzero(offers.places > 0)
    usable = usable[np.argsort(offers.market[usable], kind="stable")]
    codes, starts = np.unique(requests.market[order], return_index=True)
    low = np.searchsorted(offers.market[usable], codes, side="left")
    high = np.searchsorted(offers.market[usable], codes, side="right")
    rows = np.split(order, starts[1:]) if len(codes) else []
    return [_market(problem, usable[a:b], some) for a, b, some in zip(low, high, rows, strict=True)]


def _market(problem: Problem, offers: Ints, requests: Ints) -> Market:
    asking, sites = problem.requests, problem.sites
    site = problem.offers.site[offers]
    places, point = np.unique(asking.lon[requests] + 1j * asking.lat[requests], return_inverse=True)
    used, column = np.unique(site, return_inverse=True)
    tenths = tenths_matrix(places.imag, places.real, sites.lat[used], sites.lon[used])
    rules = (
        (_part(asking.provider[requests], len(offers), lambda v: v != sites.provider[site]),),
        (_declined(problem, offers, requests),),
        (_window(problem, offers, requests),),
        _limits(problem, offers, requests),
        (_needs(problem, offers, requests),),
        _accepts_from(problem, offers, requests),
        (_travel(problem, offers, requests, point, tenths, column),),
    )
    return Market(
        offers=offers,
        requests=requests,
        rank=rank_of(asking.priority[requests], asking.waiting_since[requests]),
        places=problem.offers.places[offers],
        wanted=asking.places[requests],
        provider=sites.provider[site],
        region=sites.region[site],
        home_region=asking.region[requests],
        tenths=tenths,
        point=point,
        site=column,
        rules=rules,
        masks=both([part for parts in rules for part in parts], np.arange(len(requests))),
    )


def _part(values: npt.NDArray[Any], count: int, test: Callable[[npt.NDArray[Any]], Bools]) -> Part:
    """Make a part from each request's value; `test` takes values [n, 1] and gives truth [n, offers]."""
    distinct, row = np.unique(values, return_inverse=True)
    step = max(1, _BLOCK // max(1, count))
    tables = [pack(test(distinct[i : i + step, None])) for i in range(0, len(distinct), step)]
    return Part(np.concatenate(tables), row)


def _set_part(sets: list[frozenset[str]], test: Callable[[frozenset[str]], Bools]) -> Part:
    """Make a part from each request's set of texts; `test` gives truth [offers] for one set."""
    known: dict[frozenset[str], int] = {}
    row = np.array([known.setdefault(one, len(known)) for one in sets], dtype=np.int64)
    return Part(np.concatenate([pack(test(one)[None, :]) for one in known]), row)


def _declined(problem: Problem, offers: Ints, requests: Ints) -> Part:
    place = {problem.offers.ids[offer]: i for i, offer in enumerate(offers.tolist())}

    def test(declined: frozenset[str]) -> Bools:
        open_to = np.ones(len(offers), dtype=np.bool_)
        open_to[[place[name] for name in declined if name in place]] = False
        return open_to

    return _set_part([problem.requests.declined[i] for i in requests.tolist()], test)


def _window(problem: Problem, offers: Ints, requests: Ints) -> Part:
    starts = np.maximum(problem.offers.opens[offers], problem.as_of)
    lasts = starts <= problem.offers.closes[offers]
    return _part(problem.requests.needed_by[requests], len(offers), lambda v: (v >= starts) & lasts)


def _limits(problem: Problem, offers: Ints, requests: Ints) -> tuple[Part, ...]:
    """Build one part for each of LIMITS; an unknown value meets no limit that is set."""
    limit, patient, count = problem.offers, problem.requests, len(offers)
    min_age, max_age, max_asa = limit.min_age[offers], limit.max_age[offers], limit.max_asa[offers]
    sex = limit.sex[offers]
    # only the steps between limits matter, so body mass is counted in them: few distinct values
    steps, step = np.unique(limit.max_bmi[offers], return_inverse=True)
    bmi = patient.bmi[requests]
    bmi_step = np.where(bmi == NONE, NONE, np.searchsorted(steps, bmi, side="left"))
    no_bmi = limit.max_bmi[offers] == NONE
    return (
        _part(
            patient.age[requests],
            count,
            lambda v: (
                ((min_age == NONE) | (v >= min_age)) & ((max_age == NONE) | ((v != NONE) & (v <= max_age)))
            ),
        ),
        _part(patient.asa[requests], count, lambda v: (max_asa == NONE) | ((v != NONE) & (v <= max_asa))),
        _part(bmi_step, count, lambda v: no_bmi | ((v != NONE) & (v <= step))),
        _part(patient.sex[requests], count, lambda v: (sex == NONE) | (v == sex)),
    )


def _needs(problem: Problem, offers: Ints, requests: Ints) -> Part:
    provides = [problem.offers.provides[i] for i in offers.tolist()]
    having: dict[str, Bools] = {}

    def has(token: str) -> Bools:
        if token not in having:
            having[token] = np.fromiter((token in given for given in provides), np.bool_, len(provides))
        return having[token]

    def test(needs: frozenset[str]) -> Bools:
        truth = np.ones(len(offers), dtype=np.bool_)
        for token in needs:
            truth &= has(token)
        return truth

    return _set_part([problem.requests.needs[i] for i in requests.tolist()], test)


def _accepts_from(problem: Problem, offers: Ints, requests: Ints) -> tuple[Part, ...]:
    def part(codes: Ints, names: tuple[str, ...], lists: Sequence[frozenset[str] | None]) -> Part:
        accepted = [lists[i] for i in offers.tolist()]

        def test(distinct: npt.NDArray[Any]) -> Bools:
            wanted = [names[code] for code in distinct[:, 0].tolist()]
            truth = [[given is None or name in given for given in accepted] for name in wanted]
            return np.array(truth, dtype=np.bool_).reshape(len(wanted), len(accepted))

        return _part(codes, len(offers), test)

    asking = problem.requests
    return (
        part(asking.region[requests], problem.region_names, problem.offers.regions),
        part(asking.icb[requests], problem.icb_names, problem.offers.icbs),
    )


def _travel(
    problem: Problem, offers: Ints, requests: Ints, point: Ints, tenths: Tenths, column: Ints
) -> Part:
    """Build the travel part: values are point and miles, or region, or nothing, in one whole number."""
    travel, region = problem.requests.travel[requests], problem.requests.region[requests]
    subject = np.select([travel == NATIONAL, travel == REGION], [0, region], point)
    site_region = problem.sites.region[problem.offers.site[offers]]

    def test(distinct: npt.NDArray[Any]) -> Bools:
        subjects, kinds = np.divmod(distinct, REGION + 1)
        truth: Bools = (kinds == NATIONAL) | ((kinds == REGION) & (subjects == site_region))
        by_miles = np.flatnonzero((kinds[:, 0] != NATIONAL) & (kinds[:, 0] != REGION))
        truth[by_miles] = tenths[np.ix_(subjects[by_miles, 0], column)] <= 10 * kinds[by_miles]
        return truth

    return _part(subject * (REGION + 1) + travel, len(offers), test)
