"""The independent check of a solution: everything recomputed from the problem, in whole numbers.

It imports nothing of the engine and shares no code with it, so that one mistake cannot hide in both. The
problem must be well formed (the reader sees to that); nothing is taken for granted about the solution.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any

_FIRST, _LAST = (0, ""), (9, "")  # before and after every rank
_RADIUS_MILES = 3958.7613
_MILES_A_DEGREE = 69.0  # of latitude, and a little less than there are
_LIMITS = ("age", "asa", "bmi", "sex")
_KEYS = ("assignments", "options", "unmatched", "certificate", "summary")

Json = Mapping[str, Any]
Rank = tuple[int, str]  # priority and ISO date, which order as they should
Point = tuple[float, float, float]


class _FaultError(Exception):
    def __init__(self, path: str, rule: str) -> None:
        super().__init__(path, rule)
        self.path = path
        self.rule = rule


def check(problem: Json, solution: object) -> dict[str, Any]:
    """Judge any solution of a well-formed problem: what is proved of it, or its first fault."""
    try:
        proved = _Check(problem, solution).run()
    except _FaultError as fault:
        return {"ok": False, "fault": {"path": fault.path, "rule": fault.rule}}
    return {"ok": True, "proved": proved}


def _tenths(one: Point, other: Point) -> int:
    """Return the distance of two points: latitude and longitude in radians, the latitude's cosine."""
    north, east = math.sin((other[0] - one[0]) / 2), math.sin((other[1] - one[1]) / 2)
    h = north * north + one[2] * other[2] * (east * east)
    return math.floor(10 * (2 * _RADIUS_MILES * math.asin(min(1.0, math.sqrt(h)))) + 0.5)


def _point(place: Json) -> Point:
    phi = math.radians(place["lat"])
    return phi, math.radians(place["lon"]), math.cos(phi)


def _rank(request: Json) -> Rank:
    return request["priority"], request["waiting_since"]


def _members(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


class _Distances:
    """Distances from points to sites, each worked out when it is first wanted."""

    def __init__(self, sites: list[Json]) -> None:
        self.sites = {site["id"]: _point(site) for site in sites}
        self.known: dict[tuple[float, float], tuple[Point, dict[str, int]]] = {}

    def tenths(self, request: Json, sites: list[str]) -> dict[str, int]:
        """Return the distances known from the request's point, these sites' among them."""
        key = (request["lat"], request["lon"])
        if key not in self.known:
            self.known[key] = (_point(request), {})
        point, known = self.known[key]
        for site in sites:
            if site not in known:
                known[site] = _tenths(point, self.sites[site])
        return known


class _Market:
    """The offers of one service and setting that have a place, by id, and who may go to which of them."""

    def __init__(self, offers: list[Json], sites: dict[str, Json], distances: _Distances, as_of: str) -> None:
        self.offers = sorted(offers, key=lambda offer: str(offer["id"]))
        self.names = [offer["id"] for offer in self.offers]
        self.site_ids = [offer["site"] for offer in self.offers]
        self.sites = [sites[name] for name in self.site_ids]
        self.regions = [site["region"] for site in self.sites]
        self.position = {name: i for i, name in enumerate(self.names)}
        self.all = (1 << len(self.offers)) - 1
        self.distances = distances
        self.as_of = as_of
        self.memory: dict[Any, int] = {}
        self.layers: list[tuple[Rank, int]] = []

    def tenths(self, request: Json, offer: int) -> int:
        """Return the distance to one offer's site."""
        site = self.site_ids[offer]
        return self.distances.tenths(request, [site])[site]

    def set_cut_offs(self, frozen: dict[str, Rank]) -> None:
        """Group the offers by cut-off, the latest first."""
        groups: dict[Rank, int] = {}
        for i, name in enumerate(self.names):
            rank = frozen.get(name, _LAST)
            groups[rank] = groups.get(rank, 0) | 1 << i
        self.layers = sorted(groups.items(), reverse=True)

    def layer(self, bits: int) -> tuple[Rank, int]:
        """Return the latest cut-off among some offers, and those of them that have it."""
        return next(((rank, bits & group) for rank, group in self.layers if bits & group), (_FIRST, 0))

    def _set(self, key: Any, truth: Iterator[bool]) -> int:
        if key not in self.memory:
            self.memory[key] = sum(1 << i for i, true in enumerate(truth) if true)
        return self.memory[key]

    def rules(self, request: Json) -> dict[str, int]:
        """Return the offers that satisfy each rule, in the rules' order."""
        return {
            "service_and_setting": self.all,
            "other_provider": self._other_provider(request["provider"]),
            "not_declined": self._not_declined(request["declined"]),
            "window": self._window(request["needed_by"]),
            "limits": self.meets_limits(request, lenient=False),
            "needs": self._needs(frozenset(request["needs"])),
            "accepts_from": self._accepts(request["region"], request["icb"]),
            "travel": self._travel(request),
        }

    def _other_provider(self, provider: str) -> int:
        return self._set(("provider", provider), (site["provider"] != provider for site in self.sites))

    def _not_declined(self, declined: list[str]) -> int:
        bits = self.all
        for name in declined:
            if name in self.position:
                bits &= ~(1 << self.position[name])
        return bits

    def _window(self, needed_by: str | None) -> int:
        last = needed_by or "9999-12-31"
        truth = (max(offer["from"], self.as_of) <= min(offer["to"], last) for offer in self.offers)
        return self._set(("window", needed_by), truth)

    def meets_limits(self, request: Json, *, lenient: bool) -> int:
        """Return the offers whose limits are met; a lenient look lets what is not known pass."""
        bits = self.all
        for name in _LIMITS:
            bits &= self.meets(name, (request["patient"] or {}).get(name), lenient)
        return bits

    def meets(self, name: str, value: Any, lenient: bool = False) -> int:
        """Return the offers whose limits on one thing are met by a value."""
        truth = (_meets(offer["limits"], name, value, lenient) for offer in self.offers)
        return self._set((name, value, lenient), truth)

    def _needs(self, needs: frozenset[str]) -> int:
        return self._set(needs, (needs.issubset(offer["provides"]) for offer in self.offers))

    def _accepts(self, region: str, icb: str) -> int:
        lists = (offer["accepts_from"] for offer in self.offers)
        return self._set(
            ("accepts", region, icb),
            (
                (one["regions"] is None or region in one["regions"])
                and (one["icbs"] is None or icb in one["icbs"])
                for one in lists
            ),
        )

    def _travel(self, request: Json) -> int:
        travel = request["travel"]
        if "national" in travel:
            return self.all
        if "region" in travel:
            region = request["region"]
            return self._set(("region", region), (one == region for one in self.regions))
        key = ("miles", request["lat"], request["lon"], travel["miles"])
        return self._set(key, self._within(request, travel["miles"]))

    def _within(self, request: Json, miles: int) -> Iterator[bool]:
        """Yield whether each site is within reach; one far enough north or south is not worth measuring."""
        degrees = (miles + 1) / _MILES_A_DEGREE
        near = {site["id"] for site in self.sites if abs(site["lat"] - request["lat"]) <= degrees}
        known = self.distances.tenths(request, list(near))
        return (site in near and known[site] <= 10 * miles for site in self.site_ids)

    def least(self, request: Json, bits: int, unit: int, prices: dict[str, int]) -> int:
        """Return m: the least cost with price over some offers."""
        key = ("least", request["lat"], request["lon"], request["region"], bits)
        if key not in self.memory:
            chosen = list(_members(bits))
            known = self.distances.tenths(request, [self.site_ids[i] for i in chosen])
            self.memory[key] = min(
                known[self.site_ids[i]] * unit
                + (self.regions[i] != request["region"])
                + prices.get(self.names[i], 0)
                for i in chosen
            )
        return self.memory[key]


def _meets(limits: Json, name: str, value: Any, lenient: bool) -> bool:
    low, high, same = (limits.get(f"{kind}{name}") for kind in ("min_", "max_", ""))
    if low is None and high is None and same is None:
        return True
    if value is None:
        return lenient
    return (
        (low is None or value >= low) and (high is None or value <= high) and (same is None or value == same)
    )


class _Check:
    """One problem beside one solution."""

    def __init__(self, problem: Json, solution: object) -> None:
        self.solution: Json = _shape(solution)
        self.most_options = problem["policy"]["max_options"]
        self.sites = {site["id"]: site for site in problem["sites"]}
        self.offers = {offer["id"]: offer for offer in problem["offers"]}
        self.requests = {r["id"]: r for r in sorted(problem["requests"], key=lambda r: str(r["id"]))}
        grouped: dict[tuple[str, str], list[Json]] = {}
        for offer in problem["offers"]:
            if offer["places"]:
                grouped.setdefault((offer["service"], offer["setting"]), []).append(offer)
        as_of = problem["as_of"]
        distances = _Distances(problem["sites"])
        self.nothing = _Market([], {}, distances, as_of)
        self.markets = {key: _Market(offers, self.sites, distances, as_of) for key, offers in grouped.items()}
        self.layers: dict[str, tuple[Rank, int]] = {}
        self.matched = [name for name, r in self.requests.items() if r["priority"] in (2, 3, 4)]
        self.feasible = {name: self._feasible(name) for name in self.matched}
        self.held: dict[str, dict[str, int]] = {name: {} for name in self.requests}
        self.room = {name: offer["places"] for name, offer in self.offers.items()}

    def run(self) -> list[int]:
        """Go through everything; return what is proved, raise the first fault."""
        self._assignments()
        self._certificate()
        self._who()
        where = self._where()
        _same(self.solution["unmatched"], self._unmatched(), "unmatched", "unmatched")
        _same(self.solution["options"], self._options(), "options", "options")
        _same(self.solution["summary"], self._summary(), "summary", "summary")
        return [1, 2, 3, 4] if where else [1, 2]

    def _market(self, name: str) -> _Market:
        request = self.requests[name]
        return self.markets.get((request["service"], request["setting"]), self.nothing)

    def _feasible(self, name: str) -> int:
        market = self._market(name)
        bits = market.all
        for rule in market.rules(self.requests[name]).values():
            bits &= rule
        return bits

    def _left(self, name: str) -> int:
        return int(self.requests[name]["places"]) - sum(self.held[name].values())

    def _outside(self, name: str, offer: str) -> bool:
        return bool(self.sites[self.offers[offer]["site"]]["region"] != self.requests[name]["region"])

    def _distance(self, name: str, offer: str) -> int:
        market = self._market(name)
        return market.tenths(self.requests[name], market.position[offer])

    def _assignments(self) -> None:
        """Each entry is a feasible pair with its true distance, and nothing is given twice."""
        before = ("", "")
        for i, entry in enumerate(self.solution["assignments"]):
            path = f"assignments[{i}]"
            _keys(entry, ("request", "offer", "places", "tenths"), path)
            self._pair(entry, path)
            name, offer, places = entry["request"], entry["offer"], entry["places"]
            if (name, offer) <= before:
                raise _FaultError(path, "order")
            before = (name, offer)
            if type(places) is not int or places < 1:
                raise _FaultError(f"{path}.places", "format")
            _same(entry["tenths"], self._distance(name, offer), f"{path}.tenths", "distance")
            self.held[name][offer] = places
            self.room[offer] -= places
            if self._left(name) < 0:
                raise _FaultError(f"{path}.places", "more than wanted")
            if self.room[offer] < 0:
                raise _FaultError(f"{path}.places", "more than offered")

    def _pair(self, entry: Json, path: str) -> None:
        for key, known in (("request", self.requests), ("offer", self.offers)):
            if not isinstance(entry[key], str) or entry[key] not in known:
                raise _FaultError(f"{path}.{key}", "unknown")
        name, offer = entry["request"], entry["offer"]
        if name not in self.feasible:
            raise _FaultError(f"{path}.request", "priority_not_matched")
        market = self._market(name)
        if offer not in market.position:
            raise _FaultError(path, "service_and_setting")
        for rule, bits in market.rules(self.requests[name]).items():
            if not bits >> market.position[offer] & 1:
                raise _FaultError(path, rule)

    def _certificate(self) -> None:
        """Read the cut-offs and the prices."""
        certificate = self.solution["certificate"]
        _keys(certificate, ("frozen", "prices"), "certificate")
        self.frozen: dict[str, Rank] = {}
        for part in ("frozen", "prices"):
            if not isinstance(certificate[part], Mapping):
                raise _FaultError(f"certificate.{part}", "format")
            for offer, value in certificate[part].items():
                path = f"certificate.{part}.{offer}"
                if offer not in self.offers:
                    raise _FaultError(path, "unknown")
                if part == "frozen":
                    self.frozen[offer] = _read_rank(value, path)
                elif type(value) is not int or value < 1:
                    raise _FaultError(path, "format")
        self.prices: dict[str, int] = dict(certificate["prices"])
        for market in (*self.markets.values(), self.nothing):
            market.set_cut_offs(self.frozen)

    def _who(self) -> None:
        """C1 to C3, which prove that nobody is left out for later rank and no place is wasted."""
        for offer in self.frozen:
            if self.room[offer]:
                raise _FaultError(f"certificate.frozen.{offer}", "C1")
        for name in self.matched:
            self.layers[name] = self._market(name).layer(self.feasible[name])
        for i, entry in enumerate(self.solution["assignments"]):
            cut_off = self.frozen.get(entry["offer"], _LAST)
            if max(_rank(self.requests[entry["request"]]), self.layers[entry["request"]][0]) > cut_off:
                raise _FaultError(f"assignments[{i}]", "C2")
        for name in self.matched:
            if self._left(name) and self.layers[name][0] > _rank(self.requests[name]):
                raise _FaultError(f"requests.{name}", "C3")

    def _where(self) -> bool:
        """C4 to C6, which prove least travel; False where no prices are given and some are needed."""
        try:
            self._prove_travel()
        except _FaultError:
            if self.prices:
                raise
            return False
        return True

    def _prove_travel(self) -> None:
        for offer in self.prices:
            if self.room[offer]:
                raise _FaultError(f"certificate.prices.{offer}", "C4")
        self.unit = sum(sum(held.values()) for held in self.held.values()) + 1
        least = {name: self._least(name) for name in self.matched if self.feasible[name]}
        for i, entry in enumerate(self.solution["assignments"]):
            name, offer = entry["request"], entry["offer"]
            in_play = self.layers[name][1] >> self._market(name).position[offer] & 1
            if not in_play or self._cost(name, offer) != least[name]:
                raise _FaultError(f"assignments[{i}]", "C5")
        self._prove_ties(least)

    def _prove_ties(self, least: dict[str, int]) -> None:
        tied = [name for name in least if self.layers[name][0] == _rank(self.requests[name])]
        waiting: dict[Rank, int] = {}
        for name in tied:
            if self._left(name):
                cut_off = self.layers[name][0]
                waiting[cut_off] = min(waiting.get(cut_off, least[name]), least[name])
        for name in tied:
            if self.held[name] and least[name] > waiting.get(self.layers[name][0], least[name]):
                raise _FaultError(f"requests.{name}", "C6")

    def _cost(self, name: str, offer: str) -> int:
        outside = int(self._outside(name, offer))
        return self._distance(name, offer) * self.unit + outside + self.prices.get(offer, 0)

    def _least(self, name: str) -> int:
        return self._market(name).least(self.requests[name], self.layers[name][1], self.unit, self.prices)

    def _unmatched(self) -> list[Json]:
        """Write again, from the problem, why each request is not fully served."""
        entries: list[Json] = []
        for name, request in self.requests.items():
            left = self._left(name)
            if left and name not in self.feasible:
                entries.append({"request": name, "places": left, "code": "priority_not_matched"})
            elif left:
                entries.append({"request": name, "places": left, **self._reason(name, request)})
        return entries

    def _reason(self, name: str, request: Json) -> Json:
        if self.feasible[name]:
            priority, since = self.layers[name][0]
            cut_off = {"priority": priority, "waiting_since": since}
            return {
                "code": "outranked", "cut_off": cut_off, "feasible_offers": self.feasible[name].bit_count()
            }  # fmt: skip
        market = self._market(name)
        rules = market.rules(request)
        missing = _missing(market, request, rules)
        left, funnel = market.all, {}
        for rule, bits in rules.items():
            left &= bits
            funnel[rule] = left.bit_count()
        opened = {rule: _without(rules, rule).bit_count() for rule in rules if rule != "service_and_setting"}
        reason: dict[str, Any] = {"code": "no_feasible_offer"}
        if missing:
            reason = {"code": "needs_information", "missing": missing}
        would_open = {rule: count for rule, count in opened.items() if count}
        return reason | {"funnel": funnel, "would_open": would_open}

    def _options(self) -> list[Json]:
        """Hand the further offers out again, round by round."""
        room = dict(self.room)
        has = {name: list(held) for name, held in self.held.items()}
        order = sorted(self.matched, key=lambda name: (_rank(self.requests[name]), name))
        order = [name for name in order if self.requests[name]["places"] == 1 and has[name]]
        given = []
        for number in range(2, self.most_options + 1):
            for name in order:
                offer = self._next_option(name, has[name], room)
                if offer:
                    has[name].append(offer)
                    room[offer] -= 1
                    entry = {"request": name, "offer": offer, "places": 1, "round": number}
                    given.append(entry | {"tenths": self._distance(name, offer)})
        return sorted(given, key=lambda entry: (entry["request"], entry["offer"]))

    def _next_option(self, name: str, has: list[str], room: dict[str, int]) -> str:
        market = self._market(name)
        known = {self._provider(offer) for offer in has}
        names = [market.names[i] for i in _members(self.feasible[name])]
        open_to = [offer for offer in names if room[offer] and offer not in has]
        new = [offer for offer in open_to if self._provider(offer) not in known]
        return min(new or open_to, key=lambda offer: (self._distance(name, offer), offer), default="")

    def _provider(self, offer: str) -> str:
        return str(self.sites[self.offers[offer]["site"]]["provider"])

    def _summary(self) -> Json:
        given = [(name, offer, places) for name in self.held for offer, places in self.held[name].items()]
        return {
            "places_wanted": sum(request["places"] for request in self.requests.values()),
            "places_served": sum(places for _, _, places in given),
            "tenths": sum(places * self._distance(name, offer) for name, offer, places in given),
            "outside_region": sum(places for name, offer, places in given if self._outside(name, offer)),
            "feasible_pairs": sum(bits.bit_count() for bits in self.feasible.values()),
        }


def _without(rules: dict[str, int], dropped: str) -> int:
    bits = rules["service_and_setting"]
    for rule, met in rules.items():
        if rule != dropped:
            bits &= met
    return bits


def _missing(market: _Market, request: Json, rules: dict[str, int]) -> list[str]:
    """Return the unknown values that alone keep the request from some offer."""
    bits = _without(rules, "limits") & market.meets_limits(request, lenient=True)
    patient = request["patient"] or {}
    return [name for name in _LIMITS if patient.get(name) is None and bits & ~market.meets(name, None)]


def _shape(solution: object) -> Json:
    if not isinstance(solution, Mapping):
        raise _FaultError("solution", "format")
    if "certificate" not in solution:
        raise _FaultError("certificate", "unproved")
    _keys(solution, _KEYS, "")
    if not isinstance(solution["assignments"], list):
        raise _FaultError("assignments", "format")
    return solution


def _keys(value: object, keys: tuple[str, ...], path: str) -> None:
    if not isinstance(value, Mapping):
        raise _FaultError(path, "format")
    for key in sorted({*map(str, value), *keys}):
        if key not in value or key not in keys:
            raise _FaultError(f"{path}.{key}" if path else key, "format")


def _read_rank(value: object, path: str) -> Rank:
    _keys(value, ("priority", "waiting_since"), path)
    assert isinstance(value, Mapping)
    priority, since = value["priority"], value["waiting_since"]
    if type(priority) is not int or not 1 <= priority <= 6:
        raise _FaultError(f"{path}.priority", "format")
    try:
        plain = dt.date.fromisoformat(since).isoformat()
    except (TypeError, ValueError):
        plain = ""
    if plain != since:
        raise _FaultError(f"{path}.waiting_since", "format")
    return priority, since


def _same(given: Any, expected: Any, path: str, rule: str) -> None:
    """Raise a fault at the first place where two JSON values differ."""
    if isinstance(expected, Mapping) and isinstance(given, Mapping):
        for key in sorted({*map(str, given), *expected}):
            if key not in given or key not in expected:
                raise _FaultError(f"{path}.{key}", rule)
            _same(given[key], expected[key], f"{path}.{key}", rule)
    elif isinstance(expected, list) and isinstance(given, list):
        for i, (one, other) in enumerate(zip(given, expected, strict=False)):
            _same(one, other, f"{path}[{i}]", rule)
        if len(given) != len(expected):
            raise _FaultError(f"{path}[{min(len(given), len(expected))}]", rule)
    elif type(given) is not type(expected) or given != expected:
        raise _FaultError(path, rule)
