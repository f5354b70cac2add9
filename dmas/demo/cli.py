"""The commands `dmas demo`, and `dmas rehearse`: nights on the exchange that published figures describe."""

from __future__ import annotations

import os
from argparse import ArgumentParser, BooleanOptionalAction, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

from dmas import settings
from dmas.core import clock
from dmas.core.db import migrate
from dmas.core.embedded import database_server, is_embedded
from dmas.core.errors import Misconfigured
from dmas.demo import loading
from dmas.demo.rehearsal import page
from dmas.demo.rehearsal.run import rehearse

if TYPE_CHECKING:
    Subparsers = _SubParsersAction[ArgumentParser]


def add_commands(subparsers: Subparsers) -> None:
    """Add `demo` and `rehearse` to the `dmas` command."""
    demo = subparsers.add_parser("demo", help="load the invented England, once", description=run_demo.__doc__)
    demo.set_defaults(handler=run_demo)
    rehearsal = subparsers.add_parser(
        "rehearse",
        help="run nights on the newest published month",
        description=run_rehearsal.__doc__,
    )
    rehearsal.add_argument(
        "--uptake", type=float, default=0.05, help="share of those waiting who ask; default 0.05"
    )
    rehearsal.add_argument(
        "--seed", type=int, default=1, help="the same seed draws the same exchange; default 1"
    )
    rehearsal.add_argument(
        "--weeks", type=int, default=0, help="weeks of nights after the first, with all that moves; default 0"
    )
    rehearsal.add_argument("--csv", type=Path, help="write every figure to this file too")
    rehearsal.add_argument("--page", type=Path, help="write a page with plots to this file too")
    rehearsal.add_argument(
        "--database",
        action=BooleanOptionalAction,
        help="run the first night in a database of its own as well; default: up to an uptake of 0.2",
    )
    rehearsal.set_defaults(handler=run_rehearsal)


def run_demo(_arguments: Namespace) -> int:
    """Load the demo into the embedded server, or where DMAS_DEMO=1 into an empty database of yours."""
    with database_server(os.environ) as url:
        installation = settings.load()
        if not is_embedded(url) and not installation.demo:
            raise Misconfigured(
                "DATABASE_URL names a database of yours: the demo goes there only with DMAS_DEMO=1, and only"
                " while it is empty."
            )
        _bring_up(url)
        loaded = loading.load(
            url, secret_key=installation.secret_key, base_url=installation.base_url, now=clock.now()
        )
    print("The demo is loaded." if loaded else "The demo was loaded before. Nothing changed.")
    return 0


def run_rehearsal(arguments: Namespace) -> int:
    """Open the exchange the loaded figures describe, apart from everything else, and run its nights."""
    with database_server(os.environ) as url:
        _bring_up(url)
        report = rehearse(
            url,
            uptake=arguments.uptake,
            seed=arguments.seed,
            weeks=arguments.weeks,
            in_database=arguments.database,
        )
    if arguments.csv:
        arguments.csv.write_text(report.as_csv(), encoding="utf-8", newline="")
    if arguments.page:
        arguments.page.write_text(page.html(report), encoding="utf-8")
    print(*report.lines(), sep="\n")
    return 0


def _bring_up(url: str) -> None:
    """Bring the embedded database to the newest form; a database of yours is migrated by you."""
    if is_embedded(url):
        migrate(url)
