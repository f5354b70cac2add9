"""Patients' requests for the staff who follow them: the list and the page of one, never who it is."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.requests.vocabulary import TransferStatus
from dmas.waitinglist.models import Patient
from tests.browsing import Browsing
from tests.cases.conftest import HELPLINE, coordinator
from tests.factories.options import make_choice
from tests.factories.proposals import staff_of
from tests.factories.requests import make_transfer_request


def test_the_home_trust_and_the_patients_icb_see_it_and_nobody_else(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        choice = make_choice(session, now=now, many=2)
        patient = session.get_one(Patient, choice.transfer.patient_id)
        make_transfer_request(session, now=now)
    transfer = choice.transfer
    here = f"/transfer-requests/{transfer.reference}"
    for actor in (staff_of(transfer.home_code, Role.BOOKING_CLERK), coordinator(transfer.patient_icb)):
        browsing.sign_in(actor)
        listed = browsing.get("/transfer-requests")
        assert "1 request" in listed.text
        page = browsing.get(here)
        assert "One patient in trauma and orthopaedics" in page.heading
        for private in (patient.family_name, patient.nhs_number, patient.postcode or "-"):
            assert private not in page.html + listed.html
    browsing.sign_in(staff_of(choice.options[0].receiver_code)).get(here, status=404)
    browsing.sign_in(HELPLINE).get(here, status=403)


def test_one_that_searches_says_where_and_why_not_yet(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now)
        review = make_transfer_request(session, now=now, status=TransferStatus.IN_REVIEW)
    page = browsing.sign_in(staff_of(transfer.home_code)).get(f"/transfer-requests/{transfer.reference}")
    text = " ".join(page.text.split())
    assert "The exchange searches every night" in text
    assert "The patient’s own ICB until day 7" in text
    clinician = staff_of(review.home_code, Role.CLINICAL_REVIEWER)
    page = browsing.sign_in(clinician).get(f"/transfer-requests/{review.reference}")
    assert page.links()["Review it"] == f"/reviews/{review.reference}"


def test_the_list_is_a_file_too(browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now)
    browsing.sign_in(staff_of(transfer.home_code))
    response = browsing.client.get("/transfer-requests?format=csv")
    assert transfer.reference in response.get_data(as_text=True)
