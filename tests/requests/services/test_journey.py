"""What a patient does with their own request, as themselves and within the walls of the database."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.notifications.models import OutboxMessage
from dmas.requests import queries, services
from dmas.requests.commands import (
    AnswerStep,
    AskForOtherClinician,
    SayChanged,
    StartTransfer,
    SubmitTransfer,
    SupplyInformation,
)
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import ReviewOutcome, TransferStatus, TransferStep
from dmas.waitinglist.models import Pathway
from tests.factories.requests import ANSWERS, decide, make_transfer_request
from tests.requests.conftest import Place
from tests.requests.services.conftest import Waits

_T = TransferStatus


def test_a_patient_asks_within_their_own_walls(database: Database, waits: Waits, now: datetime) -> None:
    with database.unit_of_work(waits.actor) as session:
        transfer = services.start(
            session, StartTransfer(pathway_id=waits.pathway.id), actor=waits.actor, now=now
        )
        for step, given in ANSWERS.items():
            answer = AnswerStep(
                reference=transfer.reference, version=transfer.version, step=step, values=given
            )
            services.answer(session, answer, actor=waits.actor, now=now)
        send = SubmitTransfer(reference=transfer.reference, version=transfer.version)
        services.submit(session, send, actor=waits.actor, now=now)
    assert transfer.status == "in_review"
    assert transfer.travel_miles == 50
    assert transfer.understood_at == transfer.shared_at == now
    assert transfer.submitted_on == date(2026, 11, 21)
    assert transfer.review_due_on == date(2026, 11, 27)


def test_it_belongs_to_the_patients_own_icb(
    database: Database, system: Actor, elsewhere: Place, now: datetime, waits: Waits
) -> None:
    with database.unit_of_work(system) as session:
        patient = session.merge(waits.patient)
        patient.icb_code = elsewhere.icb.code
    with database.unit_of_work(waits.actor) as session:
        transfer = services.start(
            session, StartTransfer(pathway_id=waits.pathway.id), actor=waits.actor, now=now
        )
    assert transfer.patient_icb == elsewhere.icb.code
    assert transfer.home_icb == waits.pathway.icb_code


def test_starting_again_goes_on_with_the_same_request(
    database: Database, waits: Waits, now: datetime
) -> None:
    command = StartTransfer(pathway_id=waits.pathway.id)
    with database.unit_of_work(waits.actor) as session:
        first = services.start(session, command, actor=waits.actor, now=now)
    with database.unit_of_work(waits.actor) as session:
        assert services.start(session, command, actor=waits.actor, now=now).id == first.id


def test_nobody_starts_for_somebody_else(
    database: Database, system: Actor, here: Place, waits: Waits, now: datetime
) -> None:
    command = StartTransfer(pathway_id=waits.pathway.id)
    stranger = Actor.patient(uuid.uuid4())
    with database.unit_of_work(stranger) as session, pytest.raises(NotFound):
        services.start(session, command, actor=stranger, now=now)
    with database.unit_of_work(here.manager) as session, pytest.raises(NotAllowed):
        services.start(session, command, actor=here.manager, now=now)


def test_a_half_answered_request_is_not_sent(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(
            session, now=now, pathway=waits.pathway, status=_T.STARTED, answered=False
        )
        with pytest.raises(InvalidInput) as caught:
            services.submit(session, SubmitTransfer(reference=transfer.reference), actor=system, now=now)
    assert caught.value.field == "still-your-wait"


def test_a_wait_that_stopped_being_eligible_ends_on_sending(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway, status=_T.STARTED)
        session.get_one(Pathway, waits.pathway.id).priority_code = "P2"
        services.submit(session, SubmitTransfer(reference=transfer.reference), actor=system, now=now)
        assert transfer.ended_because == "not_eligible"
        assert queries.answers(session, transfer).values["why_not"] == ["too_urgent"]
        told = session.scalars(select(OutboxMessage.template)).all()
    assert told == ["transfer_not_eligible"]


def test_a_stale_answer_is_refused(database: Database, system: Actor, waits: Waits, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway, status=_T.STARTED)
        stale = AnswerStep(
            reference=transfer.reference, version=1, step=TransferStep.DISTANCE, values={"miles": "25"}
        )
        with pytest.raises(StaleEdit):
            services.answer(session, stale, actor=system, now=now)


def test_a_changed_health_makes_the_review_due_the_next_working_day(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    health = {TransferStep.HEALTH: {"changed": "yes", "what": "A fall."}}
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(
            session, now=now, pathway=waits.pathway, status=_T.IN_REVIEW, answers=health
        )
        assert transfer.changed_at == now
        assert transfer.review_due_on == transfer.change_due_on == date(2026, 11, 23)
        decide(session, transfer, now=now)
        assert transfer.change_cleared_at == now


def test_answers_never_stand_in_the_history(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    health = {TransferStep.HEALTH: {"changed": "yes", "what": "Zebra fever."}}
    with database.unit_of_work(system) as session:
        make_transfer_request(session, now=now, pathway=waits.pathway, answers=health)
        events = session.scalars(select(AuditEvent)).all()
    assert not [event for event in events if "Zebra" in str(event.details)]


def test_saying_that_something_changed_stops_the_matching(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway)
    with database.unit_of_work(waits.actor) as session:
        command = SayChanged(reference=transfer.reference, what="I had a stroke.")
        found = services.say_changed(session, command, actor=waits.actor, now=now)
        assert found.status == "searching"
        assert found.changed_at == now
    with database.unit_of_work(waits.actor) as session, pytest.raises(InvalidInput):
        services.say_changed(
            session, SayChanged(reference=transfer.reference, what=" "), actor=waits.actor, now=now
        )


def test_after_an_answer_the_clinicians_time_starts_again(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway, status=_T.NEEDS_INFORMATION)
    later = now + timedelta(days=10)
    with database.unit_of_work(waits.actor) as session:
        command = SupplyInformation(reference=transfer.reference, text="No.")
        found = services.supply_information(session, command, actor=waits.actor, now=later)
        assert found.status == "in_review"
        assert found.review_due_on == date(2026, 12, 8)
        assert queries.answers(session, found).values["information"] == {"1": "No."}


def test_another_clinician_is_asked_once(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway, status=_T.IN_REVIEW)
        decide(session, transfer, now=now, outcome=ReviewOutcome.NOT_SUITABLE, reason="complex")
    again = AskForOtherClinician(reference=transfer.reference, why="I am well now.")
    with database.unit_of_work(waits.actor) as session:
        found = services.ask_for_other_clinician(session, again, actor=waits.actor, now=now)
        assert (found.status, found.ended_because) == ("in_review", None)
    with database.unit_of_work(system) as session:
        refused = session.get_one(TransferRequest, transfer.id)
        decide(session, refused, now=now, outcome=ReviewOutcome.NOT_SUITABLE, reason="complex")
    with database.unit_of_work(waits.actor) as session, pytest.raises(Conflict, match="Two clinicians"):
        services.ask_for_other_clinician(session, again, actor=waits.actor, now=now)


def test_the_helpline_reaches_nothing_before_the_caller_was_checked(
    database: Database, system: Actor, waits: Waits, agent: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway)
    command = SayChanged(reference=transfer.reference, what="They say: a fall.")
    with database.unit_of_work(agent) as session, pytest.raises(NotFound, match="who is on the phone"):
        services.say_changed(session, command, actor=agent, now=now)
