"""The commands `dmas solve` and `dmas check` on files, `dmas nightly`, and those on nights of the past."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from dmas.core import clock
from dmas.core.db import NIGHT, Database, migrate
from dmas.core.embedded import database_server, is_embedded
from dmas.matching import nightly
from dmas.matching.cli import past
from dmas.matching.cli.reading import BAD_PROBLEM, FAILED, FINE, load, unreadable
from dmas.matching.engine import certify
from dmas.matching.engine.problem import ProblemError, parse
from dmas.matching.engine.solve import as_json, solve_problem
from dmas.matching.vocabulary import RunStatus

Answer = tuple[dict[str, Any], int]  # what to print, exit status


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the room's commands to the `dmas` command."""
    problem = "a problem in JSON, or one a line in a file ending in .jsonl"
    solve = subparsers.add_parser("solve", help="solve a matching problem", description=_solve.__doc__)
    solve.add_argument("problem", type=Path, help=problem)
    solve.add_argument("--workers", type=int, default=1, metavar="N", help="processes to solve on, default 1")
    solve.set_defaults(handler=_solve)
    check = subparsers.add_parser("check", help="judge a solution of a problem", description=_check.__doc__)
    check.add_argument("problem", type=Path, help=problem)
    check.add_argument("solution", type=Path, help="its solution, or one a line in a file ending in .jsonl")
    check.set_defaults(handler=_check)
    night = subparsers.add_parser(
        "nightly", help="run tonight's matching, once", description=_nightly.__doc__
    )
    night.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="DATE",
        help="the service date, such as 2026-11-21; default today",
    )
    night.add_argument("--dry-run", action="store_true", help="plan and check only; write nothing")
    night.set_defaults(handler=_nightly)
    past.add_commands(subparsers)


def _solve(args: argparse.Namespace) -> int:
    """Print the solution of a problem. Status 0: all well, 2: a bad problem."""
    try:
        problems = _documents(args.problem)
    except OSError as error:
        return unreadable(error)
    return _print_all(
        (partial(_solution, problem, args.workers) for problem in problems), many=_is_many(args.problem)
    )


def _check(args: argparse.Namespace) -> int:
    """Print what is proved of a solution, or its fault. Status 0: all well, 1: refused, 2: a bad problem."""
    try:
        pairs = zip_longest(_documents(args.problem), _documents(args.solution))
    except OSError as error:
        return unreadable(error)
    return _print_all((partial(_verdict, *pair) for pair in pairs), many=_is_many(args.problem))


def _is_many(path: Path) -> bool:
    return path.suffix == ".jsonl"


def _documents(path: Path) -> list[bytes]:
    """Return the JSON texts in a file: each line of a .jsonl file, the whole of any other."""
    data = path.read_bytes()
    if not _is_many(path):
        return [data]
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _print_all(answers: Iterable[Callable[[], Answer]], *, many: bool) -> int:
    """Print each answer on a line, the error of a bad problem in its place; return the worst status."""
    worst = FINE
    for answer in answers:
        try:
            value, status = answer()
        except ProblemError as error:
            if not many:
                print(error, file=sys.stderr)
                return BAD_PROBLEM
            value, status = {"error": str(error)}, BAD_PROBLEM
        print(json.dumps(value, separators=(",", ":"), allow_nan=False))
        worst = max(worst, status)
    return worst


def _solution(problem: bytes, workers: int) -> Answer:
    read = parse(load(problem, "problem"))
    return as_json(read, solve_problem(read, workers=workers)), FINE


def _verdict(problem: bytes | None, solution: bytes | None) -> Answer:
    if problem is None:
        raise ProblemError("problem", "missing for this solution")
    value = load(problem, "problem")
    parse(value)
    try:
        verdict = certify.check(value, load(solution or b"", "solution"))
    except ProblemError as error:
        verdict = {"ok": False, "fault": {"path": error.path, "rule": error.message}}
    return verdict, FINE if verdict["ok"] else FAILED


def _nightly(args: argparse.Namespace) -> int:
    """Run the night of a date. Status 0: done now, done before or running elsewhere, 1: refused."""
    now = clock.now()
    service_date = args.as_of or clock.london_date(now)
    with database_server(os.environ) as url:
        if is_embedded(url):
            migrate(url)
        database = Database(url, role=NIGHT, statement_seconds=900)
        try:
            if args.dry_run:
                return _dry_run(database, service_date)
            report = nightly.run_night(
                database, service_date=service_date, now=now, owner=f"command:{os.getpid()}"
            )
        except nightly.NightIsRunning as busy:
            print(busy)
            return FINE
        finally:
            database.dispose()
    if report.already_done:
        print(
            f"The night of {service_date} was already run ({report.status.label.lower()}). Nothing changed."
        )
    else:
        print(f"The night of {service_date}: {report.status.label.lower()}.")
        _print_counts(report.counts)
    return FINE if report.status is RunStatus.APPLIED else FAILED


def _dry_run(database: Database, service_date: date) -> int:
    plan = nightly.dry_run(database, service_date=service_date)
    print(f"The night of {service_date}, planned only: nothing was written.")
    _print_counts(nightly.counts(plan.loaded, plan.solution))
    print(f"check: {json.dumps(plan.verdict)}")
    return FINE if plan.verdict["ok"] else FAILED


def _print_counts(counts: Mapping[str, Any]) -> None:
    for name, value in counts.items():
        shown = (
            ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in value.items())
            if isinstance(value, dict)
            else value
        )
        print(f"  {name.replace('_', ' ')}: {shown}")
