"""Somebody who waits, at their browser, and a helpline agent at theirs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.waitinglist.models import Pathway, Patient
from dmas.web.access import SignedIn
from tests.browsing import Browsing
from tests.factories.waitinglist import make_pathway
from tests.requests.conftest import Place


@dataclass(frozen=True)
class Waiter:
    """One person, their wait, and their browser."""

    patient: Patient
    pathway: Pathway
    browsing: Browsing

    @property
    def actor(self) -> Actor:
        """Return the person acting for themselves."""
        return Actor.patient(self.patient.id)


def sit_down(app: Flask, patient_id: uuid.UUID, pathway_id: uuid.UUID) -> Browsing:
    """Open a browser in which a patient is signed in about a wait."""
    browsing = Browsing(app)
    secret = f"patient:{pathway_id}"
    browsing.signed_in[secret] = SignedIn(Actor.patient(patient_id), secret, about=str(pathway_id))
    with browsing.client.session_transaction() as session:
        session["_user_id"] = secret
    return browsing


@pytest.fixture
def waiter(app: Flask, database: Database, system: Actor, here: Place, now: datetime) -> Waiter:
    """Somebody who has waited 50 weeks for a hip at the trust of the test, signed in."""
    with database.unit_of_work(system) as session:
        pathway = make_pathway(session, now=now, trust=here.trust)
        patient = session.get_one(Patient, pathway.patient_id)
    return Waiter(patient, pathway, sit_down(app, patient.id, pathway.id))


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
