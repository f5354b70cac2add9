"""`dmas import rtt`: one month's extract in one transaction."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

from dmas.providers.cli import IMPORTER, opened
from dmas.published.commands import ImportRtt
from dmas.published.services import import_rtt

if TYPE_CHECKING:
    Subparsers = _SubParsersAction[ArgumentParser]


def add_import_commands(subparsers: Subparsers) -> None:
    """Add this room's files to the group `dmas import`."""
    rtt = subparsers.add_parser("rtt", help="NHS England's monthly RTT full extract, CSV or zip")
    rtt.add_argument("file", type=Path)
    rtt.set_defaults(handler=run_rtt)


def run_rtt(arguments: Namespace) -> int:
    """Load a month's extract and print what it held."""
    with opened() as database, database.unit_of_work(IMPORTER) as session:
        report = import_rtt(session, ImportRtt(path=arguments.file), actor=IMPORTER)
    print(
        f"RTT {report.period:%B %Y}: {report.providers:,} providers, {report.rows:,} rows,"
        f" {report.incomplete:,} incomplete pathways; all sums agree with the file's own totals"
    )
    return 0
