"""Who sees which patients' requests: themselves, the home trust, the areas, and the helpline."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from dmas.core import audit
from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.requests import queries
from dmas.waitinglist.models import Patient
from tests.factories.requests import make_transfer_request
from tests.requests.conftest import Place


def national(role: Role) -> Actor:
    return Actor(
        id=str(uuid.uuid4()), name="Robin Example", role=role, organisation="ENG", reach=Reach.NATION
    )


def test_each_sees_their_own_and_nobody_elses(
    database: Database, system: Actor, here: Place, elsewhere: Place, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, trust=here.trust)
    patient = Actor.patient(transfer.patient_id)
    sees = (patient, here.clerk, here.manager, here.icb_coordinator, here.regional_coordinator, system)
    blind = (Actor.patient(uuid.uuid4()), elsewhere.clerk, elsewhere.icb_coordinator)
    blind += (elsewhere.regional_coordinator, national(Role.AUDITOR))
    for actor in (*sees, national(Role.HELPLINE_AGENT), national(Role.NATIONAL_ADMINISTRATOR)):
        with database.unit_of_work(actor) as session:
            assert queries.transfer(session, actor, transfer.reference).id == transfer.id
    for actor in blind:
        with database.unit_of_work(actor) as session, pytest.raises(NotFound):
            queries.transfer(session, actor, transfer.reference)


def test_what_the_patient_wrote_is_for_them_and_their_trust(
    database: Database, system: Actor, here: Place, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, trust=here.trust)
    with database.unit_of_work(here.clerk) as session:
        assert queries.answers(session, transfer).values["distance"] == {"miles": "50"}
    with database.unit_of_work(here.icb_coordinator) as session, pytest.raises(NotFound):
        queries.answers(session, transfer)


def test_a_checked_identity_holds_for_a_working_day(
    database: Database, system: Actor, here: Place, now: datetime
) -> None:
    agent, other = national(Role.HELPLINE_AGENT), national(Role.HELPLINE_AGENT)
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, trust=here.trust)
        patient = session.get_one(Patient, transfer.patient_id)
        audit.record_view(session, patient, queries.IDENTITY_CHECKED, actor=agent, now=now)
    with database.unit_of_work(agent) as session:
        queries.require_identity(session, agent, transfer, now + timedelta(hours=7))
        with pytest.raises(NotFound):
            queries.require_identity(session, agent, transfer, now + timedelta(hours=8))
        with pytest.raises(NotFound):
            queries.require_identity(session, other, transfer, now)
        queries.require_identity(session, here.clerk, transfer, now)
