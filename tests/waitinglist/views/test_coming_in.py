"""The patient's door: the same answer for everybody, five tries, and nothing that acts on GET."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.accounts.rules import sign_ins as limits
from dmas.core.db import Database
from dmas.waitinglist import services
from dmas.waitinglist.models import ChoiceRequest, Invitation, Patient, PatientVisit
from tests.browsing import Browsing
from tests.factories.notifications import queued
from tests.factories.proposals import staff_of
from tests.factories.waitinglist import code_of, make_invitation, make_pathway, make_patient

DOOR = "/transfer/sign-in"
BORN, WRONG = date(1966, 3, 14), date(1966, 3, 15)


@pytest.fixture
def invitation(database: Database, now: datetime) -> Invitation:
    """Somebody who was invited."""
    with database.unit_of_work(services.JOB) as session:
        return make_invitation(session, now=now)


def typed(code: str, born: date = BORN) -> dict[str, Any]:
    """Return what somebody types."""
    return {
        "code": code,
        "date_of_birth-day": born.day,
        "date_of_birth-month": born.month,
        "date_of_birth-year": born.year,
    }


def who(number: str, born: date = BORN) -> dict[str, Any]:
    """Return what somebody without a code types."""
    answers = typed("", born) | {"nhs_number": number}
    del answers["code"]
    return answers


def plain(html: str) -> str:
    """Return a page without what is drawn at random and without what was typed."""
    html = re.sub(r'(name="(?:csrf_token|form_key)" value=")[^"]+', r"\1", html)
    return re.sub(r'nonce="[^"]+"|(?<=name="code") [^>]*|value="[^"]*"', "", html)


def test_code_and_birth_date_lead_to_ones_request(browsing: Browsing, invitation: Invitation) -> None:
    page = browsing.post(DOOR, typed(code_of(invitation).lower().replace("-", " ")))
    assert page.location == "/transfer/request"
    assert browsing.get(DOOR, 302).location == "/transfer/request"
    assert "Go on with my request" in browsing.get("/transfer").text


def test_who_came_from_a_page_goes_back_there(browsing: Browsing, invitation: Invitation) -> None:
    page = browsing.post(f"{DOOR}?next=/real-messages", typed(code_of(invitation)))
    assert page.location == "/real-messages"
    browsing.sign_out()
    assert (
        browsing.post(f"{DOOR}?next=//evil.example", typed(code_of(invitation))).location
        == "/transfer/request"
    )


def test_every_refusal_is_the_same_page(browsing: Browsing, invitation: Invitation, now: datetime) -> None:
    wrong_date = browsing.post(DOOR, typed(code_of(invitation), WRONG), 422)
    unknown = browsing.post(DOOR, typed("ABCD-EFGH-JKLM", WRONG), 422)
    for _ in range(5):
        locked = browsing.post(DOOR, typed(code_of(invitation), WRONG), 422)
    right_but_locked = browsing.post(DOOR, typed(code_of(invitation)), 422)
    browsing.app.config["CLOCK"] = lambda: now + timedelta(days=400)
    expired = browsing.post(DOOR, typed(code_of(invitation)), 422)
    assert "The code or the date of birth is wrong" in wrong_date.text
    pages = [plain(page.html) for page in (wrong_date, unknown, locked, right_but_locked, expired)]
    assert len(set(pages)) == 1


def test_nothing_of_the_person_stands_in_address_or_cookie(
    browsing: Browsing, invitation: Invitation
) -> None:
    page = browsing.post(DOOR, typed(code_of(invitation)))
    with browsing.client.session_transaction() as session:
        held = str(dict(session))
    for secret in (code_of(invitation), str(invitation.patient_id), str(invitation.id), "1966"):
        assert secret not in held + str(page.location)


def test_a_link_opened_ten_times_changes_nothing(
    browsing: Browsing, invitation: Invitation, database: Database
) -> None:
    for _ in range(10):
        for path in ("/transfer", DOOR, "/transfer/lost-code", "/transfer/18-weeks"):
            browsing.get(path)
    with database.unit_of_work(services.JOB) as session:
        kept = session.get_one(Invitation, invitation.id)
        assert (kept.wrong_dates, kept.first_used_at, kept.version) == (0, None, 1)
        assert session.scalars(select(PatientVisit)).all() == []


def test_signing_out_ends_the_visit_on_the_server(
    browsing: Browsing, invitation: Invitation, database: Database, now: datetime
) -> None:
    browsing.post(DOOR, typed(code_of(invitation)))
    with browsing.client.session_transaction() as session:
        before = session["_user_id"]
    assert browsing.press("/transfer", "/transfer/sign-out").location == "/transfer"
    with browsing.client.session_transaction() as session:
        session["_user_id"] = before
    assert "Go on with my request" not in browsing.get("/transfer").text
    with database.unit_of_work(services.JOB) as stored:
        assert stored.scalars(select(PatientVisit.ended_at)).one() == now
    browsing.post("/transfer/sign-out", fetch=True, page="/transfer/lost-code")


def test_a_visit_in_use_is_renewed_and_an_idle_one_ends(
    browsing: Browsing, invitation: Invitation, now: datetime
) -> None:
    browsing.post(DOOR, typed(code_of(invitation)))
    for minutes in (20, 40):
        browsing.app.config["CLOCK"] = lambda minutes=minutes: now + timedelta(minutes=minutes)
        assert "Go on with my request" in browsing.get("/transfer").text
    browsing.app.config["CLOCK"] = lambda: now + timedelta(minutes=75)
    assert "I have a code" in browsing.get("/transfer").text


def test_patients_and_staff_keep_to_their_own_pages(browsing: Browsing, invitation: Invitation) -> None:
    browsing.post(DOOR, typed(code_of(invitation)))
    browsing.get("/home", 403)
    browsing.get("/waiting-list", 403)
    browsing.sign_in(staff_of("R0001"))
    browsing.get("/transfer/request", 403)
    assert "I have a code" in browsing.get("/transfer").text


@pytest.mark.parametrize(
    ("code", "words"),
    [("", "Enter the code"), ("x" * 500, "characters"), ("\u202eABCD", "letter"), ("A\0B", "")],
)
def test_codes_that_cannot_be_are_asked_again(browsing: Browsing, code: str, words: str) -> None:
    page = browsing.post(DOOR, typed(code), 422)
    assert words in page.text


def test_a_birth_date_to_come_is_asked_again(browsing: Browsing) -> None:
    browsing.post(DOOR, typed("ABCD-EFGH-JKLM", date(2030, 1, 1)), 422)
    browsing.post(
        DOOR, typed("ABCD-EFGH-JKLM") | {"date_of_birth-day": "31", "date_of_birth-month": "2"}, 422
    )


def test_a_lost_code_answers_everybody_alike(
    browsing: Browsing, invitation: Invitation, database: Database, now: datetime
) -> None:
    with database.unit_of_work(services.JOB) as session:
        number = session.get_one(Patient, invitation.patient_id).nhs_number
    browsing.app.config["CLOCK"] = lambda: now + timedelta(hours=2)
    known = browsing.post("/transfer/lost-code", who(number))
    other = browsing.post("/transfer/lost-code", who(number, WRONG))
    nobody = browsing.post("/transfer/lost-code", who("9990000018"))
    assert known.location == other.location == nobody.location == "/transfer/lost-code/sent"
    assert "the same to everybody" in browsing.follow(known).text
    with database.unit_of_work(services.JOB) as session:
        assert len(queued(session, "transfer_code_replaced")) == 1
    assert "not valid" in browsing.post("/transfer/lost-code", who("9990000019"), 422).text


def test_18_weeks_answers_everybody_alike(browsing: Browsing, database: Database, now: datetime) -> None:
    with database.unit_of_work(services.JOB) as session:
        person = make_patient(session)
        make_pathway(session, now=now, patient=person, weeks=20)
    answers = [
        browsing.post("/transfer/18-weeks", who(number)).location
        for number in (person.nhs_number, "9990000018", person.nhs_number)
    ]
    assert set(answers) == {"/transfer/18-weeks/sent"}
    assert "within 10 working days" in browsing.get("/transfer/18-weeks/sent").text
    with database.unit_of_work(services.JOB) as session:
        assert len(session.scalars(select(ChoiceRequest)).all()) == 1
    assert "9 digits" in browsing.post("/transfer/18-weeks", who("999000018"), 422).text


@pytest.mark.parametrize("path", [DOOR, "/transfer/lost-code", "/transfer/18-weeks"])
def test_one_network_tries_only_so_often(
    browsing: Browsing, invitation: Invitation, now: datetime, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(limits, "MOST_FAILURES_OF_SOURCE", 2)
    answers = typed(code_of(invitation), WRONG) | who("9990000018", WRONG)
    expected = 422 if path == DOOR else 303
    for status in (expected, expected, 429):
        page = browsing.post(path, answers, status)
    assert "Too many tries" in page.text
    browsing.app.config["CLOCK"] = lambda: now + timedelta(minutes=16)
    browsing.post(path, answers, expected)
