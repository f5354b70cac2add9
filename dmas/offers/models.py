"""The offer: capacity at one site, with its limits, its window and its counted places."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Audited, Base, explain_constraint


class Offer(Audited, Base):
    """Capacity a provider can give at one site.

    `held` and `taken` change only by the guarded statements of `offers.services`; everything else changes
    as a version with its audit event. `provides` are the tokens the engine reads, put there by `rules`.
    """

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("id", "provider_code"),
        CheckConstraint("held >= 0 AND taken >= 0 AND held + taken <= places", name="places_counted"),
        CheckConstraint("places BETWEEN 1 AND 100000", name="places"),
        CheckConstraint("window_from <= window_to", name="window"),
        CheckConstraint(
            "status IN ('draft','awaiting_icb','open','suspended','closed','withdrawn','expired')",
            name="status",
        ),
        CheckConstraint("pathway IN ('elective','diagnostic')", name="pathway"),
        CheckConstraint("basis IN ('whole_pathway','subcontracted','test_only','insourced')", name="basis"),
        CheckConstraint(
            "pathway = 'diagnostic' OR setting <> 'inpatient' AND setting <> 'day_case' OR ("
            "min_age IS NOT NULL AND (max_asa IS NOT NULL OR no_asa_limit)"
            " AND (max_bmi IS NOT NULL OR no_bmi_limit) AND critical_care IS NOT NULL)",
            name="limits_stated",
        ),
        CheckConstraint("(sex IS NULL AND max_age IS NULL) OR limit_reason IS NOT NULL", name="limit_reason"),
        CheckConstraint("(status = 'suspended') = (suspended_side IS NOT NULL)", name="suspended_side"),
        Index("ix_offer_provider_code_status", "provider_code", "status"),
        Index("ix_offer_open_market", "service", "setting", "window_to", postgresql_where="status = 'open'"),
        Index("ix_offer_icb_code_status", "icb_code", "status"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    pathway: Mapped[str]
    status: Mapped[str]
    provider_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    site_code: Mapped[str] = mapped_column(ForeignKey("site.code"))
    icb_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    region_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))

    basis: Mapped[str]
    stage: Mapped[str | None]
    service: Mapped[str]
    setting: Mapped[str]
    any_procedure: Mapped[bool] = mapped_column(default=True)
    procedure_groups: Mapped[list[str]] = mapped_column(default=list)
    excluded_groups: Mapped[list[str]] = mapped_column(default=list)
    gives_treatment: Mapped[bool] = mapped_column(default=False)
    follow_on_weeks: Mapped[int | None]

    window_from: Mapped[date]
    window_to: Mapped[date]
    notice: Mapped[str]
    places: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    lists: Mapped[int | None]

    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    max_asa: Mapped[int | None]
    max_bmi: Mapped[float | None]
    sex: Mapped[str | None]
    no_asa_limit: Mapped[bool] = mapped_column(default=False)
    no_bmi_limit: Mapped[bool] = mapped_column(default=False)
    critical_care: Mapped[str | None]
    limit_reason: Mapped[str | None]
    accepts_regions: Mapped[list[str] | None]
    accepts_icbs: Mapped[list[str] | None]
    accepts_reason: Mapped[str | None]
    tokens: Mapped[list[str]] = mapped_column(default=list)
    provides: Mapped[list[str]] = mapped_column(default=list)

    contract_basis: Mapped[str]
    additionality: Mapped[str]
    pre_assessment_by: Mapped[str | None]
    follow_up_by: Mapped[str | None]
    consultant: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")

    posted_by: Mapped[str]
    posted_at: Mapped[datetime]
    confirmed_on: Mapped[date]
    approval_due_on: Mapped[date | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None]
    suspended_side: Mapped[str | None]
    suspended_reason: Mapped[str | None]
    ended_reason: Mapped[str | None]
    copied_from: Mapped[str | None]

    @property
    def free(self) -> int:
        """Places neither held nor taken, as last read."""
        return self.places - self.held - self.taken

    def audit_parties(self) -> list[str]:
        """The provider, its ICB and its region may read the history."""
        return [self.provider_code, self.icb_code or "", self.region_code]


explain_constraint(
    "ck_offer_places_counted", "Those places have gone, or fewer places are free than you asked for."
)
explain_constraint("ck_offer_window", "The last date must not be before the first date.")
explain_constraint(
    "ck_offer_limits_stated",
    "State the minimum age, ASA, BMI and critical care level, or tick that there is no limit.",
)
