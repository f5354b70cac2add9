"""`dmas import` of organisations and places: each file in one transaction, with a count of what it did."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dmas.core import clock
from dmas.core.actors import Actor
from dmas.core.db import Database, migrate
from dmas.core.embedded import database_server, is_embedded
from dmas.core.files import MOST_SHOWN
from dmas.providers.commands import (
    ImportHospitals,
    ImportIcbs,
    ImportOds,
    ImportOutcodes,
    ImportRatings,
    ImportSuccessions,
    LoadReport,
)
from dmas.providers.services import (
    import_hospitals,
    import_icbs,
    import_ods,
    import_outcodes,
    import_ratings,
    import_successions,
)
from dmas.providers.vocabulary import FileKind

if TYPE_CHECKING:
    Subparsers = _SubParsersAction[ArgumentParser]

IMPORTER = Actor.system("import")


def add_import_commands(subparsers: Subparsers) -> None:
    """Add this room's files to the group `dmas import`."""
    ods = subparsers.add_parser("ods", help="trusts, independent providers or sites: a legacy ODS file")
    ods.add_argument("file", type=Path)
    ods.add_argument("--kind", type=FileKind, choices=list(FileKind), help="what the file lists, if in doubt")
    ods.add_argument(
        "--outcodes", type=Path, metavar="FILE", help="centres of postcode districts, loaded first"
    )
    ods.set_defaults(handler=run_ods)
    icbs = subparsers.add_parser("icbs", help="regions and ICBs: the ONS lookup from sub-ICB locations")
    icbs.add_argument("file", type=Path)
    icbs.set_defaults(handler=run_icbs)
    for name, run, help_text in (
        ("outcodes", run_outcodes, "centres of postcode districts"),
        ("hospitals", run_hospitals, "where sites are: the NHS website's Hospital.csv"),
        ("ratings", run_ratings, "ratings of sites or providers: site, rating, date"),
        ("successions", run_successions, "who followed whom: old_code, new_code, date"),
    ):
        parser = subparsers.add_parser(name, help=help_text)
        parser.add_argument("file", type=Path)
        parser.set_defaults(handler=run)


def run_ods(arguments: Namespace) -> int:
    """Load an ODS file, after the postcode districts where they are given."""

    def load(session: Session) -> Iterator[LoadReport]:
        now = clock.now()
        if arguments.outcodes is not None:
            yield import_outcodes(session, ImportOutcodes(path=arguments.outcodes), actor=IMPORTER, now=now)
        yield import_ods(
            session, ImportOds(path=arguments.file, kind=arguments.kind), actor=IMPORTER, now=now
        )

    return _load(load)


def run_icbs(arguments: Namespace) -> int:
    """Load the ONS lookup of ICBs."""
    command = ImportIcbs(path=arguments.file)
    return _load(lambda session: iter([import_icbs(session, command, actor=IMPORTER, now=clock.now())]))


def run_outcodes(arguments: Namespace) -> int:
    """Load the centres of postcode districts."""
    command = ImportOutcodes(path=arguments.file)
    return _load(lambda session: iter([import_outcodes(session, command, actor=IMPORTER, now=clock.now())]))


def run_hospitals(arguments: Namespace) -> int:
    """Load the NHS website's hospitals."""
    command = ImportHospitals(path=arguments.file)
    return _load(lambda session: iter([import_hospitals(session, command, actor=IMPORTER, now=clock.now())]))


def run_ratings(arguments: Namespace) -> int:
    """Load ratings."""
    command = ImportRatings(path=arguments.file)
    return _load(lambda session: iter([import_ratings(session, command, actor=IMPORTER, now=clock.now())]))


def run_successions(arguments: Namespace) -> int:
    """Load who followed whom."""
    command = ImportSuccessions(path=arguments.file)
    return _load(
        lambda session: iter([import_successions(session, command, actor=IMPORTER, now=clock.now())])
    )


def _load(load: Callable[[Session], Iterator[LoadReport]]) -> int:
    with opened() as database, database.unit_of_work(IMPORTER) as session:
        reports = list(load(session))
    for report in reports:
        show(report)
    return 0 if reports[-1].stored else 1


@contextmanager
def opened() -> Iterator[Database]:
    """Open the database of the environment, starting the embedded server where none is named."""
    with database_server(os.environ) as url:
        if is_embedded(url):  # ours, and perhaps new
            migrate(url)
        database = Database(url)
        try:
            yield database
        finally:
            database.dispose()


def show(report: LoadReport) -> None:
    """Print what a load did; refused rows go to standard error with line and reason."""
    print(
        f"{report.what}: {report.new} new, {report.changed} changed, {report.unchanged} unchanged,"
        f" {report.refusals.count} refused"
    )
    for note in report.notes:
        print(f"  {note}")
    for line, reason in sorted(report.refusals.shown):
        print(f"  line {line}: {reason}", file=sys.stderr)
    if report.refusals.count > MOST_SHOWN:
        print(f"  and {report.refusals.count - MOST_SHOWN} more refused rows", file=sys.stderr)
