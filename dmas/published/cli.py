"""`dmas import rtt | dm01`: one month's extract in one transaction."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

from dmas.core.files import MOST_SHOWN
from dmas.providers.cli import IMPORTER, opened
from dmas.published.commands import ImportDm01, ImportRtt
from dmas.published.services import import_dm01, import_rtt

if TYPE_CHECKING:
    Subparsers = _SubParsersAction[ArgumentParser]


def add_import_commands(subparsers: Subparsers) -> None:
    """Add this room's files to the group `dmas import`."""
    rtt = subparsers.add_parser("rtt", help="NHS England's monthly RTT full extract, CSV or zip")
    rtt.add_argument("file", type=Path)
    rtt.set_defaults(handler=run_rtt)
    dm01 = subparsers.add_parser("dm01", help="NHS England's monthly diagnostics full extract, CSV or zip")
    dm01.add_argument("file", type=Path)
    dm01.set_defaults(handler=run_dm01)


def run_rtt(arguments: Namespace) -> int:
    """Load a month's extract and print what it held."""
    with opened() as database, database.unit_of_work(IMPORTER) as session:
        report = import_rtt(session, ImportRtt(path=arguments.file), actor=IMPORTER)
    print(
        f"RTT {report.period:%B %Y}: {report.providers:,} providers, {report.rows:,} rows,"
        f" {report.incomplete:,} incomplete pathways; all sums agree with the file's own totals"
    )
    return 0


def run_dm01(arguments: Namespace) -> int:
    """Load a month's tests and print what it held; refused rows go to standard error with line and reason."""
    with opened() as database, database.unit_of_work(IMPORTER) as session:
        report = import_dm01(session, ImportDm01(path=arguments.file), actor=IMPORTER)
    print(
        f"DM01 {report.period:%B %Y}: {report.providers:,} providers, {report.rows:,} rows,"
        f" {report.waiting:,} waiting for a test; counts by provider and test: {report.new:,} new,"
        f" {report.changed:,} changed, {report.unchanged:,} unchanged, {report.removed:,} removed;"
        f" {report.refusals.count:,} rows refused"
    )
    for note in report.notes[:MOST_SHOWN]:
        print(f"  {note}")
    for line, reason in sorted(report.refusals.shown):
        print(f"  line {line}: {reason}", file=sys.stderr)
    if report.refusals.count > MOST_SHOWN:
        print(f"  and {report.refusals.count - MOST_SHOWN} more refused rows", file=sys.stderr)
    return 0
