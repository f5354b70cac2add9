"""Whether what is said of people left out is true, worked out offer by offer without the engine."""

from dataclasses import dataclass
from typing import Any

from dmas.matching.engine.nearly import smallest_changes
from dmas.matching.engine.solve import solve
from dmas.matching.engine.whatif import of_market
from tests.matching.engine import oracle

Json = dict[str, Any]
UNKNOWN = ("age", "asa", "bmi", "sex")


@dataclass(frozen=True)
class Night:
    """A problem and its solution, with what is looked up over and over."""

    problem: Json
    solution: Json
    requests: dict[str, Json]
    sites: dict[str, Json]
    holders: dict[str, list[tuple[Json, int]]]


def night(problem: Json, solution: Json) -> Night:
    """Gather a night."""
    requests = {one["id"]: one for one in problem["requests"]}
    holders: dict[str, list[tuple[Json, int]]] = {one["id"]: [] for one in problem["offers"]}
    for entry in solution["assignments"]:
        holders[entry["offer"]].append((requests[entry["request"]], entry["places"]))
    return Night(problem, solution, requests, {one["id"]: one for one in problem["sites"]}, holders)


def check_reason(one: Night, left: Json) -> None:
    """Assert that a reason is true: the named rules, and nothing else, keep the offers away."""
    request = one.requests[left["request"]]
    if left["code"] == "priority_not_matched":
        assert request["priority"] not in (2, 3, 4)
        return
    broken = {offer["id"]: _broken(one, request, offer) for offer in one.problem["offers"]}
    open_to = [name for name, rules in broken.items() if not rules]
    if left["code"] == "outranked":
        _check_outranked(one, left, request, open_to)
        return
    assert open_to == [], left
    names = list(oracle.RULES)
    funnel = {
        rule: sum(not rules & set(names[: i + 1]) for rules in broken.values())
        for i, rule in enumerate(names)
    }
    assert left["funnel"] == funnel, left
    alone = {rule: sum(rules == {rule} for rules in broken.values()) for rule in names[1:]}
    assert left["would_open"] == {rule: count for rule, count in alone.items() if count}, left
    unknown = {name for name in UNKNOWN if (request["patient"] or {}).get(name) is None}
    assert set(left.get("missing", ())) <= unknown
    assert (left["code"] == "needs_information") == bool(left.get("missing"))


def _broken(one: Night, request: Json, offer: Json) -> set[str]:
    site = one.sites[offer["site"]]
    return {name for name, test in oracle.RULES.items() if not test(one.problem, request, offer, site)}


def _check_outranked(one: Night, left: Json, request: Json, open_to: list[str]) -> None:
    assert len(open_to) == left["feasible_offers"] > 0
    places = {offer["id"]: offer["places"] for offer in one.problem["offers"]}
    cut_off = (left["cut_off"]["priority"], left["cut_off"]["waiting_since"])
    assert cut_off <= oracle.rank(request)
    for name in open_to:
        assert sum(count for _, count in one.holders[name]) == places[name]
        for holder, _ in one.holders[name]:
            assert oracle.rank(holder) <= oracle.rank(request)


def check_changes(one: Night, left: Json) -> set[str]:
    """Assert that every smallest change of a request really matches when applied; return their kinds."""
    name = left["request"]
    request = one.requests[name]
    part = of_market(one.problem, request["service"], request["setting"])
    found = sum(entry["places"] for entry in one.solution["assignments"] if entry["request"] == name)
    changes = smallest_changes(one.problem, name)
    for change in changes:
        after = solve(change.applied(part, name))
        more = sum(entry["places"] for entry in after["assignments"] if entry["request"] == name)
        assert more == found + change.finds > found, (name, change)
    return {change.what for change in changes}
