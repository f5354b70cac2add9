"""Nights of the past looked at again, in words: what if, what one list is worth, what nearly matched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.catalogue.vocabulary.tokens import label
from dmas.core.errors import InvalidInput
from dmas.matching.engine.nearly import Nearly
from dmas.matching.engine.whatif import ANY, Compared, Tally
from dmas.matching.engine.worth import Filler, Wasted, Worth
from dmas.web.filters import day

Pair = tuple[Tally, Tally]


def nearly(changes: Sequence[Nearly]) -> list[str]:
    """Return what would have found a place, each as the end of a sentence that begins with "If"."""
    return [f"{_condition(one)}: {_more(one.finds)}" for one in changes]


def _condition(change: Nearly) -> str:
    return _CONDITIONS[change.what](change)


def _more(places: int) -> str:
    return "1 place would be found" if places == 1 else f"{places:,} places would be found"


def _travel(change: Nearly) -> str:
    if change.value == "national":
        return "people would travel anywhere in England"
    return f"people would travel up to {change.value} miles"


def _places(change: Nearly) -> str:
    more = "1 more place" if change.value == 1 else f"{change.value} more places"
    return f"offer {change.offer} had {more}"


def _long_date(written: object) -> str:
    return day(date.fromisoformat(str(written)))


def _token(code: object) -> str:
    try:
        return label(str(code))
    except InvalidInput:
        return str(code)


_CONDITIONS: Mapping[str, Callable[[Nearly], str]] = {
    "travel": _travel,
    "needed_by": lambda one: f"it were needed by {_long_date(one.value)} or later",
    "age": lambda one: f"the age were {one.value}",
    "asa": lambda one: f"the ASA class were {one.value} or less",
    "bmi": lambda one: f"the BMI were {one.value} or less",
    "sex": lambda one: "it were for women" if one.value == "F" else "it were for men",
    "needs": lambda one: f"it did not need this: {_token(one.value)}",
    "declined": lambda one: f"offer {one.offer}, declined or being answered, could be proposed again",
    "accepts_from": lambda one: f"offer {one.offer} accepted people from this area",
    "places": _places,
}


def market_name(service: str, setting: str) -> str:
    """Return a service and setting as people say it."""
    return f"{service_name(service)}, {Setting(setting).label.lower()}"


def market_choices(problem: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (service and setting, their name) of everything a night was asked for, by name."""
    asked = {(one["service"], one["setting"]) for one in problem["requests"]}
    return sorted(((f"{one[0]} {one[1]}", market_name(*one)) for one in asked), key=lambda one: one[1])


COMPARED_HEAD = ("Patients before", "After", "Weeks waited before", "After", "Miles before", "After")


def compared(pairs: Sequence[tuple[str, Pair]]) -> list[tuple[Any, ...]]:
    """Return a row for each name, under what the names are and `COMPARED_HEAD`."""
    return [
        (name, one.places, two.places, one.weeks, two.weeks, _miles(one.tenths), _miles(two.tenths))
        for name, (one, two) in pairs
    ]


def _miles(tenths: int) -> str:
    return f"{tenths / 10:,.1f}"


def by_market(found: Compared) -> list[tuple[str, Pair]]:
    """Return the tallies of every service that asked for a place."""
    return [(market_name(*key), pair) for key, pair in found.markets.items()]


def by_home(found: Compared, names: Mapping[str, str], own: str | None) -> list[tuple[str, Pair]]:
    """Return the tallies by home region; with a region of one's own, the others are one sum."""
    if own is None:
        return [(names.get(code, code), pair) for code, pair in found.regions.items()]
    others = [pair for code, pair in found.regions.items() if code != own]
    before = reduce(Tally.and_also, (pair[0] for pair in others), Tally())
    after = reduce(Tally.and_also, (pair[1] for pair in others), Tally())
    mine = found.regions.get(own, (Tally(), Tally()))
    return [(names.get(own, own), mine), ("Elsewhere", (before, after))]


def worth(found: Sequence[Worth], names: Mapping[str, str]) -> list[tuple[str, str, int, int, str]]:
    """Return (region, offer, more patients, weeks of waiting ended, miles saved) of the best places."""
    rows = []
    for one in found:
        places, weeks, tenths = one.gain
        rows.append((names.get(one.region, one.region), one.offer, places, weeks, f"{tenths / 10:,.1f}"))
    return rows


def wasted(found: Sequence[Wasted]) -> list[tuple[str, int, str, str]]:
    """Return (offer, free places, last day, what would fill some) of offers about to lapse."""
    return [
        (one.offer, one.free, _long_date(one.closes), "; ".join(map(_filler, one.fillers)) or NOTHING_HELPS)
        for one in found
    ]


def _filler(filler: Filler) -> str:
    if filler.what == "radius":
        change = f"everybody would travel {filler.value} miles"
    elif filler.value == ANY:
        change = f"no limit for {LIMIT_NAMES[filler.what]}"
    else:
        change = f"{LIMIT_NAMES[filler.what]} {filler.value}"
    return f"{change}: fills {filler.places}"


NOTHING_HELPS = "No single change"
LIMIT_NAMES = {
    "min_age": "youngest age",
    "max_age": "oldest age",
    "max_asa": "highest ASA class",
    "max_bmi": "highest BMI",
    "sex": "sex",
}
