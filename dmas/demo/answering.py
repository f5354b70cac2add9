"""What people did between the nights: answered, took up places, named people, handed over, sent some back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.demo.stage import DEMO, Stage
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
from dmas.requests.models import RequestLine
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
    """Let receivers answer a share of what is waiting for them."""
    for proposal in _waiting(stage, ProposalStatus.PROPOSED):
        if stage.random.random() < share:
            actor = stage.manager(proposal.receiver_code)
            with stage.acting(actor) as session:
                _answer(session, proposal, stage.random.random(), actor, now)


def _answer(session: Session, proposal: Proposal, chance: float, actor: Actor, now: datetime) -> None:
    seen = _opened(proposal)
    if chance < 0.72:
        proposals.accept(session, AcceptProposal(**seen, places=proposal.places), actor=actor, now=now)
    elif chance < 0.80:
        fewer = max(1, proposal.places - 1)
        proposals.accept(session, AcceptProposal(**seen, places=fewer), actor=actor, now=now)
    elif chance < 0.88:
        question = "Which implants does the surgeon expect to use?"
        proposals.ask(session, AskForInformation(**seen, question=question), actor=actor, now=now)
    else:
        proposals.decline(session, DeclineProposal(**seen, reason="case_mix"), actor=actor, now=now)


def _opened(proposal: Proposal) -> dict[str, Any]:
    return {"reference": proposal.reference, "version": proposal.version}


def decide(stage: Stage, now: datetime, share: float) -> None:
    """Let home trusts take up, or not, a share of what was accepted."""
    for proposal in _waiting(stage, ProposalStatus.RECEIVER_ACCEPTED):
        if stage.random.random() >= share:
            continue
        actor, seen = stage.manager(proposal.home_code), _opened(proposal)
        with stage.acting(actor) as session:
            if stage.random.random() < 0.9:
                proposals.choose(session, ChooseCapacity(**seen), actor=actor, now=now)
            else:
                refusal = DeclineCapacity(**seen, reason="dates_unsuitable")
                proposals.decline_capacity(session, refusal, actor=actor, now=now)


def name_people(stage: Stage, now: datetime, share: float) -> None:
    """Let home trusts name people for a share of the places they took, and record what those said."""
    for proposal in _waiting(stage, ProposalStatus.CHOSEN):
        actor = stage.manager(proposal.home_code)
        for _ in range(proposal.held - _named_already(stage, proposal)):
            if stage.random.random() < share:
                with stage.acting(actor) as session:
                    _name(stage, session, proposal, actor, now)


def _named_already(stage: Stage, proposal: Proposal) -> int:
    with stage.acting(DEMO) as session:
        still_to_ask = select(func.count()).where(
            NamedPerson.proposal_id == proposal.id,
            NamedPerson.consent == Consent.TO_ASK,
            NamedPerson.released_at.is_(None),
        )
        return session.scalar(still_to_ask) or 0


def _name(stage: Stage, session: Session, proposal: Proposal, actor: Actor, now: datetime) -> None:
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
    person = proposals.name_person(session, command, actor=actor, now=now)
    chance = stage.random.random()
    if chance < 0.85:
        said = Consent.YES if chance < 0.75 else Consent.NO
        _record(session, person, proposal.reference, said, actor, now)


def _record(
    session: Session, person: NamedPerson, reference: str, said: Consent, actor: Actor, now: datetime
) -> None:
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
        open_transfers = session.scalars(
            select(Transfer)
            .join(Offer, Offer.id == Transfer.offer_id)
            .order_by(Offer.reference, Transfer.pathway_id)
        ).all()
        alone = set(
            session.scalars(
                select(RequestLine.request_id)
                .group_by(RequestLine.request_id)
                .having(func.sum(RequestLine.places) == 1)
            )
        )
    for number, transfer in enumerate(open_transfers):
        # 0: still preparing … 4: dated, 5: returned; a request for one person is met in full.
        steps = 4 if transfer.request_id in alone else number % 6
        home, receiver = stage.manager(transfer.home_code), stage.manager(transfer.receiver_code)
        if steps >= 1:
            _send(stage, transfer, home, now)
        if steps >= 2:
            _confirm(stage, transfer, receiver, now)
        if steps == 4:
            with stage.acting(receiver) as session:
                given = GiveDate(**_seen(session, transfer), first_date=stage.today + timedelta(days=24))
                transfers.give_date(session, given, actor=receiver, now=now)
        if steps == 5:
            _return(stage, transfer, home, receiver, now, again=number % 12 == 5)


def _seen(session: Session, transfer: Transfer) -> dict[str, Any]:
    fresh = session.get_one(Transfer, transfer.id, populate_existing=True)
    return {"reference": fresh.reference, "version": fresh.version}


def _send(stage: Stage, transfer: Transfer, home: Actor, now: datetime) -> None:
    with stage.acting(home) as session:
        fill = CompleteDataSet(**_seen(session, transfer), values=TYPED)
        transfers.complete_data_set(session, fill, actor=home, now=now)
        transfers.send(session, SendTransfer(**_seen(session, transfer)), actor=home, now=now)


def _confirm(stage: Stage, transfer: Transfer, receiver: Actor, now: datetime) -> None:
    with stage.acting(receiver) as session:
        step = ConfirmTransfer(**_seen(session, transfer), home_slot_cancelled=True)
        transfers.confirm(session, step, actor=receiver, now=now)


def _return(
    stage: Stage, transfer: Transfer, home: Actor, receiver: Actor, now: datetime, *, again: bool
) -> None:
    with stage.acting(receiver) as session:
        back = ReturnTransfer(
            **_seen(session, transfer), reason="unsuitable_at_assessment", patient_phoned_at=now
        )
        transfers.return_to_home(session, back, actor=receiver, now=now)
    if again:
        with stage.acting(home) as session:
            step = ReRegister(
                **_seen(session, transfer),
                re_registered_on=london_date(now),
                clock_start=transfer.clock_start,
                patient_phoned_at=now,
            )
            transfers.re_register(session, step, actor=home, now=now)


def _waiting(stage: Stage, status: ProposalStatus) -> Sequence[Proposal]:
    """Return the proposals in a state, in an order that does not depend on chance."""
    with stage.acting(DEMO) as session:
        return session.scalars(
            select(Proposal).where(Proposal.status == status).order_by(Proposal.reference)
        ).all()
