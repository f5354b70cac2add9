"""A patient's options at each stage, made as the night makes them and answered through the real services."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.references import new_reference
from dmas.offers import services as offer_services
from dmas.offers.models import Offer
from dmas.proposals import rules, services
from dmas.proposals.commands import AcceptProposal
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest, TransferRequest
from tests.factories.offers import make_offer
from tests.factories.requests import make_transfer_request

_maker = Actor.system("tests")


@dataclass(frozen=True)
class Choice:
    """A patient's request, its options by number, and the patient who chooses."""

    transfer: TransferRequest
    options: list[Proposal]

    @property
    def patient(self) -> Actor:
        """The patient, acting for themselves."""
        return Actor.patient(self.transfer.patient_id)


def ask_for(
    session: Session,
    transfer: TransferRequest,
    offers: Sequence[Offer],
    *,
    now: datetime,
    run_date: date | None = None,
) -> list[Proposal]:
    """Propose offers to a patient who searches: the first holds its place, the others are only asked."""
    care_request = session.get_one(CareRequest, transfer.care_request_id)
    return [
        _proposal(session, transfer, care_request, offer, number, now, run_date)
        for number, offer in enumerate(offers, start=1)
    ]


def accept(session: Session, proposal: Proposal, *, now: datetime) -> Proposal:
    """Let the receiver say yes."""
    now_is = session.get_one(Proposal, proposal.id, populate_existing=True)
    command = AcceptProposal(reference=now_is.reference, version=now_is.version, places=1)
    return services.accept(session, command, actor=_maker, now=now)


def make_choice(
    session: Session,
    *,
    now: datetime,
    offers: Sequence[Offer] | None = None,
    many: int = 3,
    shown: bool = True,
    transfer: TransferRequest | None = None,
    **values: Any,
) -> Choice:
    """Make a patient with options; every receiver has said yes and they are shown unless said otherwise."""
    transfer = transfer or make_transfer_request(session, now=now, **values)
    offers = offers or [make_offer(session, now=now, places=4) for _ in range(many)]
    options = ask_for(session, transfer, offers, now=now)
    if shown:
        for one in options:
            accept(session, one, now=now)
    session.refresh(transfer)
    return Choice(transfer, options)


def live_options(session: Session, transfer: TransferRequest) -> list[tuple[int, str, int]]:
    """Return (number, status, held) of every option of a request, by number."""
    rows = session.execute(
        select(Proposal.option, Proposal.status, Proposal.held)
        .where(Proposal.transfer_request_id == transfer.id)
        .order_by(Proposal.option, Proposal.made_at)
    )
    return [(number, status, held) for number, status, held in rows]


def _proposal(
    session: Session,
    transfer: TransferRequest,
    care_request: CareRequest,
    offer: Offer,
    number: int,
    now: datetime,
    run_date: date | None,
) -> Proposal:
    first = number == 1
    if first:
        offer_services.hold(session, offer.id, 1)
    line = care_request.lines[0]
    proposal = Proposal(
        id=uuid.uuid4(),
        reference=new_reference("PR"),
        pathway=care_request.pathway,
        status=ProposalStatus.PROPOSED if first else ProposalStatus.ASKED,
        offer_id=offer.id,
        request_id=care_request.id,
        line_id=line.id,
        transfer_request_id=transfer.id,
        home_code=care_request.provider_code,
        home_icb=care_request.icb_code,
        home_region=care_request.region_code,
        receiver_code=offer.provider_code,
        receiver_icb=offer.icb_code,
        receiver_region=offer.region_code,
        places=1,
        held=1 if first else 0,
        tenths=30 * number,
        tier=4,
        waiting_since=line.waiting_since,
        run_date=run_date,
        option=number,
        made_at=now,
        due_on=rules.answer_due(london_date(now), 4),
    )
    session.add(proposal)
    audit.record(session, proposal, "proposal.made_by_night", actor=_maker, now=now)
    return proposal
