"""The helpline: nobody is spoken for before it is known who calls, and all of it is on record."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.requests.models import TransferRequest
from dmas.waitinglist.models import Pathway, Patient
from tests.browsing import Browsing
from tests.factories.requests import make_transfer_request
from tests.factories.waitinglist import code_of, make_invitation
from tests.requests.views_patient.conftest import Waiter
from tests.requests.views_patient.test_asking import PAGES

BORN = {"date_of_birth-day": "14", "date_of_birth-month": "3", "date_of_birth-year": "1966"}


def called(browsing: Browsing, waiter: Waiter) -> str:
    """Find the caller by NHS number and date of birth; return where that leads."""
    led = browsing.post("/on-behalf", {"nhs_number": waiter.patient.nhs_number, **BORN})
    assert led.location
    return led.location


def test_a_caller_without_a_code_is_helped_from_the_first_question_to_the_reference(
    browsing: Browsing, database: Database, system: Actor, waiter: Waiter, agent: Actor
) -> None:
    browsing.sign_in(agent)
    begun = called(browsing, waiter)
    base = begun.removesuffix("/request")
    assert browsing.get(begun, 303).location == f"{base}/request/still-your-wait"
    for step, data in PAGES:
        browsing.post(f"{base}/request/{step}", data)
    shown = browsing.follow(browsing.post(f"{base}/request/check"))
    assert "On behalf of a patient" in shown.text
    with database.unit_of_work(system) as session:
        transfer = session.scalars(select(TransferRequest)).one()
        assert (transfer.status, transfer.started_how) == ("in_review", "helpline")
        events = session.scalars(select(AuditEvent).where(AuditEvent.actor_id == agent.id)).all()
        changes = [event for event in events if event.entity_version and event.entity_id == transfer.id]
        assert changes
        assert all(event.details.get("on_behalf") for event in changes)
        assert {"patient.identity_checked", "transfer_request.viewed_on_behalf"} <= {
            event.action for event in events
        }
    browsing.get(f"{base}/sent")
    browsing.post(f"{base}/withdraw")


def test_a_caller_with_a_code_is_found(
    browsing: Browsing, database: Database, system: Actor, waiter: Waiter, agent: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        invitation = make_invitation(session, now=now, pathway=session.get_one(Pathway, waiter.pathway.id))
    browsing.sign_in(agent)
    led = browsing.post("/on-behalf", {"code": code_of(invitation).lower(), **BORN})
    assert led.location
    assert led.location.startswith("/on-behalf/PT-")


@pytest.mark.parametrize(
    "told",
    [
        {"nhs_number": "", **BORN},
        {"nhs_number": "999 000 0018", **BORN},
        {"code": "ABCD-EFGH-JKLM", **BORN},
        {"code": "x", "date_of_birth-day": "14"},
    ],
)
def test_nobody_is_found_by_half_of_it(
    browsing: Browsing, waiter: Waiter, agent: Actor, told: dict[str, str]
) -> None:
    browsing.sign_in(agent).post("/on-behalf", told, 422)


def test_a_wrong_birth_date_is_answered_like_an_unknown_person(
    browsing: Browsing, waiter: Waiter, agent: Actor
) -> None:
    wrong = {**BORN, "date_of_birth-year": "1967", "nhs_number": waiter.patient.nhs_number}
    shown = browsing.sign_in(agent).post("/on-behalf", wrong, 422)
    assert "Nobody matches" in shown.text


def test_a_request_opens_only_after_the_caller_was_checked(
    browsing: Browsing, database: Database, system: Actor, waiter: Waiter, agent: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, waiter.pathway.id)
        transfer = make_transfer_request(session, now=now, pathway=pathway)
    browsing.sign_in(agent)
    browsing.get(f"/on-behalf/{transfer.reference}/sent", 404)
    browsing.post(f"/on-behalf/{transfer.reference}/withdraw", {}, 404, page="/on-behalf")
    assert called(browsing, waiter) == f"/on-behalf/{transfer.reference}/request"
    browsing.get(f"/on-behalf/{transfer.reference}/sent")
    browsing.get(f"/on-behalf/{transfer.reference}", 303)


def test_who_cannot_ask_is_told_why_and_nothing_is_begun(
    browsing: Browsing, database: Database, system: Actor, waiter: Waiter, agent: Actor
) -> None:
    with database.unit_of_work(system) as session:
        session.get_one(Pathway, waiter.pathway.id).priority_code = "P2"
    told = {"nhs_number": waiter.patient.nhs_number, **BORN}
    shown = browsing.sign_in(agent).post("/on-behalf", told, 422)
    assert "marked your treatment as urgent" in shown.text
    with database.unit_of_work(system) as session:
        assert session.scalars(select(TransferRequest)).all() == []


def test_of_somebody_who_died_nothing_can_be_asked(
    browsing: Browsing, database: Database, system: Actor, waiter: Waiter, agent: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        session.get_one(Patient, waiter.patient.id).died_on = now.date()
    told = {"nhs_number": waiter.patient.nhs_number, **BORN}
    assert "no wait that can be asked about" in browsing.sign_in(agent).post("/on-behalf", told, 422).text


def test_asking_again_on_the_phone_begins_a_new_request(
    browsing: Browsing, database: Database, system: Actor, waiter: Waiter, agent: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, waiter.pathway.id)
        make_transfer_request(session, now=now, pathway=pathway)
    browsing.sign_in(agent)
    base = called(browsing, waiter).removesuffix("/request")
    browsing.post(f"{base}/withdraw")
    led = browsing.post(f"{base}/request/still-your-wait", {"right": "yes"})
    assert led.location
    assert base not in led.location
    assert "Has anything changed in your health" in browsing.follow(led).text
