"""Smallest changes: each really finds a place when applied, and where none is named none would."""

import random
from typing import Any

import pytest

from dmas.matching.engine.nearly import Nearly, smallest_changes
from dmas.matching.engine.solve import solve
from tests.matching.engine.invented import Json, offer, problem, random_problem, request, site


def _found(value: Json, name: str) -> int:
    return sum(one["places"] for one in solve(value)["assignments"] if one["request"] == name)


def _only(offers: list[Json], requests: list[Json], sites: list[Json] | None = None) -> list[Nearly]:
    """Return what would match the request Q1, checked by applying it."""
    value = problem(sites or [site()], offers, requests)
    now = _found(value, "Q1")
    changes = smallest_changes(value, "Q1")
    for change in changes:
        assert _found(change.applied(value, "Q1"), "Q1") == now + change.finds > now
    return changes


def _patient(**known: Any) -> Json:
    return {"age": 50, "asa": 2, "bmi": 30.0, "sex": "F"} | known


def test_the_fewest_miles_that_reach_a_place() -> None:
    sites = [site("S1", lat=52.3), site("S2", lat=53.0), site("S3", lat=52.2)]
    offers = [offer("O1", site="S1"), offer("O2", site="S2"), offer("O3", site="S3")]
    first = request("Q0", waiting_since="2025-01-01", travel={"miles": 15})  # has the nearest place
    asked = request("Q1", travel={"miles": 5})
    assert _only(offers, [first, asked], sites) == [Nearly("travel", 21, 1)]


def test_somebody_who_stays_in_the_region_may_go_anywhere() -> None:
    asked = request("Q1", travel={"region": True}, region="R2")
    assert _only([offer()], [asked]) == [Nearly("travel", "national", 1)]


def test_the_earliest_date_that_meets_an_offer() -> None:
    offers = [
        offer("O1", **{"from": "2027-02-01"}),
        offer("O2", **{"from": "2027-01-01"}),
        offer("O3", **{"from": "2027-01-01", "to": "2026-12-31"}),
    ]
    asked = request("Q1", needed_by="2026-12-15")
    assert _only(offers, [asked]) == [Nearly("needed_by", "2027-01-01", 1)]


def test_the_limit_nearest_to_the_persons_own_value() -> None:
    offers = [offer("O1", limits={"max_bmi": 35}), offer("O2", limits={"max_bmi": 40})]
    assert _only(offers, [request("Q1", patient=_patient(bmi=41))]) == [Nearly("bmi", 40, 1)]
    assert _only([offer(limits={"max_asa": 1})], [request("Q1", patient=_patient())]) == [Nearly("asa", 1, 1)]
    assert _only([offer(limits={"sex": "M"})], [request("Q1", patient=_patient())]) == [Nearly("sex", "M", 1)]
    ages = [offer("O1", limits={"min_age": 18, "max_age": 40}), offer("O2", limits={"min_age": 60})]
    assert _only(ages, [request("Q1", patient=_patient())]) == [Nearly("age", 40, 1)]


def test_a_value_that_is_not_known_could_be_this_one() -> None:
    limited = [offer(limits={"max_bmi": 40, "max_age": 70})]
    asked = request("Q1", patient=_patient(bmi=None))
    assert _only(limited, [asked]) == [Nearly("bmi", 40, 1)]
    assert _only([offer(limits={"min_age": 18})], [request("Q1")]) == [Nearly("age", 18, 1)]


def test_two_limits_in_the_way_are_no_single_change() -> None:
    asked = request("Q1", patient=_patient(bmi=50, asa=4))
    assert _only([offer(limits={"max_bmi": 40, "max_asa": 3})], [asked]) == []


def test_one_need_less() -> None:
    asked = request("Q1", needs=["hoist", "mri"])
    assert _only([offer(provides=["hoist"])], [asked]) == [Nearly("needs", "mri", 1)]


def test_an_offer_declined_before() -> None:
    assert _only([offer()], [request("Q1", declined=["O1"])]) == [Nearly("declined", "O1", 1, "O1")]


def test_an_offer_that_does_not_accept_from_here() -> None:
    shut = offer(accepts_from={"regions": ["R9"], "icbs": None})
    assert _only([shut], [request("Q1")]) == [Nearly("accepts_from", "O1", 1, "O1")]


def test_so_many_places_more_before_one_comes_here() -> None:
    others = [request(f"Q{i}", waiting_since="2025-01-01") for i in range(2, 5)]
    assert _only([offer()], [request("Q1"), *others]) == [Nearly("places", 3, 1, "O1")]


def test_the_rest_of_a_batch_counts() -> None:
    sites = [site("S1"), site("S2", lat=53.0)]
    offers = [offer("O1", places=2), offer("O2", site="S2", places=2)]
    asked = request("Q1", places=5, travel={"miles": 10})
    assert _only(offers, [asked], sites) == [Nearly("travel", 70, 2), Nearly("places", 1, 1, "O1")]


def test_nothing_helps_where_there_is_nothing() -> None:
    assert _only([], [request("Q1")]) == []
    assert _only([offer(places=0)], [request("Q1")]) == []
    assert _only([offer(service="120")], [request("Q1")]) == []
    assert _only([offer()], [request("Q1", priority=5)]) == []
    assert _only([offer()], [request("Q1", priority=5), request("Q2")]) == []
    assert _only([offer(site="S1")], [request("Q1", provider="PS1")]) == []


def _dropped(value: Json, name: str) -> list[Json]:
    """Return the problem with each of the request's own rules dropped in full, one at a time."""
    changes: list[Json] = [{"travel": {"national": True}}, {"needed_by": None}]
    return [
        value | {"requests": [one | change if one["id"] == name else one for one in value["requests"]]}
        for change in changes
    ]


def _judge(seeds: range) -> set[str]:
    """Find everybody's changes, apply each, and look for what was left out; return the kinds seen."""
    seen: set[str] = set()
    for seed in seeds:
        value = random_problem(random.Random(seed))
        for left in solve(value)["unmatched"]:
            name = left["request"]
            changes = smallest_changes(value, name)
            now = _found(value, name)
            for change in changes:
                seen.add(change.what)
                assert _found(change.applied(value, name), name) == now + change.finds > now, seed
                if change.what == "travel" and change.value not in (1, "national"):
                    less = Nearly("travel", int(change.value) - 1, 0)
                    assert _found(less.applied(value, name), name) == now, seed
                if change.what == "places" and int(change.value) > 1:
                    less = Nearly("places", int(change.value) - 1, 0, change.offer)
                    assert _found(less.applied(value, name), name) == now, seed
            kinds = {change.what for change in changes}
            for what, dropped in zip(("travel", "needed_by"), _dropped(value, name), strict=True):
                if left["code"] != "priority_not_matched":
                    assert (_found(dropped, name) > now) == (what in kinds), (seed, name, what)
    return seen


@pytest.mark.timeout(600)
def test_on_random_problems_all_are_true_least_and_none_is_left_out() -> None:
    seen = _judge(range(160)) | _judge(range(560, 600))  # a date that is too early is rare
    assert {"travel", "needed_by", "declined", "places"} <= seen


@pytest.mark.score
@pytest.mark.timeout(1800)
def test_on_many_random_problems_all_are_true_least_and_none_is_left_out() -> None:
    kinds = {"travel", "needed_by", "age", "asa", "bmi", "sex", "needs", "declined", "accepts_from", "places"}
    assert _judge(range(160, 2000)) == kinds
