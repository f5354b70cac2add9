"""The travel stage: layers, ties decided by travel, regions last, and pairs added until none pays."""

import random
from typing import Any

import numpy as np
import pytest

from dmas.matching.engine import layers, travel
from dmas.matching.engine.certify import check
from dmas.matching.engine.feasibility import NEVER, markets
from dmas.matching.engine.layers import latest, layers_of
from dmas.matching.engine.problem import parse
from dmas.matching.engine.rank import serve
from dmas.matching.engine.solve import solve
from tests.matching.engine.invented import Json, offer, problem, request, site

PROVED = {"ok": True, "proved": [1, 2, 3, 4]}


def _pairs(value: Json) -> list[tuple[str, str]]:
    solution = solve(value)
    assert check(value, solution) == PROVED
    return [(one["request"], one["offer"]) for one in solution["assignments"]]


def test_the_least_in_all_is_not_the_nearest_for_each() -> None:
    sites = [site("S1", lat=52.2), site("S2", lat=51.9)]
    asked = [request("Q1", waiting_since="2025-01-01", lat=52.1), request("Q2", lat=53.0)]
    assert _pairs(problem(sites, [offer("O1"), offer("O2", site="S2")], asked)) == [
        ("Q1", "O2"),
        ("Q2", "O1"),
    ]


def test_travel_decides_among_requests_of_equal_rank() -> None:
    asked = [request("Q1", lat=54.0), request("Q2", lat=52.1)]
    assert _pairs(problem([site()], [offer()], asked)) == [("Q2", "O1")]


def test_travel_never_decides_against_a_better_rank() -> None:
    asked = [request("Q1", lat=54.0, waiting_since="2025-12-31"), request("Q2", lat=52.1)]
    assert _pairs(problem([site()], [offer()], asked)) == [("Q1", "O1")]


def test_the_own_region_decides_where_distance_is_equal() -> None:
    sites = [site("S1", region="R2"), site("S2", region="R1")]
    assert _pairs(problem(sites, [offer("O1"), offer("O2", site="S2")], [request()])) == [("Q1", "O2")]


def test_a_tenth_of_a_mile_comes_before_any_number_of_regions() -> None:
    sites = [site("S1", lat=52.0, region="R2"), site("S2", lat=52.0014, region="R1")]
    value = problem(
        sites, [offer("O1", places=9), offer("O2", site="S2", places=9)], [request("Q1", places=9)]
    )
    assert _pairs(value) == [("Q1", "O1")]
    assert solve(value)["summary"]["outside_region"] == 9


def test_layers_are_the_offers_of_one_cut_off_with_who_may_hold_them() -> None:
    sites = [site("S1"), site("S2", lat=53.0), site("S3", lat=54.0)]
    offers = [offer("O1"), offer("O2", site="S2"), offer("O3", site="S3", places=2)]
    asked = [
        request("Q1", waiting_since="2025-01-01", declined=["O2", "O3"]),
        request("Q2", waiting_since="2025-02-01", declined=["O2", "O3"]),
        request("Q3", waiting_since="2025-03-01", declined=["O3"]),
        request("Q4", waiting_since="2025-03-01", declined=["O1", "O3"]),
        request("Q5", waiting_since="2025-04-01"),
        request("Q6", waiting_since="2025-05-01", places=0),
    ]
    (market,) = markets(parse(problem(sites, offers, asked)))
    served = serve(market)
    parts = layers_of(market, served, latest(market, np.array(served.frozen)))
    found = [(one.rank, one.offers.tolist(), one.rows.tolist(), one.tied.tolist()) for one in parts]
    ranks = market.rank.tolist()
    assert found == [
        (NEVER, [2], [4], [False]),
        (ranks[2], [1], [2, 3], [True, True]),
        (ranks[1], [0], [0, 1], [False, True]),
    ]
    assert [one.served.tolist() for one in parts] == [[1], [1, 0], [1, 0]]


def test_a_market_where_nobody_is_served_has_no_layers() -> None:
    (market,) = markets(parse(problem([site()], [offer()], [request(places=0)])))
    served = serve(market)
    assert layers_of(market, served, latest(market, np.array(served.frozen))) == []


def _country(seed: int, requests: int, offers: int) -> Json:
    draw = random.Random(seed)
    sites = [
        site(f"S{i}", lat=draw.uniform(50, 55), lon=draw.uniform(-3, 1), region=draw.choice(["R1", "R2"]))
        for i in range(offers)
    ]
    return problem(
        sites,
        [offer(f"O{i}", site=f"S{i}", places=draw.randint(0, 4)) for i in range(offers)],
        [
            request(
                f"Q{i}",
                lat=draw.uniform(50, 55),
                lon=draw.uniform(-3, 1),
                waiting_since=f"2026-0{draw.randint(1, 3)}-01",
                priority=draw.choice([2, 3]),
                places=draw.choice([1, 1, 1, 3]),
                travel=draw.choice([{"miles": 60}, {"miles": 120}, {"national": True}]),
            )
            for i in range(requests)
        ],
    )


@pytest.mark.parametrize("near", [1, 3])
@pytest.mark.parametrize("requests", [30, 120, 300])
def test_few_near_pairs_lead_to_the_same_miles_and_prices_as_all(
    requests: int, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = _country(requests, requests, 60)
    whole = solve(value)
    assert check(value, whole) == PROVED
    monkeypatch.setattr(travel, "ALL_PAIRS", 0)
    monkeypatch.setattr(travel, "NEAR", near)
    monkeypatch.setattr(travel, "ADDED", 2)
    monkeypatch.setattr(travel, "LARGEST", 0 if near == 3 else travel.LARGEST)
    monkeypatch.setattr(layers, "_BLOCK", 500)
    monkeypatch.setattr(layers, "KEPT", 1000)
    grown = solve(value)
    assert check(value, grown) == PROVED
    assert grown == whole


@pytest.mark.parametrize(("seed", "requests"), [(3, 60), (30, 30)])
def test_prices_are_least_however_few_pairs_they_begin_with(
    seed: int, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = _country(seed, requests, 60)
    whole = solve(value)

    def only_what_is_held(layer: layers.Layer, *_told: object) -> Any:
        row, offer_of, places = layer.held
        home, at = layer.market.point[layer.rows[row]], layer.market.site[layer.offers[offer_of]]
        return layer.arcs(row, offer_of, layer.market.tenths[home, at].astype(np.int64)), places

    monkeypatch.setattr(travel, "_begun", only_what_is_held)
    assert solve(value) == whole
