"""Trying a password: every try is counted before the password is looked at.

A try takes two transactions, because the slow work between them must hold no lock:
`count_attempt` → `passwords.matches(attempt.hash_to_check, …)` → `settle_attempt`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, insert, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, joinedload

from dmas.accounts import queries
from dmas.accounts.models import SignInAttempt, Staff
from dmas.accounts.rules import sign_ins as rules
from dmas.accounts.services import sign_ins
from dmas.core import audit

NOBODYS_ID = uuid.UUID(int=0)
KEEP_ATTEMPTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted try: at whose account, the how-manieth, and whether its password is looked at at all."""

    staff_id: uuid.UUID | None
    password_hash: str | None = field(repr=False)
    number: int
    admitted: bool
    source: str
    source_exhausted: bool = False

    @property
    def hash_to_check(self) -> str | None:
        """Return the stored hash when the try is admitted; None makes the same work come to nothing."""
        return self.password_hash if self.admitted else None


def clean_email(email: str) -> str:
    """Return an email address as it is stored."""
    return email.strip().lower()


def count_attempt(session: Session, *, email: str, source: str, now: datetime) -> Attempt:
    """Count a try to sign in, before its password is looked at. `source` is a keyed hash of the address."""
    return _count(session, Staff.email == clean_email(email), source, now)


def count_own_attempt(session: Session, staff_id: uuid.UUID, *, source: str, now: datetime) -> Attempt:
    """Count a try to prove who one is with one's own password."""
    return _count(session, Staff.id == staff_id, source, now)


def source_is_exhausted(session: Session, *, source: str, now: datetime) -> bool:
    """Count a try at a door without accounts, and say whether its source has had too many lately."""
    return _failures_of_source(session, source, now) > rules.MOST_FAILURES_OF_SOURCE


def settle_attempt(
    session: Session, attempt: Attempt, *, matched: bool, now: datetime, replacing: str | None = None
) -> str | None:
    """Start a sign-in and return its secret when the password matched; else write the failure, return None.

    `replacing` is the secret of the browser's sign-in before; it ends.
    """
    staff = accept_attempt(session, attempt, matched=matched, now=now)
    if staff is None:
        return None
    if replacing:
        sign_ins.end_sign_in(session, replacing, actor=sign_ins.JOB, now=now, reason="signed in again")
    live = queries.desks(session, staff.id)
    membership = live[0].membership if len(live) == 1 else None
    return sign_ins.start_sign_in(session, staff, membership, actor=sign_ins.JOB, now=now)


def accept_attempt(session: Session, attempt: Attempt, *, matched: bool, now: datetime) -> Staff | None:
    """Return the person and forget the failures when a try succeeded; else write the failure, return None."""
    if not (matched and attempt.admitted and _forget_failures(session, attempt)):
        _write_failure(session, attempt, now)
        return None
    session.execute(
        update(SignInAttempt)
        .where(_window(attempt.source, now), SignInAttempt.failures > 0)
        .values(failures=SignInAttempt.failures - 1)
        .execution_options(synchronize_session=False)
    )
    return session.get_one(Staff, attempt.staff_id)


def _count(session: Session, whose: ColumnElement[bool], source: str, now: datetime) -> Attempt:
    if _failures_of_source(session, source, now) > rules.MOST_FAILURES_OF_SOURCE:
        # Nothing is counted at the account, so that one address cannot lock everybody out.
        return Attempt(None, None, 0, admitted=False, source=source, source_exhausted=True)
    run_out = Staff.locked_until <= now
    one_more = Staff.failed_sign_ins + 1
    statement = (
        update(Staff)
        .where(whose)
        .values(
            failed_sign_ins=case((run_out, 1), else_=one_more),
            locked_until=case(
                (run_out, None),
                (and_(Staff.locked_until.is_(None), one_more >= rules.MOST_FAILURES), now + rules.LOCKED_FOR),
                else_=Staff.locked_until,
            ),
        )
        .returning(Staff.id, Staff.password_hash, Staff.failed_sign_ins, Staff.disabled_at)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).first()
    if row is None:
        return Attempt(None, None, 1, admitted=False, source=source)
    staff_id, password_hash, number, disabled_at = row
    admitted = number <= rules.MOST_FAILURES and disabled_at is None
    return Attempt(staff_id, password_hash, number, admitted=admitted, source=source)


def _failures_of_source(session: Session, source: str, now: datetime) -> int:
    statement = (
        postgresql.insert(SignInAttempt)
        .values(source=source, window_from=rules.window_start(now), failures=1)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.source, SignInAttempt.window_from],
            set_={"failures": SignInAttempt.failures + 1},
        )
        .returning(SignInAttempt.failures)
    )
    failures = session.execute(statement).scalar_one()
    if failures == 1:
        session.execute(delete(SignInAttempt).where(SignInAttempt.window_from < now - KEEP_ATTEMPTS))
    return failures


def _forget_failures(session: Session, attempt: Attempt) -> bool:
    """Set the counter back unless the account or its password changed while the password was checked."""
    statement = (
        update(Staff)
        .where(
            Staff.id == attempt.staff_id,
            Staff.password_hash == attempt.password_hash,
            Staff.disabled_at.is_(None),
        )
        .values(failed_sign_ins=0, locked_until=None)
        .returning(Staff.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).first() is not None


def _write_failure(session: Session, attempt: Attempt, now: datetime) -> None:
    """Write the event; the same statements run whether or not somebody has the account."""
    staff = session.get(
        Staff, attempt.staff_id or NOBODYS_ID, options=[joinedload(Staff.memberships)], populate_existing=True
    )
    locks = attempt.number == rules.MOST_FAILURES and not attempt.source_exhausted
    values = audit.event_values(
        staff or Staff(id=NOBODYS_ID),
        "sign_in.locked" if locks and staff else "sign_in.failed",
        actor=sign_ins.JOB,
        now=now,
        version=None,
        details={"admitted": attempt.admitted, "source_exhausted": attempt.source_exhausted},
    )
    session.execute(insert(audit.AuditEvent), [values])


def _window(source: str, now: datetime) -> ColumnElement[bool]:
    return and_(SignInAttempt.source == source, SignInAttempt.window_from == rules.window_start(now))
