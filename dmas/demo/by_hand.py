"""What managers asked for by hand a week before the first night, and how far each of these has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.demo import answering
from dmas.demo.stage import DEMO, Stage
from dmas.matching import services
from dmas.matching.commands import AskNow
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals import services as proposals
from dmas.proposals.commands import AcceptProposal, ChooseCapacity
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import Consent
from dmas.transfers import services as transfers
from dmas.transfers.commands import CancelTransfer, RecordTreated
from dmas.transfers.models import Transfer

ASKED = 9  # days before today


@dataclass(frozen=True, slots=True)
class Pair:
    """A line that could go to an offer, on the day it was asked for."""

    offer: str
    request: str
    line_number: int
    home: str


def ask_by_hand(stage: Stage) -> None:
    """Ask three offers for a place: one person is treated by now, one stayed, one match had no answer."""
    treated, stayed, _silent = [_ask(stage, pair) for pair in _pairs(stage, 3)]
    moved = _agree(stage, treated)
    answering.take_on(stage, moved, 2, stage.at(ASKED - 2, 12))
    answering.give_date(stage, moved, stage.at(ASKED - 2, 14), london_date(stage.at(3)))
    receiver = stage.manager(moved.receiver_code)
    with stage.acting(receiver) as session:
        done = RecordTreated(**answering.seen(session, moved), treated_on=london_date(stage.at(3)))
        transfers.record_treated(session, done, actor=receiver, now=stage.at(3, 17))
    kept = _agree(stage, stayed)
    home = stage.manager(kept.home_code)
    with stage.acting(home) as session:
        stop = CancelTransfer(**answering.seen(session, kept), reason="patient_changed_mind")
        transfers.cancel(session, stop, actor=home, now=stage.at(ASKED - 2, 16))


def _pairs(stage: Stage, wanted: int) -> list[Pair]:
    """Find offers and lines of different trusts that stood open on the day and fit, in a fixed order."""
    found: list[Pair] = []
    with stage.acting(DEMO) as session:
        for pair in _fitting(session, stage):
            if pair.request not in {one.request for one in found}:
                found.append(pair)
            if len(found) == wanted:
                return found
    raise LookupError("The invented exchange has too few pairs that fit.")


def _fitting(session: Session, stage: Stage) -> Iterator[Pair]:
    asked, oldest = stage.at(ASKED), london_date(stage.at(50))  # older searches are about to end
    open_then = select(Offer).where(Offer.status == OfferStatus.OPEN, Offer.posted_at < asked)
    for offer in session.scalars(open_then.order_by(Offer.reference)).all():
        standings = services.standings(session, offer, london_date(asked)) or {}
        for one in standings.values():
            if one.refusal is None and oldest < one.line.opened_on < london_date(asked):
                line = one.line
                yield Pair(offer.reference, line.reference, line.number, line.provider_code)
                break


def _ask(stage: Stage, pair: Pair) -> Proposal:
    actor = stage.manager(pair.home)
    command = AskNow(
        offer_reference=pair.offer,
        request_reference=pair.request,
        line_number=pair.line_number,
        places=1,
        reason="keeps_list_running",
    )
    with stage.acting(actor) as session:
        return services.ask_now(session, command, actor=actor, now=stage.at(ASKED))


def _agree(stage: Stage, proposal: Proposal) -> Transfer:
    """Let the receiver accept, the home trust take the place and name somebody, and them say yes."""
    receiver, home = stage.manager(proposal.receiver_code), stage.manager(proposal.home_code)
    with stage.acting(receiver) as session:
        accept = AcceptProposal(reference=proposal.reference, version=proposal.version, places=1)
        accepted = proposals.accept(session, accept, actor=receiver, now=stage.at(ASKED - 1, 9))
    with stage.acting(home) as session:
        choose = ChooseCapacity(reference=accepted.reference, version=accepted.version)
        chosen = proposals.choose(session, choose, actor=home, now=stage.at(ASKED - 1, 11))
    return _say_yes(stage, chosen, home)


def _say_yes(stage: Stage, chosen: Proposal, home: Actor) -> Transfer:
    now = stage.at(ASKED - 1, 15)
    with stage.acting(home) as session:
        person = answering.name(stage, session, chosen, home, now)
        answering.record(session, person, chosen.reference, Consent.YES, home, now)
        return session.scalars(select(Transfer).where(Transfer.person_id == person.id)).one()
