"""What the night found for patients: receivers' answers, the options people see, their choices, the moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.demo import answering
from dmas.demo.patients import Askers, Asking, transfer_of
from dmas.demo.stage import DEMO
from dmas.proposals import services as proposals
from dmas.proposals.commands import (
    AcceptProposal,
    AskForInformation,
    ChooseOption,
    DeclineOptions,
    DeclineProposal,
)
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests import services as requests
from dmas.requests.commands import Stay
from dmas.requests.vocabulary import TransferStatus
from dmas.transfers import services as transfers
from dmas.transfers.commands import ReturnTransfer
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus as Moving

CHOICES_AT_LEAST = 4


def answer(askers: Askers, now: datetime, share: float) -> None:
    """Let receivers answer a share of what they are asked about patients; yes, always, about the personas."""
    personas = {one.reference for one in askers.all[:2]}
    for proposal, reference in _asked(askers):
        if reference not in personas and askers.chance.random() >= share:
            continue
        chance = 1.0 if reference in personas else askers.chance.random()
        receiver = askers.stage.manager(proposal.receiver_code)
        with askers.acting(receiver) as session:
            _answer(session, proposal, chance, receiver.organisation or "", askers, now)


def choose(askers: Askers, now: datetime) -> None:
    """Let a part of those who see options decide; the first persona goes on thinking, the second moves."""
    thinking, moving, *others = _shown(askers)
    if len(_options(askers, thinking)) < CHOICES_AT_LEAST:
        raise LookupError("The persona who chooses has too few hospitals to choose from.")
    _choose_first(askers, moving, now)
    for place, one in enumerate(others):
        turn = place % 8
        if turn in (0, 2, 4):
            _choose_first(askers, one, now)
        elif turn == 5:
            with askers.acting(one.actor) as session:
                command = Stay(reference=one.reference)
                requests.stay(session, command, actor=one.actor, now=now)
        elif turn == 6:
            with askers.acting(one.actor) as session:
                transfer = transfer_of(session, one.reference)
                none = DeclineOptions(reference=one.reference, version=transfer.version)
                proposals.decline_options(session, none, actor=one.actor, now=now)


def move(askers: Askers, now: datetime) -> None:
    """Take the moves of those who chose to different lengths; two come back to their own hospital."""
    chosen = [one for one in askers.all if _status(askers, one) == TransferStatus.ACCEPTED]
    for place, one in enumerate(chosen):
        transfer = _move_of(askers, one)
        steps = 4 if one is askers.all[1] else (1, 2, 3, 4, 5)[place % 5] - 1
        answering.take_on(askers.stage, transfer, min(steps, 2), now)
        if steps == 3:
            _give_back(askers, transfer, now)
        elif steps == 4:
            first_date = askers.stage.today + timedelta(days=16)
            answering.give_date(askers.stage, transfer, now, first_date)


def _asked(askers: Askers) -> list[tuple[Proposal, str]]:
    """Return what receivers have still to answer for patients, first options first, with whose it is."""
    by_search = {_search_of(askers, one): one.reference for one in askers.all if one.reference}
    with askers.stage.acting(DEMO) as session:
        open_now = session.scalars(
            select(Proposal)
            .where(
                Proposal.transfer_request_id.is_not(None),
                Proposal.status.in_((ProposalStatus.PROPOSED, ProposalStatus.ASKED)),
            )
            .order_by(Proposal.reference)
        ).all()
    return [(one, by_search[one.request_id]) for one in open_now]


def _answer(
    session: Session, proposal: Proposal, chance: float, code: str, askers: Askers, now: datetime
) -> None:
    seen = answering.opened(proposal)
    actor = askers.stage.manager(code)
    if chance < 0.06:
        question = "Has the person had a heart tracing in the last year?"
        proposals.ask(session, AskForInformation(**seen, question=question), actor=actor, now=now)
    elif chance < 0.13:
        proposals.decline(session, DeclineProposal(**seen, reason="case_mix"), actor=actor, now=now)
    else:
        proposals.accept(session, AcceptProposal(**seen, places=1), actor=actor, now=now)


def _shown(askers: Askers) -> list[Asking]:
    """Return those who have options before them: both personas first."""
    found = [one for one in askers.all if _status(askers, one) == TransferStatus.OPTIONS_OFFERED]
    if found[:2] != askers.all[:2]:
        raise LookupError("The night found no hospital for one of the patient personas.")
    return found


def _options(askers: Askers, one: Asking) -> Sequence[Proposal]:
    with askers.stage.acting(DEMO) as session:
        transfer = transfer_of(session, one.reference)
        return session.scalars(
            select(Proposal)
            .where(Proposal.request_id == transfer.care_request_id, Proposal.status == ProposalStatus.OFFERED)
            .order_by(Proposal.option, Proposal.reference)
        ).all()


def _choose_first(askers: Askers, one: Asking, now: datetime) -> None:
    option = _options(askers, one)[0].reference
    with askers.acting(one.actor) as session:
        version = transfer_of(session, one.reference).version
        command = ChooseOption(reference=one.reference, proposal_reference=option, version=version)
        proposals.choose_option(session, command, actor=one.actor, now=now)


def _move_of(askers: Askers, one: Asking) -> Transfer:
    with askers.stage.acting(DEMO) as session:
        search = transfer_of(session, one.reference).care_request_id
        underway = select(Transfer).where(Transfer.request_id == search, Transfer.status == Moving.PREPARING)
        return session.scalars(underway).one()


def _give_back(askers: Askers, transfer: Transfer, now: datetime) -> None:
    receiver = askers.stage.manager(transfer.receiver_code)
    with askers.acting(receiver) as session:
        back = ReturnTransfer(
            **answering.seen(session, transfer), reason="unsuitable_at_assessment", patient_phoned_at=now
        )
        transfers.return_to_home(session, back, actor=receiver, now=now)


def _status(askers: Askers, one: Asking) -> str:
    with askers.stage.acting(DEMO) as session:
        return transfer_of(session, one.reference).status if one.reference else ""


def _search_of(askers: Askers, one: Asking) -> object:
    with askers.stage.acting(DEMO) as session:
        return transfer_of(session, one.reference).care_request_id
