"""The generator, the other ways to match, the judge of quality and the page of figures."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import engine, generator
from benchmarks.generator import Size, as_values, generate
from benchmarks.rivals import measure, quality, report
from benchmarks.rivals.matchers import Deadline, naive, one_shot
from dmas.matching.engine.certify import check_columns
from dmas.matching.engine.feasibility import markets
from dmas.matching.engine.problem import Problem, parse
from dmas.matching.engine.solve import as_json, solve, solve_problem


@pytest.fixture(scope="module")
def problem() -> Problem:
    return generate("S")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Problem:
    monkeypatch.setitem(generator.SIZES, "tiny", Size(300, 80, 12, 30, 200, batches=True))
    return generate("tiny")


def test_the_same_seed_gives_the_same_problem(problem: Problem) -> None:
    again, other = generate("S"), generate("S", seed=2)
    assert np.array_equal(problem.requests.lat, again.requests.lat)
    assert not np.array_equal(problem.requests.lat, other.requests.lat)


def test_a_generated_problem_is_well_formed_and_reads_back_the_same(tiny: Problem) -> None:
    values = as_values(tiny)
    assert parse(values).requests.ids == tiny.requests.ids
    assert solve(values) == as_json(tiny, solve_problem(tiny))


def test_places_are_the_share_asked_for(problem: Problem) -> None:
    wanted, offered = problem.requests.places.sum(), problem.offers.places.sum()
    assert offered / wanted == pytest.approx(0.4, abs=0.01)
    assert len(np.unique(problem.requests.market)) == 61


def test_one_shot_agrees_with_us_and_the_plain_loop_passes_people_over(problem: Problem) -> None:
    parts = markets(problem)
    solution = solve_problem(problem)
    assert check_columns(problem, solution)["proved"] == [1, 2, 3, 4]
    ours = quality.judged(parts, solution.assignments)
    later = time.perf_counter() + 600
    assert quality.judged(parts, one_shot(parts, Deadline(later))) == ours
    loop = quality.judged(parts, naive(parts, Deadline(later)))
    assert ours["violations"] == 0 < loop["violations"]
    assert loop["served"] < ours["served"]


def test_everybody_who_could_have_the_place_taken_away_is_passed_over(problem: Problem) -> None:
    parts = markets(problem)
    assignments = solve_problem(problem).assignments
    for row in range(0, len(assignments), 400):
        fewer = assignments.copy()
        fewer[row, 2] -= 1
        fewer = fewer[fewer[:, 2] > 0]
        assert quality.judged(parts, fewer)["violations"] >= 1


def test_a_deadline_stops_the_slow(problem: Problem) -> None:
    deadline = Deadline(time.perf_counter() - 1)
    assert len(one_shot(markets(problem), deadline)) == 0
    assert deadline.passed


def test_last_nights_prices_change_nothing(tiny: Problem) -> None:
    found = measure.warm(tiny)
    assert found["same"] == 1
    assert found["warm rounds"] <= found["cold rounds"]


def test_limits_are_kept_or_missed() -> None:
    assert engine.at_most("a", 2.0, 3).ok
    assert not engine.at_most("a", 3.1, 3).ok
    assert engine.at_least("a", 3.1, 3).ok
    assert not engine.at_least("a", 2.0, 3).ok


def test_options_go_to_the_benchmark_named(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(engine, "main", lambda arguments=(): seen.append(list(arguments)) or 3)
    assert "generator" not in command.names()
    assert command.main(["engine", "--size", "S"]) == 3
    assert seen == [["--size", "S"]]
    assert command.main(["engin"]) == 2


def test_figures_become_a_page_and_a_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "PLOT", tmp_path / "engine.svg")
    found = {"ours1": {"seconds": 0.5, "served": 7.0}, "naive": {"seconds": 20.0, "served": 5.0}}
    rows = [*engine.figures("S", found), engine.at_most("S ours / naive", 0.025, 3)]
    report.write([engine.asdict(row) for row in rows])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| ours, one worker | 0.50 |" in text
    assert "| S ours / naive (times, at most) | 0.025 | 3 | kept |" in text
    assert (tmp_path / "engine.svg").read_text().count("<rect") == 3


def test_the_page_is_written_from_rows_of_earlier_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    monkeypatch.setattr(report, "write", written.extend)
    for name in ("S", "M"):
        (tmp_path / name).write_text(json.dumps([{"name": name}]))
    assert engine.main(["--from", str(tmp_path / "S"), str(tmp_path / "M")]) == 0
    assert written == [{"name": "S"}, {"name": "M"}]
