"""What requests tell: the ICB of what awaits it, the trust of what was decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.outbox import to_organisation
from dmas.requests.models import CareRequest


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
