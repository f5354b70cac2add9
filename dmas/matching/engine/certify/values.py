"""A well-formed problem from JSON values into columns, and what the check finds back into JSON values."""

import datetime as dt
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

NONE = -1  # no limit, not known
NO_DATE = 10_000_000
NATIONAL, REGION = 0, 1001  # beside whole miles in the travel column
RANK = 10_000_000  # a rank is the priority times this, plus the day
NEVER = 1 << 62
RULES = (
    "service_and_setting", "other_provider", "not_declined", "window", "limits", "needs", "accepts_from",
    "travel",
)  # fmt: skip
LIMITS = ("age", "asa", "bmi", "sex")
CODES = ("priority_not_matched", "outranked", "needs_information", "no_feasible_offer")

Json = Mapping[str, Any]
Ints = npt.NDArray[np.int64]


def _day(text: str | None) -> int:
    return NO_DATE if text is None else dt.date.fromisoformat(text).toordinal()


def _ints(values: Iterable[Any]) -> Ints:
    return np.array([NONE if value is None else value for value in values], dtype=np.int64)


def _floats(values: Iterable[Any]) -> npt.NDArray[np.float64]:
    return np.array([NONE if value is None else value for value in values], dtype=np.float64)


def _codes(values: Iterable[Any], known: dict[Any, int]) -> Ints:
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)


def _sex(value: str | None) -> int | None:
    return None if value is None else "FM".index(value)


def _kind(travel: Json) -> int:
    return int(travel["miles"]) if "miles" in travel else REGION if "region" in travel else NATIONAL


def read(problem: Json) -> Any:
    """Return a problem as columns, each list in the order of its ids."""
    sites, offers, requests = (
        sorted(problem[key], key=lambda one: str(one["id"])) for key in ("sites", "offers", "requests")
    )
    markets: dict[Any, int] = {}
    providers: dict[Any, int] = {}
    regions: dict[Any, int] = {}
    icbs: dict[Any, int] = {}
    sets: dict[Any, int] = {}
    columns = SimpleNamespace(
        as_of=_day(problem["as_of"]),
        max_options=problem["policy"]["max_options"],
        sites=SimpleNamespace(
            provider=_codes((one["provider"] for one in sites), providers),
            region=_codes((one["region"] for one in sites), regions),
            lat=_floats(one["lat"] for one in sites),
            lon=_floats(one["lon"] for one in sites),
        ),
        offers=_offers(offers, {one["id"]: i for i, one in enumerate(sites)}, markets),
        requests=_requests(requests, markets, providers, regions, icbs, sets),
    )
    columns.region_names, columns.icb_names, columns.sets = tuple(regions), tuple(icbs), tuple(sets)
    return columns


def _offers(offers: list[Json], site: dict[str, int], markets: dict[Any, int]) -> SimpleNamespace:
    limits = [one["limits"] for one in offers]
    accepts = [one["accepts_from"] for one in offers]
    return SimpleNamespace(
        ids=tuple(one["id"] for one in offers),
        site=_ints(site[one["site"]] for one in offers),
        market=_codes(((one["service"], one["setting"]) for one in offers), markets),
        opens=_ints(_day(one["from"]) for one in offers),
        closes=_ints(_day(one["to"]) for one in offers),
        places=_ints(one["places"] for one in offers),
        min_age=_ints(one["min_age"] for one in limits),
        max_age=_ints(one["max_age"] for one in limits),
        max_asa=_ints(one["max_asa"] for one in limits),
        max_bmi=_floats(one["max_bmi"] for one in limits),
        sex=_ints(_sex(one["sex"]) for one in limits),
        regions=tuple(one["regions"] for one in accepts),
        icbs=tuple(one["icbs"] for one in accepts),
        provides=tuple(one["provides"] for one in offers),
    )


def _requests(
    requests: list[Json],
    markets: dict[Any, int],
    providers: dict[Any, int],
    regions: dict[Any, int],
    icbs: dict[Any, int],
    sets: dict[Any, int],
) -> SimpleNamespace:
    patients = [one["patient"] or dict.fromkeys(LIMITS) for one in requests]
    return SimpleNamespace(
        ids=tuple(one["id"] for one in requests),
        provider=_codes((one["provider"] for one in requests), providers),
        icb=_codes((one["icb"] for one in requests), icbs),
        region=_codes((one["region"] for one in requests), regions),
        lat=_floats(one["lat"] for one in requests),
        lon=_floats(one["lon"] for one in requests),
        market=_codes(((one["service"], one["setting"]) for one in requests), markets),
        places=_ints(one["places"] for one in requests),
        priority=_ints(one["priority"] for one in requests),
        waiting_since=_ints(_day(one["waiting_since"]) for one in requests),
        needed_by=_ints(_day(one["needed_by"]) for one in requests),
        travel=_ints(_kind(one["travel"]) for one in requests),
        age=_ints(one["age"] for one in patients),
        asa=_ints(one["asa"] for one in patients),
        bmi=_floats(one["bmi"] for one in patients),
        sex=_ints(_sex(one["sex"]) for one in patients),
        needs=_codes((frozenset(one["needs"]) for one in requests), sets),
        declined=_codes((frozenset(one["declined"]) for one in requests), sets),
    )


def rank_json(rank: int) -> Json:
    """Return a rank as a solution writes it."""
    priority, day = divmod(rank, RANK)
    return {"priority": priority, "waiting_since": dt.date.fromordinal(day).isoformat()}


def unmatched(columns: Any, reasons: Any) -> list[Json]:
    """Write reasons as a solution does."""
    entries: list[Json] = []
    detail = 0
    for i, request in enumerate(reasons.request.tolist()):
        code = CODES[reasons.code[i]]
        entry: dict[str, Any] = {"request": columns.requests.ids[request], "places": int(reasons.places[i])}
        entry["code"] = code
        if code == "outranked":
            entry["cut_off"] = rank_json(int(reasons.cut_off[i]))
            entry["feasible_offers"] = int(reasons.feasible_offers[i])
        elif code != "priority_not_matched":
            missing = [name for name, true in zip(LIMITS, reasons.missing[detail], strict=True) if true]
            if missing:
                entry["missing"] = missing
            entry["funnel"] = dict(zip(RULES, reasons.funnel[detail].tolist(), strict=True))
            opened = zip(RULES[1:], reasons.would_open[detail].tolist(), strict=True)
            entry["would_open"] = {rule: count for rule, count in opened if count}
            detail += 1
        entries.append(entry)
    return entries


def options(columns: Any, rows: Ints) -> list[Json]:
    """Write options as a solution does."""
    return [
        {
            "request": columns.requests.ids[request],
            "offer": columns.offers.ids[offer],
            "places": places,
            "tenths": tenths,
            "round": number,
        }
        for request, offer, places, tenths, number in rows.tolist()
    ]
