"""`dmas import waiting-list FILE --provider CODE [--confirm]`: the weekly list from the command line."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dmas.core import clock
from dmas.core.actors import Actor
from dmas.core.db import Database, migrate
from dmas.core.embedded import database_server, is_embedded
from dmas.core.errors import InvalidInput
from dmas.uploads import services as pipeline
from dmas.uploads.commands import AbandonUpload
from dmas.uploads.models import Upload
from dmas.uploads.vocabulary import MOST_BYTES, UploadStatus
from dmas.waitinglist import services, upload
from dmas.waitinglist.commands import ApplyExtract
from dmas.waitinglist.vocabulary import Confirm

if TYPE_CHECKING:
    Subparsers = _SubParsersAction[ArgumentParser]

IMPORTER = Actor.system("import")
_COUNTED = ("new", "changed", "unchanged", "ended", "absent", "absent_again", "refused")


def add_import_commands(subparsers: Subparsers) -> None:
    """Add this room's file to the group `dmas import`."""
    waits = subparsers.add_parser("waiting-list", help="a provider's weekly list of open pathways")
    waits.add_argument("file", type=Path)
    waits.add_argument("--provider", required=True, metavar="CODE", help="whose list it is, such as RXK")
    waits.add_argument(
        "--confirm", action="store_true", help="apply it though rows are refused or it is much shorter"
    )
    waits.set_defaults(handler=run)


def run(arguments: Namespace) -> int:
    """Check a list and apply it; without --confirm a list that leaves a doubt is not applied."""
    file = _read(arguments.file)
    confirmed = tuple(one.value for one in Confirm) if arguments.confirm else ()
    now = clock.now()
    with _opened() as database:
        with database.unit_of_work(IMPORTER) as session:
            code = arguments.provider.upper()
            kept = services.receive_extract(session, code, file, actor=IMPORTER, now=now)
        command = ApplyExtract(kept.reference, None, confirmed)
        found = upload.take(database, command, actor=IMPORTER, now=now)
        show(found)
        if found.status == UploadStatus.CHECKED:
            _let_go(database, found)
    return 0 if found.status == UploadStatus.APPLIED else 1


def show(found: Upload) -> None:
    """Print what a list did; refused rows go to standard error with line, column and what to do."""
    counts = ", ".join(f"{found.counts.get(name, 0)} {name.replace('_', ' ')}" for name in _COUNTED)
    if found.status == UploadStatus.REFUSED:
        print("The list is refused. Nothing was applied.")
    elif found.status == UploadStatus.APPLIED:
        print(f"waiting list: {counts}")
    else:
        print(f"waiting list, not applied: {counts}")
        for doubt in found.must_confirm:
            print(f"  {Confirm(doubt).label}")
        print("  Look at it, and send it again with --confirm if it is right.")
    for fault in pipeline.faults_of(found).shown:
        where = f"line {fault.line}: {fault.column}: " if fault.line else ""
        print(f"  {where}{fault.message}", file=sys.stderr)


def _let_go(database: Database, found: Upload) -> None:
    """Abandon a list that was not applied: it is sent again from its file."""
    from_now = clock.now()
    with database.unit_of_work(IMPORTER) as session:
        command = AbandonUpload(found.reference, found.version)
        pipeline.abandon(session, command, actor=IMPORTER, now=from_now)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path.name} is larger than {MOST_BYTES // 2**20} MB.")
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}. Check the name.") from None
    except (IsADirectoryError, PermissionError):
        raise InvalidInput(f"{path} cannot be read as a file. Check its name and who may read it.") from None


@contextmanager
def _opened() -> Iterator[Database]:
    """Open the database of the environment, starting the embedded server where none is named."""
    with database_server(os.environ) as url:
        if is_embedded(url):  # ours, and perhaps new
            migrate(url)
        database = Database(url)
        try:
            yield database
        finally:
            database.dispose()
