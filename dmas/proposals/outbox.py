"""What matches tell: the other side of each answer and decision, both sides of what ends by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.outbox import to_organisation
from dmas.notifications.vocabulary import RecipientKind
from dmas.proposals.models import Proposal


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


def _news(template: str, code: str, proposal: Proposal, names: Iterable[str]) -> Message:
    values: dict[str, Any] = {"reference": proposal.reference}
    if "places" in names:
        values["places"] = proposal.held
    if "due_on" in names:
        values["due_on"] = str(proposal.due_on)
    return to_organisation(template, code, proposal, **values)
