"""Where one more list would help most, and which free places are about to lapse; both by solving again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dmas.matching.engine.solve import solve
from dmas.matching.engine.whatif import (
    ANY,
    LIMITS,
    Json,
    Levers,
    Tally,
    changed,
    compared,
    of_market,
    restricted,
)

RADII = (25, 50, 75, 100, 150, 250)  # miles tried, the smallest that helps is said
TRIED = 3  # offers of an area tried: those where a place is worth most
_PEOPLE = {"min_age": "age", "max_age": "age", "max_asa": "asa", "max_bmi": "bmi"}

Limit = float | str | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more list at an offer would do, in its market: the answer now, and with the list."""

    service: str
    setting: str
    region: str
    offer: str
    before: Tally
    after: Tally

    @property
    def gain(self) -> tuple[int, int, int]:
        """Return places, weeks of waiting and tenths of a mile saved: the more, the better."""
        one, other = self.before, self.after
        return other.places - one.places, other.weeks - one.weeks, one.tenths - other.tenths


@dataclass(frozen=True, slots=True)
class Filler:
    """A change that would fill some of an offer's free places: `what` is `radius` or a limit's name."""

    what: str
    value: Limit
    places: int


@dataclass(frozen=True, slots=True)
class Wasted:
    """An offer that lapses soon with places free, and what would fill some of them."""

    offer: str
    service: str
    setting: str
    closes: str
    free: int
    fillers: tuple[Filler, ...]


def one_more_list(problem: Json, solution: Json, *, places: int) -> list[Worth]:
    """Return, for each service and region that has full offers, the best place for so many more places.

    The best comes first: by people, then weeks of waiting ended, then miles saved.
    """
    region = {site["id"]: site["region"] for site in problem["sites"]}
    prices: Mapping[str, int] = solution["certificate"]["prices"]
    areas: dict[tuple[str, str, str], list[str]] = {}
    for offer in problem["offers"]:
        if offer["id"] in solution["certificate"]["frozen"]:
            areas.setdefault((offer["service"], offer["setting"], region[offer["site"]]), []).append(
                offer["id"]
            )
    found = []
    for (service, setting, where), offers in sorted(areas.items()):
        part = of_market(problem, service, setting)
        now = (part, restricted(part, solution))
        dearest = sorted(offers, key=lambda name: (-prices.get(name, 0), name))[:TRIED]
        tried = [Worth(service, setting, where, name, *_with_more(now, name, places)) for name in dearest]
        found.append(max(tried, key=lambda one: one.gain))
    return sorted(found, key=lambda one: one.gain, reverse=True)


def _with_more(now: tuple[Json, Json], offer: str, places: int) -> tuple[Tally, Tally]:
    part = now[0]
    more = [
        {**one, "places": one["places"] + places} if one["id"] == offer else one for one in part["offers"]
    ]
    later = {**part, "offers": more}
    return compared(now, (later, solve(later))).whole


def about_to_be_wasted(problem: Json, solution: Json, *, days: int) -> list[Wasted]:
    """Return the offers that close within so many days with places free, the most first."""
    last = (dt.date.fromisoformat(problem["as_of"]) + dt.timedelta(days)).isoformat()
    used = _used(solution)
    found = []
    for offer in problem["offers"]:
        free = offer["places"] - used.get(offer["id"], 0)
        if free and problem["as_of"] <= offer["to"] <= last:
            part = of_market(problem, offer["service"], offer["setting"])
            found.append(
                Wasted(
                    offer["id"], offer["service"], offer["setting"], offer["to"], free,
                    tuple(_fillers(part, offer, used.get(offer["id"], 0))),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (-one.free, one.offer))


def _used(solution: Json) -> dict[str, int]:
    used: dict[str, int] = {}
    for entry in solution["assignments"]:
        used[entry["offer"]] = used.get(entry["offer"], 0) + entry["places"]
    return used


def _fillers(part: Json, offer: Json, used: int) -> list[Filler]:
    found = []
    for radius in RADII:
        filled = _filled(changed(part, Levers(radius=radius)), offer["id"]) - used
        if filled > 0:
            found.append(Filler("radius", radius, filled))
            break
    for name in LIMITS:
        if offer["limits"][name] is not None:
            value = _mildest(part, offer, name, used)
            filled = _filled(_with_limit(part, offer, name, value), offer["id"]) - used
            if filled > 0:
                found.append(Filler(name, ANY if value is None else value, filled))
    return found


def _filled(part: Json, offer: str) -> int:
    return _used(solve(part)).get(offer, 0)


def _with_limit(part: Json, offer: Json, name: str, value: float | None) -> dict[str, Any]:
    eased = {**offer, "limits": {**offer["limits"], name: value}}
    return {**part, "offers": [eased if one["id"] == offer["id"] else one for one in part["offers"]]}


def _mildest(part: Json, offer: Json, name: str, used: int) -> float | None:
    """Return how far a limit would have to give way for those who would come if it were gone.

    None where it would have to go altogether: for the sex, or for people whose value is not known.
    """
    key = _PEOPLE.get(name)
    coming = {
        one["request"]
        for one in solve(_with_limit(part, offer, name, None))["assignments"]
        if one["offer"] == offer["id"]
    }
    values = [_value(request, key) for request in part["requests"] if request["id"] in coming]
    known = [value for value in values if value is not None]
    if key is None or not known or len(known) < len(values):
        return None
    now: float = offer["limits"][name]
    return min(now, *known) if name == "min_age" else max(now, *known)


def _value(request: Json, key: str | None) -> float | None:
    patient: Mapping[str, Any] = request["patient"] or {}
    value: float | None = patient.get(key or "")
    return value


def best(found: Sequence[Worth], count: int) -> list[Worth]:
    """Return the first few that gain anything."""
    return [one for one in found if one.gain > (0, 0, 0)][:count]
