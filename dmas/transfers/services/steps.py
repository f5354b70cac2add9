"""What every step of a hand-over shares: who may take it, its new state, its event and its words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import Conflict, InvalidInput
from dmas.core.transitions import advance
from dmas.transfers import policy, queries, rules
from dmas.transfers.commands import TransferStep
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.vocabulary import LONGEST_MESSAGE, RE_REGISTER_WORKING_DAYS, TransferStatus

NOT_HOME = "Only a booking clerk or manager of the home trust may do this."
NOT_RECEIVER = "Only a booking clerk or manager of the receiving provider may do this."


def for_home(session: Session, command: TransferStep, actor: Actor) -> Transfer:
    """Return the hand-over of a step of the home trust, locked, as it was at the version looked at."""
    transfer = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_act_for_home(actor, transfer), NOT_HOME)
    check_version(transfer, command.version)
    return transfer


def for_receiver(session: Session, command: TransferStep, actor: Actor) -> Transfer:
    """Return the hand-over of a step of the receiver, locked, as it was at the version looked at."""
    transfer = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_act_for_receiver(actor, transfer), NOT_RECEIVER)
    check_version(transfer, command.version)
    return transfer


def step(transfer: Transfer, verb: str, now: datetime) -> None:
    """Take a legal step: the new state, and by when the next one is due."""
    table = rules.TRANSITIONS[Basis(transfer.basis)]
    if verb not in table:
        raise Conflict("A hand-over of this kind has no such step.")
    status = advance(table, verb, TransferStatus(transfer.status), noun="transfer")
    transfer.status = status
    transfer.due_on = _due(transfer, status, london_date(now))


def record(
    session: Session,
    transfer: Transfer,
    done: str,
    actor: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write the one event of a change."""
    audit.record(session, transfer, f"transfer.{done}", actor=actor, now=now, reason=reason, details=details)


def note(session: Session, transfer: Transfer, text: str, actor: Actor, now: datetime) -> None:
    """Keep a free-text note as a message: it may tell of a person, which the audit trail never does."""
    if text.strip():
        if len(text) > LONGEST_MESSAGE:
            raise InvalidInput(f"Use {LONGEST_MESSAGE:,} characters or fewer.", field="note")
        message(session, transfer, text.strip(), actor, now)


def message(session: Session, transfer: Transfer, text: str, actor: Actor, now: datetime) -> TransferMessage:
    """Keep what one side says to the other."""
    said = TransferMessage(
        transfer_id=transfer.id,
        said_at=now,
        said_by=actor.name,
        organisation_code=actor.organisation or "",
        text=text,
    )
    session.add(said)
    session.flush()
    return said


def _due(transfer: Transfer, status: TransferStatus, today: date) -> date | None:
    test = transfer.test
    if test is None:
        return rules.due_after(status, today, transfer.first_date)
    return rules.due_after_step(
        status,
        today,
        first_date=transfer.first_date,
        done_on=test.done_on,
        report_days=test.report_days,
        re_register_days=RE_REGISTER_WORKING_DAYS,
    )
