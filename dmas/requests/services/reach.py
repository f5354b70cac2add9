"""How a person reaches a patient's request: the patient their own, a helpline agent anybody's, on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor, Role
from dmas.core.db import acting_for_all, check_version
from dmas.core.errors import NotAllowed
from dmas.requests import policy, queries
from dmas.requests.commands import TransferAct
from dmas.requests.models import TransferRequest

CHOICE = "patient-choice"


@contextmanager
def reaching(session: Session, actor: Actor) -> Iterator[None]:
    """Let a helpline agent reach the one request in hand; everybody else reaches their own by themselves."""
    if actor.role is Role.HELPLINE_AGENT:
        with acting_for_all(session, "helpline"):
            yield
    else:
        yield


def for_patient(session: Session, command: TransferAct, actor: Actor, now: datetime) -> TransferRequest:
    """Return a request, locked, to somebody who may act for its patient; raise NotFound or NotAllowed."""
    if not policy.may_act_for_patient(actor):
        raise NotAllowed("Only the patient, or the helpline on their behalf, can do this.")
    found = queries.lock_transfer(session, actor, command.reference)
    queries.require_identity(session, actor, found, now)
    return _seen(found, command)


def for_clinician(session: Session, command: TransferAct, actor: Actor) -> TransferRequest:
    """Return a request of the clinician's own trust, locked; raise NotFound or NotAllowed."""
    found = queries.lock_transfer(session, actor, command.reference)
    if not policy.may_review(actor, found):
        raise NotAllowed("Only a clinical reviewer of the patient's own trust decides about this.")
    return _seen(found, command)


def note(
    session: Session,
    transfer: TransferRequest,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    **details: Any,
) -> None:
    """Write the one event of a change, saying when it was done on the patient's behalf."""
    if actor.role is Role.HELPLINE_AGENT:
        details["on_behalf"] = True
    audit.record(
        session,
        transfer,
        f"transfer_request.{action}",
        actor=actor,
        now=now,
        reason=reason,
        details=details,
    )


def _seen(found: TransferRequest, command: TransferAct) -> TransferRequest:
    if command.version is not None:
        check_version(found, command.version)
    return found
