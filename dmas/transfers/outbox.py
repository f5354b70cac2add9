"""What hand-overs tell: the side whose turn it is, or that may now end its own part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.outbox import to_organisation
from dmas.transfers.models import Transfer


def tell_receiver(
    session: Session, transfer: Transfer, template: str, *, actor: Actor, now: datetime, dated: bool = True
) -> None:
    """Tell the receiving provider of a step; `dated` where it is its turn until a date."""
    _tell(session, transfer.receiver_code, transfer, template, actor, now, dated=dated)


def tell_home(
    session: Session, transfer: Transfer, template: str, *, actor: Actor, now: datetime, dated: bool = False
) -> None:
    """Tell the home trust of a step; `dated` where it is its turn until a date."""
    _tell(session, transfer.home_code, transfer, template, actor, now, dated=dated)


def _tell(
    session: Session,
    code: str,
    transfer: Transfer,
    template: str,
    actor: Actor,
    now: datetime,
    *,
    dated: bool,
) -> None:
    values = {"reference": transfer.reference}
    if dated:
        assert transfer.due_on is not None
        values["due_on"] = transfer.due_on.isoformat()
    outbox.queue(session, to_organisation(template, code, transfer, **values), actor=actor, now=now)
