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

from dmas.core.geography import Tenths
from dmas.matching.engine import geography
from dmas.matching.engine.bits import Bools, Words, pack, positions
from dmas.matching.engine.geography import Distances
from dmas.matching.engine.problem import Ints, Problem
from dmas.matching.engine.rows import NATIONAL, NONE, REGION

RULES: tuple[str, ...] = ("service_and_setting", "other_provider", "not_declined", "window")
RULES += ("limits", "needs", "accepts_from", "travel")
LIMITS = ("age", "asa", "bmi", "sex")
MATCHED = (2, 3, 4)  # the priorities the engine serves
NEVER = 1 << 62  # after every rank
_RANK = 10_000_000  # more than any date's ordinal
_BLOCK = 1 << 18  # truth values worked on at once, so that they stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One factor of a rule: `table` has a packed row per distinct value, `row` says which a request has."""

    table: Words
    row: Ints

    def bits(self, rows: Ints) -> Words:
        """Return the packed rows [n, words] of these requests."""
        return self.table.take(self.row[rows], axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The positions of one market's offers and requests in the problem, each in the market's order."""

    offers: Ints
    requests: Ints

    @property
    def size(self) -> int:
        """The pairs there could be: a measure of the work."""
        return len(self.offers) * len(self.requests)


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


def both(parts: Sequence[Part], rows: Ints) -> Words:
    """Return the packed rows of these requests that satisfy every part."""
    result = parts[0].bits(rows)
    step = max(1, 2 * _BLOCK // (64 * result.shape[1]))
    for start in range(0, len(rows), step):
        some, block = rows[start : start + step], result[start : start + step]
        for part in parts[1:]:
            block &= part.bits(some)
    return result


def split(problem: Problem) -> list[Slice]:
    """Split a problem into its markets, those without a request to be served left out."""
    requests, offers = problem.requests, problem.offers
    order = np.flatnonzero(np.isin(requests.priority, MATCHED))
    rank = rank_of(requests.priority[order], requests.waiting_since[order])
    order = order[np.lexsort((rank, requests.market[order]))]
    usable = np.flatnonzero(offers.places > 0)
    usable = usable[np.argsort(offers.market[usable], kind="stable")]
    codes, starts = np.unique(requests.market[order], return_index=True)
    low = np.searchsorted(offers.market[usable], codes, side="left")
    high = np.searchsorted(offers.market[usable], codes, side="right")
    rows = np.split(order, starts[1:]) if len(codes) else []
    return [Slice(usable[a:b], some) for a, b, some in zip(low, high, rows, strict=True)]


def markets(problem: Problem) -> list[Market]:
    """Build every market that has a request to be served."""
    distances = geography.shared(problem)
    return [build(problem, distances, one) for one in split(problem)]


def build(problem: Problem, distances: Distances | None, part: Slice) -> Market:
    """Build one market; where no distances are shared it works out its own."""
    offers, requests, asking, sites = part.offers, part.requests, problem.requests, problem.sites
    if distances is None:
        own = geography.of_market(problem, None, offers, requests)
        tenths, point, column = own.tenths, own.home, own.column
    else:
        tenths, point, column = distances.tenths, distances.home[requests], distances.column
    site = problem.offers.site[offers]
    rules = (
        (_part(asking.provider[requests], len(offers), lambda v: v != sites.provider[site]),),
        (_declined(problem, offers, requests),),
        (_window(problem, offers, requests),),
        _limits(problem, offers, requests),
        (_needs(problem, offers, requests),),
        _accepts_from(problem, offers, requests),
        (_travel(problem, offers, requests, point, tenths, column[site]),),
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
        site=column[site],
        rules=rules,
        masks=_pairs(rules, len(offers), len(requests)),
    )


def _pairs(rules: Sequence[Sequence[Part]], offers: int, requests: int) -> Words:
    """Return who meets every rule; parts that everybody meets everywhere are left out, but for one."""
    everything = pack(np.ones((1, offers), dtype=np.bool_))
    parts = [part for rule in rules for part in rule]
    telling = [part for part in parts if (part.table != everything).any()]
    return both(telling or parts[:1], np.arange(requests))


def _distinct(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Ints]:
    """Return the distinct values, ascending, and which of them each is; by counting where they lie close."""
    low = int(values.min(initial=0)) if values.dtype == np.int64 else 0
    span = int(values.max(initial=0)) - low + 1 if values.dtype == np.int64 else 1 << 62
    if span > 4 * len(values) + 1000:
        return np.unique(values, return_inverse=True)
    seen = np.zeros(span, dtype=np.bool_)
    seen[values - low] = True
    return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[values - low]


def _part(values: npt.NDArray[Any], count: int, test: Callable[[npt.NDArray[Any]], Bools]) -> Part:
    """Make a part from each request's value; `test` takes values [n, 1] and gives truth [n, offers]."""
    distinct, row = _distinct(values)
    step = max(1, _BLOCK // max(1, count))
    tables = [pack(test(distinct[i : i + step, None])) for i in range(0, len(distinct), step)]
    return Part(np.concatenate(tables), row)


def _set_part(problem: Problem, codes: Ints, test: Callable[[frozenset[str]], Bools]) -> Part:
    """Make a part from each request's set of texts; `test` gives truth [offers] for one set."""
    distinct, row = _distinct(codes)
    tables = [pack(test(problem.sets[code])[None, :]) for code in distinct.tolist()]
    return Part(np.concatenate(tables), row)


def _declined(problem: Problem, offers: Ints, requests: Ints) -> Part:
    place = {problem.offers.ids[offer]: i for i, offer in enumerate(offers.tolist())}

    def test(declined: frozenset[str]) -> Bools:
        open_to = np.ones(len(offers), dtype=np.bool_)
        open_to[[place[name] for name in declined if name in place]] = False
        return open_to

    return _set_part(problem, problem.requests.declined[requests], test)


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

    return _set_part(problem, problem.requests.needs[requests], test)


def _accepts_from(problem: Problem, offers: Ints, requests: Ints) -> tuple[Part, ...]:
    def part(codes: Ints, names: tuple[str, ...], lists: Sequence[frozenset[str] | None]) -> Part:
        kinds: dict[frozenset[str] | None, int] = {}
        column = np.array([kinds.setdefault(lists[i], len(kinds)) for i in offers.tolist()], dtype=np.int64)

        def test(distinct: npt.NDArray[Any]) -> Bools:
            wanted = [names[code] for code in distinct[:, 0].tolist()]
            truth = [[given is None or name in given for given in kinds] for name in wanted]
            return np.array(truth, dtype=np.bool_).reshape(len(wanted), len(kinds))[:, column]

        return _part(codes, len(offers), test)

    asking = problem.requests
    return (
        part(asking.region[requests], problem.region_names, problem.offers.regions),
        part(asking.icb[requests], problem.icb_names, problem.offers.icbs),
    )


def _travel(
    problem: Problem, offers: Ints, requests: Ints, point: Ints, tenths: Tenths, column: Ints
) -> Part:
    """Build the travel part: values are a home or a region or nothing, and the kind of travel."""
    travel, region = problem.requests.travel[requests], problem.requests.region[requests]
    kinds, kind = _distinct(travel)
    subject = np.select([travel == NATIONAL, travel == REGION], [0, region], point)
    many = max(int(subject.max(initial=0)) + 1, 1)
    site_region = problem.sites.region[problem.offers.site[offers]]

    def test(distinct: npt.NDArray[Any]) -> Bools:
        which, subjects = np.divmod(distinct, many)
        limit = kinds[which]
        truth: Bools = (limit == NATIONAL) | ((limit == REGION) & (subjects == site_region))
        by_miles = np.flatnonzero((limit[:, 0] != NATIONAL) & (limit[:, 0] != REGION))
        far = tenths.take(subjects[by_miles, 0], axis=0).take(column, axis=1)
        truth[by_miles] = far <= (10 * limit[by_miles]).astype(np.uint16)
        return truth

    return _part(kind * many + subject, len(offers), test)
