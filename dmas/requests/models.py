"""The request for help (`CareRequest`) and its lines, and what one patient asks for themselves.

A line is what the engine sees. A patient's `TransferRequest` has a lifecycle of its own; while it searches,
a care request of kind `transfer`, with one line of one place, stands for it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dmas.core.db import Audited, Base, explain_constraint


class CareRequest(Audited, Base):
    """A trust's call for help, for many people in lines; other kinds of request come to stand beside it.

    `opened_on` starts the search: rings widen and the search ends by days counted from it.
    """

    __tablename__ = "care_request"
    __table_args__ = (
        UniqueConstraint("id", "provider_code"),
        CheckConstraint("status IN ('draft','awaiting_icb','open','returned','closed')", name="status"),
        CheckConstraint("kind IN ('provider','transfer')", name="kind"),
        CheckConstraint("pathway IN ('elective','diagnostic')", name="pathway"),
        CheckConstraint("(status = 'closed') = (closed_because IS NOT NULL)", name="closed_because"),
        CheckConstraint("status <> 'open' OR opened_on IS NOT NULL", name="opened_on"),
        CheckConstraint("travel_miles IS NULL OR travel_miles BETWEEN 1 AND 1000", name="travel_miles"),
        Index("ix_care_request_provider_code_status", "provider_code", "status"),
        Index("ix_care_request_icb_code_status", "icb_code", "status"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="provider")
    pathway: Mapped[str]
    status: Mapped[str]
    provider_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    site_code: Mapped[str | None] = mapped_column(ForeignKey("site.code"))
    icb_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    region_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    latitude: Mapped[float]
    longitude: Mapped[float]
    distance_approximate: Mapped[bool] = mapped_column(default=False)

    basis: Mapped[str]
    stage: Mapped[str | None]
    service: Mapped[str]
    setting: Mapped[str]
    travel_miles: Mapped[int | None]  # None: anywhere in England
    needed_by: Mapped[date | None]
    priority_date: Mapped[date | None]  # of named P2 people: when the earliest was given P2
    needs: Mapped[list[str]] = mapped_column(default=list)
    insourcing_acceptable: Mapped[bool] = mapped_column(default=False)
    transport_offered: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str]
    clinical_lead: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")

    posted_by: Mapped[str]
    posted_at: Mapped[datetime]
    approval_due_on: Mapped[date | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None]
    opened_on: Mapped[date | None]
    closed_because: Mapped[str | None]
    closed_on: Mapped[date | None]

    lines: Mapped[list[RequestLine]] = relationship(
        back_populates="care_request", order_by="RequestLine.number", cascade="all, delete-orphan"
    )

    @property
    def places(self) -> int:
        """Places asked for in all lines."""
        return sum(line.places for line in self.lines)

    def audit_parties(self) -> list[str]:
        """The home trust, its ICB and its region may read the history."""
        return [self.provider_code, self.icb_code, self.region_code]


class RequestLine(Base):
    """So many people alike: same procedure group, priority, wait band and worst clinical values.

    `waiting_since` is the clock start of the shortest wait in the band on the day it was posted, so an
    estimate never outranks a known person. `tier` is that day's; a night asks `rules.tier_of` again.
    A line is replaced only while its request has not opened; afterwards others refer to it.
    """

    __tablename__ = "request_line"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint("places BETWEEN 1 AND 100000", name="places"),
        CheckConstraint("tier BETWEEN 1 AND 6", name="tier"),
        CheckConstraint("age_from <= age_to", name="ages"),
        CheckConstraint("weeks_from <= weeks_to", name="weeks"),
        CheckConstraint("worst_asa IS NULL OR worst_asa BETWEEN 1 AND 5", name="asa"),
        CheckConstraint("worst_bmi IS NULL OR worst_bmi BETWEEN 5 AND 150", name="bmi"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("care_request.id"))
    number: Mapped[int]
    places: Mapped[int]
    procedure_group: Mapped[str | None]
    priority_code: Mapped[str]
    tier: Mapped[int]
    weeks_from: Mapped[int]
    weeks_to: Mapped[int]
    waiting_since: Mapped[date]
    age_from: Mapped[int]
    age_to: Mapped[int]
    worst_asa: Mapped[int | None]
    worst_bmi: Mapped[float | None]
    sex: Mapped[str | None]
    asa_on: Mapped[date | None]  # when a known person's value was taken; None: of a group, as posted
    bmi_on: Mapped[date | None]

    care_request: Mapped[CareRequest] = relationship(back_populates="lines")


class TransferRequest(Audited, Base):
    """One patient's own request to be treated elsewhere. No personal data stands here, only where it is.

    `travel_miles` None with `travel_national` false means not yet answered. `submitted_on` starts the 56
    days and never moves. `changed_at` stops every match until a clinician has looked (`change_cleared_at`).
    """

    __tablename__ = "transfer_request"
    __table_args__ = (
        CheckConstraint(
            "status IN ('started','in_review','needs_information','searching','options_offered','accepted',"
            "'transferred','resting','ended')",
            name="status",
        ),
        CheckConstraint("(status = 'ended') = (ended_because IS NOT NULL)", name="ended_because"),
        CheckConstraint("status IN ('started','ended') OR submitted_on IS NOT NULL", name="submitted_on"),
        CheckConstraint("travel_miles IS NULL OR travel_miles BETWEEN 1 AND 1000", name="travel_miles"),
        CheckConstraint("started_how IN ('page','helpline')", name="started_how"),
        Index(
            "uq_transfer_request_live_pathway",
            "pathway_id",
            unique=True,
            postgresql_where=text("status NOT IN ('ended','transferred')"),
        ),
        Index("ix_transfer_request_home_code_status", "home_code", "status"),
        Index("ix_transfer_request_patient_icb_status", "patient_icb", "status"),
        Index("ix_transfer_request_patient_id", "patient_id"),
        Index("ix_transfer_request_care_request_id", "care_request_id"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    pathway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pathway.id"))
    patient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patient.id"))
    home_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    home_icb: Mapped[str]
    home_region: Mapped[str]
    patient_icb: Mapped[str]  # search, the 56 days and extensions are this ICB's
    patient_region: Mapped[str]
    care_request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("care_request.id"))

    started_how: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    last_step: Mapped[str] = mapped_column(default="")
    travel_miles: Mapped[int | None]
    travel_national: Mapped[bool] = mapped_column(default=False)
    needs: Mapped[list[str]] = mapped_column(default=list)
    short_notice: Mapped[bool] = mapped_column(default=False)
    understood_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None]

    review_due_on: Mapped[date | None]
    changed_at: Mapped[datetime | None]
    change_due_on: Mapped[date | None]
    change_cleared_at: Mapped[datetime | None]
    search_from: Mapped[date | None]  # ring days are counted from here
    search_ends_on: Mapped[date | None]
    shown_at: Mapped[datetime | None]
    answer_due_on: Mapped[date | None]
    called_at: Mapped[datetime | None]  # the one logged call before a lapse
    called_by: Mapped[str | None]
    silences: Mapped[int] = mapped_column(default=0)
    ask_again_on: Mapped[date | None]
    ended_because: Mapped[str | None]
    ended_on: Mapped[date | None]

    def audit_parties(self) -> list[str]:
        """The home trust, the patient's ICB and their regions may read the history."""
        return [self.home_code, self.home_icb, self.home_region, self.patient_icb, self.patient_region]


class TransferAnswers(Base):
    """What the patient wrote, apart from the request, for only they and their home trust may read it."""

    __tablename__ = "transfer_answers"

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer_request.id"), primary_key=True)
    patient_id: Mapped[uuid.UUID]
    home_code: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TransferReview(Audited, Base):
    """A clinician's judgement of one transfer request; a second one is a reconsideration by somebody else."""

    __tablename__ = "transfer_review"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint(
            "outcome IN ('suitable','not_suitable','more_information','change_cleared')", name="outcome"
        ),
        CheckConstraint("(outcome = 'not_suitable') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("asa IS NULL OR asa BETWEEN 1 AND 5", name="asa"),
        CheckConstraint("bmi IS NULL OR bmi BETWEEN 5 AND 150", name="bmi"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer_request.id"))
    number: Mapped[int]
    home_code: Mapped[str]
    patient_id: Mapped[uuid.UUID]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    question: Mapped[str] = mapped_column(default="")
    reviewed_by: Mapped[str]
    reviewer_name: Mapped[str]
    reviewed_at: Mapped[datetime]
    asked_again_at: Mapped[datetime | None]  # the patient asked for another clinician

    service: Mapped[str | None]
    stage: Mapped[str | None]
    setting: Mapped[str | None]
    procedure_group: Mapped[str | None]
    priority_code: Mapped[str | None]
    asa: Mapped[int | None]
    asa_on: Mapped[date | None]
    bmi: Mapped[float | None]
    bmi_on: Mapped[date | None]
    critical_care: Mapped[str | None]
    tokens: Mapped[list[str]] = mapped_column(default=list)

    def audit_parties(self) -> list[str]:
        """The home trust may read the history."""
        return [self.home_code]


explain_constraint(
    "uq_transfer_request_live_pathway", "There is already a request for this wait. Open that one instead."
)
