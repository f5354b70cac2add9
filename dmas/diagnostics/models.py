"""What an offer or a request of a test says beside its row: one detail row each, a version of the row's."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ARRAY, Boolean, CheckConstraint, Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Base

_SIDES = "('receiver','home')"


class DiagnosticOfferDetail(Base):
    """Where and how a provider gives a test; changed only with its offer, whose event tells of it.

    `parts` empty is any part; `report_days` counts working days from the test; `max_weight` in kg None is
    no limit, said on purpose.
    """

    __tablename__ = "diagnostic_offer_detail"
    __table_args__ = (
        CheckConstraint("place IN ('hospital','community_diagnostic_centre','mobile_unit')", name="place"),
        CheckConstraint("sessions_a_week BETWEEN 1 AND 200", name="sessions_a_week"),
        CheckConstraint("report_days BETWEEN 1 AND 60", name="report_days"),
        CheckConstraint("report_by IN " + _SIDES, name="report_by"),
        CheckConstraint("reported_by IN " + _SIDES, name="reported_by"),
        CheckConstraint("max_weight IS NULL OR max_weight BETWEEN 40 AND 500", name="max_weight"),
    )

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    place: Mapped[str]
    unit_name: Mapped[str] = mapped_column(default="")
    sessions_a_week: Mapped[int]
    parts: Mapped[list[str]] = mapped_column(default=list)
    max_weight: Mapped[int | None]
    report_by: Mapped[str]  # who writes the report: a scan alone is reported at home
    report_days: Mapped[int]
    reported_by: Mapped[str]  # who counts the test in the monthly return
    images_route: Mapped[str | None]
    preparation: Mapped[str | None]
    escort: Mapped[str | None]
    accreditations: Mapped[list[str]] = mapped_column(default=list)


class DiagnosticRequestDetail(Base):
    """What a trust says of the people who wait for a test; changed only with its request.

    `earliest` is the longest wait of each line, as the day its test clock began, in the order of the lines;
    a planned line's clock begins on the day the test is due.
    """

    __tablename__ = "diagnostic_request_detail"
    __table_args__ = (
        CheckConstraint("heaviest IS NULL OR heaviest BETWEEN 2 AND 500", name="heaviest"),
        CheckConstraint("report_within IS NULL OR report_within BETWEEN 1 AND 60", name="report_within"),
        CheckConstraint("cardinality(earliest) = cardinality(planned)", name="lines"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("care_request.id"), primary_key=True)
    parts: Mapped[list[str]] = mapped_column(default=list)
    earliest: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    planned: Mapped[list[bool]] = mapped_column(ARRAY(Boolean()))
    rtt_start: Mapped[date | None]
    kidney_function_on: Mapped[date | None]
    heaviest: Mapped[int | None]
    report_within: Mapped[int | None]
    images_route: Mapped[str | None]
    critical_contact: Mapped[str]
    critical_phone: Mapped[str]
