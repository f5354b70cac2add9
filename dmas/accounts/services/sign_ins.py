"""Starting, renewing and ending sign-ins: the cookie holds a secret, the row its hash, any row can end."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.orm import Session

from dmas.accounts import loading, queries
from dmas.accounts.models import Membership, SignIn, Staff
from dmas.accounts.rules import sign_ins as rules
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.errors import NotFound

JOB = Actor.system("sign-in")


def start_sign_in(
    session: Session,
    staff: Staff,
    membership: Membership | None,
    *,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    second_factor_at: datetime | None = None,
) -> str:
    """Start a sign-in of a person in a membership and return its secret, which is stored only as a hash.

    Acts as the person when `actor` is a job. Without a membership the person has still to choose one.
    """
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            secret_hash=rules.fingerprint(secret),
            staff_id=staff.id,
            membership_id=membership.id if membership else None,
            started_at=now,
            last_seen_at=now,
            expires_at=expires_at or now + rules.LONGEST,
            second_factor_at=second_factor_at,
        )
    )
    session.flush()
    where = queries.organisation(session, membership.organisation_code) if membership else None
    person = loading.actor_of(staff, membership, where) if actor.is_system else actor
    tell(session, staff, "sign_in.started", actor=person, now=now)
    return secret


def find(session: Session, secret: str) -> SignIn:
    """Return the sign-in of a secret and hold it for this transaction; raise NotFound when it has ended."""
    statement = (
        select(SignIn)
        .where(SignIn.secret_hash == rules.fingerprint(secret), SignIn.ended_at.is_(None))
        .with_for_update()
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound("This sign-in has ended. Sign in again.")
    return found


def renew(session: Session, old: SignIn, *, membership_id: uuid.UUID | None, now: datetime) -> str:
    """End a sign-in, go on in one of the person's memberships under a new secret, and return it.

    The new one runs out when the old one would have, and keeps its second factor. Raises NotFound for a
    membership that is not the person's.
    """
    held = [desk.membership for desk in queries.desks(session, old.staff_id)]
    chosen = next((membership for membership in held if membership.id == membership_id), None)
    if chosen is None and membership_id is not None:
        raise NotFound("This role is no longer yours.")
    session.execute(
        update(SignIn)
        .where(SignIn.id == old.id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return start_sign_in(
        session,
        session.get_one(Staff, old.staff_id),
        chosen,
        actor=JOB,
        now=now,
        expires_at=old.expires_at,
        second_factor_at=old.second_factor_at,
    )


def switch_membership(session: Session, secret: str, membership_id: uuid.UUID, *, now: datetime) -> str:
    """Go on in another of the person's memberships; return the new secret."""
    return renew(session, find(session, secret), membership_id=membership_id, now=now)


def touch(session: Session, sign_in_id: uuid.UUID, *, now: datetime) -> None:
    """Write that a sign-in is in use, at most once a minute whoever asks at the same time."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.last_seen_at <= now - rules.TOUCH_EVERY)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def end_sign_in(session: Session, secret: str, *, actor: Actor, now: datetime, reason: str) -> None:
    """End the sign-in of a secret; one that has ended stays as it is."""
    _end(session, SignIn.secret_hash == rules.fingerprint(secret), actor=actor, now=now, reason=reason)


def end_own_sign_in(session: Session, sign_in_id: uuid.UUID, *, actor: Actor, now: datetime) -> None:
    """End one of one's own sign-ins; raise NotFound for anybody else's."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or str(sign_in.staff_id) != actor.id:
        raise NotFound("There is no such sign-in.")
    _end(session, SignIn.id == sign_in_id, actor=actor, now=now, reason="ended on the account page")


def end_all(
    session: Session,
    staff_id: uuid.UUID,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    memberships: list[uuid.UUID] | None = None,
) -> int:
    """End every sign-in of a person, or those in some memberships, and return how many there were."""
    which = SignIn.staff_id == staff_id
    if memberships is not None:
        which = and_(which, SignIn.membership_id.in_(memberships))
    return _end(session, which, actor=actor, now=now, reason=reason)


def tell(
    session: Session,
    staff: Staff,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    details: dict[str, int] | None = None,
) -> None:
    """Write something about a person's account that changes no record, such as a sign-in."""
    values = audit.event_values(
        staff, action, actor=actor, now=now, version=None, reason=reason, details=details
    )
    session.execute(insert(audit.AuditEvent), [values])


def _end(session: Session, which: ColumnElement[bool], *, actor: Actor, now: datetime, reason: str) -> int:
    statement = (
        update(SignIn)
        .where(which, SignIn.ended_at.is_(None))
        .values(ended_at=func.greatest(SignIn.started_at, now))
        .returning(SignIn.staff_id)
        .execution_options(synchronize_session=False)
    )
    ended = list(session.scalars(statement))
    for staff_id in dict.fromkeys(ended):
        staff = session.get_one(Staff, staff_id)
        count = {"count": ended.count(staff_id)}
        tell(session, staff, "sign_in.ended", actor=actor, now=now, reason=reason, details=count)
    return len(ended)
