"""The person, the pathway, the weekly extract that told of them, and the ways in that a person is given."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dmas.core.db import Audited, Base, explain_constraint


class Patient(Audited, Base):
    """A person who waits. Every view of a row is recorded; nothing of it stands in a log, URL or event.

    People and pathways change by whole extracts: the extract's own event tells of all its rows at once.
    """

    __tablename__ = "patient"
    __table_args__ = (
        CheckConstraint("nhs_number ~ '^[0-9]{10}$'", name="nhs_number"),
        CheckConstraint("safe_contact IN ('any','no_letter','no_sms','ask_first')", name="safe_contact"),
    )

    nhs_number: Mapped[str] = mapped_column(unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    date_of_birth: Mapped[date]
    sex: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str | None]
    mobile: Mapped[str | None]
    email: Mapped[str | None]
    contact_preference: Mapped[str | None]
    interpreter_language: Mapped[str | None]
    communication_needs: Mapped[str] = mapped_column(default="")
    safe_contact: Mapped[str] = mapped_column(default="any")
    practice_code: Mapped[str | None]
    icb_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    died_on: Mapped[date | None]

    pathways: Mapped[list[Pathway]] = relationship(back_populates="patient")

    def audit_parties(self) -> list[str]:
        """The trusts on whose lists the person stands may read the history."""
        return [pathway.provider_code for pathway in self.pathways]


class Pathway(Audited, Base):
    """One referral to treatment at one provider. Only that provider's extract changes it.

    `raw` keeps dirty codes as they came. `ended_on` is set only by an explicit removal with a reason;
    an absence is counted and never ends anything.
    """

    __tablename__ = "pathway"
    __table_args__ = (
        UniqueConstraint("provider_code", "pathway_id"),
        CheckConstraint("list_type IN ('admitted','non_admitted')", name="list_type"),
        CheckConstraint("(ended_on IS NULL) = (ended_reason IS NULL)", name="ended"),
        CheckConstraint("absent_weeks >= 0", name="absent_weeks"),
        Index("ix_pathway_patient_id", "patient_id"),
        Index(
            "ix_pathway_waiting", "provider_code", "clock_start", postgresql_where=text("ended_on IS NULL")
        ),
    )

    provider_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"))
    pathway_id: Mapped[str]
    local_patient_id: Mapped[str | None]
    site_code: Mapped[str | None]
    commissioner_code: Mapped[str | None]
    icb_code: Mapped[str | None]  # the provider's, on the day of the extract
    region_code: Mapped[str | None]

    service: Mapped[str]
    list_type: Mapped[str]
    clock_start: Mapped[date]
    rtt_status: Mapped[str | None]
    decision_to_admit_on: Mapped[date | None]
    admission_on: Mapped[date | None]
    outpatient_on: Mapped[date | None]
    last_attended_on: Mapped[date | None]
    referral_source: Mapped[str | None]
    referring_organisation: Mapped[str | None]
    is_cancer: Mapped[bool] = mapped_column(default=False)
    intended_management: Mapped[str | None]
    procedure_code: Mapped[str | None]
    priority_code: Mapped[str | None]
    priority_reviewed_on: Mapped[date | None]
    asa: Mapped[int | None]
    asa_on: Mapped[date | None]
    bmi: Mapped[float | None]
    bmi_on: Mapped[date | None]
    ubrn: Mapped[str | None]
    unavailable_from: Mapped[date | None]
    unavailable_to: Mapped[date | None]
    validated_on: Mapped[date | None]
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)

    told_on: Mapped[date]  # week ending of the extract that last had it
    absent_weeks: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None]

    patient: Mapped[Patient] = relationship(back_populates="pathways")

    def audit_parties(self) -> list[str]:
        """The home trust, its ICB and its region may read the history."""
        return [self.provider_code, self.icb_code or "", self.region_code or ""]


class ClockChange(Base):
    """A clock that the home trust's extract moved: what it was, what it is, and which extract said so."""

    __tablename__ = "clock_change"
    __table_args__ = (Index("ix_clock_change_pathway_id", "pathway_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    pathway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pathway.id"))
    extract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("extract.id"))
    provider_code: Mapped[str]
    clock_was: Mapped[date]
    clock_is: Mapped[date]


class Extract(Audited, Base):
    """One weekly extract of one provider that was applied: what it held and what it changed."""

    __tablename__ = "extract"
    __table_args__ = (
        UniqueConstraint("provider_code", "week_ending"),
        CheckConstraint("rows >= 0", name="rows"),
    )

    provider_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    week_ending: Mapped[date]
    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    file_hash: Mapped[str]
    rows: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shrinkage_confirmed: Mapped[bool] = mapped_column(default=False)
    still_true_on: Mapped[date | None]  # said by the trust of a late list: all alive and waiting
    applied_by: Mapped[str]
    applied_at: Mapped[datetime]

    def audit_parties(self) -> list[str]:
        """The provider may read the history."""
        return [self.provider_code]


class DatedRule(Audited, Base):
    """One threshold from a date on; the newest signed one not after a service date is in force on it."""

    __tablename__ = "dated_rule"
    __table_args__ = (UniqueConstraint("name", "effective_on"),)

    name: Mapped[str]
    value: Mapped[dict[str, Any]]
    effective_on: Mapped[date]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    reason: Mapped[str]

    def audit_parties(self) -> list[str]:
        """Rules are the nation's."""
        return []


class Invitation(Audited, Base):
    """A code that lets one person ask about one pathway. Only its keyed hash is kept; it can be replaced."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("wrong_dates >= 0", name="wrong_dates"),
        Index(
            "uq_invitation_live_pathway",
            "pathway_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_invitation_patient_id", "patient_id"),
        Index("ix_invitation_provider_code", "provider_code", "invited_at"),
    )

    pathway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pathway.id"))
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"))
    provider_code: Mapped[str]
    code_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[str]
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_dates: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    first_used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    def audit_parties(self) -> list[str]:
        """The home trust may read the history."""
        return [self.provider_code]


class PatientVisit(Base):
    """A patient's server-side sign-in: the cookie holds a secret, the row its hash, for one pathway."""

    __tablename__ = "patient_visit"
    __table_args__ = (Index("ix_patient_visit_patient_id", "patient_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"))
    pathway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pathway.id"))
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"))
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ChoiceRequest(Audited, Base):
    """Somebody over 18 weeks, not invited, who asks their ICB for a choice: the ICB's register."""

    __tablename__ = "choice_request"
    __table_args__ = (
        CheckConstraint("status IN ('received','met','refused')", name="status"),
        CheckConstraint("(status = 'received') = (answered_at IS NULL)", name="answered"),
        Index(
            "uq_choice_request_waiting",
            "pathway_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_choice_request_icb_code_status", "icb_code", "status"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    pathway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pathway.id"))
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"))
    provider_code: Mapped[str]
    icb_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))  # the patient's
    region_code: Mapped[str | None]
    service: Mapped[str]
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str | None]

    def audit_parties(self) -> list[str]:
        """The patient's ICB and the home trust may read the history."""
        return [self.icb_code, self.provider_code, self.region_code or ""]


explain_constraint("uq_extract_provider_code_week_ending", "An extract for that week was already applied.")
explain_constraint("uq_pathway_provider_code_pathway_id", "This pathway is already on the list.")
explain_constraint("uq_choice_request_waiting", "Your ICB already has this request and will answer it.")
