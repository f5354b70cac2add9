"""The request for help (`CareRequest`) and its lines; a line is what the engine sees."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dmas.core.db import Audited, Base


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

    care_request: Mapped[CareRequest] = relationship(back_populates="lines")
