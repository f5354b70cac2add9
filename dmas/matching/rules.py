"""What a night decides on values alone: a patient's ring and measures, and which options are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dmas.matching.vocabulary import (
    MEASURE_DAYS,
    OPTIONS_WHERE_SLACK,
    PATIENT_RING_DAYS,
    USUAL_OPTIONS,
)
from dmas.requests.vocabulary import LIFT_AFTER_DAYS


def patient_ring(search_from: date, as_of: date, *, icb: str, waited: int) -> str | None:
    """Return the token of a patient's ring: their own ICB on days 0 to 7, then None, their own limit.

    Who has waited over 364 days has no ring at all.
    """
    if waited > LIFT_AFTER_DAYS or (as_of - search_from).days > PATIENT_RING_DAYS:
        return None
    return f"icb:{icb}"


def fresh(value: float | None, taken_on: date | None, as_of: date) -> float | None:
    """Return a person's measure, or None where it is older than 180 days or of no known date."""
    if taken_on is None or (as_of - taken_on).days > MEASURE_DAYS:
        return None
    return value


def to_ask(
    problem: Mapping[str, Any], solution: Mapping[str, Any], patients: Collection[str]
) -> list[dict[str, Any]]:
    """Return the further options to ask for, each with its number `option` from 2.

    Only patients are asked for, better ranks first, and of each offer never more than half of what was
    left. Two further options are usual; more where everybody of the service and setting found a place.
    """
    requests = {one["id"]: one for one in problem["requests"]}
    room = _half_of_what_is_left(problem, solution["assignments"])
    slack = _slack_markets(requests, solution["unmatched"])
    numbers: Counter[str] = Counter()
    found = []
    for option in _in_order(requests, solution["options"], patients):
        name = option["request"]
        most = OPTIONS_WHERE_SLACK if _market(requests[name]) in slack else USUAL_OPTIONS
        if room[option["offer"]] < 1 or numbers[name] + 2 > most:
            continue
        room[option["offer"]] -= 1
        numbers[name] += 1
        found.append({**option, "option": numbers[name] + 1})
    return found


def _in_order(
    requests: Mapping[str, Any], options: Iterable[Mapping[str, Any]], patients: Collection[str]
) -> list[Mapping[str, Any]]:
    def order(option: Mapping[str, Any]) -> tuple[int, int, str, str]:
        asked = requests[option["request"]]
        return option["round"], asked["priority"], asked["waiting_since"], asked["id"]

    return sorted((one for one in options if one["request"] in patients), key=order)


def _half_of_what_is_left(
    problem: Mapping[str, Any], assignments: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    left = {offer["id"]: offer["places"] for offer in problem["offers"]}
    for one in assignments:
        left[one["offer"]] -= one["places"]
    return {offer: places // 2 for offer, places in left.items()}


def _slack_markets(
    requests: Mapping[str, Any], unmatched: Iterable[Mapping[str, Any]]
) -> set[tuple[str, str]]:
    every = {_market(one) for one in requests.values()}
    return every - {_market(requests[left["request"]]) for left in unmatched}


def _market(request: Mapping[str, Any]) -> tuple[str, str]:
    return request["service"], request["setting"]
