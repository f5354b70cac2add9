"""The whole engine: against the closed example, against everything tried, and at its edges."""

import ast
import json
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from dmas.matching.engine import travel
from dmas.matching.engine.certify import check
from dmas.matching.engine.problem import ProblemError, parse
from dmas.matching.engine.solve import solve, solve_problem
from dmas.matching.engine.version import ENGINE_VERSION
from tests.matching.engine import oracle
from tests.matching.engine.invented import (
    Json,
    example,
    example_solution,
    offer,
    problem,
    random_problem,
    request,
    shuffled,
    site,
)

PROVED = {"ok": True, "proved": [1, 2, 3, 4]}


def _judge(value: Json, seed: int) -> Json:
    """Solve, and compare everything with the oracle."""
    solution = solve(value)
    assert check(value, solution) == PROVED, seed
    assert oracle.value(value, solution) == oracle.best(value), seed
    assert solution["summary"]["places_served"] == oracle.most(value), seed
    facts = oracle.Facts(value, solution)
    frozen = {
        name: (rank["priority"], rank["waiting_since"])
        for name, rank in solution["certificate"]["frozen"].items()
    }
    assert frozen == facts.frozen(), seed
    assert solution["certificate"]["prices"] == facts.least_prices(), seed
    assert solution["summary"]["feasible_pairs"] == sum(map(len, facts.open_to.values())), seed
    return solution


def test_the_closed_example() -> None:
    assert solve(example()) == example_solution()
    assert check(example(), solve(example())) == PROVED


@pytest.mark.timeout(600)
def test_five_thousand_problems_against_everything_tried() -> None:
    seen: dict[str, int] = {}
    for seed in range(5000):
        solution = _judge(random_problem(random.Random(seed)), seed)
        for entry in solution["unmatched"]:
            seen[entry["code"]] = seen.get(entry["code"], 0) + 1
        seen["options"] = seen.get("options", 0) + len(solution["options"])
        seen["prices"] = seen.get("prices", 0) + len(solution["certificate"]["prices"])
    assert set(seen) == {
        "outranked", "no_feasible_offer", "needs_information", "priority_not_matched", "options", "prices"
    }  # fmt: skip
    assert min(seen.values()) > 100


@pytest.mark.score
@pytest.mark.timeout(3600)
def test_twenty_thousand_problems_against_everything_tried() -> None:
    draw = random.Random(11)
    for seed in range(10_000, 30_000):
        value = random_problem(random.Random(seed))
        solution = _judge(value, seed)
        if seed % 10 == 0:
            assert json.dumps(solve(shuffled(draw, value))) == json.dumps(solution), seed


def test_larger_batches_and_more_offers_against_everything_tried() -> None:
    for seed in range(200):
        _judge(random_problem(random.Random(seed), requests=9, offers=5, most=4), seed)


@pytest.mark.timeout(600)
def test_starting_from_one_near_pair_each_gives_the_same_value_and_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("ALL_PAIRS", 0), ("NEAR", 1), ("ADDED", 1)):
        monkeypatch.setattr(travel, name, value)
    for seed in range(5000, 6000):
        _judge(random_problem(random.Random(seed), requests=8), seed)


def test_shuffled_lists_give_the_same_bytes() -> None:
    draw = random.Random(7)
    for seed in range(400):
        value = random_problem(random.Random(seed))
        first = json.dumps(solve(value))
        assert json.dumps(solve(shuffled(draw, value))) == first


def test_problems_are_not_changed_by_being_solved() -> None:
    value = example()
    solve(value)
    assert value == example()


def test_an_empty_problem_has_an_empty_solution() -> None:
    solution = solve(problem([], [], []))
    assert solution == {
        "assignments": [], "options": [], "unmatched": [], "certificate": {"frozen": {}, "prices": {}},
        "summary": dict.fromkeys(solution["summary"], 0),
    }  # fmt: skip
    assert check(problem([], [], []), solution) == PROVED


@pytest.mark.parametrize(
    "offers", [[], [offer(places=0)], [offer(service="120")], [offer(setting="day_case")]]
)
def test_a_market_with_no_capacity(offers: list[Json]) -> None:
    value = problem([site()], offers, [request()])
    solution = solve(value)
    none = dict.fromkeys(
        ["service_and_setting", "other_provider", "not_declined", "window", "limits", "needs"], 0
    )
    assert solution["unmatched"] == [
        {"request": "Q1", "places": 1, "code": "no_feasible_offer", "would_open": {}}
        | {"funnel": none | {"accepts_from": 0, "travel": 0}}
    ]
    assert check(value, solution) == PROVED


def test_only_places_of_nought_are_wanted() -> None:
    value = problem([site()], [offer()], [request(places=0)])
    solution = solve(value)
    assert solution["assignments"] == solution["unmatched"] == []
    assert solution["summary"]["feasible_pairs"] == 1
    assert check(value, solution) == PROVED


def test_a_hundred_thousand_places_are_quick_and_exact() -> None:
    value = problem(
        [site("S1"), site("S2", lat=53.0)],
        [offer("O1", places=100_000), offer("O2", site="S2", places=100_000)],
        [request(f"Q{i}", places=100_000, waiting_since=f"2026-01-0{i + 1}") for i in range(3)],
    )
    solution = solve(value)
    assert solution["summary"]["places_served"] == 200_000
    assert [(one["request"], one["places"]) for one in solution["unmatched"]] == [("Q2", 100_000)]
    assert check(value, solution) == PROVED


def test_somebody_is_moved_to_make_room_for_the_next() -> None:
    value = problem(
        [site("S1"), site("S2", lat=53.0)],
        [offer("O1"), offer("O2", site="S2")],
        [request("Q1", waiting_since="2025-01-01"), request("Q2", travel={"miles": 10})],
    )
    got = [(one["request"], one["offer"]) for one in solve(value)["assignments"]]
    assert got == [("Q1", "O2"), ("Q2", "O1")]


def test_a_batch_is_served_in_part_and_by_several_offers() -> None:
    value = problem(
        [site("S1"), site("S2", lat=53.0)],
        [offer("O1", places=2), offer("O2", site="S2", places=1)],
        [request(places=5)],
    )
    solution = solve(value)
    assert [(one["offer"], one["places"]) for one in solution["assignments"]] == [("O1", 2), ("O2", 1)]
    assert solution["unmatched"][0]["places"] == 2
    assert solution["unmatched"][0]["cut_off"] == {"priority": 3, "waiting_since": "2026-01-01"}


def test_tied_people_in_two_services_share_one_level_of_prices() -> None:
    """C6 looks across markets: the far holder of one binds the price of the other."""
    value = problem(
        [site("S1", lat=52.5), site("S2", lat=52.0)],
        [offer("O1"), offer("O2", site="S2", service="120")],
        [request("Q1"), request("Q2")] + [request(f"Q{i}", service="120") for i in (3, 4)],
    )
    solution = solve(value)
    assert solution["certificate"]["prices"] == {"O2": 345 * 3}
    assert check(value, solution) == PROVED


def test_arrays_are_answered_like_values() -> None:
    solution = solve_problem(parse(example()))
    assert solution.assignments.tolist() == [[0, 1, 1, 1026], [1, 0, 1, 474]]
    assert solution.options.shape == (0, 5)
    assert np.array_equal(solution.prices, [1656, 0])


def test_a_bad_problem_is_refused() -> None:
    with pytest.raises(ProblemError, match=r"^offers\[1\].places: not a whole number$"):
        solve(problem([site()], [offer(), offer("O2", places=1.5)], []))


def test_the_engine_has_a_version() -> None:
    assert ENGINE_VERSION


def test_the_engine_is_sealed() -> None:
    """Nothing but numpy, OR-tools and the one distance may come in, and no clock or random number."""
    found = set()
    for path in Path(travel.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    ours = {name for name in found if name.startswith("dmas.")}
    inside = {name for name in ours if name.startswith("dmas.matching.engine")}
    assert ours - inside == {"dmas.core.geography"}
    others = {name for name in found - ours if name.partition(".")[0] not in sys.stdlib_module_names}
    assert others == {"numpy", "numpy.typing", "ortools.graph.python"}
    assert not {"random", "secrets", "time", "os"} & found
