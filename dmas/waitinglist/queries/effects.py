"""What another value of a threshold would change, counted on the lists as they are today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas.core.db import acting_for_all
from dmas.waitinglist.models import Pathway, Patient
from dmas.waitinglist.queries import conditions
from dmas.waitinglist.queries.cohorts import fresh
from dmas.waitinglist.queries.thresholds import thresholds_on
from dmas.waitinglist.rules import Thresholds
from dmas.waitinglist.vocabulary import Cohort, RuleName


@dataclass(frozen=True, slots=True)
class Counted:
    """How many open waits of England fall in a cohort or are held back, under some thresholds on a day."""

    eligible: int
    about_to_cross: int
    over_choice: int
    paused: int
    providers: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What the day would look like with the rules as signed, and with the proposed value."""

    before: Counted
    after: Counted


def effect_of(session: Session, name: RuleName, value: int, on: date) -> Effect:
    """Count every open wait of England on a day, with and without a proposed value. Numbers only leave."""
    signed = thresholds_on(session, on)
    proposed = replace(signed, **{name.value: value})
    with acting_for_all(session, "preview-of-rules"):
        return Effect(_count(session, signed, on), _count(session, proposed, on))


def _count(session: Session, limits: Thresholds, on: date) -> Counted:
    of = conditions.cohort(limits, on)
    over = Pathway.clock_start < conditions.since(on, limits.choice_over_days)
    held = (Pathway.absent_weeks >= limits.absences_that_pause) | ~fresh(limits, on)
    listed = (
        select(of.label("cohort"), over.label("over"), held.label("held"), Pathway.provider_code)
        .join(Patient, Patient.id == Pathway.patient_id)
        .where(Pathway.ended_on.is_(None))
        .subquery()
    )
    eligible = listed.c.cohort == Cohort.ELIGIBLE.value
    row = session.execute(
        select(
            func.count().filter(eligible),
            func.count().filter(listed.c.cohort == Cohort.ABOUT_TO_CROSS.value),
            func.count().filter(listed.c.over),
            func.count().filter(listed.c.held),
            func.count(listed.c.provider_code.distinct()).filter(eligible),
        )
    ).one()
    return Counted(*row)
