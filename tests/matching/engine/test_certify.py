"""The check: what it proves, what it refuses and why, on the example and on random problems."""

import ast
import copy
import dataclasses
import itertools
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dmas.core.geography import tenths_between
from dmas.matching.engine import certify
from dmas.matching.engine.certify import check, check_columns, pairs, values
from dmas.matching.engine.problem import parse
from dmas.matching.engine.solve import solve, solve_problem
from tests.matching.engine import oracle
from tests.matching.engine.invented import (
    Json,
    example,
    example_solution,
    offer,
    problem,
    random_problem,
    request,
    site,
)

PROVED = {"ok": True, "proved": [1, 2, 3, 4]}


def _fault(value: Json, solution: Any) -> tuple[str, str]:
    verdict = check(value, solution)
    assert verdict["ok"] is False
    assert set(verdict) == {"ok", "fault"}
    return verdict["fault"]["path"], verdict["fault"]["rule"]


def _solved(seeds: range) -> Iterator[tuple[Json, Json]]:
    for seed in seeds:
        value = random_problem(random.Random(seed))
        solution = solve(value)
        assert check(value, solution) == PROVED
        yield value, solution


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _leaves(value[key], (*path, key))
    else:
        yield path


def _with(solution: Json, path: tuple[Any, ...], new: Any) -> Json:
    changed = copy.deepcopy(solution)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return changed


def _other(value: Any) -> list[Any]:
    return [value + 1, value - 1, float(value), str(value)] if isinstance(value, int) else [value + "x", None]


def test_it_imports_only_numpy_and_itself() -> None:
    names = set()
    for path in Path(certify.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.add(str(node.module))
            elif isinstance(node, ast.Import):
                names |= {one.name for one in node.names}
    others = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    package = "dmas.matching.engine.certify"
    assert {name for name in others if not name.startswith(package)} == {"numpy", "numpy.typing"}


def test_its_distance_is_everybodys_distance() -> None:
    draw = random.Random(4)
    homes = [(draw.uniform(49, 61), draw.uniform(-9, 3)) for _ in range(100)]
    places = [(draw.uniform(49, 61), draw.uniform(-9, 3)) for _ in range(200)] + homes[:5]
    value = problem(
        [site(f"S{i:03d}", lat=lat, lon=lon) for i, (lat, lon) in enumerate(places)],
        [],
        [request(f"Q{i:03d}", lat=lat, lon=lon) for i, (lat, lon) in enumerate(homes)],
    )
    distances = pairs.Distances(values.read(value))
    found = distances.rows(distances.home, np.arange(len(places)))
    for (i, j), tenths in np.ndenumerate(found):
        assert tenths == tenths_between(*homes[i], *places[j]) == pairs.exactly(*homes[i], *places[j])


def test_the_example_is_proved() -> None:
    assert check(example(), example_solution()) == PROVED


def test_without_prices_only_who_and_how_many_are_proved() -> None:
    bare = _with(example_solution(), ("certificate", "prices"), {})
    assert check(example(), bare) == {"ok": True, "proved": [1, 2]}


def test_without_a_certificate_a_solution_is_unproved() -> None:
    bare = example_solution()
    del bare["certificate"]
    assert _fault(example(), bare) == ("certificate", "unproved")


@pytest.mark.parametrize("solution", [None, [], "text", 7])
def test_a_solution_is_an_object(solution: Any) -> None:
    assert _fault(example(), solution) == ("solution", "format")


def test_every_false_leaf_of_the_example_is_refused() -> None:
    for path in _leaves(example_solution()):
        if path[:2] == ("certificate", "prices"):
            continue
        value = example_solution()
        for key in path:
            value = value[key]
        for false in _other(value):
            _fault(example(), _with(example_solution(), path, false))


@pytest.mark.timeout(600)
def test_every_false_reason_distance_and_sum_is_refused_on_random_problems() -> None:
    tried = 0
    for value, solution in _solved(range(100)):
        for path in _leaves(solution):
            if path[0] == "certificate":
                continue
            leaf: Any = solution
            for key in path:
                leaf = leaf[key]
            for false in _other(leaf):
                _fault(value, _with(solution, path, false))
                tried += 1
    assert tried > 3000


def test_every_list_one_entry_short_or_long_is_refused() -> None:
    for value, solution in _solved(range(300)):
        for key in ("assignments", "options", "unmatched"):
            for i in range(len(solution[key])):
                _fault(value, solution | {key: solution[key][:i] + solution[key][i + 1 :]})
                _fault(value, solution | {key: [*solution[key][: i + 1], *solution[key][i:]]})


def test_a_place_removed_is_refused_by_the_certificate_itself() -> None:
    tried = 0
    for value, solution in _solved(range(600)):
        for i, entry in enumerate(solution["assignments"]):
            rest = [one for j, one in enumerate(solution["assignments"]) if j != i]
            fewer = [entry | {"places": entry["places"] - 1}] if entry["places"] > 1 else []
            short = sorted(rest + fewer, key=lambda one: (one["request"], one["offer"]))
            assert _fault(value, solution | {"assignments": short})[1] in ("C1", "C3")
            tried += 1
    assert tried > 500


def test_a_place_added_is_refused() -> None:
    for value, solution in _solved(range(500)):
        for i, entry in enumerate(solution["assignments"]):
            more = _with(solution, ("assignments", i, "places"), entry["places"] + 1)
            assert _fault(value, more)[1] in ("more than wanted", "more than offered", "C2", "C3", "C5", "C6")
        for lacking in solution["unmatched"]:
            for one in value["offers"]:
                entry = {"request": lacking["request"], "offer": one["id"], "places": 1, "tenths": 0}
                every = sorted([*solution["assignments"], entry], key=lambda e: (e["request"], e["offer"]))
                _fault(value, solution | {"assignments": every})


def _given_away(value: Json, solution: Json) -> Iterator[Json]:
    """Yield every list in which one place has passed to somebody of worse rank who lacks one."""
    requests = {one["id"]: one for one in value["requests"]}
    offers = {one["id"]: one for one in value["offers"]}
    sites = {one["id"]: one for one in value["sites"]}
    for entry, lacking in itertools.product(solution["assignments"], solution["unmatched"]):
        giver, taker = requests[entry["request"]], requests[lacking["request"]]
        if lacking["code"] != "outranked" or oracle.rank(giver) >= oracle.rank(taker):
            continue
        if not oracle.feasible(value, taker, offers[entry["offer"]]):
            continue
        tally = {(one["request"], one["offer"]): one["places"] for one in solution["assignments"]}
        tally[giver["id"], entry["offer"]] -= 1
        tally[taker["id"], entry["offer"]] = tally.get((taker["id"], entry["offer"]), 0) + 1
        yield solution | {
            "assignments": [
                {"request": q, "offer": o, "places": n}
                | {"tenths": oracle.tenths(requests[q], sites[offers[o]["site"]])}
                for (q, o), n in sorted(tally.items())
                if n
            ]
        }


def test_a_place_given_to_somebody_ranked_worse_is_refused_whatever_the_cut_offs() -> None:
    tried = 0
    for value, solution in _solved(range(1500)):
        ranks = sorted({oracle.rank(one) for one in value["requests"]})
        written = [None, *({"priority": p, "waiting_since": since} for p, since in ranks)]
        names = [one["id"] for one in value["offers"]]
        for worse in _given_away(value, solution):
            tried += 1
            for chosen in itertools.product(written, repeat=len(names)) if tried % 30 == 0 else [()]:
                frozen = {o: rank for o, rank in zip(names, chosen, strict=False) if rank}
                frozen = frozen or solution["certificate"]["frozen"]
                claimed = worse | {"certificate": {"frozen": frozen, "prices": {}}}
                assert _fault(value, claimed)[1] in ("C1", "C2", "C3")
    assert tried > 100


def test_longer_travel_is_never_proved_least() -> None:
    value = problem(
        [site("S1", lat=52.1), site("S2", lat=52.5)], [offer("O1"), offer("O2", site="S2")], [request()]
    )
    solution = solve(value)
    far = {"request": "Q1", "offer": "O2", "places": 1}
    far["tenths"] = tenths_between(52.0, 0.0, 52.5, 0.0)
    summary = solution["summary"] | {"tenths": far["tenths"]}
    longer = solution | {"assignments": [far], "summary": summary}
    assert check(value, longer) == {"ok": True, "proved": [1, 2]}
    for one, other in itertools.product(range(0, 2000, 37), repeat=2):
        prices = {name: price for name, price in (("O1", one), ("O2", other)) if price}
        claimed = longer | {"certificate": {"frozen": {}, "prices": prices}}
        verdict = check(value, claimed)
        assert verdict.get("fault", {}).get("rule") in ("C4", "C5") or verdict["proved"] == [1, 2]


def test_the_tied_person_farther_away_is_refused_by_c6() -> None:
    value = problem([site()], [offer()], [request("Q1", lat=52.1), request("Q2", lat=52.2)])
    solution = solve(value)
    assert [one["request"] for one in solution["assignments"]] == ["Q1"]
    tenths = tenths_between(52.2, 0.0, 52.0, 0.0)
    taken = [{"request": "Q2", "offer": "O1", "places": 1, "tenths": tenths}]
    swapped = solution | {"assignments": taken}
    swapped["certificate"] = {"frozen": solution["certificate"]["frozen"], "prices": {"O1": 1}}
    assert _fault(value, swapped) == ("requests.Q2", "C6")


@pytest.mark.parametrize(
    ("path", "new", "fault"),
    [
        (("assignments",), {}, ("assignments", "format")),
        (("assignments", 0), [], ("assignments[0]", "format")),
        (("assignments", 0, "request"), "Q9", ("assignments[0].request", "unknown")),
        (("assignments", 0, "offer"), ["O1"], ("assignments[0].offer", "unknown")),
        (("assignments", 0, "places"), 0, ("assignments[0].places", "format")),
        (("assignments", 0, "places"), True, ("assignments[0].places", "format")),
        (("assignments", 0, "places"), 2, ("assignments[0].places", "more than wanted")),
        (("assignments", 0, "tenths"), 1025, ("assignments[0].tenths", "distance")),
        (("assignments", 1, "offer"), "O2", ("assignments[1]", "travel")),
        (("assignments", 1, "request"), "Q4", ("assignments[1]", "needs")),
        (("assignments", 1, "request"), "Q5", ("assignments[1]", "limits")),
        (("assignments", 1, "request"), "Q1", ("assignments[1]", "order")),
        (("certificate",), [], ("certificate", "format")),
        (("certificate", "frozen"), [], ("certificate.frozen", "format")),
        (("certificate", "prices"), None, ("certificate.prices", "format")),
        (("certificate", "frozen", "O9"), {}, ("certificate.frozen.O9", "unknown")),
        (("certificate", "frozen", "O1"), 3, ("certificate.frozen.O1", "format")),
        (("certificate", "frozen", "O1", "priority"), 7, ("certificate.frozen.O1.priority", "format")),
        (("certificate", "frozen", "O1", "priority"), 3, ("assignments[0]", "C2")),
        (
            ("certificate", "frozen", "O1", "waiting_since"),
            "20250601",
            ("certificate.frozen.O1.waiting_since", "format"),
        ),
        (
            ("certificate", "frozen", "O1", "waiting_since"),
            None,
            ("certificate.frozen.O1.waiting_since", "format"),
        ),
        (("certificate", "prices", "O1"), 0, ("certificate.prices.O1", "format")),
        (("certificate", "prices", "O1"), 1656.0, ("certificate.prices.O1", "format")),
        (("certificate", "prices", "O1"), 1655, ("assignments[0]", "C5")),
        (("certificate", "frozen"), {}, ("requests.Q3", "C3")),
        (("colour",), "red", ("colour", "format")),
        (("unmatched",), {}, ("unmatched", "unmatched")),
        (("unmatched", 1, "colour"), "red", ("unmatched[1].colour", "unmatched")),
        (("unmatched", 2, "missing"), ["asa", "bmi"], ("unmatched[2].missing[1]", "unmatched")),
        (("options",), [{}], ("options[0]", "options")),
        (("summary", "feasible_pairs"), 6, ("summary.feasible_pairs", "summary")),
    ],
)
def test_a_fault_has_its_path_and_rule(path: tuple[Any, ...], new: Any, fault: tuple[str, str]) -> None:
    assert _fault(example(), _with(example_solution(), path, new)) == fault


def test_more_than_offered_is_refused() -> None:
    value = example()
    value["requests"][1]["travel"] = {"national": True}
    both = _with(example_solution(), ("assignments", 1), {"request": "Q2", "offer": "O2", "places": 1})
    both["assignments"][1]["tenths"] = 1026
    assert _fault(value, both) == ("assignments[1].places", "more than offered")


def test_priorities_that_are_not_matched_hold_no_place() -> None:
    value = example()
    value["requests"][0]["priority"] = 5
    assert _fault(value, example_solution()) == ("assignments[0].request", "priority_not_matched")


def test_another_service_is_refused_by_its_rule() -> None:
    value = example()
    value["offers"][0]["service"] = "120"
    assert _fault(value, example_solution()) == ("assignments[1]", "service_and_setting")


def test_a_frozen_offer_that_is_not_full_is_refused() -> None:
    value = example()
    value["offers"][0]["places"] = 2
    assert _fault(value, example_solution()) == ("certificate.frozen.O1", "C1")


def test_a_price_where_places_are_free_is_refused() -> None:
    value = problem([site()], [offer(places=2)], [request()])
    priced = _with(solve(value), ("certificate", "prices"), {"O1": 5})
    assert _fault(value, priced) == ("certificate.prices.O1", "C4")


def _off_by_one(table: Any) -> Iterator[Any]:
    for place in np.ndindex(table.shape):
        changed = table.copy()
        changed[place] = not table[place] if table.dtype == np.bool_ else table[place] + 1
        yield changed


def test_columns_are_judged_like_values() -> None:
    for seed in range(300):
        read = parse(random_problem(random.Random(seed)))
        assert check_columns(read, solve_problem(read)) == PROVED


def test_every_figure_one_more_is_refused_in_columns() -> None:
    tried = 0
    for seed in range(60):
        read = parse(random_problem(random.Random(seed)))
        good = solve_problem(read)
        wrong: list[dict[str, Any]] = [{"options": table} for table in _off_by_one(good.options)]
        for table in _off_by_one(good.assignments[:, 2:]):  # another offer may be just as good
            wrong.append({"assignments": np.column_stack((good.assignments[:, :2], table))})
        wrong += [{"summary": good.summary | {key: n + 1}} for key, n in good.summary.items()]
        reasons = good.unmatched
        for name in (field.name for field in dataclasses.fields(reasons)):
            for table in _off_by_one(getattr(reasons, name)):
                if (
                    name not in ("cut_off", "feasible_offers")
                    or reasons.code[_first_difference(reasons, name, table)] == 1
                ):
                    wrong.append({"unmatched": dataclasses.replace(reasons, **{name: table})})
        for changes in wrong:
            assert not check_columns(read, dataclasses.replace(good, **changes))["ok"], (seed, changes)
            tried += 1
    assert tried > 1000


def _first_difference(reasons: Any, name: str, table: Any) -> int:
    return int(np.flatnonzero(getattr(reasons, name) != table)[0])


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"assignments": np.zeros((1, 3), dtype=np.int64)}, "assignments"),
        ({"assignments": np.array([[9, 0, 1, 0]])}, "assignments[0].request"),
        ({"assignments": np.array([[0, -1, 1, 0]])}, "assignments[0].offer"),
        ({"frozen": np.zeros(1, dtype=np.int64)}, "certificate.frozen"),
        ({"prices": np.array([-1, 0])}, "certificate.prices"),
        ({"prices": np.array([1 << 61, 0])}, "certificate.prices"),
    ],
)
def test_columns_of_another_shape_are_refused(changes: dict[str, Any], path: str) -> None:
    read = parse(example())
    verdict = check_columns(read, dataclasses.replace(solve_problem(read), **changes))
    assert verdict["fault"]["path"] == path


def test_a_price_beyond_all_reason_is_refused() -> None:
    dear = _with(example_solution(), ("certificate", "prices", "O1"), 1 << 59)
    assert _fault(example(), dear) == ("certificate.prices.O1", "format")


def test_many_homes_are_measured_market_by_market(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST_SHARED", 0)
    for value, solution in itertools.chain([(example(), example_solution())], _solved(range(100))):
        assert check(value, solution) == PROVED
