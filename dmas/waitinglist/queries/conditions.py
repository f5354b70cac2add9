"""The eligibility of `rules` as conditions of a statement, so that whole lists are judged by the database.

A test holds the two together, pathway by pathway; where they differ, the rules are right.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, not_, or_

from dmas.waitinglist.models import Invitation, Pathway, Patient
from dmas.waitinglist.queries.waits import asks_already
from dmas.waitinglist.rules import Thresholds
from dmas.waitinglist.rules.eligibility import ANOTHER_HOSPITAL, ENGLISH_PRACTICE
from dmas.waitinglist.vocabulary import (
    FROM_A_CONSULTANT,
    NO_PRACTICE,
    POSTPONED,
    RUNNING,
    TOO_URGENT,
    Cohort,
    ListType,
)


def suits(limits: Thresholds, today: date) -> ColumnElement[bool]:
    """Return the condition that everything but the wait and a request already made lets a person ask."""
    return and_(
        Patient.died_on.is_(None),
        Pathway.ended_on.is_(None),
        Pathway.rtt_status.in_(RUNNING),
        func.coalesce(Pathway.priority_code, "").not_in((*TOO_URGENT, *POSTPONED)),
        Pathway.is_cancer.is_(False),
        Patient.date_of_birth <= _born_by(today, limits.adult_from_age),
        Patient.practice_code.regexp_match(ENGLISH_PRACTICE),
        Patient.practice_code.not_in(NO_PRACTICE),
        not_(_is_tertiary()),
        not_(_has_date_soon(limits, today)),
        or_(
            Pathway.list_type == ListType.ADMITTED,
            Pathway.last_attended_on.is_(None),
            literal(bool(limits.mid_pathway)),
        ),
    )


def waits_long_enough(limits: Thresholds, today: date) -> ColumnElement[bool]:
    """Return the condition that the wait is over the threshold."""
    return Pathway.clock_start < since(today, limits.wait_over_days)


def since(today: date, days: int) -> date:
    """Return the day before which a clock started that has run for more than so many days."""
    return today - timedelta(days=days)


def is_invited() -> ColumnElement[bool]:
    """Return the condition that a pathway has an invitation that stands."""
    return exists().where(
        Invitation.pathway_id == Pathway.id,
        Invitation.replaced_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )


def cohort(limits: Thresholds, today: date) -> ColumnElement[str | None]:
    """Return the cohort of a pathway, or null: asked before invited, invited before what may come."""
    near = Pathway.clock_start < since(today, limits.wait_over_days - limits.about_to_cross_days)
    return case(
        (or_(Pathway.ended_on.is_not(None), Patient.died_on.is_not(None)), None),
        (asks_already(), Cohort.ASKED.value),
        (is_invited(), Cohort.INVITED.value),
        (and_(suits(limits, today), waits_long_enough(limits, today)), Cohort.ELIGIBLE.value),
        (and_(suits(limits, today), near), Cohort.ABOUT_TO_CROSS.value),
        else_=None,
    )


def _is_tertiary() -> ColumnElement[bool]:
    sender = Pathway.referring_organisation
    own = func.coalesce(func.starts_with(sender, Pathway.provider_code), false())
    return and_(
        not_(own),
        or_(
            func.coalesce(Pathway.referral_source, "") == FROM_A_CONSULTANT,
            func.coalesce(sender, "").regexp_match(ANOTHER_HOSPITAL),
        ),
    )


def _has_date_soon(limits: Thresholds, today: date) -> ColumnElement[bool]:
    on = case((Pathway.list_type == ListType.ADMITTED, Pathway.admission_on), else_=Pathway.outpatient_on)
    last = today + timedelta(days=limits.no_date_within_days)
    return func.coalesce(and_(on >= today, on <= last), false())


def _born_by(today: date, age: int) -> date:
    """Return the last birthday that makes somebody so old today; on 29 February the day after the 28th."""
    try:
        return today.replace(year=today.year - age)
    except ValueError:
        return today.replace(year=today.year - age, day=28)
