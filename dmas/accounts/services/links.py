"""One-time links: the invitation or reset by which a person, and nobody else, sets a password."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from dmas.accounts import outbox, policy, queries
from dmas.accounts.commands import ChangePassword, SetPassword
from dmas.accounts.models import OneTimeLink, Staff
from dmas.accounts.rules import sign_ins as rules
from dmas.accounts.services import passwords, sign_ins
from dmas.accounts.vocabulary import LinkPurpose
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.errors import Conflict, NotAllowed, NotFound


def make_link(session: Session, staff: Staff, *, actor: Actor, now: datetime) -> str:
    """Make the one link that works for a person, for 24 hours, and return its secret.

    It resets the password, or invites where there is none yet. Earlier links stop working.
    """
    if policy.is_self(actor, staff.id):
        raise NotAllowed("Change your own password on your account page.")
    if not policy.manages_everywhere(actor):
        if not policy.may_manage(actor, actor.organisation or ""):
            raise NotAllowed("Your role does not look after accounts.")
        if queries.works_elsewhere(session, staff.id, actor.organisation):
            raise Conflict(
                "This person works for another organisation too, so only a national administrator can make"
                " a link for them."
            )
    if staff.disabled_at is not None:
        raise Conflict("This account is disabled. Enable it first.")
    expire_links(session, staff.id, now=now)
    secret = secrets.token_urlsafe(32)
    purpose = LinkPurpose.RESET if staff.password_hash else LinkPurpose.INVITATION
    session.add(
        OneTimeLink(
            secret_hash=rules.fingerprint(secret),
            purpose=purpose,
            staff_id=staff.id,
            made_by=actor.id,
            made_at=now,
            expires_at=now + rules.LINK_LASTS,
        )
    )
    session.flush()
    sign_ins.tell(session, staff, f"staff.{purpose}_link_made", actor=actor, now=now)
    return secret


def make_link_for(session: Session, staff_id: uuid.UUID, *, actor: Actor, now: datetime) -> tuple[Staff, str]:
    """Make a link for a person the actor looks after; return the person and the link's secret."""
    staff = queries.get(session, actor, staff_id)
    return staff, make_link(session, staff, actor=actor, now=now)


def expire_links(session: Session, staff_id: uuid.UUID, *, now: datetime) -> None:
    """Stop every link of a person that still works."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.staff_id == staff_id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def set_password(session: Session, command: SetPassword, *, now: datetime) -> Staff:
    """Use a link: set the password, unlock the account and end its sign-ins. One use wins.

    Raises NotFound for a link that does not work, InvalidInput for a password that may not be used.
    """
    link, staff = queries.link(session, command.secret, now)
    new_hash = passwords.make_hash(command.password, email=staff.email, name=staff.name)
    used = session.scalar(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeLink.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise NotFound("This link has been used, has run out, or was never one of ours.")
    session.refresh(staff)
    staff.failed_sign_ins, staff.locked_until = 0, None
    _store(session, staff, new_hash, because=link.purpose, now=now)
    return staff


def change_password(
    session: Session, command: ChangePassword, *, secret: str, actor: Actor, now: datetime
) -> str:
    """Replace one's own password, end all one's sign-ins, and return the secret of a new one to go on with.

    `secret` is the present sign-in's; the old password has been checked by `attempts.accept_attempt`.
    """
    present = sign_ins.find(session, secret)
    staff = session.get_one(Staff, present.staff_id)
    if not policy.is_self(actor, staff.id):
        raise NotAllowed("Only you can change your password.")
    new_hash = passwords.make_hash(command.password, email=staff.email, name=staff.name)
    _store(session, staff, new_hash, because="change", now=now)
    expire_links(session, staff.id, now=now)
    return sign_ins.renew(session, present, membership_id=present.membership_id, now=now)


def _store(session: Session, staff: Staff, password_hash: str, *, because: str, now: datetime) -> None:
    person = Actor(id=str(staff.id), name=staff.name)
    staff.password_hash = password_hash
    audit.record(session, staff, "staff.password_set", actor=person, now=now, details={"because": because})
    if because != LinkPurpose.INVITATION:
        outbox.tell_password_changed(session, staff, actor=person, now=now)
    sign_ins.end_all(session, staff.id, actor=person, now=now, reason="password set")
