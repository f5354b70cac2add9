"""What if: a problem with something changed, and one answer set beside another. Nothing is written."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dmas.matching.engine.problem import ProblemError, parse

LIMITS = ("min_age", "max_age", "max_asa", "max_bmi", "sex")
ANY = "any"  # a limit dropped altogether

Json = Mapping[str, Any]
Market = tuple[str, str]  # service, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """What to change: nothing, unless said otherwise."""

    radius: int | None = None  # miles that everybody with a limit in miles would travel at least
    relax: Mapping[str, float | None] = field(default_factory=dict)  # to no stricter than; None: dropped
    sites: tuple[Json, ...] = ()  # of added offers, where the problem does not have them
    offers: tuple[Json, ...] = ()  # added, in the form of the problem
    withdraw: frozenset[str] = frozenset()  # ids of offers


@dataclass(frozen=True, slots=True)
class Tally:
    """Places found, the weeks that those who found one had waited, and their way in tenths of a mile."""

    places: int = 0
    weeks: int = 0
    tenths: int = 0

    def plus(self, places: int, weeks: int, tenths: int) -> "Tally":
        """Return the tally with some more places, each after so many weeks and so far away."""
        return Tally(self.places + places, self.weeks + places * weeks, self.tenths + places * tenths)

    def and_also(self, other: "Tally") -> "Tally":
        """Return the sum of two tallies."""
        return Tally(self.places + other.places, self.weeks + other.weeks, self.tenths + other.tenths)


@dataclass(frozen=True, slots=True)
class Compared:
    """Tallies before and after: in all, by service and setting, by home region.

    `gained` are places found that were not found before, `lost` those no longer found.
    """

    whole: tuple[Tally, Tally]
    markets: Mapping[Market, tuple[Tally, Tally]]
    regions: Mapping[str, tuple[Tally, Tally]]
    gained: int
    lost: int


def relaxation(written: str) -> tuple[str, float | None]:
    """Read one limit to relax, such as `max_bmi=45` or `sex=any`; raise ProblemError where it is none."""
    name, _, value = written.partition("=")
    if name not in LIMITS:
        raise ProblemError("relax", f"{name!r} is not one of {', '.join(LIMITS)}")
    if value == ANY:
        return name, None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if name == "sex" or not 0 <= number <= 150:
        raise ProblemError(f"relax.{name}", f"{value!r} is not a value for it, nor {ANY!r}")
    return name, number


def additions(value: object) -> tuple[tuple[Json, ...], tuple[Json, ...]]:
    """Return the sites and offers of a file: one offer, or lists of `offers` and of the `sites` they need."""
    if not isinstance(value, Mapping):
        raise ProblemError("add_offer", "not an object")
    if "offers" not in value:
        return (), (value,)
    for key in value.keys() - {"offers", "sites"}:
        raise ProblemError(f"add_offer.{key}", "unknown key")
    lists = [value.get("sites", []), value["offers"]]
    for key, one in zip(("sites", "offers"), lists, strict=True):
        if not isinstance(one, list):
            raise ProblemError(f"add_offer.{key}", "not a list")
    return tuple(lists[0]), tuple(lists[1])


def changed(problem: Json, levers: Levers) -> dict[str, Any]:
    """Return the problem as the levers would have it; raise ProblemError where they cannot be.

    A radius widens smaller limits in miles and leaves the rest; a relaxed limit is never made stricter.
    """
    _check(problem, levers)
    known = {site["id"] for site in problem["sites"]}
    offers = [
        _relaxed(offer, levers.relax) for offer in problem["offers"] if offer["id"] not in levers.withdraw
    ]
    requests = problem["requests"]
    if levers.radius is not None:
        requests = [_wider(request, levers.radius) for request in requests]
    sites = [site for site in levers.sites if site["id"] not in known]
    return {
        **problem,
        "sites": [*problem["sites"], *sites],
        "offers": [*offers, *levers.offers],
        "requests": requests,
    }


def _check(problem: Json, levers: Levers) -> None:
    """Refuse what is not known or not well formed, by its path."""
    there = {offer["id"] for offer in problem["offers"]}
    for name in sorted(levers.withdraw - there):
        raise ProblemError("withdraw", f"there is no offer {name}")
    if levers.radius is not None and not 1 <= levers.radius <= 1000:
        raise ProblemError("radius", "not from 1 to 1000")
    sites = {site["id"]: site for site in problem["sites"]}
    new = [site for site in levers.sites if not (isinstance(site, Mapping) and site.get("id") in sites)]
    try:
        parse({**problem, "sites": [*sites.values(), *new], "offers": list(levers.offers), "requests": []})
    except ProblemError as error:
        raise error.under("add_offer") from None
    for offer in levers.offers:
        if offer["id"] in there:
            raise ProblemError("add_offer", f"there is an offer {offer['id']} already")


def _relaxed(offer: Json, relax: Mapping[str, float | None]) -> Json:
    limits = dict(offer["limits"])
    for name, value in relax.items():
        if value is None or limits[name] is None:
            limits[name] = None
        elif name == "min_age":
            limits[name] = min(limits[name], int(value))
        else:
            limits[name] = max(limits[name], value if name == "max_bmi" else int(value))
    return {**offer, "limits": limits} if limits != offer["limits"] else offer


def _wider(request: Json, radius: int) -> Json:
    miles = request["travel"].get("miles", radius)
    return {**request, "travel": {"miles": radius}} if miles < radius else request


def of_market(problem: Json, service: str, setting: str) -> dict[str, Any]:
    """Return the part of a problem that is of one service and setting; its answer is the same on its own."""
    mine = {
        key: [one for one in problem[key] if (one["service"], one["setting"]) == (service, setting)]
        for key in ("offers", "requests")
    }
    return {**problem, **mine}


def restricted(part: Json, solution: Json) -> dict[str, Any]:
    """Return an answer with the assignments of the part's requests only."""
    own = {request["id"] for request in part["requests"]}
    return {**solution, "assignments": [one for one in solution["assignments"] if one["request"] in own]}


def compared(before: tuple[Json, Json], after: tuple[Json, Json]) -> Compared:
    """Set two answers side by side; each is a problem with its solution, of the same requests."""
    found = [_places(solution) for _, solution in (before, after)]
    every = found[0].keys() | found[1].keys()
    changes = [found[1].get(name, 0) - found[0].get(name, 0) for name in every]
    asked = [_by_id(problem) for problem, _ in (before, after)]
    answers = [solution["assignments"] for _, solution in (before, after)]

    def tallies(of: Any) -> dict[Any, tuple[Tally, Tally]]:
        one, other = (_tallied(rows, asking, of) for rows, asking in zip(answers, asked, strict=True))
        keys = sorted({of(request) for request in asked[0].values()} | one.keys() | other.keys())
        return {key: (one.get(key, Tally()), other.get(key, Tally())) for key in keys}

    return Compared(
        whole=tallies(lambda request: "").get("", (Tally(), Tally())),
        markets=tallies(lambda request: (request["service"], request["setting"])),
        regions=tallies(lambda request: request["region"]),
        gained=sum(change for change in changes if change > 0),
        lost=-sum(change for change in changes if change < 0),
    )


def _by_id(problem: Json) -> dict[str, Json]:
    as_of = dt.date.fromisoformat(problem["as_of"])
    return {
        one["id"]: {**one, "weeks": (as_of - dt.date.fromisoformat(one["waiting_since"])).days // 7}
        for one in problem["requests"]
    }


def _places(solution: Json) -> dict[str, int]:
    places: dict[str, int] = {}
    for entry in solution["assignments"]:
        places[entry["request"]] = places.get(entry["request"], 0) + entry["places"]
    return places


def _tallied(entries: Iterable[Json], requests: Mapping[str, Json], of: Any) -> dict[Any, Tally]:
    found: dict[Any, Tally] = {}
    for entry in entries:
        request = requests[entry["request"]]
        key = of(request)
        found[key] = found.get(key, Tally()).plus(entry["places"], request["weeks"], entry["tenths"])
    return found
