"""The transfer of one person's care, its minimum data set and what the two sides say to each other."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dmas.core.db import Audited, Base, explain_constraint

_LIVE = "status IN ('preparing','sent','confirmed','dated')"
_TESTED = "'booked','done','reported','read'"


class Transfer(Audited, Base):
    """One agreed move. It takes one place of its offer until it is returned or cancelled.

    `clock_start` is the original start of the pathway's clock; a trigger refuses any change to it.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        UniqueConstraint("person_id"),
        ForeignKeyConstraint(["offer_id", "receiver_code"], ["offer.id", "offer.provider_code"]),
        ForeignKeyConstraint(["request_id", "home_code"], ["care_request.id", "care_request.provider_code"]),
        CheckConstraint("home_code <> receiver_code", name="other_provider"),
        CheckConstraint(
            "status IN ('preparing','sent','confirmed','dated','treated','returned','re_registered',"
            f"'cancelled',{_TESTED})",
            name="status",
        ),
        CheckConstraint(
            f"basis = 'test_only' AND status NOT IN ('preparing','sent','confirmed','dated','treated')"
            f" OR basis <> 'test_only' AND status NOT IN ({_TESTED})",
            name="status_basis",
        ),
        CheckConstraint("basis IN ('whole_pathway','subcontracted','test_only')", name="basis"),
        CheckConstraint("rtt_status IS NULL OR rtt_status = '21'", name="rtt_status"),
        CheckConstraint("basis = 'whole_pathway' OR rtt_status IS NULL", name="rtt_status_basis"),
        CheckConstraint(
            "(status IN ('returned','re_registered')) = (return_reason IS NOT NULL)", name="return_reason"
        ),
        Index(
            "uq_transfer_live_pathway", "home_code", "pathway_id", unique=True, postgresql_where=text(_LIVE)
        ),
        Index("ix_transfer_offer_id", "offer_id"),
        Index("ix_transfer_request_id", "request_id"),
        Index("ix_transfer_line_id", "line_id"),
        Index("ix_transfer_proposal_id", "proposal_id"),
        Index("ix_transfer_home_code_status", "home_code", "status"),
        Index("ix_transfer_receiver_code_status", "receiver_code", "status"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    pathway: Mapped[str]
    basis: Mapped[str]
    status: Mapped[str]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("named_person.id"))
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"))
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("care_request.id"))
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("request_line.id"))
    home_code: Mapped[str]
    home_icb: Mapped[str]
    home_region: Mapped[str]
    receiver_code: Mapped[str]
    receiver_icb: Mapped[str | None]
    receiver_region: Mapped[str]

    pathway_id: Mapped[str]
    clock_start: Mapped[date]
    rtt_status: Mapped[str | None]

    agreed_at: Mapped[datetime]
    due_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    home_slot_cancelled: Mapped[bool] = mapped_column(default=False)
    first_date: Mapped[date | None]
    treated_on: Mapped[date | None]
    return_reason: Mapped[str | None]
    returned_at: Mapped[datetime | None]
    patient_phoned_at: Mapped[datetime | None]
    re_registered_on: Mapped[date | None]

    person_data: Mapped[TransferDataSet | None] = relationship(cascade="all")
    test: Mapped[TransferTest | None] = relationship(cascade="all", lazy="selectin")

    @property
    def data_set(self) -> dict[str, Any]:
        """The minimum data set; empty for whoever the database does not show it to."""
        return self.person_data.values if self.person_data is not None else {}

    @data_set.setter
    def data_set(self, values: dict[str, Any]) -> None:
        if self.person_data is None:
            self.person_data = TransferDataSet(values=values)
        else:
            self.person_data.values = values

    def audit_parties(self) -> list[str]:
        """Both sides, their ICBs and regions may read the history."""
        return [
            self.home_code,
            self.home_icb,
            self.home_region,
            self.receiver_code,
            self.receiver_icb or "",
            self.receiver_region,
        ]


class TransferDataSet(Base):
    """Who moves: the minimum data set of a hand-over, apart from it, for only the two sides may read it."""

    __tablename__ = "transfer_data_set"

    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TransferTest(Base):
    """What a test's transfer has beside the others: who reports, who reads, what was found in time.

    It changes only in a step of its transfer. `reported_by` is the organisation that counts the test in the
    monthly return; `report_side` writes the report. What was found is never kept here.
    """

    __tablename__ = "transfer_test"
    __table_args__ = (
        CheckConstraint("report_side IN ('receiver','home')", name="report_side"),
        CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name="read_by"),
        CheckConstraint(
            "critical_at IS NOT NULL OR (critical_told IS NULL AND acknowledged_at IS NULL)", name="critical"
        ),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_by"),
    )

    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    service: Mapped[str]
    reported_by: Mapped[str]
    report_side: Mapped[str]
    report_days: Mapped[int]
    reader: Mapped[str]
    reader_due_on: Mapped[date]
    critical_contact: Mapped[str] = mapped_column(default="")
    critical_phone: Mapped[str] = mapped_column(default="")
    named_at: Mapped[datetime | None]  # when the home trust confirmed reader and contact
    done_on: Mapped[date | None]
    images_route: Mapped[str | None]
    images_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    read_by: Mapped[str | None]
    read_at: Mapped[datetime | None]
    critical_at: Mapped[datetime | None]
    critical_told: Mapped[str | None]
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]


class TransferMessage(Base):
    """One thing one side said to the other about a hand-over."""

    __tablename__ = "transfer_message"
    __table_args__ = (Index("ix_transfer_message_transfer_id", "transfer_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer.id"))
    said_at: Mapped[datetime]
    said_by: Mapped[str]
    organisation_code: Mapped[str]
    text: Mapped[str]


explain_constraint(
    "uq_transfer_live_pathway", "This pathway is already being handed over. Open that case instead."
)
explain_constraint("uq_transfer_person_id", "This person's yes was already recorded.")
