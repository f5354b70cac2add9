"""What people did between the nights: answered, took up places, named people, handed over, sent some back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.demo.stage import DEMO, Stage
from dmas.offers import services as offers
from dmas.offers.commands import SuspendOffer, WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import (
    AcceptProposal,
    AskForInformation,
    ChooseCapacity,
    DeclineCapacity,
    DeclineProposal,
    NamePerson,
    RecordConsent,
)
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import AskedHow, Consent, ProposalStatus
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import RequestKind, RequestStatus
from dmas.transfers import services as transfers
from dmas.transfers.commands import (
    CompleteDataSet,
    ConfirmTransfer,
    GiveDate,
    ReRegister,
    ReturnTransfer,
    SendTransfer,
)
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus

# What a booking clerk types; the rest of the minimum data set is known from the case.
TYPED = {
    "title": "Mx",
    "address": "1 Example Street\nExampleton",
    "local_patient_id": "H123456",
    "gp_name": "Dr Example",
    "practice_code": "Y99999",
    "home_professional": "Ms Example Surgeon",
    "referrer_code": "C9999999",
    "home_contact": "Waiting list office",
}


def answer(stage: Stage, now: datetime, share: float) -> None:
    """Let receivers answer a share of what waits for them; the oldest search ends before its answer comes."""
    with stage.acting(DEMO) as session:
        open_now = select(CareRequest.id).where(
            CareRequest.status == RequestStatus.OPEN, CareRequest.kind == RequestKind.PROVIDER
        )
        oldest = session.scalar(open_now.order_by(CareRequest.opened_on, CareRequest.reference).limit(1))
    for proposal in waiting(stage, ProposalStatus.PROPOSED):
        if stage.random.random() < share and proposal.request_id != oldest:
            actor = stage.manager(proposal.receiver_code)
            with stage.acting(actor) as session:
                _answer(session, proposal, stage.random.random(), actor, now)


def _answer(session: Session, proposal: Proposal, chance: float, actor: Actor, now: datetime) -> None:
    seen, places = opened(proposal), proposal.places
    if chance < 0.66:
        proposals.accept(session, AcceptProposal(**seen, places=places), actor=actor, now=now)
    elif chance < 0.74:
        fewer = max(1, places - 1)
        proposals.accept(session, AcceptProposal(**seen, places=fewer), actor=actor, now=now)
    elif chance < 0.80:
        subject = AcceptProposal(**seen, places=places, subject_to="A new heart tracing first.")
        proposals.accept(session, subject, actor=actor, now=now)
    elif chance < 0.88:
        question = "Which implants does the surgeon expect to use?"
        proposals.ask(session, AskForInformation(**seen, question=question), actor=actor, now=now)
    else:
        proposals.decline(session, DeclineProposal(**seen, reason="case_mix"), actor=actor, now=now)


def opened(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal's reference and version as somebody who opened it saw them."""
    return {"reference": proposal.reference, "version": proposal.version}


def decide(stage: Stage, now: datetime, share: float) -> None:
    """Let home trusts take up, or not, a share of what was accepted."""
    for proposal in waiting(stage, ProposalStatus.RECEIVER_ACCEPTED):
        if stage.random.random() >= share:
            continue
        actor, seen = stage.manager(proposal.home_code), opened(proposal)
        with stage.acting(actor) as session:
            if stage.random.random() < 0.9:
                proposals.choose(session, ChooseCapacity(**seen), actor=actor, now=now)
            else:
                refusal = DeclineCapacity(**seen, reason="dates_unsuitable")
                proposals.decline_capacity(session, refusal, actor=actor, now=now)


def name_people(stage: Stage, now: datetime, share: float) -> None:
    """Let home trusts name people for a share of the places they took, and record what those said."""
    for proposal in waiting(stage, ProposalStatus.CHOSEN):
        actor = stage.manager(proposal.home_code)
        for _ in range(proposal.held - _named_already(stage, proposal)):
            if stage.random.random() < share:
                with stage.acting(actor) as session:
                    person = name(stage, session, proposal, actor, now)
                    chance = stage.random.random()
                    if chance < 0.85:
                        said = Consent.YES if chance < 0.75 else Consent.NO
                        record(session, person, proposal.reference, said, actor, now)


def _named_already(stage: Stage, proposal: Proposal) -> int:
    with stage.acting(DEMO) as session:
        still_to_ask = select(func.count()).where(
            NamedPerson.proposal_id == proposal.id,
            NamedPerson.consent == Consent.TO_ASK,
            NamedPerson.released_at.is_(None),
        )
        return session.scalar(still_to_ask) or 0


def name(stage: Stage, session: Session, proposal: Proposal, actor: Actor, now: datetime) -> NamedPerson:
    """Name somebody invented for a place of a chosen match."""
    line = session.get_one(RequestLine, proposal.line_id)
    number, given, family = stage.next_patient()
    today = london_date(now)
    command = NamePerson(
        reference=proposal.reference,
        pathway_id=f"{proposal.home_code}{number[4:]}",
        nhs_number=number,
        given_name=given,
        family_name=family,
        date_of_birth=today - timedelta(days=366 * line.age_from + 200),
        sex=line.sex or stage.random.choice(("F", "M")),
        postcode="ZZ99 3VZ",
        phone="07700 900" + number[-3:],
        clock_start=line.waiting_since - timedelta(days=stage.random.randint(0, 20)),
        priority_code=line.priority_code,
        asa=line.worst_asa or 2,
        bmi=line.worst_bmi or 27.0,
        travel_miles=stage.random.choice((25, 50, 100)),
    )
    return proposals.name_person(session, command, actor=actor, now=now)


def record(
    session: Session, person: NamedPerson, reference: str, said: Consent, actor: Actor, now: datetime
) -> None:
    """Record what somebody said on the phone."""
    command = RecordConsent(
        reference=reference,
        person_id=person.id,
        version=person.version,
        said=said,
        how=AskedHow.CALL,
        asked_at=now,
        asked_by=actor.name,
        travel_ok=True,
    )
    proposals.record_consent(session, command, actor=actor, now=now)


def hand_over(stage: Stage, now: datetime) -> None:
    """Take the hand-overs to different lengths: sent, confirmed, dated, and a few returned."""
    with stage.acting(DEMO) as session:
        preparing = session.scalars(
            select(Transfer)
            .join(Offer, Offer.id == Transfer.offer_id)
            .join(CareRequest, CareRequest.id == Transfer.request_id)
            .where(Transfer.status == TransferStatus.PREPARING, CareRequest.kind == RequestKind.PROVIDER)
            .order_by(Offer.reference, Transfer.pathway_id)
        ).all()
        alone = set(
            session.scalars(
                select(RequestLine.request_id)
                .group_by(RequestLine.request_id)
                .having(func.sum(RequestLine.places) == 1)
            )
        )
    returned = 0
    for number, transfer in enumerate(preparing):
        # 0: still preparing … 4: dated, 5: returned; a request for one person is met in full.
        steps = 4 if transfer.request_id in alone else number % 6
        take_on(stage, transfer, min(steps, 3), now)
        if steps == 4:
            give_date(stage, transfer, now, stage.today + timedelta(days=24))
        elif steps == 5:
            _return(stage, transfer, now, again=bool(returned % 2))
            returned += 1


def take_on(stage: Stage, transfer: Transfer, steps: int, now: datetime) -> None:
    """Take a hand-over one step (sent) or more (confirmed)."""
    if steps >= 1:
        _send(stage, transfer, stage.manager(transfer.home_code), now)
    if steps >= 2:
        _confirm(stage, transfer, stage.manager(transfer.receiver_code), now)


def give_date(stage: Stage, transfer: Transfer, now: datetime, first_date: date) -> None:
    """Let the receiver give a confirmed hand-over its first date."""
    receiver = stage.manager(transfer.receiver_code)
    with stage.acting(receiver) as session:
        given = GiveDate(**seen(session, transfer), first_date=first_date)
        transfers.give_date(session, given, actor=receiver, now=now)


def seen(session: Session, transfer: Transfer) -> dict[str, Any]:
    """Return a hand-over's reference and version as somebody who opens it now sees them."""
    fresh = session.get_one(Transfer, transfer.id, populate_existing=True)
    return {"reference": fresh.reference, "version": fresh.version}


def _send(stage: Stage, transfer: Transfer, home: Actor, now: datetime) -> None:
    with stage.acting(home) as session:
        fill = CompleteDataSet(**seen(session, transfer), values=TYPED)
        transfers.complete_data_set(session, fill, actor=home, now=now)
        transfers.send(session, SendTransfer(**seen(session, transfer)), actor=home, now=now)


def _confirm(stage: Stage, transfer: Transfer, receiver: Actor, now: datetime) -> None:
    with stage.acting(receiver) as session:
        step = ConfirmTransfer(**seen(session, transfer), home_slot_cancelled=True)
        transfers.confirm(session, step, actor=receiver, now=now)


def _return(stage: Stage, transfer: Transfer, now: datetime, *, again: bool) -> None:
    receiver, home = stage.manager(transfer.receiver_code), stage.manager(transfer.home_code)
    with stage.acting(receiver) as session:
        back = ReturnTransfer(
            **seen(session, transfer), reason="unsuitable_at_assessment", patient_phoned_at=now
        )
        transfers.return_to_home(session, back, actor=receiver, now=now)
    if again:
        with stage.acting(home) as session:
            step = ReRegister(
                **seen(session, transfer),
                re_registered_on=london_date(now),
                clock_start=transfer.clock_start,
                patient_phoned_at=now,
            )
            transfers.re_register(session, step, actor=home, now=now)


def stop_some_offers(stage: Stage, now: datetime) -> None:
    """Let one provider take back an offer that was being answered, and the safety officer pause another."""
    offered = list(dict.fromkeys(proposal.offer_id for proposal in waiting(stage, ProposalStatus.PROPOSED)))
    with stage.acting(DEMO) as session:
        taken_back, paused = (session.get_one(Offer, offer_id) for offer_id in offered[:2])
    manager, officer = stage.manager(taken_back.provider_code), stage.people["safety-officer"]
    with stage.acting(manager) as session:
        withdrawal = WithdrawOffer(reference=taken_back.reference, reason="staffing")
        offers.withdraw(session, withdrawal, actor=manager, now=now)
    with stage.acting(officer) as session:
        pause = SuspendOffer(reference=paused.reference, reason="limits_under_review")
        offers.suspend(session, pause, actor=officer, now=now)


def waiting(stage: Stage, status: ProposalStatus) -> Sequence[Proposal]:
    """Return trusts' own proposals in a state, in an order that does not depend on chance."""
    with stage.acting(DEMO) as session:
        return session.scalars(
            select(Proposal)
            .where(Proposal.status == status, Proposal.transfer_request_id.is_(None))
            .order_by(Proposal.reference)
        ).all()
