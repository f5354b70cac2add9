"""Packed feasibility: each rule alone, at its edges, and all together against the rules read literally."""

import datetime as dt
import math
import random
from typing import Any

import numpy as np
import pytest

from dmas.core.geography import RADIUS_MILES
from dmas.matching.engine import feasibility
from dmas.matching.engine.bits import unpack
from dmas.matching.engine.feasibility import markets, rank_of, rank_parts
from dmas.matching.engine.problem import parse
from tests.matching.engine import oracle
from tests.matching.engine.invented import Json, offer, problem, random_problem, request, site


def _fits(offer_changes: Json, request_changes: Json, site_changes: Json | None = None) -> bool:
    value = problem([site(**site_changes or {})], [offer(**offer_changes)], [request(**request_changes)])
    (market,) = markets(parse(value))
    fits = bool(unpack(market.masks, 1)[0, 0])
    assert fits == oracle.feasible(value, value["requests"][0], value["offers"][0])
    return fits


def _patient(**known: Any) -> Json:
    return {"patient": {"age": None, "asa": None, "bmi": None, "sex": None} | known}


@pytest.mark.parametrize(
    ("limit", "known", "fits"),
    [
        ({"min_age": 18}, {"age": 18}, True),
        ({"min_age": 18}, {"age": 17}, False),
        ({"min_age": 0}, {"age": 0}, True),
        ({"min_age": 0}, {}, False),
        ({"max_age": 70}, {"age": 70}, True),
        ({"max_age": 70}, {"age": 71}, False),
        ({"max_age": 70}, {}, False),
        ({"max_asa": 2}, {"asa": 2}, True),
        ({"max_asa": 2}, {"asa": 3}, False),
        ({"max_asa": 5}, {}, False),
        ({"max_bmi": 40}, {"bmi": 40.0}, True),
        ({"max_bmi": 40.0}, {"bmi": 40.000000000000007}, False),
        ({"max_bmi": 40.0}, {}, False),
        ({"sex": "F"}, {"sex": "F"}, True),
        ({"sex": "F"}, {"sex": "M"}, False),
        ({"sex": "M"}, {}, False),
        ({}, {}, True),
    ],
)
def test_limits(limit: Json, known: Json, fits: bool) -> None:
    assert _fits({"limits": limit}, _patient(**known)) is fits
    if not known:
        assert _fits({"limits": limit}, {"patient": None}) is fits


def test_other_provider() -> None:
    assert not _fits({}, {"provider": "X"}, {"provider": "X"})
    assert _fits({}, {"provider": "X"}, {"provider": "Y"})


def test_declined() -> None:
    assert not _fits({}, {"declined": ["O1"]})
    assert _fits({}, {"declined": ["O2", "never heard of"]})


@pytest.mark.parametrize(
    ("first", "last", "needed_by", "fits"),
    [
        ("2026-12-01", "2026-12-31", None, True),
        ("2026-12-01", "2026-12-31", "2026-12-01", True),
        ("2026-12-01", "2026-12-31", "2026-11-30", False),
        ("2026-11-01", "2026-11-21", None, True),
        ("2026-11-01", "2026-11-20", None, False),
        ("2026-11-01", "2026-12-31", "2026-11-20", False),
        ("2026-12-02", "2026-12-01", None, False),
    ],
)
def test_window(first: str, last: str, needed_by: str | None, fits: bool) -> None:
    assert _fits({"from": first, "to": last}, {"needed_by": needed_by}) is fits


def test_needs() -> None:
    assert _fits({"provides": ["hoist", "mri"]}, {"needs": ["mri"]})
    assert not _fits({"provides": ["hoist"]}, {"needs": ["hoist", "mri"]})


@pytest.mark.parametrize(
    ("regions", "icbs", "fits"),
    [
        (None, None, True),
        (["R1"], ["I1"], True),
        (["R2"], None, False),
        ([], None, False),
        (None, ["I2"], False),
    ],
)
def test_accepts_from(regions: list[str] | None, icbs: list[str] | None, fits: bool) -> None:
    assert _fits({"accepts_from": {"regions": regions, "icbs": icbs}}, {}) is fits


def test_travel_by_region_and_nation() -> None:
    assert _fits({}, {"travel": {"region": True}})
    assert not _fits({}, {"travel": {"region": True}}, {"region": "R2"})
    assert _fits({}, {"travel": {"national": True}}, {"region": "R2", "lat": 61.0})


@pytest.mark.parametrize(("miles", "fits"), [(50.0, True), (50.0499999, True), (50.0500001, False)])
def test_travel_by_miles_is_exact_to_the_tenth(miles: float, fits: bool) -> None:
    lat = 52 + math.degrees(miles / RADIUS_MILES)
    assert _fits({}, {"travel": {"miles": 50}}, {"lat": lat}) is fits


def test_offers_without_places_and_priorities_not_matched_are_in_no_market() -> None:
    value = problem(
        [site()],
        [offer("O1", places=0), offer("O2")],
        [request("Q1", priority=1), request("Q2", priority=5), request("Q3"), request("Q4", priority=6)],
    )
    (market,) = markets(parse(value))
    assert market.offers.tolist() == [1]
    assert market.requests.tolist() == [2]
    assert markets(parse(problem([], [], []))) == []


def test_requests_are_in_the_order_they_are_served() -> None:
    asked = [
        request("B", waiting_since="2026-01-01"), request("A", waiting_since="2026-01-01"),
        request("C", waiting_since="2025-01-01"), request("D", priority=2),
    ]  # fmt: skip
    read = parse(problem([site()], [offer()], asked))
    (market,) = markets(read)
    assert [read.requests.ids[i] for i in market.requests] == ["D", "C", "A", "B"]


def test_all_rules_together_on_random_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feasibility, "_BLOCK", 3)
    pairs = 0
    for seed in range(1500):
        value = random_problem(random.Random(seed), requests=8, offers=6)
        read = parse(value)
        by_id = {one["id"]: one for key in ("offers", "requests") for one in value[key]}
        for market in markets(read):
            truth = unpack(market.masks, len(market.offers))
            for (i, j), fits in np.ndenumerate(truth):
                one = by_id[read.requests.ids[market.requests[i]]]
                other = by_id[read.offers.ids[market.offers[j]]]
                assert fits == oracle.feasible(value, one, other), seed
                pairs += bool(fits)
    assert pairs > 3000


def test_nearest_prefers_the_lower_id_where_two_are_equally_near() -> None:
    sites = [site("S1", lat=53.0), site("S2", lat=52.1), site("S3", lat=52.1)]
    value = problem(sites, [offer(f"O{i}", site=f"S{i}") for i in (1, 2, 3)], [request()])
    (market,) = markets(parse(value))
    assert market.nearest(0, 0b111) == 1
    assert market.nearest(0, 0b101) == 2
    assert market.nearest(0, 0b001) == 0


def test_ranks_order_by_priority_then_date() -> None:
    days = [dt.date(9999, 12, 31).toordinal(), dt.date(1, 1, 1).toordinal()]
    late, early = rank_of(np.array([2, 3]), np.array(days)).tolist()
    assert late < early
    assert rank_parts(late) == (2, days[0])
