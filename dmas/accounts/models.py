"""Staff, their memberships, their sign-ins and the one-time links that invite or reset."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dmas.core.db import Audited, Base, explain_constraint


class Staff(Audited, Base):
    """A person who works for one organisation or several. `email` is kept in lower case."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("failed_sign_ins >= 0", name="failed_not_negative"),
    )

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    is_persona: Mapped[bool] = mapped_column(default=False)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="staff", order_by="Membership.granted_at"
    )

    def audit_parties(self) -> list[str]:
        """The organisations the person works for today may read what happens to the account."""
        return [held.organisation_code for held in self.memberships if held.ended_at is None]


class Membership(Audited, Base):
    """One role for one organisation, from the day it was granted until it ended."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_live",
            "staff_id",
            "organisation_code",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_membership_organisation_code", "organisation_code"),
    )

    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    role: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[str]
    ended_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(back_populates="memberships")

    def audit_parties(self) -> list[str]:
        """The organisation may read it."""
        return [self.organisation_code]


class SignIn(Base):
    """A server-side sign-in: the cookie holds a secret, the row holds its hash and can be ended."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_staff_id", "staff_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    membership_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]


class OneTimeLink(Base):
    """An invitation or a password reset: used once, within its time; only a hash of its secret is kept."""

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """How often signing in failed from one source within one window; `source` is a keyed hash, no address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_not_negative"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    window_from: Mapped[datetime] = mapped_column(primary_key=True)
    failures: Mapped[int]


explain_constraint("uq_staff_email", "Somebody with this email address already has an account.")
explain_constraint("uq_membership_live", "This person already has that role there.")
