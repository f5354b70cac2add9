"""What requests tell: the ICB of what awaits it, the trust of what was decided, the patient of their own."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.outbox import to_organisation
from dmas.notifications.vocabulary import RecipientKind
from dmas.requests.models import CareRequest, TransferRequest


def tell_approver(session: Session, care_request: CareRequest, *, actor: Actor, now: datetime) -> None:
    """Tell the trust's ICB that a request awaits its approval."""
    assert care_request.approval_due_on is not None
    news = to_organisation(
        "request_awaits_approval",
        care_request.icb_code,
        care_request,
        reference=care_request.reference,
        due_on=care_request.approval_due_on.isoformat(),
    )
    outbox.queue(session, news, actor=actor, now=now)


def tell_trust(
    session: Session, care_request: CareRequest, template: str, *, actor: Actor, now: datetime
) -> None:
    """Tell the trust what was decided about its request."""
    news = to_organisation(
        template, care_request.provider_code, care_request, reference=care_request.reference
    )
    outbox.queue(session, news, actor=actor, now=now)


def tell_patient(
    session: Session,
    transfer: TransferRequest,
    template: str,
    *,
    actor: Actor,
    now: datetime,
    due_on: date | None = None,
) -> None:
    """Tell the patient what happens with their request; the words are in the outbox's templates."""
    values: dict[str, object] = {"reference": transfer.reference}
    if due_on is not None:
        values["due_on"] = due_on.isoformat()
    news = Message(
        template=template,
        recipient_kind=RecipientKind.PATIENT,
        recipient_id=str(transfer.patient_id),
        values=values,
        dedup=f"{template}:{transfer.id}:{transfer.version}",
    )
    outbox.queue(session, news, actor=actor, now=now)
