"""Clinicians decide: what opens the search, what ends the request, and who may not decide."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict, NotAllowed, NotFound
from dmas.notifications.models import OutboxMessage
from dmas.providers.models import Outcode
from dmas.requests import queries, services
from dmas.requests.commands import AskForOtherClinician, ClearChange, SayChanged
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import ReviewOutcome, TransferStatus, TransferStep
from dmas.waitinglist.models import Pathway
from tests.factories.requests import decide, make_transfer_request
from tests.requests.conftest import Place
from tests.requests.services.conftest import Waits, clinician_of

_T = TransferStatus


def in_review(database: Database, system: Actor, waits: Waits, now: datetime) -> TransferRequest:
    with database.unit_of_work(system) as session:
        needs = {TransferStep.NEEDS: {"needs": ["hoist", "interpreter"], "language": "Polish"}}
        return make_transfer_request(
            session, now=now, pathway=waits.pathway, status=_T.IN_REVIEW, answers=needs
        )


def test_suitable_opens_the_search_for_this_one_person(
    database: Database, system: Actor, waits: Waits, here: Place, clinician: Actor, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(system) as session:
        session.add(Outcode(code="B15", latitude=52.46, longitude=-1.93))
    with database.unit_of_work(clinician) as session:
        found = decide(session, transfer, now=now, actor=clinician, tokens=("general_anaesthetic",))
        assert found.status == "searching"
        assert found.search_from == date(2026, 11, 21)
        assert found.search_ends_on == date(2026, 11, 21) + timedelta(days=56)
        care_request = queries.by_id(session, found.care_request_id)
        assert (care_request.kind, care_request.status) == ("transfer", "open")
        assert care_request.icb_code == found.patient_icb
        assert (care_request.latitude, care_request.longitude) == (52.46, -1.93)
        assert care_request.distance_approximate
        assert care_request.travel_miles == 50
        assert set(care_request.needs) >= {"hoist", "general_anaesthetic", "standard_notice"}
        assert "interpreter" not in care_request.needs
        (line,) = care_request.lines
        assert (line.places, line.waiting_since) == (1, waits.pathway.clock_start)
        assert (line.age_from, line.age_to) == (60, 60)
        assert (line.worst_asa, line.worst_bmi) == (2, 28.0)
        assert line.asa_on == line.bmi_on == date(2026, 10, 22)


def test_what_stands_for_a_patient_is_in_no_list_of_the_trust(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(system) as session:
        decide(session, session.get_one(TransferRequest, transfer.id), now=now)
    with database.unit_of_work(here.manager) as session:
        reference = session.scalars(select(CareRequest.reference)).one()
        assert queries.find(session, here.manager, queries.RequestFilter())[1] == 0
        with pytest.raises(NotFound):
            queries.get_own(session, here.manager, reference)


def test_without_a_known_district_the_trust_stands_in(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(system) as session:
        found = decide(session, session.get_one(TransferRequest, transfer.id), now=now)
        assert queries.by_id(session, found.care_request_id).latitude == here.trust.latitude


def test_not_suitable_ends_it_and_the_patient_is_told(
    database: Database, system: Actor, waits: Waits, clinician: Actor, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(clinician) as session:
        decision = {"outcome": ReviewOutcome.NOT_SUITABLE, "reason": "safeguarding"}
        found = decide(session, transfer, now=now, actor=clinician, **decision)
        assert (found.status, found.ended_because) == ("ended", "not_suitable")
    with database.unit_of_work(system) as session:
        told = session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.made_at)).all()
    assert set(told) == {"transfer_received", "transfer_not_suitable"}


def test_nobody_looks_again_at_their_own_decision(
    database: Database, system: Actor, waits: Waits, clinician: Actor, here: Place, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(clinician) as session:
        decision = {"outcome": ReviewOutcome.NOT_SUITABLE, "reason": "complex"}
        decide(session, transfer, now=now, actor=clinician, **decision)
    with database.unit_of_work(waits.actor) as session:
        again = AskForOtherClinician(reference=transfer.reference)
        transfer = services.ask_for_other_clinician(session, again, actor=waits.actor, now=now)
    with database.unit_of_work(clinician) as session, pytest.raises(NotAllowed, match="another clinician"):
        decide(session, transfer, now=now, actor=clinician)
    other = clinician_of(here.trust.code)
    with database.unit_of_work(other) as session:
        assert decide(session, transfer, now=now, actor=other).status == "searching"


def test_only_the_home_trusts_clinicians_decide(
    database: Database, system: Actor, waits: Waits, here: Place, elsewhere: Place, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(here.clerk) as session, pytest.raises(NotAllowed):
        decide(session, transfer, now=now, actor=here.clerk)
    stranger = clinician_of(elsewhere.trust.code)
    with database.unit_of_work(stranger) as session, pytest.raises(NotFound):
        decide(session, transfer, now=now, actor=stranger)


def test_a_decision_is_taken_once(
    database: Database, system: Actor, waits: Waits, clinician: Actor, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(clinician) as session:
        transfer = decide(session, transfer, now=now, actor=clinician)
    with database.unit_of_work(clinician) as session, pytest.raises(Conflict):
        decide(session, transfer, now=now, actor=clinician)


def test_a_wait_that_became_urgent_is_not_searched_for(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(system) as session:
        session.get_one(Pathway, waits.pathway.id).priority_code = "P2"
        found = decide(session, session.get_one(TransferRequest, transfer.id), now=now)
        assert found.ended_because == "not_eligible"
        assert found.care_request_id is None


def test_a_date_at_home_leaves_the_choice_to_the_patient(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = in_review(database, system, waits, now)
    with database.unit_of_work(system) as session:
        session.get_one(Pathway, waits.pathway.id).admission_on = date(2026, 12, 20)
        assert decide(session, session.get_one(TransferRequest, transfer.id), now=now).status == "searching"


def test_a_change_is_cleared_or_ends_the_search(
    database: Database, system: Actor, waits: Waits, clinician: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, pathway=waits.pathway)
    look = ClearChange(reference=transfer.reference)
    with database.unit_of_work(clinician) as session, pytest.raises(Conflict):
        services.clear_change(session, look, actor=clinician, now=now)
    tell = SayChanged(reference=transfer.reference, what="A fall.")
    with database.unit_of_work(waits.actor) as session:
        services.say_changed(session, tell, actor=waits.actor, now=now)
    with database.unit_of_work(clinician) as session:
        assert queries.review_queue(session, clinician)[1] == 1
        assert queries.reviews_waiting(session, clinician, date(2026, 11, 22)) == (1, 0)
        assert queries.reviews_waiting(session, clinician, date(2026, 11, 23)) == (1, 1)
        found = services.clear_change(session, look, actor=clinician, now=now + timedelta(hours=1))
        assert found.change_due_on is None
        assert queries.reviews_waiting(session, clinician, date(2026, 11, 23)) == (0, 0)
    later = now + timedelta(hours=2)
    with database.unit_of_work(waits.actor) as session:
        services.say_changed(session, tell, actor=waits.actor, now=later)
    with database.unit_of_work(clinician) as session:
        found = services.close_clinically(session, look, actor=clinician, now=later)
        assert found.ended_because == "closed_clinically"
