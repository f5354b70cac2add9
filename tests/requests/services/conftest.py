"""Somebody who waits at the trust of the test, and the clinicians who look at their request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.waitinglist.models import Pathway, Patient
from tests.factories.waitinglist import make_pathway
from tests.requests.conftest import Place


@dataclass(frozen=True)
class Waits:
    """One person and their wait."""

    patient: Patient
    pathway: Pathway

    @property
    def actor(self) -> Actor:
        """Return the person acting for themselves."""
        return Actor.patient(self.patient.id)


@pytest.fixture
def waits(database: Database, system: Actor, here: Place, now: datetime) -> Waits:
    """Somebody who has waited 50 weeks for a hip at the trust of the test."""
    with database.unit_of_work(system) as session:
        pathway = make_pathway(session, now=now, trust=here.trust)
        return Waits(session.get_one(Patient, pathway.patient_id), pathway)


def clinician_of(code: str) -> Actor:
    """Return a clinical reviewer of a provider, a new one each time."""
    return Actor(
        id=str(uuid.uuid4()),
        name="Dr Example",
        role=Role.CLINICAL_REVIEWER,
        organisation=code,
        reach=Reach.ORGANISATION,
    )


@pytest.fixture
def clinician(here: Place) -> Actor:
    """A clinical reviewer of the trust of the test."""
    return clinician_of(here.trust.code)


@pytest.fixture
def agent() -> Actor:
    """A helpline agent of the nation."""
    return Actor(
        id=str(uuid.uuid4()),
        name="Robin Example",
        role=Role.HELPLINE_AGENT,
        organisation="ENG",
        reach=Reach.NATION,
    )
