"""What matches tell: the other side of each answer and decision, both sides of what ends by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.outbox import to_organisation
from dmas.notifications.vocabulary import RecipientKind
from dmas.proposals.models import Proposal
from dmas.requests.models import TransferRequest


def tell_home(
    session: Session, proposal: Proposal, template: str, *names: str, actor: Actor, now: datetime
) -> None:
    """Tell the home trust; `names` are what the message holds beside the reference: places, due_on."""
    outbox.queue(session, _news(template, proposal.home_code, proposal, names), actor=actor, now=now)


def tell_receiver(
    session: Session, proposal: Proposal, template: str, *names: str, actor: Actor, now: datetime
) -> None:
    """Tell the receiving provider; `names` as for `tell_home`."""
    outbox.queue(session, _news(template, proposal.receiver_code, proposal, names), actor=actor, now=now)


def tell_both(
    session: Session, proposals: Iterable[Proposal], template: str, *, actor: Actor, now: datetime
) -> None:
    """Tell both sides of each of many matches what came of it by itself."""
    news = [
        _news(template, code, proposal, ())
        for proposal in proposals
        for code in (proposal.home_code, proposal.receiver_code)
    ]
    outbox.queue_many(session, news, actor=actor, now=now)


def remind_to_name(
    session: Session,
    proposals: Iterable[Proposal],
    unnamed: Mapping[UUID, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Remind the home trust, once a due date, of places that nobody is named for; `unnamed` by match."""
    news = [
        Message(
            template="people_to_name",
            recipient_kind=RecipientKind.ORGANISATION,
            recipient_id=one.home_code,
            values={"reference": one.reference, "places": unnamed[one.id], "due_on": str(one.due_on)},
            dedup=f"people_to_name:{one.id}:{one.due_on}",
        )
        for one in proposals
        if unnamed[one.id]
    ]
    outbox.queue_many(session, news, actor=actor, now=now)


def tell_options(
    session: Session, transfer: TransferRequest, places: int, *, actor: Actor, now: datetime
) -> None:
    """Tell a patient how many options they can choose from, and until when."""
    values = {"reference": transfer.reference, "places": places, "due_on": str(transfer.answer_due_on)}
    outbox.queue(session, _to_patient("transfer_options", transfer, **values), actor=actor, now=now)


def tell_chosen(
    session: Session, transfer: TransferRequest, chosen: Proposal, *, actor: Actor, now: datetime
) -> None:
    """Tell the patient that their choice stands, and the receiver whose place was chosen."""
    mine = _to_patient("transfer_chosen", transfer, reference=transfer.reference)
    theirs = to_organisation("option_chosen", chosen.receiver_code, chosen, reference=chosen.reference)
    outbox.queue_many(session, [mine, theirs], actor=actor, now=now)


def tell_receivers_let_go(
    session: Session, options: Iterable[Proposal], *, actor: Actor, now: datetime
) -> None:
    """Tell each receiver that a patient did not take their option."""
    news = [
        to_organisation("option_let_go", one.receiver_code, one, reference=one.reference) for one in options
    ]
    outbox.queue_many(session, news, actor=actor, now=now)


def remind_to_choose(
    session: Session, waiting: Iterable[TransferRequest], *, actor: Actor, now: datetime
) -> None:
    """Remind patients, once a day at most, of options that wait for them."""
    today = london_date(now)
    news = [
        Message(
            template="transfer_options_reminder",
            recipient_kind=RecipientKind.PATIENT,
            recipient_id=str(one.patient_id),
            values={"reference": one.reference, "due_on": str(one.answer_due_on)},
            dedup=f"transfer_options_reminder:{one.id}:{today}",
        )
        for one in waiting
    ]
    outbox.queue_many(session, news, actor=actor, now=now)


def _to_patient(template: str, transfer: TransferRequest, **values: Any) -> Message:
    return Message(
        template=template,
        recipient_kind=RecipientKind.PATIENT,
        recipient_id=str(transfer.patient_id),
        values=values,
        dedup=f"{template}:{transfer.id}:{transfer.version}",
    )


def _news(template: str, code: str, proposal: Proposal, names: Iterable[str]) -> Message:
    values: dict[str, Any] = {"reference": proposal.reference}
    if "places" in names:
        values["places"] = proposal.held
    if "due_on" in names:
        values["due_on"] = str(proposal.due_on)
    return to_organisation(template, code, proposal, **values)
