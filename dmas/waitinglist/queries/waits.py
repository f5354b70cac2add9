"""The facts of waits that decide about them, in one query however many they are.

Whether somebody asks already stands in the room of requests, above this one: its table is read here by
name, so that a list of a whole trust stays one statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Uuid, cast, column, exists, func, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from dmas.waitinglist import rules
from dmas.waitinglist.models import Extract, Pathway, Patient
from dmas.waitinglist.queries.thresholds import thresholds_on
from dmas.waitinglist.vocabulary import Because, PauseReason

TRANSFER_REQUEST = table("transfer_request", column("pathway_id"), column("status"))
OVER = ("ended", "transferred")


def asks_already() -> ColumnElement[bool]:
    """Return the condition that a pathway has a request to move which has not ended."""
    return exists().where(TRANSFER_REQUEST.c.pathway_id == Pathway.id, TRANSFER_REQUEST.c.status.not_in(OVER))


def confirmed_on() -> ScalarSelect[date | None]:
    """Return the day on which the pathway's trust last said of a late list that it is still true."""
    return (
        select(func.max(Extract.still_true_on))
        .where(Extract.provider_code == Pathway.provider_code)
        .scalar_subquery()
    )


def list_week() -> ColumnElement[date]:
    """Return the week of the last list of a pathway's provider, whether or not it had the pathway.

    A row that a list leaves as it was is not written, so a pathway's own date may be of an earlier week.
    """
    last = (
        select(func.max(Extract.week_ending))
        .where(Extract.provider_code == Pathway.provider_code)
        .scalar_subquery()
    )
    return func.greatest(Pathway.told_on, last)


def facts(session: Session, pathway_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, rules.PathwayFacts]:
    """Return the facts of pathways by id, for a caller that has scoped them; row-level security holds."""
    if not pathway_ids:
        return {}
    # as one array: a night may ask about more pathways than a statement may have parameters
    wanted = Pathway.id == func.any(cast(list(pathway_ids), ARRAY(Uuid)))
    rows = session.execute(_facts().where(wanted).order_by(Pathway.id))
    found = [rules.PathwayFacts(**row._mapping) for row in rows]
    return {one.pathway_id: one for one in found}


def why_not(session: Session, pathway_id: uuid.UUID, *, today: date) -> tuple[Because, ...]:
    """Return every reason why a person cannot ask to move today; empty means that they can.

    Their own live request counts as a reason: leave out ALREADY_MOVING where it is that one you serve.
    """
    found = facts(session, [pathway_id]).get(pathway_id)
    if found is None:
        return (Because.ENDED,)
    return rules.why_not(found, thresholds_on(session, today), today)


def may_match(
    session: Session, pathway_ids: Collection[uuid.UUID], *, today: date
) -> dict[uuid.UUID, PauseReason | None]:
    """Say of each pathway what pauses new matches and messages, or None where nothing does."""
    limits = thresholds_on(session, today)
    found = facts(session, pathway_ids)
    return {
        one: rules.pause(found[one], limits, today) if one in found else PauseReason.ENDED
        for one in pathway_ids
    }


def _facts() -> Select[*tuple[Any, ...]]:
    return select(
        Pathway.id.label("pathway_id"),
        Pathway.patient_id,
        Pathway.provider_code,
        Pathway.service,
        Pathway.list_type,
        Pathway.clock_start,
        Patient.date_of_birth,
        list_week().label("told_on"),
        Pathway.rtt_status,
        Pathway.decision_to_admit_on,
        Pathway.admission_on,
        Pathway.outpatient_on,
        Pathway.last_attended_on,
        Pathway.referral_source,
        Pathway.referring_organisation,
        Pathway.is_cancer,
        Pathway.priority_code,
        Patient.practice_code,
        Patient.icb_code.label("patient_icb"),
        Patient.died_on,
        Pathway.ended_on,
        Pathway.absent_weeks,
        confirmed_on().label("still_true_on"),
        asks_already().label("asks_already"),
    ).join(Patient, Patient.id == Pathway.patient_id)
