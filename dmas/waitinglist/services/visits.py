"""A patient's way in and out: code and date of birth, counted before they are looked at.

Every refusal does the same work and gives the same answer: unknown, expired, replaced, locked, wrong date.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, insert, update
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.waitinglist.commands import SignIn
from dmas.waitinglist.models import Invitation, Patient, PatientVisit
from dmas.waitinglist.rules import codes
from dmas.waitinglist.vocabulary import MOST_WRONG_DATES

JOB = Actor.system("patient-sign-in")
_NOBODYS_ID = uuid.UUID(int=0)


def sign_in(session: Session, command: SignIn, *, now: datetime, replacing: str | None = None) -> str | None:
    """Start a visit and return its secret, or None for every refusal alike.

    Run as `JOB`. `replacing` is the secret of the browser's visit before, which ends.
    """
    tried = _count(session, codes.code_hash(command.code), now)
    invitation = session.get(Invitation, tried.id if tried else _NOBODYS_ID, populate_existing=True)
    patient = session.get(Patient, invitation.patient_id if invitation else _NOBODYS_ID)
    opens = (
        invitation is not None
        and patient is not None
        and tried is not None
        and tried.wrong_dates <= MOST_WRONG_DATES
        and _is_usable(invitation, now)
        and patient.died_on is None
        and patient.date_of_birth == command.date_of_birth
    )
    if not opens or invitation is None or patient is None:
        _tell(session, invitation, "patient_sign_in.failed", now)
        return None
    _forget_failures(session, invitation, now)
    if replacing:
        end_visit(session, replacing, now=now)
    _tell(session, invitation, "patient_sign_in.started", now)
    return _start(session, invitation, now)


def end_visit(session: Session, secret: str, *, now: datetime) -> None:
    """End the visit of a secret; one that has ended stays as it is."""
    session.execute(
        update(PatientVisit)
        .where(PatientVisit.secret_hash == codes.fingerprint(secret), PatientVisit.ended_at.is_(None))
        .values(ended_at=func.greatest(PatientVisit.started_at, now))
        .execution_options(synchronize_session=False)
    )


def end_visits_of(session: Session, invitation_id: uuid.UUID, *, now: datetime) -> None:
    """End every visit that an invitation opened: its code has been replaced or withdrawn."""
    session.execute(
        update(PatientVisit)
        .where(PatientVisit.invitation_id == invitation_id, PatientVisit.ended_at.is_(None))
        .values(ended_at=func.greatest(PatientVisit.started_at, now))
        .execution_options(synchronize_session=False)
    )


def touch(session: Session, visit_id: uuid.UUID, *, now: datetime) -> None:
    """Write that a visit is in use, at most once a minute whoever asks at the same time."""
    session.execute(
        update(PatientVisit)
        .where(PatientVisit.id == visit_id, PatientVisit.last_seen_at <= now - codes.TOUCH_EVERY)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


class _Try(NamedTuple):
    """One counted try: at which invitation, and the how-manieth."""

    id: uuid.UUID
    wrong_dates: int


def _count(session: Session, code_hash: str, now: datetime) -> _Try | None:
    """Count a try at a code's invitation before its date is looked at; the fifth wrong one locks it."""
    over = Invitation.locked_until <= now
    one_more = Invitation.wrong_dates + 1
    locks = and_(Invitation.locked_until.is_(None), one_more >= MOST_WRONG_DATES)
    statement = (
        update(Invitation)
        .where(Invitation.code_hash == code_hash)
        .values(
            wrong_dates=case((over, 1), else_=one_more),
            locked_until=case((over, None), (locks, now + codes.LOCKED_FOR), else_=Invitation.locked_until),
        )
        .returning(Invitation.id, Invitation.wrong_dates)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).first()
    return _Try(row.id, row.wrong_dates) if row else None


def _is_usable(invitation: Invitation, now: datetime) -> bool:
    gone = invitation.replaced_at is not None or invitation.withdrawn_at is not None
    return not gone and now < invitation.expires_at


def _forget_failures(session: Session, invitation: Invitation, now: datetime) -> None:
    first = {} if invitation.first_used_at else {"first_used_at": now}
    session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id)
        .values(wrong_dates=0, locked_until=None, **first)
        .execution_options(synchronize_session=False)
    )
    session.expire(invitation)


def _start(session: Session, invitation: Invitation, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    session.add(
        PatientVisit(
            secret_hash=codes.fingerprint(secret),
            patient_id=invitation.patient_id,
            pathway_id=invitation.pathway_id,
            invitation_id=invitation.id,
            started_at=now,
            last_seen_at=now,
            expires_at=now + codes.LONGEST,
        )
    )
    session.flush()
    return secret


def _tell(session: Session, invitation: Invitation | None, action: str, now: datetime) -> None:
    """Write the event; the same statement runs whether or not the code is anybody's."""
    about = invitation or Invitation(id=_NOBODYS_ID, provider_code="")
    actor = JOB if invitation is None or action.endswith("failed") else Actor.patient(invitation.patient_id)
    values = audit.event_values(about, action, actor=actor, now=now, version=None)
    session.execute(insert(audit.AuditEvent), [values])
