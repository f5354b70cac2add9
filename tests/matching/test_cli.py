"""`dmas solve`, `dmas check` and `dmas nightly`: what they print and their exit statuses."""

import argparse
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.matching import cli, nightly
from dmas.matching.engine import certify
from dmas.matching.engine.solve import solve
from tests.matching.engine.invented import Json, example, example_solution

PROVED = {"ok": True, "proved": [1, 2, 3, 4]}


def _run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args([str(one) for one in arguments])
    return int(args.handler(args))


def _file(path: Path, *values: Any) -> Path:
    """Write one JSON value, or text as it is, a line."""
    lines = [value if isinstance(value, str) else json.dumps(value) for value in values]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return path


def _lines(capsys: pytest.CaptureFixture[str]) -> list[Json]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_solve_prints_the_solution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("solve", _file(tmp_path / "problem.json", example())) == 0
    assert _lines(capsys) == [example_solution()]


def test_more_workers_print_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("solve", "--workers", "2", _file(tmp_path / "problem.json", example())) == 0
    assert _lines(capsys) == [example_solution()]


def test_check_proves_the_solution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = _file(tmp_path / "problem.json", example())
    assert _run("check", problem, _file(tmp_path / "solution.json", example_solution())) == 0
    assert _lines(capsys) == [PROVED]


def test_check_refuses_a_false_solution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    false = example_solution() | {"assignments": []}
    problem = _file(tmp_path / "problem.json", example())
    assert _run("check", problem, _file(tmp_path / "solution.json", false)) == 1
    assert _lines(capsys) == [{"ok": False, "fault": {"path": "certificate.frozen.O1", "rule": "C1"}}]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("{", "problem: not JSON: "),
        ("", "problem: not JSON: "),
        ("[" * 100_000, "problem: nested too deeply"),
        ('{"as_of": NaN}', "problem: not JSON: NaN is not a number"),
        ('{"as_of": "2026-11-21", "as_of": "2026-11-21"}', "problem: not JSON: key 'as_of' given twice"),
        ('{"as_of": ' + "9" * 5000 + "}", "problem: not JSON: "),
        ("[]", "problem: not an object"),
        (json.dumps(example() | {"colour": 1}), "colour: unknown key"),
        (json.dumps(example()).replace("52.1751", "1e400"), "sites[0].lat: not a number"),
        (json.dumps(example()).replace("2025-10-01", "soon"), "requests[0].waiting_since: not a date"),
    ],
)
def test_a_bad_problem_is_refused_with_its_path(
    content: str, error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = _file(tmp_path / "problem.json", content)
    solution = _file(tmp_path / "solution.json", example_solution())
    for command in (["solve", problem], ["check", problem, solution]):
        assert _run(*command) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(error)
        assert said.err.count("\n") == 1


def _at(value: Json, path: str, new: Any) -> Json:
    """Return the problem with the value at a path such as offers.0.places put in the place of another."""
    changed = json.loads(json.dumps(value))
    *way, last = path.split(".")
    there = changed
    for step in way:
        there = there[int(step)] if isinstance(there, list) else there[step]
    there[int(last) if isinstance(there, list) else last] = new
    return changed


@pytest.mark.parametrize(
    ("path", "new", "error"),
    [
        ("offers.0.colour", "red", "offers[0].colour: unknown key"),
        ("policy.colour", 1, "policy.colour: unknown key"),
        ("requests.2.places", "one", "requests[2].places: not a whole number"),
        ("requests.2.places", True, "requests[2].places: not a whole number"),
        ("requests", {}, "requests: not a list"),
        ("requests.1.id", "Q1", "requests[1].id: given twice"),
        ("offers.1.id", "O1", "offers[1].id: given twice"),
        ("sites.1.id", "RGT01", "sites[1].id: given twice"),
        ("offers.1.site", "nowhere", "offers[1].site: no such site"),
        ("sites.0.lat", 91, "sites[0].lat: not from 49 to 61"),
        ("requests.0.lon", -181.5, "requests[0].lon: not from -9 to 3"),
        ("sites.0.lat", "52", "sites[0].lat: not a number"),
        ("offers.0.places", -1, "offers[0].places: not from 0 to 100000"),
        ("offers.0.places", 10**12, "offers[0].places: not from 0 to 100000"),
        ("requests.0.places", 10**12, "requests[0].places: not from 0 to 100000"),
        ("offers.0.from", "2026-13-01", "offers[0].from: not a date"),
        ("requests.0.waiting_since", "2027-01-01", "requests[0].waiting_since: after as_of"),
        ("requests.0.travel", {"miles": 10, "national": True}, "requests[0].travel: not exactly one of"),
    ],
)
def test_a_bad_value_is_refused_with_path_and_reason(
    path: str, new: Any, error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = _file(tmp_path / "problem.json", _at(example(), path, new))
    assert _run("solve", problem) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(error)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "value",
    [
        example() | {"sites": [], "offers": [], "requests": []},
        example() | {"offers": []},
        _at(_at(example(), "offers.0.places", 0), "offers.1.places", 0),
        _at(_at(example(), "offers.0.to", "2026-11-01"), "offers.1.to", "2026-11-30"),
        _at(example(), "requests.0.travel", {"miles": 1}),
    ],
    ids=["empty", "no offers", "no capacity", "windows that end before they begin", "nothing near enough"],
)
def test_a_poor_problem_is_solved_and_proved(
    value: Json, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = _file(tmp_path / "problem.json", value)
    assert _run("solve", problem) == 0
    solution = _file(tmp_path / "solution.json", capsys.readouterr().out.strip())
    assert _run("check", problem, solution) == 0
    assert _lines(capsys) == [PROVED]


def test_text_that_is_not_utf8_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(b'{"as_of": "\xff"}')
    assert _run("solve", path) == 2
    assert capsys.readouterr().err == "problem: not UTF-8\n"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = tmp_path / "gone.json"
    problem = _file(tmp_path / "problem.json", example())
    for command in (["solve", gone], ["check", gone, problem], ["check", problem, gone]):
        assert _run(*command) == 2
        assert capsys.readouterr().err == f"{gone}: No such file or directory\n"


@pytest.mark.parametrize(
    ("content", "rule"), [("{", "not JSON: "), ("[]", "format"), ('{"certificate": Infinity}', "not JSON: ")]
)
def test_a_solution_that_cannot_be_read_fails_the_check(
    content: str, rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = _file(tmp_path / "problem.json", example())
    assert _run("check", problem, _file(tmp_path / "solution.json", content)) == 1
    (verdict,) = _lines(capsys)
    assert verdict["fault"]["path"] == "solution"
    assert verdict["fault"]["rule"].startswith(rule)


def test_many_problems_give_one_answer_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = example() | {"requests": example()["requests"][:1]}
    assert _run("solve", _file(tmp_path / "problems.jsonl", example(), other)) == 0
    assert _lines(capsys) == [example_solution(), solve(other)]


def test_a_bad_line_leaves_the_others_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = example() | {"as_of": "today"}
    assert _run("solve", _file(tmp_path / "problems.jsonl", example(), bad, "", "{", example())) == 2
    first, second, third, fourth, last = _lines(capsys)
    assert first == last == example_solution()
    assert second == {"error": "as_of: not a date"}
    assert third["error"].startswith("problem: not JSON: ")
    assert fourth["error"].startswith("problem: not JSON: ")


def test_many_solutions_are_judged_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    false = example_solution() | {"unmatched": []}
    problems = _file(tmp_path / "problems.jsonl", *[example()] * 3)
    solutions = _file(tmp_path / "solutions.jsonl", example_solution(), false)
    assert _run("check", problems, solutions) == 1
    verdicts = _lines(capsys)
    assert verdicts[0] == PROVED
    assert verdicts[1] == {"ok": False, "fault": {"path": "unmatched[0]", "rule": "unmatched"}}
    assert verdicts[2]["fault"]["path"] == "solution"


def test_a_bad_problem_outweighs_a_failed_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problems = _file(tmp_path / "problems.jsonl", example(), {})
    solutions = _file(tmp_path / "solutions.jsonl", {}, {}, example_solution())
    assert _run("check", problems, solutions) == 2
    assert _lines(capsys) == [
        {"ok": False, "fault": {"path": "certificate", "rule": "unproved"}},
        {"error": "as_of: missing"},
        {"error": "problem: missing for this solution"},
    ]


def test_an_empty_file_of_many_has_no_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_bytes(b"")
    assert _run("solve", path) == 0
    assert _lines(capsys) == []


def test_windows_line_ends_and_a_last_line_without_one_are_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_bytes("\r\n".join([json.dumps(example())] * 2).encode())
    assert _run("solve", path) == 0
    assert len(_lines(capsys)) == 2


def test_bytes_do_not_depend_on_the_locale_or_hash_seed(tmp_path: Path) -> None:
    value = example()
    value["offers"][0]["id"] = "Gwynedd-Môn"
    path = _file(tmp_path / "problem.json", value)
    script = "import sys; from tests.matching.test_cli import _run; sys.exit(_run('solve', sys.argv[1]))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["assignments"][1]["offer"] == "Gwynedd-Môn"


@pytest.fixture
def _named(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))


def _night_rows(database: Database, system: Actor) -> list[tuple[str, str]]:
    with database.unit_of_work(system) as session:
        rows = session.execute(text("SELECT service_date::text, status FROM match_run ORDER BY 1"))
        return [(row[0], row[1]) for row in rows]


@pytest.mark.usefixtures("_named", "market")
def test_nightly_runs_a_date_once(
    database: Database, system: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("nightly", "--as-of", "2026-11-21") == 0
    said = capsys.readouterr().out
    assert "The night of 2026-11-21: applied." in said
    assert "places served: 8" in said
    assert _run("nightly", "--as-of", "2026-11-21") == 0
    assert "was already run (applied). Nothing changed." in capsys.readouterr().out
    assert _night_rows(database, system) == [("2026-11-21", "applied")]


@pytest.mark.usefixtures("_named", "market")
def test_nightly_is_tonights_unless_told(
    database: Database, system: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.clock, "now", lambda: now)
    assert _run("nightly") == 0
    assert _night_rows(database, system) == [("2026-11-21", "applied")]


@pytest.mark.usefixtures("_named", "market")
def test_a_dry_run_plans_and_checks_and_writes_nothing(
    database: Database, system: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("nightly", "--as-of", "2026-11-21", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "planned only: nothing was written" in said
    assert "places served: 8" in said
    assert '"ok": true' in said
    assert _night_rows(database, system) == []


@pytest.mark.usefixtures("_named")
def test_while_another_runs_it_says_so_and_does_nothing(
    night_database: Database, system: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    with nightly._only_runner(night_database):
        assert _run("nightly", "--as-of", "2026-11-21") == 0
    assert "Another process is running the night now" in capsys.readouterr().out
    assert _night_rows(night_database, system) == []


@pytest.mark.usefixtures("_named", "market")
def test_a_plan_the_check_refuses_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certify, "check", lambda *_: {"ok": False, "fault": {"path": "x", "rule": "C2"}})
    assert _run("nightly", "--as-of", "2026-11-21", "--dry-run") == 1
    assert _run("nightly", "--as-of", "2026-11-21") == 1
    assert "refused by the check: nothing applied" in capsys.readouterr().out


@pytest.mark.parametrize("written", ["tonight", "2026-13-01", "21/11/2026"])
def test_a_date_must_be_one(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _run("nightly", "--as-of", written)
    assert "--as-of" in capsys.readouterr().err
