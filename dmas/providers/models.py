"""Organisations, who followed whom, their sites and ratings, and the centre of each postcode district.

Reference data that every signed-in person may read, so no row-level security; keyed by the codes the
whole service uses for them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from dmas.core.db import Base

_PLACE_IS_WHOLE = "(latitude IS NULL) = (longitude IS NULL)"
_PLACE_IS_ON_EARTH = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"
_CLOSES_AFTER_OPENING = "closed_on >= opened_on"


class Organisation(Base):
    """The nation, a region, an integrated care board, a trust or an independent provider."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('nation', 'region', 'icb', 'trust', 'independent')", name="kind"),
        CheckConstraint("code ~ '^[A-Z0-9]{3,8}$'", name="code_shape"),
        CheckConstraint("kind IN ('nation', 'region') OR region_code IS NOT NULL", name="lies_in_a_region"),
        CheckConstraint(_PLACE_IS_WHOLE, name="place_is_whole"),
        CheckConstraint(_PLACE_IS_ON_EARTH, name="place_is_on_earth"),
        CheckConstraint(_CLOSES_AFTER_OPENING, name="closes_after_opening"),
        Index("ix_organisation_kind_code", "kind", "code"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)
    icb_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)
    postcode: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    location_source: Mapped[str | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Succession(Base):
    """One organisation took over from another on a date; a split has several rows."""

    __tablename__ = "succession"
    __table_args__ = (CheckConstraint("old_code <> new_code", name="not_itself"),)

    old_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    new_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True, index=True)
    effective_on: Mapped[date] = mapped_column(primary_key=True)


class Site(Base):
    """A place where a provider sees or treats people."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9]{3,9}$'", name="code_shape"),
        CheckConstraint(_PLACE_IS_WHOLE, name="place_is_whole"),
        CheckConstraint(_PLACE_IS_ON_EARTH, name="place_is_on_earth"),
        CheckConstraint(_CLOSES_AFTER_OPENING, name="closes_after_opening"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    provider_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    name: Mapped[str]
    postcode: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    location_source: Mapped[str | None]
    icb_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]


class SiteRating(Base):
    """The newest rating of a site, or of a provider as a whole: the code is either's."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9]{3,9}$'", name="code_shape"),
        CheckConstraint(
            "rating IN ('outstanding', 'good', 'requires_improvement', 'inadequate', 'not_rated')",
            name="rating",
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    rating: Mapped[str]
    rated_on: Mapped[date]


class Outcode(Base):
    """A postcode district, the part before the space, and its centre."""

    __tablename__ = "outcode"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z]{1,2}[0-9][0-9A-Z]?$'", name="code_shape"),
        CheckConstraint(_PLACE_IS_ON_EARTH, name="place_is_on_earth"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
