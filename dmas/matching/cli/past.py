"""The commands on nights of the past: `dmas replay` solves one again, `dmas what-if` asks for others."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from dmas.core.actors import Actor
from dmas.core.db import NIGHT, Database
from dmas.core.embedded import database_server
from dmas.core.errors import NotFound
from dmas.matching import queries
from dmas.matching.cli.reading import BAD_PROBLEM, FAILED, FINE, load, unreadable
from dmas.matching.engine import certify, whatif, worth
from dmas.matching.engine.problem import ProblemError
from dmas.matching.engine.solve import solve
from dmas.matching.engine.version import ENGINE_VERSION
from dmas.matching.engine.whatif import Compared, Levers, Tally
from dmas.matching.loading import canonical
from dmas.matching.models import MatchRun

ACTOR = Actor.system("looking-back")
SHOWN = 10  # best places for one more list


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `replay` and `what-if`."""
    replay = subparsers.add_parser(
        "replay", help="solve a night of the past again", description=_replay.__doc__
    )
    _add_night(replay)
    replay.set_defaults(handler=_replay)
    ask = subparsers.add_parser(
        "what-if", help="ask what would change a night of the past", description=_what_if.__doc__
    )
    _add_night(ask)
    ask.add_argument(
        "--radius", type=int, metavar="MILES", help="everybody with a smaller limit in miles goes so far"
    )
    ask.add_argument("--add-offer", type=Path, action="append", default=[], metavar="FILE", help=_FILE)
    ask.add_argument("--withdraw", action="append", default=[], metavar="OFFER", help="leave an offer out")
    ask.add_argument(
        "--relax", action="append", default=[], metavar="LIMIT=VALUE", help="such as max_bmi=45 or sex=any"
    )
    ask.add_argument("--worth", type=int, metavar="PLACES", help="say where so many more places help most")
    ask.add_argument("--wasted", type=int, metavar="DAYS", help="list free places that lapse within days")
    ask.set_defaults(handler=_what_if)


_FILE = "an offer in JSON, or an object with lists of offers and of the sites they need"


def _add_night(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=date.fromisoformat, help="the night's service date, such as 2026-11-21")


def _replay(args: argparse.Namespace) -> int:
    """Solve a night of the past again from what was kept. Status 0: the same bytes, 1: others, 2: no plan."""
    try:
        run, problem, solution = _kept(args.run)
    except NotFound as error:
        return _refused(error)
    again = canonical(solve(json.loads(problem)))
    same = again == solution
    print(f"The night of {run.service_date}, solved by engine {run.engine_version}; now {ENGINE_VERSION}.")
    print(f"  problem  {sha256(problem).hexdigest()}")
    print(f"  solution {sha256(solution).hexdigest()}")
    print(f"  again    {sha256(again).hexdigest()}")
    print("The same bytes." if same else "Not the same bytes.")
    return FINE if same else FAILED


def _what_if(args: argparse.Namespace) -> int:
    """Set a night of the past beside itself with something changed; write nothing. Status 2: a bad lever."""
    try:
        _, problem_bytes, solution_bytes = _kept(args.run)
        problem, solution = json.loads(problem_bytes), json.loads(solution_bytes)
        levers = _levers(args)
        later = whatif.changed(problem, levers)
    except OSError as error:
        return unreadable(error)
    except (ProblemError, NotFound) as error:
        return _refused(error)
    verdict: dict[str, Any] = {"ok": True}
    if levers != Levers():
        after = solve(later)
        verdict = certify.check(later, after)
        _print_compared(whatif.compared((problem, solution), (later, after)))
        print(f"check: {json.dumps(verdict)}")
    if args.worth:
        _print_worth(worth.best(worth.one_more_list(problem, solution, places=args.worth), SHOWN))
    if args.wasted:
        _print_wasted(worth.about_to_be_wasted(problem, solution, days=args.wasted))
    return FINE if verdict["ok"] else FAILED


def _kept(service_date: date) -> tuple[MatchRun, bytes, bytes]:
    with database_server(os.environ) as url:
        database = Database(url, role=NIGHT)
        try:
            with database.snapshot(ACTOR) as session:
                run = queries.run_of(session, service_date)
                return run, *queries.kept_files(session, run)
        finally:
            database.dispose()


def _refused(error: Exception) -> int:
    print(error, file=sys.stderr)
    return BAD_PROBLEM


def _levers(args: argparse.Namespace) -> Levers:
    sites: list[Any] = []
    offers: list[Any] = []
    for path in args.add_offer:
        more = whatif.additions(load(path.read_bytes(), "add_offer"))
        sites += more[0]
        offers += more[1]
    return Levers(
        radius=args.radius,
        relax=dict(map(whatif.relaxation, args.relax)),
        sites=tuple(sites),
        offers=tuple(offers),
        withdraw=frozenset(args.withdraw),
    )


def _print_compared(found: Compared) -> None:
    print(f"{'':34}{'patients':>20}{'weeks of waiting':>24}{'miles':>26}")
    _print_pair("all", found.whole)
    for (service, setting), pair in found.markets.items():
        _print_pair(f"{service} {setting}", pair)
    for region, pair in found.regions.items():
        _print_pair(f"region {region}", pair)
    print(f"{found.gained} places found that were not, {found.lost} no longer found.")


def _print_pair(name: str, pair: tuple[Tally, Tally]) -> None:
    before, after = pair
    print(
        f"{name[:33]:34}{_arrow(before.places, after.places):>20}{_arrow(before.weeks, after.weeks):>24}"
        f"{_arrow(before.tenths / 10, after.tenths / 10):>26}"
    )


def _arrow(before: float, after: float) -> str:
    return f"{before:,} > {after:,}" if before != after else f"{after:,}"


def _print_worth(found: Iterable[worth.Worth]) -> None:
    for one in found:
        places, weeks, tenths = one.gain
        print(
            f"{one.service} {one.setting}, region {one.region}, at {one.offer}: {places} more places found,"
            f" {weeks} weeks of waiting ended, {-tenths / 10:+,} miles"
        )


def _print_wasted(found: Iterable[worth.Wasted]) -> None:
    for one in found:
        helps = "; ".join(f"{by.what}={by.value} fills {by.places}" for by in one.fillers)
        print(
            f"{one.offer} ({one.service} {one.setting}) closes {one.closes} with {one.free} free:"
            f" {helps or 'no single change fills any'}"
        )
