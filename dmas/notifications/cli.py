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
from dmas.notifications.delivery import AddressBook, deliver_due, transport_for

FINE, FAILED = 0, 1


def add_commands(subparsers: _SubParsersAction[ArgumentParser], book: AddressBook) -> None:
    """Add `deliver` to the `dmas` command; `book` says where each kind of recipient is written to."""
    handler: Callable[[Namespace], int] = partial(deliver, book=book)
    parser = subparsers.add_parser(
        "deliver", help="send the messages that are due, as the scheduler does every minute"
    )
    parser.set_defaults(handler=handler)


def deliver(_arguments: Namespace, *, book: AddressBook) -> int:
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
