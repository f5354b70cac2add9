"""The command `dmas rehearse`: one night on the exchange that published figures describe."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from dmas.core.embedded import database_server
from dmas.demo.rehearsal.run import rehearse

if TYPE_CHECKING:
    Subparsers = _SubParsersAction[ArgumentParser]


def add_commands(subparsers: Subparsers) -> None:
    """Add `rehearse` to the `dmas` command."""
    rehearsal = subparsers.add_parser(
        "rehearse",
        help="run a night on the newest published month",
        description=run_rehearsal.__doc__,
    )
    rehearsal.add_argument(
        "--uptake", type=float, default=0.05, help="share of those waiting who ask; default 0.05"
    )
    rehearsal.add_argument(
        "--seed", type=int, default=1, help="the same seed draws the same exchange; default 1"
    )
    rehearsal.set_defaults(handler=run_rehearsal)


def run_rehearsal(arguments: Namespace) -> int:
    """Build the exchange the loaded figures describe, apart from everything else, and run a night on it."""
    with database_server(os.environ) as url:
        report = rehearse(url, uptake=arguments.uptake, seed=arguments.seed)
    print(*report.lines(), sep="\n")
    return 0
