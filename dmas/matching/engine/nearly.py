"""The smallest single change that would have found somebody a place, each confirmed by solving again.

Whatever is tried, nobody else's facts change; more reach never harms whoever gains it, so what is sought on
a scale (miles, dates, places) is found by halving.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dmas.matching.engine.bits import Bools, unpack
from dmas.matching.engine.feasibility import LIMITS, MATCHED, RULES, Market, markets
from dmas.matching.engine.problem import parse
from dmas.matching.engine.solve import solve
from dmas.matching.engine.whatif import Json, of_market

FARTHEST = 1000  # miles that can be written in a request
TRIED = 5  # offers tried one by one, the nearest first

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Nearly:
    """One change: of `travel` to miles or `national`; of `needed_by` to a date; of `age`, `asa`, `bmi` or
    `sex` to a value; of `needs` by a token dropped; of `declined` or `accepts_from` by an offer let in again;
    of `places` by so many more at the nearest offer. `offer` names the offer where one is meant, `finds` says
    how many places more would be found.
    """

    what: str
    value: Value
    finds: int
    offer: str | None = None

    def applied(self, problem: Json, request: str) -> dict[str, Any]:
        """Return the problem with the change made for a request."""
        if self.what in ("accepts_from", "places"):
            offers = [
                self._opened(one, _of(problem, request)) if one["id"] == self.offer else one
                for one in problem["offers"]
            ]
            return {**problem, "offers": offers}
        requests = [self._asked(one) if one["id"] == request else one for one in problem["requests"]]
        return {**problem, "requests": requests}

    def _opened(self, offer: Json, request: Json) -> Json:
        if self.what == "places":
            return {**offer, "places": offer["places"] + int(self.value)}
        accepts = {
            key: None if given is None else sorted({*given, request[key[:-1]]})
            for key, given in offer["accepts_from"].items()
        }
        return {**offer, "accepts_from": accepts}

    def _asked(self, request: Json) -> Json:
        if self.what == "travel":
            travel = {"national": True} if self.value == "national" else {"miles": self.value}
            return {**request, "travel": travel}
        if self.what == "needed_by":
            return {**request, "needed_by": self.value}
        if self.what in ("needs", "declined"):
            return {**request, self.what: [one for one in request[self.what] if one != self.value]}
        patient = request["patient"] or dict.fromkeys(LIMITS)
        return {**request, "patient": {**patient, self.what: self.value}}


def smallest_changes(problem: Json, request: str) -> list[Nearly]:
    """Return every single change that would find more places for a request, the smallest of each kind."""
    asked = _of(problem, request)
    part = of_market(problem, asked["service"], asked["setting"])
    found = [market for market in markets(parse(part)) if len(market.offers)]
    if not found or asked["priority"] not in MATCHED:
        return []
    return list(_Trying(part, asked, found[0]).changes())


def _of(problem: Json, request: str) -> Json:
    one: Json = next(one for one in problem["requests"] if one["id"] == request)
    return one


def _places(solution: Json, request: str) -> int:
    return sum(one["places"] for one in solution["assignments"] if one["request"] == request)


class _Trying:
    """One request in its market, and the ways out of it."""

    def __init__(self, part: Json, asked: Json, market: Market) -> None:
        self.part, self.asked = part, asked
        self.now = _places(solve(part), asked["id"])
        ids = sorted(one["id"] for one in part["requests"])
        row = np.flatnonzero(market.requests == ids.index(asked["id"]))
        count = len(market.offers)
        names = sorted(one["id"] for one in part["offers"])
        by_id = {one["id"]: one for one in part["offers"]}
        self.offers: list[Json] = [by_id[names[offer]] for offer in market.offers.tolist()]
        self.tenths = market.tenths[market.point[row][0], market.site].astype(np.int64)
        # by rule and, within it, by part: [parts, offers]
        self.meets = [np.stack([unpack(one.bits(row), count)[0] for one in parts]) for parts in market.rules]

    def changes(self) -> Iterator[Nearly]:
        """Yield what would help."""
        yield from self._travel()
        yield from self._needed_by()
        yield from self._limits()
        yield from self._first_of([Nearly("needs", token, 0) for token in sorted(self.asked["needs"])])
        yield from self._first_of(
            [Nearly("declined", one["id"], 0, one["id"]) for one in self._near("not_declined")]
        )
        yield from self._first_of(
            [Nearly("accepts_from", one["id"], 0, one["id"]) for one in self._near("accepts_from")]
        )
        yield from self._more_places()

    def _but_for(self, rule: str) -> Bools:
        """Return which offers meet every rule but this one."""
        broken = RULES.index(rule) - 1
        whole = [one.all(axis=0) for one in self.meets]
        others = np.logical_and.reduce([one for i, one in enumerate(whole) if i != broken])
        kept: Bools = others & ~whole[broken]
        return kept

    def _near(self, rule: str) -> list[Json]:
        """Return the nearest offers that only this rule stops."""
        which = np.flatnonzero(self._but_for(rule))
        order = which[np.argsort(self.tenths[which], kind="stable")]
        return [self.offers[i] for i in order[:TRIED].tolist()]

    def _confirmed(self, change: Nearly) -> Nearly | None:
        """Return the change with what it finds, None where that is nothing."""
        again = solve(change.applied(self.part, self.asked["id"]))
        more = _places(again, self.asked["id"]) - self.now
        return Nearly(change.what, change.value, more, change.offer) if more > 0 else None

    def _first_of(self, tried: Sequence[Nearly]) -> Iterator[Nearly]:
        """Yield the first that helps."""
        for change in tried:
            if found := self._confirmed(change):
                yield found
                return

    def _least_of(self, tried: Sequence[Nearly]) -> Iterator[Nearly]:
        """Yield the first that helps of changes each of which opens more than the one before."""
        low, high, best = 0, len(tried), None
        while low < high:
            middle = (low + high) // 2
            if found := self._confirmed(tried[middle]):
                best, high = found, middle
            else:
                low = middle + 1
        if best:
            yield best

    def _travel(self) -> Iterator[Nearly]:
        far = np.unique(-(-self.tenths[self._but_for("travel")] // 10))
        if "miles" in self.asked["travel"]:
            yield from self._least_of(
                [Nearly("travel", miles, 0) for miles in far.tolist() if miles <= FARTHEST]
            )
        elif len(far):
            yield from self._first_of([Nearly("travel", "national", 0)])

    def _needed_by(self) -> Iterator[Nearly]:
        starts = {
            max(self.offers[i]["from"], self.part["as_of"])
            for i in np.flatnonzero(self._but_for("window")).tolist()
            if self.offers[i]["to"] >= max(self.offers[i]["from"], self.part["as_of"])
        }
        yield from self._least_of([Nearly("needed_by", day, 0) for day in sorted(starts)])

    def _limits(self) -> Iterator[Nearly]:
        """Yield, for each value on its own, the nearest to what it is at which a place is found."""
        parts = self.meets[RULES.index("limits") - 1]
        stopped = self._but_for("limits")
        for i, name in enumerate(LIMITS):
            alone = stopped & ~parts[i] & np.delete(parts, i, axis=0).all(axis=0)
            limits = [self.offers[j]["limits"] for j in np.flatnonzero(alone).tolist()]
            if limits:
                yield from _TRIES[name](self, limits)

    def _at_most(self, name: str, limits: Sequence[Json]) -> Iterator[Nearly]:
        values = sorted({one[f"max_{name}"] for one in limits}, reverse=True)
        yield from self._least_of([Nearly(name, value, 0) for value in values])

    def _age(self, limits: Sequence[Json]) -> Iterator[Nearly]:
        """Both bounds may be in the way, so ages are tried one by one, the nearest first."""
        edges = {one[key] for one in limits for key in ("min_age", "max_age")} - {None}
        own: int | None = (self.asked["patient"] or {}).get("age")
        near = sorted(edges) if own is None else sorted(edges, key=lambda age: (abs(age - own), age))
        yield from self._first_of([Nearly("age", age, 0) for age in near])

    def _sex(self, limits: Sequence[Json]) -> Iterator[Nearly]:
        yield from self._first_of([Nearly("sex", sex, 0) for sex in sorted({one["sex"] for one in limits})])

    def _more_places(self) -> Iterator[Nearly]:
        """Yield how many more places the nearest feasible offer would need before one came here."""
        feasible = np.flatnonzero(np.logical_and.reduce([one.all(axis=0) for one in self.meets]))
        if not len(feasible):
            return
        nearest = self.offers[int(feasible[np.argmin(self.tenths[feasible])])]
        most = min(sum(one["places"] for one in self.part["requests"]), 100_000 - nearest["places"])
        yield from self._least_of(_Places(nearest["id"], most))


class _Places(Sequence[Nearly]):
    """One more place at an offer, two more, and so on."""

    def __init__(self, offer: str, most: int) -> None:
        self.offer, self.most = offer, most

    def __len__(self) -> int:
        return self.most

    def __getitem__(self, i: Any) -> Any:
        return Nearly("places", i + 1, 0, self.offer)


_TRIES: Mapping[str, Callable[[_Trying, Sequence[Json]], Iterator[Nearly]]] = {
    "age": _Trying._age,
    "asa": lambda one, limits: one._at_most("asa", limits),
    "bmi": lambda one, limits: one._at_most("bmi", limits),
    "sex": _Trying._sex,
}
