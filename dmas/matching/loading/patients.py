"""Patients' own lines: who takes part in a night, who is left out and why, and their values that night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.priorities import priority
from dmas.matching import rules
from dmas.matching.vocabulary import LeftOut
from dmas.proposals.rules import age_on
from dmas.requests.rules import change_is_open
from dmas.requests.vocabulary import RequestKind
from dmas.waitinglist import queries as waitinglist

_MATCHED = (3, 4)


def is_patient(row: Row[Any]) -> bool:
    """Say whether a line is one patient's own request."""
    return bool(row.kind == RequestKind.TRANSFER)


def taking_part(
    session: Session, lines: Sequence[Row[Any]], as_of: date
) -> tuple[list[Row[Any]], Mapping[str, int]]:
    """Return the lines that take part, trusts' own all of them, and how many patients do not, by reason."""
    waits = [row.pathway_id for row in lines if is_patient(row)]
    paused = waitinglist.may_match(session, waits, today=as_of) if waits else {}
    counted: Counter[str] = Counter()
    found = []
    for row in lines:
        why = why_left_out(row, paused.get(row.pathway_id)) if is_patient(row) else None
        if why is None:
            found.append(row)
        else:
            counted[why] += 1
    return found, dict(sorted(counted.items()))


def why_left_out(row: Row[Any], paused: str | None) -> str | None:
    """Return why a patient who searches takes no part, or None: a clinician must look first, or the list."""
    if change_is_open(row.changed_at, row.change_cleared_at):
        return LeftOut.CHANGED.value
    if priority(row.priority_code).tier not in _MATCHED:
        return LeftOut.URGENT.value
    return str(paused) if paused is not None else None


def ring(row: Row[Any], as_of: date) -> str | None:
    """Return the token of the ring a patient's search is in, or None."""
    waited = (as_of - row.clock_start).days
    return rules.patient_ring(row.search_from, as_of, icb=row.patient_icb, waited=waited)


def age(row: Row[Any], as_of: date) -> int:
    """Return a patient's age in whole years on the date."""
    return age_on(row.date_of_birth, as_of)


def person(row: Row[Any], as_of: date) -> dict[str, Any]:
    """Return a patient's own values; a measure older than 180 days is not known."""
    return {
        "age": age(row, as_of),
        "asa": rules.fresh(row.worst_asa, row.asa_on, as_of),
        "bmi": rules.fresh(row.worst_bmi, row.bmi_on, as_of),
        "sex": row.sex,
    }
