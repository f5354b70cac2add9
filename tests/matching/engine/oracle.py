"""The best answer to a tiny problem, found by trying everything: slow, simple and sure."""

import math
from functools import cache
from typing import Any

Json = dict[str, Any]


def tenths(one: Json, other: Json) -> int:
    """Return the distance in whole tenths of a mile."""
    phi1, phi2 = math.radians(one["lat"]), math.radians(other["lat"])
    lam1, lam2 = math.radians(one["lon"]), math.radians(other["lon"])
    h = math.sin((phi2 - phi1) / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin((lam2 - lam1) / 2) ** 2
    return math.floor(10 * 2 * 3958.7613 * math.asin(min(1, math.sqrt(h))) + 0.5)


def rank(request: Json) -> tuple[int, str]:
    """Return what requests are served in order of."""
    return request["priority"], request["waiting_since"]


def feasible(problem: Json, request: Json, offer: Json) -> bool:
    """Say whether a request may go to an offer, rule by rule."""
    site = next(site for site in problem["sites"] if site["id"] == offer["site"])
    return all(test(problem, request, offer, site) for test in RULES.values())


def _near(problem: Json, request: Json, offer: Json, site: Json) -> bool:
    travel = request["travel"]
    return (
        "national" in travel
        or ("region" in travel and request["region"] == site["region"])
        or ("miles" in travel and tenths(request, site) <= 10 * travel["miles"])
    )


def _in_time(problem: Json, request: Json, offer: Json, site: Json) -> bool:
    first = max(offer["from"], problem["as_of"])
    return first <= min(offer["to"], request["needed_by"] or offer["to"])


def _within_limits(problem: Json, request: Json, offer: Json, site: Json) -> bool:
    limits, patient = offer["limits"], request["patient"] or {}
    return (
        _known(limits["min_age"], patient.get("age"), lambda limit, value: value >= limit)
        and _known(limits["max_age"], patient.get("age"), lambda limit, value: value <= limit)
        and _known(limits["max_asa"], patient.get("asa"), lambda limit, value: value <= limit)
        and _known(limits["max_bmi"], patient.get("bmi"), lambda limit, value: value <= limit)
        and _known(limits["sex"], patient.get("sex"), lambda limit, value: value == limit)
    )


def _accepted(problem: Json, request: Json, offer: Json, site: Json) -> bool:
    accepts = offer["accepts_from"]
    return (accepts["regions"] is None or request["region"] in accepts["regions"]) and (
        accepts["icbs"] is None or request["icb"] in accepts["icbs"]
    )


RULES: dict[str, Any] = {
    "service_and_setting": lambda problem, request, offer, site: (
        (request["service"], request["setting"]) == (offer["service"], offer["setting"])
        and offer["places"] > 0
    ),
    "other_provider": lambda problem, request, offer, site: site["provider"] != request["provider"],
    "not_declined": lambda problem, request, offer, site: offer["id"] not in request["declined"],
    "window": _in_time,
    "limits": _within_limits,
    "needs": lambda problem, request, offer, site: set(request["needs"]) <= set(offer["provides"]),
    "accepts_from": _accepted,
    "travel": _near,
}


def _known(limit: Any, value: Any, test: Any) -> bool:
    return limit is None or (value is not None and test(limit, value))


def value(problem: Json, solution: Json) -> tuple[int, ...]:
    """Return what a solution achieves: minus places served per rank, then tenths, then outside region."""
    requests = {one["id"]: one for one in problem["requests"]}
    ranks = sorted({rank(one) for one in requests.values()})
    offers = {one["id"]: one for one in problem["offers"]}
    sites = {one["id"]: one for one in problem["sites"]}
    total = [0] * (len(ranks) + 2)
    for entry in solution["assignments"]:
        request, site = requests[entry["request"]], sites[offers[entry["offer"]]["site"]]
        total[ranks.index(rank(request))] -= entry["places"]
        total[-2] += entry["places"] * tenths(request, site)
        total[-1] += entry["places"] * (request["region"] != site["region"])
    return tuple(total)


def best(problem: Json) -> tuple[int, ...]:
    """Return the best value there is, as `value` writes it."""
    ranks = sorted({rank(one) for one in problem["requests"]})
    sites = {one["id"]: one for one in problem["sites"]}
    places = []  # one entry for each place wanted: its rank's number and (offer number, tenths, outside)
    for request in problem["requests"]:
        if request["priority"] in (2, 3, 4):
            open_to = []
            for j, offer in enumerate(problem["offers"]):
                if feasible(problem, request, offer):
                    site = sites[offer["site"]]
                    open_to.append((j, tenths(request, site), int(site["region"] != request["region"])))
            places += [(ranks.index(rank(request)), open_to)] * request["places"]

    @cache
    def rest(i: int, room: tuple[int, ...]) -> tuple[int, ...]:
        if i == len(places):
            return (0,) * (len(ranks) + 2)
        level, open_to = places[i]
        found = [rest(i + 1, room)]
        for j, far, outside in open_to:
            if room[j]:
                left = (*room[:j], room[j] - 1, *room[j + 1 :])
                total = list(rest(i + 1, left))
                total[level] -= 1
                total[-2] += far
                total[-1] += outside
                found.append(tuple(total))
        return min(found)

    return rest(0, tuple(offer["places"] for offer in problem["offers"]))


def most(problem: Json) -> int:
    """Return how many places can be served at all, whoever gets them."""
    level = [one | {"priority": 3, "waiting_since": "2026-01-01"} for one in problem["requests"]]
    kept = [one for one, old in zip(level, problem["requests"], strict=True) if old["priority"] in (2, 3, 4)]
    return -best(problem | {"requests": kept})[0] if kept else 0


class Facts:
    """A problem beside an optimal solution, with what a certificate is defined from."""

    def __init__(self, problem: Json, solution: Json) -> None:
        self.requests = {one["id"]: one for one in problem["requests"] if one["priority"] in (2, 3, 4)}
        self.offers = {one["id"]: one for one in problem["offers"]}
        self.sites = {one["id"]: one for one in problem["sites"]}
        self.open_to = {
            q: [o for o in self.offers if feasible(problem, self.requests[q], self.offers[o])]
            for q in self.requests
        }
        self.used = {(one["request"], one["offer"]): one["places"] for one in solution["assignments"]}
        got = {q: sum(n for (r, _), n in self.used.items() if r == q) for q in self.requests}
        self.lacking = [q for q in self.requests if got[q] < self.requests[q]["places"]]
        self.holding = [q for q in self.requests if got[q]]

    def frozen(self) -> dict[str, tuple[int, str]]:
        """Return the cut-offs, rank after rank, each offer once."""
        frozen: dict[str, tuple[int, str]] = {}
        for level in sorted({rank(one) for one in self.requests.values()}):
            seen: set[str] = set()
            waiting = [q for q in self.lacking if rank(self.requests[q]) == level]
            while waiting:
                new = set(self.open_to[waiting.pop()]) - seen
                seen |= new
                waiting += [q for (q, o) in self.used if o in new]
            for offer in seen - set(frozen):
                frozen[offer] = level
        return frozen

    def least_prices(self) -> dict[str, int]:
        """Return the least prices, raised one broken condition at a time; for an optimum only."""
        cut_off = {o: self.frozen().get(o, (9, "")) for o in self.offers}
        latest = {q: max(cut_off[o] for o in self.open_to[q]) for q in self.requests if self.open_to[q]}
        in_play = {q: [o for o in self.open_to[q] if cut_off[o] == latest[q]] for q in latest}
        tied = [q for q in latest if latest[q] == rank(self.requests[q])]
        price = dict.fromkeys(self.offers, 0)
        exchanges = [(q, o, other, q) for (q, o) in self.used for other in in_play[q]]
        for q, o in self.used:
            if q in tied:
                rivals = [r for r in tied if r in self.lacking and latest[r] == latest[q]]
                exchanges += [(q, o, other, r) for r in rivals for other in in_play[r]]
        changed = True
        while changed:
            changed = False
            for q, o, other, rival in exchanges:
                bound = price[o] + self.cost(q, o) - self.cost(rival, other)
                if price[other] < bound:
                    price[other], changed = bound, True
        return {o: p for o, p in price.items() if p}

    def cost(self, request: str, offer: str) -> int:
        """Return c: tenths before places outside the region."""
        one, site = self.requests[request], self.sites[self.offers[offer]["site"]]
        return tenths(one, site) * (sum(self.used.values()) + 1) + int(one["region"] != site["region"])
