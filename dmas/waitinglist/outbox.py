"""What the waiting list tells people: invitations, new codes, and how a request for a choice went.

An invitation's message holds its id only; the code is made again when the message is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.waitinglist.models import ChoiceRequest, Invitation


def tell_invited(
    session: Session,
    invitations: Iterable[Invitation],
    *,
    template: str = "transfer_invited",
    actor: Actor,
    now: datetime,
) -> None:
    """Tell people that they may ask to move, each with the way to make their code again."""
    news = [outbox.to_patient(template, one.patient_id, one, invitation=str(one.id)) for one in invitations]
    outbox.queue_many(session, news, actor=actor, now=now)


def tell_received(session: Session, choice: ChoiceRequest, *, actor: Actor, now: datetime) -> None:
    """Tell somebody that their ICB has their request, and by when it answers."""
    values = {"reference": choice.reference, "due_on": choice.due_on.isoformat()}
    news = outbox.to_patient("choice_received", choice.patient_id, choice, **values)
    outbox.queue(session, news, actor=actor, now=now)


def tell_answered(session: Session, choice: ChoiceRequest, *, actor: Actor, now: datetime) -> None:
    """Tell somebody that their ICB has answered."""
    news = outbox.to_patient("choice_answered", choice.patient_id, choice, reference=choice.reference)
    outbox.queue(session, news, actor=actor, now=now)
