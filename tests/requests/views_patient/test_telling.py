"""After sending: where it stands, changing, withdrawing, telling, answering, asking again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import queries
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import ReviewOutcome, TransferStatus
from dmas.waitinglist.models import Pathway
from tests.factories.requests import decide, make_transfer_request
from tests.requests.views_patient.conftest import Waiter

_T = TransferStatus


def asked(
    database: Database, system: Actor, waiter: Waiter, now: datetime, status: TransferStatus, **values: Any
) -> TransferRequest:
    """Let the waiter's request be in a state."""
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, waiter.pathway.id)
        return make_transfer_request(session, now=now, pathway=pathway, status=status, **values)


def again(database: Database, system: Actor, transfer: TransferRequest) -> TransferRequest:
    with database.unit_of_work(system) as session:
        return session.get_one(TransferRequest, transfer.id)


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (_T.IN_REVIEW, "Your request is with your hospital"),
        (_T.NEEDS_INFORMATION, "Your hospital has asked you something"),
        (_T.SEARCHING, "We are searching for another hospital"),
        (_T.OPTIONS_OFFERED, "You have options to choose from"),
        (_T.ACCEPTED, "Your move is being arranged"),
        (_T.RESTING, "Your request is resting"),
    ],
)
def test_where_a_request_stands_is_said_in_each_state(
    database: Database, system: Actor, waiter: Waiter, now: datetime, status: TransferStatus, heading: str
) -> None:
    asked(database, system, waiter, now, status)
    shown = waiter.browsing.get("/transfer/sent")
    assert heading in shown.text
    assert "is responsible for your care today" in shown.text
    waiter.browsing.get("/transfer/change")


def test_once_care_has_moved_the_new_hospital_is_named_where_it_is_tracked(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    asked(database, system, waiter, now, _T.TRANSFERRED)
    for page in ("/transfer/sent", "/transfer/change"):
        assert waiter.browsing.get(page, 303).location == "/transfer/request"
    assert waiter.browsing.get("/transfer/request", 303).location == "/transfer/track"


def test_before_anything_is_asked_there_is_nothing_to_see(waiter: Waiter) -> None:
    waiter.browsing.get("/transfer/sent", 404)
    waiter.browsing.get("/transfer/withdraw", 404)


def test_an_unfinished_request_is_gone_on_with(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    asked(database, system, waiter, now, _T.STARTED)
    assert waiter.browsing.get("/transfer/sent", 303).location == "/transfer/request"
    assert waiter.browsing.get("/transfer/change", 303).location == "/transfer/request"


def test_an_answer_changed_after_sending_reaches_the_search(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    transfer = asked(database, system, waiter, now, _T.SEARCHING)
    led = waiter.browsing.post("/transfer/request/distance", {"miles": "england"})
    assert led.location == "/transfer/change"
    waiter.browsing.post("/transfer/request/needs", {"needs": ["hoist"]})
    with database.unit_of_work(system) as session:
        assert transfer.care_request_id is not None
        care_request = session.get_one(CareRequest, transfer.care_request_id)
        assert care_request.travel_miles is None
        assert "hoist" in care_request.needs


def test_a_consent_cannot_be_changed_after_sending(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    asked(database, system, waiter, now, _T.SEARCHING)
    shown = waiter.browsing.post("/transfer/request/sharing", {"shared": "yes"}, 409)
    assert "cannot be changed after sending" in shown.text


def test_withdrawing_ends_the_request_and_its_search(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    transfer = asked(database, system, waiter, now, _T.SEARCHING)
    shown = waiter.browsing.follow(waiter.browsing.post("/transfer/withdraw"))
    assert "Your request is withdrawn" in shown.text
    assert "You keep your place" in shown.text
    with database.unit_of_work(system) as session:
        assert transfer.care_request_id is not None
        assert session.get_one(CareRequest, transfer.care_request_id).closed_because == "withdrawn"
    assert waiter.browsing.get("/transfer/withdraw", 303).location == "/transfer/sent"
    # and the same day they may ask again
    waiter.browsing.post("/transfer/request/still-your-wait", {"right": "yes"})
    with database.unit_of_work(system) as session:
        found = queries.transfer_of_pathway(session, waiter.actor, waiter.pathway.id)
        assert found is not None
        assert found.status == "started"


def test_something_changed_waits_for_a_clinician(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    transfer = asked(database, system, waiter, now, _T.SEARCHING)
    assert "Say what has changed" in waiter.browsing.post("/transfer/changed", {"what": ""}, 422).text
    led = waiter.browsing.post("/transfer/changed", {"what": "I had a stroke."})
    assert "A clinician looks at this" in waiter.browsing.follow(led).text
    found = again(database, system, transfer)
    assert found.changed_at is not None
    assert found.change_due_on == date(2026, 11, 23)


def test_a_clinicians_question_is_read_and_answered(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    transfer = asked(database, system, waiter, now, _T.NEEDS_INFORMATION)
    assert "Do you take blood thinners?" in waiter.browsing.get("/transfer/information").text
    waiter.browsing.post("/transfer/information", {"text": "No, I do not."})
    assert again(database, system, transfer).status == "in_review"
    assert waiter.browsing.get("/transfer/information", 303).location == "/transfer/sent"


def test_a_refusal_says_why_and_how_to_ask_again_and_complain(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    transfer = asked(database, system, waiter, now, _T.IN_REVIEW)
    with database.unit_of_work(system) as session:
        refused = session.get_one(TransferRequest, transfer.id)
        decide(session, refused, now=now, outcome=ReviewOutcome.NOT_SUITABLE, reason="complex")
    shown = waiter.browsing.get("/transfer/sent")
    assert "one team needs to look after together" in shown.text
    assert "Patient Advice and Liaison Service" in shown.text
    assert "Ombudsman" in shown.text
    waiter.browsing.post("/transfer/reconsider", {"why": "I am much better."})
    assert again(database, system, transfer).status == "in_review"
    assert waiter.browsing.get("/transfer/reconsider", 303).location == "/transfer/sent"


@pytest.mark.parametrize(("takes", "ended"), [("yes", "dated_at_home"), ("no", None)])
def test_a_date_at_home_is_the_patients_to_take(
    database: Database, system: Actor, waiter: Waiter, now: datetime, takes: str, ended: str | None
) -> None:
    transfer = asked(database, system, waiter, now, _T.SEARCHING)
    with database.unit_of_work(system) as session:
        session.get_one(Pathway, waiter.pathway.id).admission_on = date(2026, 12, 10)
    assert "10 December 2026" in waiter.browsing.get("/transfer/home-date").text
    waiter.browsing.post("/transfer/home-date", {"takes": takes})
    assert again(database, system, transfer).ended_because == ended


def test_a_resting_request_is_woken_any_day(
    database: Database, system: Actor, waiter: Waiter, now: datetime
) -> None:
    transfer = asked(database, system, waiter, now, _T.RESTING)
    shown = waiter.browsing.follow(waiter.browsing.post("/transfer/search-again"))
    assert "We are searching for another hospital" in shown.text
    assert again(database, system, transfer).status == "searching"
