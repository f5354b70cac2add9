"""What accounts tell their own people: a changed password, a new role."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.accounts.models import Membership, Staff
from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.outbox import to_staff


def tell_password_changed(session: Session, staff: Staff, *, actor: Actor, now: datetime) -> None:
    """Tell a person that their password was changed, in case it was not by them."""
    outbox.queue(session, to_staff("password_changed", staff.id, staff), actor=actor, now=now)


def tell_role_granted(session: Session, granted: Membership, *, actor: Actor, now: datetime) -> None:
    """Tell a person who has an account already that they have a new role."""
    news = to_staff("role_granted", granted.staff_id, granted, role=str(granted.role))
    outbox.queue(session, news, actor=actor, now=now)
