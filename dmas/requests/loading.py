"""Everything a page about one patient's request shows, read together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.notifications import queries as notifications
from dmas.providers.models import Organisation, Outcode
from dmas.providers.rules import outcode_of
from dmas.requests import queries
from dmas.requests.models import TransferRequest, TransferReview
from dmas.requests.queries import Nearby
from dmas.waitinglist import queries as waits
from dmas.waitinglist.models import Pathway, Patient
from dmas.waitinglist.rules import PathwayFacts


@dataclass(frozen=True, slots=True)
class Journey:
    """One wait and the newest request about it, if there is one. `answers` are by step and by name."""

    pathway: Pathway
    patient: Patient
    home_name: str
    phone: str
    worse: str
    transfer: TransferRequest | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    reviews: Sequence[TransferReview] = ()

    @property
    def open_transfer(self) -> TransferRequest | None:
        """Return the request if it has not come to its end."""
        over = self.transfer is None or self.transfer.status in ("ended", "transferred")
        return None if over else self.transfer


def journey(session: Session, actor: Actor, pathway_id: uuid.UUID) -> Journey:
    """Return a wait and its newest request, as far as the person may read them; raise NotFound."""
    pathway = session.get(Pathway, pathway_id)
    if pathway is None or (actor.is_patient and actor.id != f"patient:{pathway.patient_id}"):
        raise NotFound("There is no such wait, or it is somebody else's.")
    return _of(session, pathway, queries.transfer_of_pathway(session, actor, pathway_id))


def journey_of(session: Session, transfer: TransferRequest) -> Journey:
    """Return the journey of a request that the caller may read; raise NotFound."""
    pathway = session.get(Pathway, transfer.pathway_id)
    if pathway is None:
        raise NotFound("There is no such wait, or it is somebody else's.")
    return _of(session, pathway, transfer)


def facts(session: Session, found: Journey) -> PathwayFacts:
    """Return what decides about the wait of a journey."""
    return waits.facts(session, [found.pathway.id])[found.pathway.id]


def nearby(session: Session, found: Journey, today: date) -> Nearby | None:
    """Count what there is near the patient today; None where nobody knows where they live."""
    place = session.get(Outcode, outcode_of(found.patient.postcode) or "")
    home = session.get_one(Organisation, found.pathway.provider_code)
    latitude, longitude = (place.latitude, place.longitude) if place else (home.latitude, home.longitude)
    if latitude is None or longitude is None:
        return None
    return queries.nearby(
        session,
        service=found.pathway.service,
        home_code=found.pathway.provider_code,
        latitude=latitude,
        longitude=longitude,
        today=today,
    )


def _of(session: Session, pathway: Pathway, transfer: TransferRequest | None) -> Journey:
    home = session.get_one(Organisation, pathway.provider_code)
    words = notifications.wording(session, home.code)
    return Journey(
        pathway=pathway,
        patient=session.get_one(Patient, pathway.patient_id),
        home_name=home.name,
        phone=words.phone if words else "",
        worse=words.worse if words else "",
        transfer=transfer,
        answers=dict(queries.answers(session, transfer).values) if transfer else {},
        reviews=queries.reviews(session, transfer) if transfer else (),
    )
