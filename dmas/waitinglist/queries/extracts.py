"""The weekly extracts of a provider: which there were, and whether the last one still counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.errors import Conflict
from dmas.waitinglist.models import Extract
from dmas.waitinglist.queries.thresholds import thresholds_on
from dmas.waitinglist.rules import is_stale


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a provider's list is: its last extract, whether it is too old, and how many days late."""

    extract: Extract | None
    stale: bool
    days: int


def extracts(session: Session, actor: Actor, *, limit: int = 12) -> Sequence[Extract]:
    """Return a provider's applied extracts, the latest week first."""
    return session.scalars(
        select(Extract)
        .where(Extract.provider_code == actor.organisation)
        .order_by(Extract.week_ending.desc())
        .limit(limit)
    ).all()


def freshness(session: Session, provider_code: str, *, today: date) -> Freshness:
    """Return how old a provider's list is today."""
    last = _last(session, provider_code)
    if last is None:
        return Freshness(None, stale=False, days=0)
    stale = is_stale(last.week_ending, last.still_true_on, thresholds_on(session, today), today)
    latest = max(last.week_ending, last.still_true_on or last.week_ending)
    return Freshness(last, stale=stale, days=(today - latest).days)


def extract_for(session: Session, provider_code: str) -> Extract:
    """Return a provider's last applied extract; raise Conflict where there is none."""
    found = _last(session, provider_code)
    if found is None:
        raise Conflict("No list has been sent yet. Send this week's list first.")
    return found


def _last(session: Session, provider_code: str) -> Extract | None:
    return session.scalar(
        select(Extract)
        .where(Extract.provider_code == provider_code)
        .order_by(Extract.week_ending.desc())
        .limit(1)
    )
