"""Thresholds of a day, every dated value, and what another value would change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.errors import NotFound
from dmas.waitinglist import rules
from dmas.waitinglist.models import DatedRule
from dmas.waitinglist.vocabulary import RuleName


def thresholds_on(session: Session, day: date) -> rules.Thresholds:
    """Return the thresholds in force on a day: signed, and not later than it."""
    rows = session.execute(
        select(DatedRule.name, DatedRule.value, DatedRule.effective_on)
        .where(DatedRule.signed_by.is_not(None), DatedRule.effective_on <= day)
        .order_by(DatedRule.effective_on, DatedRule.name)
    )
    return rules.thresholds((rules.Dated(name, int(value["value"]), on) for name, value, on in rows), day)


def dated_rules(session: Session) -> Sequence[DatedRule]:
    """Return every value anybody proposed or signed, the newest day first."""
    return session.scalars(
        select(DatedRule)
        .where(DatedRule.name.in_([name.value for name in RuleName]))
        .order_by(DatedRule.effective_on.desc(), DatedRule.name, DatedRule.id)
    ).all()


def rule_for(session: Session, rule_id: uuid.UUID) -> DatedRule:
    """Return one dated value; raise NotFound where there is none."""
    found = session.get(DatedRule, rule_id)
    if found is None:
        raise NotFound("There is no such rule. It may have been withdrawn.")
    return found
