"""Matches as they are now, locked until the transaction ends, in the one order of locking."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import acting_for_all
from dmas.proposals.models import Proposal
from dmas.proposals.queries.matches import get
from dmas.proposals.vocabulary import LIVE
from dmas.requests import queries as requests
from dmas.requests.models import TransferRequest
from dmas.transfers import queries as transfers


def get_for_change(session: Session, actor: Actor, reference: str) -> Proposal:
    """Return one proposal as it is now, locked until the transaction ends, its offer first.

    Of a patient's options all are locked, and first the patient's request: one answer may show them all.
    """
    seen = get(session, actor, reference)
    if seen.transfer_request_id is not None:
        with acting_for_all(session, "options"):
            lock_options(session, seen.transfer_request_id)
    transfers.lock_market(session, offers=[seen.offer_id])
    return lock(session, Proposal.id == seen.id)[0]


def lock(session: Session, *conditions: ColumnElement[bool]) -> list[Proposal]:
    """Return the proposals that meet the conditions now, locked in the order of their ids."""
    return list(
        session.scalars(
            select(Proposal)
            .where(*conditions)
            .order_by(Proposal.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def lock_options(session: Session, transfer_request_id: uuid.UUID) -> tuple[TransferRequest, list[Proposal]]:
    """Return a patient's request and its live options by number, all locked, in the one order of locking."""
    (transfer,) = requests.lock_transfers(session, TransferRequest.id == transfer_request_id)
    live = (Proposal.transfer_request_id == transfer.id, Proposal.status.in_(LIVE))
    transfers.lock_market(
        session,
        requests=[transfer.care_request_id] if transfer.care_request_id else [],
        offers=session.scalars(select(Proposal.offer_id).where(*live)),
    )
    return transfer, sorted(lock(session, *live), key=lambda one: (one.option, one.reference))
