"""Patients in the night: who takes part, with which values of their own, and who is left out and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.matching import loading
from dmas.proposals import services as proposals
from dmas.proposals.commands import DeclineProposal
from dmas.requests import services as requests
from dmas.requests.commands import SayChanged
from dmas.requests.models import CareRequest, RequestLine, TransferRequest
from dmas.requests.vocabulary import TransferStatus, TransferStep
from dmas.waitinglist.models import Pathway
from tests.factories.offers import make_offer
from tests.factories.options import ask_for, make_choice
from tests.factories.providers import make_icb
from tests.factories.requests import make_request, make_transfer_request
from tests.factories.waitinglist import make_patient

AS_OF = date(2026, 11, 21)


@pytest.fixture
def session(database: Database, system: Actor) -> Iterator[Session]:
    """A transaction of a job."""
    with database.unit_of_work(system) as session:
        yield session


def asked(session: Session, transfer: TransferRequest, as_of: date = AS_OF) -> Any:
    """Return a patient's request as the engine sees it, or None where it does not."""
    session.flush()
    care_request = session.get_one(CareRequest, transfer.care_request_id)
    found = loading.load(session, as_of).problem["requests"]
    return next((one for one in found if one["id"] == f"{care_request.reference}/1"), None)


def line_of(session: Session, transfer: TransferRequest) -> RequestLine:
    return session.get_one(CareRequest, transfer.care_request_id).lines[0]


def test_a_patient_column_by_column(session: Session, now: datetime) -> None:
    patient = make_patient(session, date_of_birth=date(1966, 11, 22), icb_code=make_icb(session).code)
    transfer = make_transfer_request(session, now=now, patient=patient, clock_start=date(2025, 12, 1))
    seen = asked(session, transfer)
    needs = seen.pop("needs")
    care_request = session.get_one(CareRequest, transfer.care_request_id)
    assert {name: seen[name] for name in ("provider", "icb", "places", "priority", "waiting_since")} == {
        "provider": transfer.home_code,
        "icb": transfer.patient_icb,
        "places": 1,
        "priority": 4,
        "waiting_since": "2025-12-01",
    }
    assert seen["patient"] == {"age": 59, "asa": 2, "bmi": 28.0, "sex": "F"}
    assert seen["travel"] == {"miles": 50}
    assert seen["id"] == f"{care_request.reference}/1"
    assert {f"icb:{transfer.patient_icb}", "standard_notice", "opcs:hip_replacement"} <= set(needs)


def test_on_the_day_of_the_birthday_they_are_a_year_older(session: Session, now: datetime) -> None:
    patient = make_patient(session, date_of_birth=date(1966, 11, 22), icb_code=make_icb(session).code)
    transfer = make_transfer_request(session, now=now, patient=patient)
    ages = [asked(session, transfer, AS_OF + timedelta(days=day))["patient"]["age"] for day in (0, 1)]
    assert ages == [59, 60]


def test_over_364_days_they_are_lifted_and_have_no_ring(session: Session, now: datetime) -> None:
    waits = {364: (4, True), 365: (3, False)}
    for days, (tier, ring) in waits.items():
        transfer = make_transfer_request(session, now=now, clock_start=AS_OF - timedelta(days=days))
        seen = asked(session, transfer)
        assert seen["priority"] == tier
        assert any(need.startswith("icb:") for need in seen["needs"]) is ring


def test_the_ring_widens_after_day_7_to_their_own_limit(session: Session, now: datetime) -> None:
    transfer = make_transfer_request(session, now=now)
    rings = []
    for day in (0, 7, 8):
        transfer.search_from = AS_OF - timedelta(days=day)
        seen = asked(session, transfer)
        rings.append([need for need in seen["needs"] if need.startswith(("icb:", "region:"))])
    assert rings == [[f"icb:{transfer.patient_icb}"], [f"icb:{transfer.patient_icb}"], []]


def test_who_can_come_at_short_notice_does_not_need_the_standard_one(session: Session, now: datetime) -> None:
    answers = {TransferStep.SHORT_NOTICE: {"short_notice": "yes"}}
    transfer = make_transfer_request(session, now=now, answers=answers)
    assert "standard_notice" not in asked(session, transfer)["needs"]


def test_measures_older_than_180_days_are_not_known(session: Session, now: datetime) -> None:
    transfer = make_transfer_request(session, now=now)
    line = line_of(session, transfer)
    line.asa_on, line.bmi_on = AS_OF - timedelta(days=181), AS_OF - timedelta(days=180)
    assert asked(session, transfer)["patient"] == {"age": 60, "asa": None, "bmi": 28.0, "sex": "F"}


def test_a_clock_that_the_home_trust_corrects_counts_from_the_next_night(
    session: Session, now: datetime
) -> None:
    transfer = make_transfer_request(session, now=now)
    pathway = session.get_one(Pathway, transfer.pathway_id)
    pathway.clock_start = AS_OF - timedelta(days=400)
    assert asked(session, transfer)["waiting_since"] == str(pathway.clock_start)


@pytest.mark.parametrize(
    ("status", "takes_part"),
    [
        (TransferStatus.SEARCHING, True),
        (TransferStatus.OPTIONS_OFFERED, False),
        (TransferStatus.RESTING, False),
    ],
)
def test_only_who_searches_takes_part(
    status: TransferStatus, takes_part: bool, session: Session, now: datetime
) -> None:
    transfer = make_transfer_request(session, now=now, status=status)
    assert (asked(session, transfer) is not None) is takes_part


def test_whoever_is_being_asked_about_waits_for_the_answers(session: Session, now: datetime) -> None:
    choice = make_choice(session, now=now, many=2, shown=False)
    assert asked(session, choice.transfer) is None


def test_what_was_declined_once_is_not_proposed_again_in_a_later_search(
    session: Session, now: datetime
) -> None:
    transfer = make_transfer_request(session, now=now)
    offer = make_offer(session, now=now)
    (proposal,) = ask_for(session, transfer, [offer], now=now)
    command = DeclineProposal(reference=proposal.reference, version=1, reason="no_capacity")
    proposals.decline(session, command, actor=Actor.system("tests"), now=now)
    assert offer.reference in asked(session, transfer)["declined"]


def test_who_said_that_something_changed_is_left_out_and_counted(session: Session, now: datetime) -> None:
    transfer = make_transfer_request(session, now=now)
    told = SayChanged(reference=transfer.reference, what="I have had a fall.")
    requests.say_changed(session, told, actor=Actor.system("tests"), now=now)
    assert asked(session, transfer) is None
    assert loading.load(session, AS_OF).found.left_out == {"changed": 1}


def test_a_stale_list_leaves_its_patients_out_and_they_are_counted(session: Session, now: datetime) -> None:
    stale = make_transfer_request(session, now=now)
    good = make_transfer_request(session, now=now)
    absent = make_transfer_request(session, now=now)
    session.get_one(Pathway, stale.pathway_id).told_on = AS_OF - timedelta(days=11)
    session.get_one(Pathway, absent.pathway_id).absent_weeks = 2
    make_request(session, now=now)
    session.flush()
    loaded = loading.load(session, AS_OF)
    assert loaded.found.left_out == {"absent_twice": 1, "list_too_old": 1}
    assert len(loaded.problem["requests"]) == 2
    assert asked(session, good) is not None


def test_a_priority_that_is_too_urgent_is_left_out(session: Session, now: datetime) -> None:
    transfer = make_transfer_request(session, now=now)
    line_of(session, transfer).priority_code = "P2"
    session.flush()
    assert loading.load(session, AS_OF).found.left_out == {"urgent": 1}


def test_further_options_are_looked_for_only_where_there_are_patients(
    session: Session, now: datetime
) -> None:
    make_request(session, now=now)
    assert loading.load(session, AS_OF).problem["policy"] == {"max_options": 1}
    make_transfer_request(session, now=now)
    assert loading.load(session, AS_OF).problem["policy"] == {"max_options": 5}
