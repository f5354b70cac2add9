"""How far a long step has come, told to everybody else while its own transaction is still open."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from dmas.core import clock
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.uploads import services

# What a step calls as it goes on: its name, how much is done, and of how much.
Report = Callable[[str, int, int], None]

METER = Actor.system("upload-progress")


class Meter:
    """Writes progress in short transactions of its own, on a connection beside the one that works."""

    def __init__(self, database: Database, upload_id: uuid.UUID) -> None:
        self._database = database
        self._upload_id = upload_id

    def __call__(self, step: str, done: int, of: int) -> None:
        with self._database.unit_of_work(METER) as session:
            services.note_progress(session, self._upload_id, step, done, of, now=clock.now())


def silent(_step: str, _done: int, _of: int) -> None:
    """Tell nobody."""
