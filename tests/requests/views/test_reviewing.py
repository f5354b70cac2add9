"""Clinical review: the queue, the facts on one page, the decision, and what has changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.requests import services
from dmas.requests.commands import AskForOtherClinician, SayChanged, SupplyInformation
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import ReviewOutcome, TransferStatus, TransferStep
from dmas.waitinglist.models import Pathway, Patient
from tests.browsing import Browsing
from tests.factories.requests import decide, make_transfer_request
from tests.requests.conftest import Place
from tests.requests.services.conftest import clinician_of


@pytest.fixture
def clinician(here: Place) -> Actor:
    """A clinical reviewer of the trust of the test."""
    return clinician_of(here.trust.code)


@pytest.fixture
def reviewing(browsing: Browsing, clinician: Actor) -> Browsing:
    """Their browser."""
    return browsing.sign_in(clinician)


def asked(
    database: Database,
    system: Actor,
    here: Place,
    now: datetime,
    status: TransferStatus = TransferStatus.IN_REVIEW,
    **values: Any,
) -> TransferRequest:
    """Let somebody of the trust ask."""
    with database.unit_of_work(system) as session:
        return make_transfer_request(session, now=now, trust=here.trust, status=status, **values)


def again(database: Database, system: Actor, transfer: TransferRequest) -> TransferRequest:
    with database.unit_of_work(system) as session:
        return session.get_one(TransferRequest, transfer.id)


def test_an_empty_queue_says_what_fills_it(reviewing: Browsing) -> None:
    assert "Nobody waits for a decision" in reviewing.get("/reviews").text


def test_the_queue_is_by_age_changes_first_and_says_what_is_late(
    reviewing: Browsing, database: Database, system: Actor, here: Place, elsewhere: Place, now: datetime
) -> None:
    oldest = asked(database, system, here, now - timedelta(days=21), clock_start=date(2025, 6, 1))
    late = asked(database, system, here, now - timedelta(days=9))
    fresh = asked(database, system, here, now)
    changed = asked(database, system, here, now, TransferStatus.SEARCHING)
    asked(database, system, elsewhere, now)
    with database.unit_of_work(system) as session:
        tell = SayChanged(reference=changed.reference, what="A fall.")
        services.say_changed(session, tell, actor=system, now=now)
    shown = reviewing.get("/reviews")
    places = [shown.html.index(one.reference) for one in (changed, oldest, late, fresh)]
    assert places == sorted(places)
    assert "4 requests" in shown.text
    assert "Breach: was due" in shown.text
    assert "Late: was due" in shown.text
    assert "Morgan" not in shown.text
    assert changed.reference in reviewing.get("/reviews?format=csv").html


def test_the_facts_stand_on_one_page_and_the_look_is_recorded(
    reviewing: Browsing, database: Database, system: Actor, here: Place, clinician: Actor, now: datetime
) -> None:
    needs = {TransferStep.NEEDS: {"needs": ["hoist"], "other": "My son comes too."}}
    transfer = asked(database, system, here, now, answers=needs, bmi_on=date(2025, 1, 1), asa=None)
    shown = reviewing.get(f"/reviews/{transfer.reference}").text
    for fact in ("Hip replacement (W371)", "older than 180 days", "ASA grade Not known", "My son comes too"):
        assert fact in " ".join(shown.split())
    with database.unit_of_work(system) as session:
        looked = select(AuditEvent).where(AuditEvent.action == "patient.viewed")
        (event,) = session.scalars(looked).all()
    assert (event.actor_id, event.entity_id) == (clinician.id, transfer.patient_id)


def test_suitable_opens_the_search(
    reviewing: Browsing, database: Database, system: Actor, here: Place, now: datetime
) -> None:
    transfer = asked(database, system, here, now)
    page = f"/reviews/{transfer.reference}"
    led = reviewing.post(page, {"outcome": "suitable", "tokens": ["general_anaesthetic"]})
    assert "the patient is told" in reviewing.follow(led).text
    found = again(database, system, transfer)
    assert found.status == "searching"
    with database.unit_of_work(system) as session:
        care_request = session.get_one(CareRequest, found.care_request_id)
        assert care_request.setting == "inpatient"
        assert "general_anaesthetic" in care_request.needs
    assert "No decision is needed now" in reviewing.get(page).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose what you have decided"),
        ({"outcome": "suitable", "asa_on-day": ""}, "must include a day"),
        ({"outcome": "suitable", "procedure_group": ""}, "Choose the procedure"),
        ({"outcome": "not_suitable"}, "Choose a reason from the list"),
        ({"outcome": "more_information"}, "Write what you need to know"),
    ],
)
def test_what_is_missing_is_said_at_its_question(
    reviewing: Browsing,
    database: Database,
    system: Actor,
    here: Place,
    now: datetime,
    data: dict[str, Any],
    said: str,
) -> None:
    transfer = asked(database, system, here, now)
    assert said in reviewing.post(f"/reviews/{transfer.reference}", data, 422).text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"outcome": "not_suitable", "reason": "complex"}, "ended"),
        ({"outcome": "more_information", "question": "How far can you walk?"}, "needs_information"),
    ],
)
def test_other_decisions(
    reviewing: Browsing,
    database: Database,
    system: Actor,
    here: Place,
    now: datetime,
    data: dict[str, Any],
    status: str,
) -> None:
    transfer = asked(database, system, here, now)
    reviewing.post(f"/reviews/{transfer.reference}", data)
    assert again(database, system, transfer).status == status


def test_whoever_decided_first_is_asked_to_leave_it_to_another(
    reviewing: Browsing, database: Database, system: Actor, here: Place, clinician: Actor, now: datetime
) -> None:
    transfer = asked(database, system, here, now)
    reviewing.post(f"/reviews/{transfer.reference}", {"outcome": "not_suitable", "reason": "complex"})
    with database.unit_of_work(system) as session:
        command = AskForOtherClinician(reference=transfer.reference)
        services.ask_for_other_clinician(session, command, actor=system, now=now)
    shown = reviewing.get(f"/reviews/{transfer.reference}")
    assert "Another clinician decides" in shown.text
    assert "Record the decision" not in shown.text


@pytest.mark.parametrize(("goes_on", "status"), [("yes", "searching"), ("no", "ended")])
def test_a_change_is_looked_at(
    reviewing: Browsing,
    database: Database,
    system: Actor,
    here: Place,
    now: datetime,
    goes_on: str,
    status: str,
) -> None:
    transfer = asked(database, system, here, now, TransferStatus.SEARCHING)
    page = f"/reviews/{transfer.reference}"
    assert reviewing.get(f"{page}/change", 303).location == page
    with database.unit_of_work(system) as session:
        tell = SayChanged(reference=transfer.reference, what="I had a stroke.")
        services.say_changed(session, tell, actor=system, now=now - timedelta(hours=1))
    assert reviewing.get(page, 303).location == f"{page}/change"
    assert "I had a stroke." in reviewing.get(f"{page}/change").text
    reviewing.post(f"{page}/change", {"goes_on": goes_on, "note": "Seen in clinic."})
    assert again(database, system, transfer).status == status


def test_an_answered_question_stands_among_the_decisions(
    reviewing: Browsing, database: Database, system: Actor, here: Place, now: datetime
) -> None:
    transfer = asked(database, system, here, now)
    with database.unit_of_work(system) as session:
        found = session.get_one(TransferRequest, transfer.id)
        ask = {"outcome": ReviewOutcome.MORE_INFORMATION, "question": "Blood thinners?"}
        decide(session, found, now=now, **ask)
        command = SupplyInformation(reference=transfer.reference, text="None at all.")
        services.supply_information(session, command, actor=system, now=now)
    shown = reviewing.get(f"/reviews/{transfer.reference}").text
    assert "Blood thinners?" in shown
    assert "None at all." in shown


def test_another_trusts_request_is_not_there(
    reviewing: Browsing, database: Database, system: Actor, elsewhere: Place, now: datetime
) -> None:
    transfer = asked(database, system, elsewhere, now)
    reviewing.get(f"/reviews/{transfer.reference}", 404)
    reviewing.get(f"/reviews/{transfer.reference}/change", 404)


def test_the_wait_as_it_was_is_not_touched_by_a_decision(
    reviewing: Browsing, database: Database, system: Actor, here: Place, now: datetime
) -> None:
    transfer = asked(database, system, here, now)
    with database.unit_of_work(system) as session:
        before = session.get_one(Pathway, transfer.pathway_id)
    reviewing.post(f"/reviews/{transfer.reference}", {"outcome": "suitable"})
    with database.unit_of_work(system) as session:
        after = session.get_one(Pathway, transfer.pathway_id)
        assert (after.version, after.clock_start, after.rtt_status) == (
            before.version,
            before.clock_start,
            before.rtt_status,
        )
        assert session.get_one(Patient, transfer.patient_id).version == 1
