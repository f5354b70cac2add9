"""The command `dmas deliver`: one round of delivery by hand."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from functools import partial

from dmas import settings as installation
from dmas.core import clock, logs
from dmas.core.db import NIGHT, Database
from dmas.core.embedded import database_server
from dmas.notifications.delivery import AddressBook, PatientPost, deliver_due, transport_for
from dmas.settings import Settings

FINE, FAILED = 0, 1


def add_commands(
    subparsers: _SubParsersAction[ArgumentParser],
    book: AddressBook,
    patients: Callable[[Settings], PatientPost],
) -> None:
    """Add `deliver` to the `dmas` command; `book` and `patients` say how everybody is written to."""
    handler: Callable[[Namespace], int] = partial(deliver, book=book, patients=patients)
    parser = subparsers.add_parser(
        "deliver", help="send the messages that are due, as the scheduler does every minute"
    )
    parser.set_defaults(handler=handler)


def deliver(_arguments: Namespace, *, book: AddressBook, patients: Callable[[Settings], PatientPost]) -> int:
    """Send what is due and say how many went. Status 1: a message failed, or the server took nothing."""
    settings = installation.load()
    logs.configure(as_json=settings.production, level=settings.log_level)
    with database_server(os.environ) as url:
        database = Database(url, role=NIGHT)
        try:
            done = deliver_due(
                database,
                transport=transport_for(settings),
                address_book=book,
                patients=patients(settings),
                base_url=settings.base_url,
                now=clock.now,
                owner=f"command:{os.getpid()}",
            )
        finally:
            database.dispose()
    print(f"{done.sent} sent, {done.held_back} held back, {done.failed} failed, {done.given_up} given up.")
    if done.stopped:
        print("The mail server takes nothing at the moment. Nothing is lost: it is tried again.")
    return FAILED if done.failed or done.stopped else FINE
