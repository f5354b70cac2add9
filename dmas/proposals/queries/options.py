"""A patient's options: with what each would mean, which are due, and who is to be phoned."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.models import Organisation, Site
from dmas.requests import queries as requests
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import TransferStatus


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option of a patient with what it would mean: the offer, where it is and who gives it."""

    proposal: Proposal
    offer: Offer
    site: Site
    provider: Organisation


@dataclass(frozen=True, slots=True)
class CallRow:
    """A patient's request whose options lapse soon: for which service, whose patient, how many options."""

    transfer: TransferRequest
    service: str
    home_name: str
    shown: int


def options(session: Session, transfer_request_id: uuid.UUID, *statuses: ProposalStatus) -> list[OptionRow]:
    """Return a patient's options in some states, by number, for a caller that has scoped the request."""
    rows = session.execute(
        select(Proposal, Offer, Site, Organisation)
        .join(Offer, Offer.id == Proposal.offer_id)
        .join(Site, Site.code == Offer.site_code)
        .join(Organisation, Organisation.code == Offer.provider_code)
        .where(Proposal.transfer_request_id == transfer_request_id, Proposal.status.in_(statuses))
        .order_by(Proposal.option, Proposal.reference)
    )
    return [OptionRow(*row) for row in rows]


def options_due(*conditions: ColumnElement[bool]) -> Select[uuid.UUID | None]:
    """Select patients' requests with an option that meets the conditions, in the order of their ids."""
    return (
        select(Proposal.transfer_request_id)
        .where(Proposal.transfer_request_id.is_not(None), *conditions)
        .distinct()
        .order_by(Proposal.transfer_request_id)
    )


def options_waiting(session: Session) -> Sequence[TransferRequest]:
    """Return every patient's request whose options wait for their choice, for the night."""
    waits = TransferRequest.status == TransferStatus.OPTIONS_OFFERED
    return session.scalars(select(TransferRequest).where(waits).order_by(TransferRequest.reference)).all()


def to_call(
    session: Session, actor: Actor, *, due_by: date, limit: int = 25, offset: int = 0
) -> tuple[list[CallRow], int]:
    """Return one page of patients whose options lapse soon and who were not phoned, the soonest first."""
    conditions = _to_call(actor, due_by)
    total = session.scalar(select(func.count()).select_from(TransferRequest).where(*conditions)) or 0
    shown = func.count(Proposal.id).filter(Proposal.status == ProposalStatus.OFFERED)
    rows = session.execute(
        select(TransferRequest, CareRequest.service, Organisation.name, shown)
        .join(CareRequest, CareRequest.id == TransferRequest.care_request_id)
        .join(Organisation, Organisation.code == TransferRequest.home_code)
        .outerjoin(Proposal, Proposal.transfer_request_id == TransferRequest.id)
        .where(*conditions)
        .group_by(TransferRequest.id, CareRequest.service, Organisation.name)
        .order_by(TransferRequest.answer_due_on, TransferRequest.reference)
        .limit(limit)
        .offset(offset)
    )
    return [CallRow(*row) for row in rows], total


def calls_waiting(session: Session, actor: Actor, today: date, *, due_by: date) -> tuple[int, int]:
    """Return how many patients are to be phoned before their options lapse, and for how many it is today."""
    last_day = func.count().filter(TransferRequest.answer_due_on <= today)
    query = select(func.count(), last_day).select_from(TransferRequest).where(*_to_call(actor, due_by))
    number, due = session.execute(query).one()
    return number, due


def _to_call(actor: Actor, due_by: date) -> tuple[ColumnElement[bool], ...]:
    return (
        requests.transfers_visible_to(actor),
        TransferRequest.status == TransferStatus.OPTIONS_OFFERED,
        TransferRequest.called_at.is_(None),
        TransferRequest.answer_due_on <= due_by,
    )
