"""What becomes of patients' requests when the weekly extract, or a hand-over, tells something.

The teller may be another organisation, so these act for all.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.requests import outbox, queries, rules
from dmas.requests.models import TransferRequest
from dmas.requests.services import ending, reach
from dmas.requests.vocabulary import SEARCH_DAYS, TRANSFER_LIVE, EndedBecause, TransferStatus
from dmas.waitinglist.events import ExtractApplied
from dmas.waitinglist.models import Pathway
from dmas.waitinglist.vocabulary import TOO_URGENT

_JOB = "news"


class OfARequest(Protocol):
    """An event of a room above that names the care request it is about."""

    @property
    def request_id(self) -> uuid.UUID: ...


def on_extract_applied(session: Session, event: ExtractApplied, *, actor: Actor, now: datetime) -> None:
    """End what the extract has ended, ask about dates at home, and let a clinician look at raised urgency."""
    with acting_for_all(session, _JOB):
        for transfer in _live(session, event.died):
            ending.end(session, transfer, EndedBecause.DIED, actor=actor, now=now)
        for transfer in _live(session, event.ended):
            # Who has chosen leaves the home list because of the move itself.
            if transfer.status != TransferStatus.ACCEPTED:
                ending.end(
                    session, transfer, EndedBecause.NOT_ELIGIBLE, actor=actor, now=now, why_not=["ended"]
                )
        for transfer in _live(session, event.dated):
            if transfer.submitted_on is not None:
                _ask_about_date(session, transfer, actor=actor, now=now)
        for transfer in _live(session, event.raised):
            _look_at_raised(session, transfer, actor=actor, now=now)


def on_transfer_confirmed(session: Session, event: OfARequest, *, actor: Actor, now: datetime) -> None:
    """Say that a patient's care has moved, where the hand-over is of their own request."""
    with acting_for_all(session, _JOB):
        for transfer in _of(session, event):
            if transfer.status == TransferStatus.ACCEPTED:
                transfer.status = rules.next_transfer_status("move", transfer.status)
                reach.note(session, transfer, "moved", actor=actor, now=now)
                outbox.tell_patient(session, transfer, "transfer_moved", actor=actor, now=now)


def on_transfer_dated(session: Session, event: OfARequest, *, actor: Actor, now: datetime) -> None:
    """Tell a patient who has moved that the new hospital has given a date, or another one."""
    with acting_for_all(session, _JOB):
        for transfer in _of(session, event):
            reach.note(session, transfer, "dated_at_receiver", actor=actor, now=now)
            outbox.tell_patient(session, transfer, "transfer_progress", actor=actor, now=now)


def on_transfer_returned(session: Session, event: OfARequest, *, actor: Actor, now: datetime) -> None:
    """Let a request rest whose patient was given back; the original clock is nobody's to change."""
    with acting_for_all(session, _JOB):
        for transfer in _of(session, event):
            transfer.status = rules.next_transfer_status("come_back", transfer.status)
            transfer.silences = 0
            transfer.search_ends_on = london_date(now) + timedelta(days=SEARCH_DAYS)
            reach.note(session, transfer, "came_back", actor=actor, now=now)
            outbox.tell_patient(session, transfer, "transfer_returned", actor=actor, now=now)


def _ask_about_date(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime) -> None:
    answers = queries.answers(session, transfer)
    answers.values = {key: value for key, value in answers.values.items() if key != ending.HOME_DATE}
    reach.note(session, transfer, "dated_at_home", actor=actor, now=now)
    outbox.tell_patient(session, transfer, "transfer_dated", actor=actor, now=now)


def _look_at_raised(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime) -> None:
    """Stop matching the same day where somebody has become P1 or P2; what is held stays held."""
    pathway = session.get_one(Pathway, transfer.pathway_id)
    if pathway.priority_code not in TOO_URGENT or transfer.submitted_on is None:
        return
    transfer.changed_at, transfer.change_due_on = now, london_date(now)
    if transfer.status == TransferStatus.IN_REVIEW:
        transfer.review_due_on = london_date(now)
    reach.note(session, transfer, "urgency_raised", actor=actor, now=now)


def _live(session: Session, pathways: Collection[uuid.UUID]) -> Sequence[TransferRequest]:
    if not pathways:
        return []
    return queries.lock_transfers(
        session, TransferRequest.pathway_id.in_(pathways), TransferRequest.status.in_(TRANSFER_LIVE)
    )


def _of(session: Session, event: OfARequest) -> Sequence[TransferRequest]:
    return queries.lock_transfers(session, TransferRequest.care_request_id == event.request_id)
