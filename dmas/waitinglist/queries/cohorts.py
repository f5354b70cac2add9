"""A provider's waits as a list: cohorts, filters, counts, and who of a cohort is to be invited."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from dmas.core.actors import Actor
from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import parse_nhs_number
from dmas.waitinglist.models import Pathway, Patient
from dmas.waitinglist.queries import conditions
from dmas.waitinglist.queries.people import visible_to
from dmas.waitinglist.queries.thresholds import thresholds_on
from dmas.waitinglist.queries.waits import confirmed_on, list_week
from dmas.waitinglist.rules import Thresholds
from dmas.waitinglist.vocabulary import Cohort

SORTS: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "waited": Pathway.clock_start,
    "service": Pathway.service,
    "name": func.lower(Patient.family_name),
    "priority": Pathway.priority_code,
    "pathway": Pathway.pathway_id,
    "absent": Pathway.absent_weeks,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayFilter:
    """What a list of waits is narrowed to; empty means all. `words` is a name, a pathway or an NHS number."""

    cohort: str = ""
    service: str = ""
    list_type: str = ""
    priority: str = ""
    only_absent: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class PathwayRow:
    """One wait with its person and where it stands."""

    pathway: Pathway
    patient: Patient
    cohort: Cohort | None


def listing(
    session: Session,
    actor: Actor,
    narrowed: PathwayFilter,
    *,
    today: date,
    sort: str = "waited",
    descending: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[PathwayRow], int]:
    """Return one page of the actor's open waits and how many there are, in two queries."""
    limits = thresholds_on(session, today)
    of = conditions.cohort(limits, today)
    wanted = _conditions(narrowed, of)
    open_now = and_(visible_to(actor), Pathway.ended_on.is_(None), *wanted)
    joined = _joined(select(Pathway, Patient, of.label("cohort"))).where(open_now)
    order = SORTS.get(sort, Pathway.clock_start)
    ordered = joined.order_by(order.desc() if descending else order.asc(), Pathway.id)
    total = session.scalar(_joined(select(func.count(Pathway.id))).where(open_now)) or 0
    rows = session.execute(ordered.limit(limit).offset(offset))
    return [PathwayRow(one, who, Cohort(where) if where else None) for one, who, where in rows], total


def rows_of(session: Session, actor: Actor, ids: Sequence[uuid.UUID], *, today: date) -> list[PathwayRow]:
    """Return some of the actor's waits as rows, those longest absent first."""
    of = conditions.cohort(thresholds_on(session, today), today)
    statement = _joined(select(Pathway, Patient, of.label("cohort"))).where(
        visible_to(actor), Pathway.id.in_(ids)
    )
    rows = session.execute(statement.order_by(Pathway.absent_weeks.desc(), Pathway.clock_start, Pathway.id))
    return [PathwayRow(one, who, Cohort(where) if where else None) for one, who, where in rows]


def cohort_counts(session: Session, actor: Actor, *, today: date, service: str = "") -> dict[Cohort, int]:
    """Return how many of the actor's open waits are in each cohort, nought included."""
    of = conditions.cohort(thresholds_on(session, today), today)
    inner = _joined(select(of.label("cohort"))).where(visible_to(actor), Pathway.ended_on.is_(None))
    if service:
        inner = inner.where(Pathway.service == service)
    listed = inner.subquery()
    rows = session.execute(select(listed.c.cohort, func.count()).group_by(listed.c.cohort))
    found = {name: count for name, count in rows if name}
    return {one: found.get(one.value, 0) for one in Cohort}


def cohort_ids(
    session: Session, provider_code: str, narrowed: PathwayFilter, *, today: date
) -> Sequence[uuid.UUID]:
    """Return the pathways of a provider that are to be invited now: eligible, of a fresh list, not absent."""
    limits = thresholds_on(session, today)
    statement = _joined(select(Pathway.id)).where(
        Pathway.provider_code == provider_code,
        conditions.cohort(limits, today) == Cohort.ELIGIBLE.value,
        Pathway.absent_weeks < limits.absences_that_pause,
        fresh(limits, today),
        *_conditions(narrowed, None),
    )
    return session.scalars(statement.order_by(Pathway.clock_start, Pathway.id)).all()


def services_of(session: Session, actor: Actor) -> Sequence[str]:
    """Return the codes of the services that the actor's open waits are for."""
    statement = select(Pathway.service).where(visible_to(actor), Pathway.ended_on.is_(None)).distinct()
    return session.scalars(statement.order_by(Pathway.service)).all()


def fresh(limits: Thresholds, today: date) -> ColumnElement[bool]:
    """Return the condition that a wait's list is not too old, or was confirmed lately."""
    since = today - timedelta(days=limits.stale_days)
    return or_(list_week() >= since, confirmed_on() >= since)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.join(Patient, Patient.id == Pathway.patient_id)


def _conditions(narrowed: PathwayFilter, of: ColumnElement[str | None] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Pathway.service, narrowed.service),
        (Pathway.list_type, narrowed.list_type),
        (Pathway.priority_code, narrowed.priority),
    ):
        if value:
            found.append(column == value)
    if narrowed.cohort and of is not None:
        found.append(of == narrowed.cohort)
    if narrowed.only_absent:
        found.append(Pathway.absent_weeks > 0)
    if narrowed.words:
        found.append(_words(narrowed.words))
    return found


def _words(words: str) -> ColumnElement[bool]:
    try:
        return Patient.nhs_number == parse_nhs_number(words)
    except InvalidInput:
        return or_(
            func.lower(Patient.family_name).startswith(words.lower(), autoescape=True),
            func.lower(Pathway.pathway_id) == words.lower(),
            func.lower(Pathway.local_patient_id) == words.lower(),
        )
