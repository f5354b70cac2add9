"""A weekly list on its way, beside whoever sent it: checked and applied in transactions of its own."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import DmasError
from dmas.core.logs import logger
from dmas.uploads import queries as uploads
from dmas.uploads.models import Upload
from dmas.uploads.upload import Meter
from dmas.waitinglist import services
from dmas.waitinglist.commands import ApplyExtract

STOPPED = "stopped"

log = logger(__name__)


def check(database: Database, reference: str, *, actor: Actor, now: datetime) -> None:
    """Check a list that was received; what stops it is told where its progress is."""
    meter = _meter(database, reference, actor)
    try:
        with database.unit_of_work(actor) as session:
            services.check_extract(session, reference, actor=actor, now=now, report=meter)
    except Exception as error:
        _stop(meter, reference, error)


def apply(database: Database, command: ApplyExtract, *, actor: Actor, now: datetime) -> None:
    """Apply a checked list; what stops it is told where its progress is, and nothing of it is applied."""
    meter = _meter(database, command.reference, actor)
    try:
        with database.unit_of_work(actor) as session:
            services.apply_extract(session, command, actor=actor, now=now, report=meter)
    except Exception as error:
        _stop(meter, command.reference, error)


def take(database: Database, command: ApplyExtract, *, actor: Actor, now: datetime) -> Upload:
    """Check a list and apply it in one transaction; return the upload as it is then."""
    meter = _meter(database, command.reference, actor)
    with database.unit_of_work(actor) as session:
        return services.take_extract(session, command, actor=actor, now=now, report=meter)


def _meter(database: Database, reference: str, actor: Actor) -> Meter:
    with database.unit_of_work(actor) as session:
        meter = Meter(database, uploads.upload_for(session, actor, reference).id)
    meter("read", 0, 0)
    return meter


def _stop(meter: Meter, reference: str, error: Exception) -> None:
    """Note that work has stopped: a refusal is for the person, anything else is a fault of ours too."""
    meter(STOPPED, 0, 0)
    if isinstance(error, DmasError):
        log.info("upload_stopped", upload=reference, why=type(error).__name__)
    else:
        log.exception("upload_failed", upload=reference)
