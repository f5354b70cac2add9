"""The published counts as they stand in a month's file, one row for each provider, function and part."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Base


class RttCount(Base):
    """How many pathways of one part a provider reported under one treatment function, by week waited.

    `period` is the last day of the month. `weeks[n]` holds more than n and up to n + 1 weeks, the last one
    everything over 104; part 3, new periods, has no bands. Part 2A lies inside part 2: never add them.
    """

    __tablename__ = "rtt_count"
    __table_args__ = (
        CheckConstraint("part IN ('1A', '1B', '2', '2A', '3')", name="part"),
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("cardinality(weeks) = 105", name="weeks"),
        Index("ix_rtt_count_period_part", "period", "part"),
    )

    period: Mapped[date] = mapped_column(primary_key=True)
    provider_code: Mapped[str] = mapped_column(primary_key=True)
    treatment_function: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    provider_name: Mapped[str]
    icb_code: Mapped[str | None]
    total: Mapped[int]
    weeks: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Dm01Count(Base):
    """How many people waited for one of the fifteen tests at a provider, by week, and how many it gave.

    `period` is the last day of the month. `weeks[n]` holds at least n and under n + 1 weeks, the last one
    everything from 13. The three activities count tests done in the month.
    """

    __tablename__ = "dm01_count"
    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("cardinality(weeks) = 14", name="weeks"),
        CheckConstraint(
            "least(waiting_list_activity, planned_activity, unscheduled_activity) >= 0", name="activity"
        ),
    )

    period: Mapped[date] = mapped_column(primary_key=True)
    provider_code: Mapped[str] = mapped_column(primary_key=True)
    test: Mapped[str] = mapped_column(primary_key=True)
    provider_name: Mapped[str]
    icb_code: Mapped[str | None]
    total: Mapped[int]
    weeks: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    waiting_list_activity: Mapped[int]
    planned_activity: Mapped[int]
    unscheduled_activity: Mapped[int]
