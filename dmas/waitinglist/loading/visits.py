"""From a patient's cookie to who acts: the living visit, and the wait it is about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.waitinglist.models import Invitation, Patient, PatientVisit
from dmas.waitinglist.rules import codes


@dataclass(frozen=True, slots=True)
class LoadedVisit:
    """A living visit of a patient: who acts, and about which wait."""

    actor: Actor
    visit_id: uuid.UUID
    patient_id: uuid.UUID
    pathway_id: uuid.UUID
    last_seen_at: datetime


def load_visit(session: Session, secret: str, *, now: datetime) -> LoadedVisit | None:
    """Return the visit of a cookie's secret, or None when it opens nothing any more."""
    row = session.execute(
        select(PatientVisit, Patient.died_on, Invitation.replaced_at, Invitation.withdrawn_at)
        .join(Patient, Patient.id == PatientVisit.patient_id)
        .join(Invitation, Invitation.id == PatientVisit.invitation_id)
        .where(PatientVisit.secret_hash == codes.fingerprint(secret))
    ).first()
    if row is None or any((row.died_on, row.replaced_at, row.withdrawn_at)):
        return None
    visit: PatientVisit = row[0]
    alive = codes.is_alive(
        ended_at=visit.ended_at, last_seen_at=visit.last_seen_at, expires_at=visit.expires_at, now=now
    )
    if not alive:
        return None
    return LoadedVisit(
        Actor.patient(visit.patient_id), visit.id, visit.patient_id, visit.pathway_id, visit.last_seen_at
    )
