"""A provider's waits: cohorts, inviting, confirming, finding, one pathway."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.providers.models import Organisation
from dmas.waitinglist.models import Extract, Invitation, Pathway, Patient
from tests.browsing import Browsing
from tests.factories.proposals import staff_of
from tests.factories.providers import make_trust
from tests.factories.waitinglist import make_extract, make_invitation, make_pathway, make_patient

SYSTEM = Actor.system("tests")


@pytest.fixture
def trust(database: Database) -> Organisation:
    """A trust with a list."""
    with database.unit_of_work(SYSTEM) as session:
        return make_trust(session)


@pytest.fixture
def clerk(browsing: Browsing, trust: Organisation) -> Browsing:
    """Its booking clerk at a browser."""
    return browsing.sign_in(staff_of(trust.code, Role.BOOKING_CLERK))


def wait(database: Database, trust: Organisation, now: datetime, **values: object) -> Pathway:
    """Make a wait at the trust."""
    with database.unit_of_work(SYSTEM) as session:
        return make_pathway(session, now=now, trust=trust, **values)


def invited(database: Database) -> int:
    """Count the invitations."""
    with database.unit_of_work(SYSTEM) as session:
        return len(session.scalars(select(Invitation)).all())


def test_an_empty_list_says_what_would_fill_it(browsing: Browsing, trust: Organisation) -> None:
    page = browsing.sign_in(staff_of(trust.code)).get("/waiting-list")
    assert "No list has been sent yet" in page.text
    assert "Send this week’s list" in page.text


def test_the_list_counts_cohorts_and_every_look_is_recorded(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    wait(database, trust, now)
    wait(database, trust, now, clock_start=london_date(now) - timedelta(days=270), service="100")
    page = clerk.get("/waiting-list")
    assert "2 pathways" in page.text
    assert "Can be invited" in page.text
    assert clerk.get("/waiting-list?cohort=about_to_cross&sort=-service").text.count("General surgery") >= 1
    csv = clerk.get("/waiting-list?format=csv")
    assert csv.html.count("PATH") == 2
    with database.unit_of_work(SYSTEM) as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "patient.listed")).all()
    assert len(looks) == 5


def test_a_cohort_is_invited_by_one_button(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    for _ in range(2):
        wait(database, trust, now)
    clerk.press("/waiting-list", "/waiting-list/invite", {"service": "110"})
    assert invited(database) == 2
    assert "2 people are invited" in clerk.get("/waiting-list").text
    clerk.post("/waiting-list/invite", {}, page="/waiting-list/find")
    assert "Nobody was invited" in clerk.get("/waiting-list").text
    clerk.post("/waiting-list/invite", {"service": "999"}, 422, page="/waiting-list/find")


def test_a_list_too_old_invites_nobody_until_it_is_confirmed(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    old = london_date(now) - timedelta(days=13)
    wait(database, trust, now, told_on=old)
    with database.unit_of_work(SYSTEM) as session:
        make_extract(session, now=now, trust=trust, week_ending=old)
    page = clerk.get("/waiting-list")
    assert "The list is 13 days old" in page.text
    assert "/waiting-list/invite" not in page.html
    clerk.press("/waiting-list", "/waiting-list/confirm")
    assert "/waiting-list/invite" in clerk.get("/waiting-list").html
    with database.unit_of_work(SYSTEM) as session:
        assert session.scalars(select(Extract.still_true_on)).one() == london_date(now)


def test_confirming_a_list_that_was_never_sent_is_refused(clerk: Browsing) -> None:
    assert (
        "No list has been sent"
        in clerk.post("/waiting-list/confirm", {}, 409, page="/waiting-list/find").text
    )


def test_one_pathway_is_shown_invited_and_given_a_new_code(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    found = wait(database, trust, now, absent_weeks=0)
    address = f"/waiting-list/{found.id}"
    assert "Can be invited" in clerk.get(address).text
    clerk.press(address, f"{address}/invite")
    page = clerk.get(address)
    assert "Not used yet" in page.text
    clerk.press(address, f"{address}/replace")
    assert invited(database) == 2
    clerk.post(f"{address}/invite", {}, 409, page=address)
    with database.unit_of_work(SYSTEM) as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "patient.viewed")).all()
    assert len(looks) >= 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"weeks": 10}, "Has not waited long enough"),
        ({"priority_code": "P2"}, "P1 or P2"),
        ({"absent_weeks": 2}, "Paused."),
        ({"clock_start": None}, "About to cross"),
        ({"ended_on": "now", "ended_reason": "30"}, "The pathway has ended"),
    ],
)
def test_a_pathway_says_why_it_cannot_be_invited(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime, values: dict, words: str
) -> None:
    today = london_date(now)
    if "clock_start" in values:
        values = {"clock_start": today - timedelta(days=270)}
    if "ended_on" in values:
        values = values | {"ended_on": today}
    assert words in clerk.get(f"/waiting-list/{wait(database, trust, now, **values).id}").text


@pytest.mark.parametrize("state", ["locked", "expired", "used"])
def test_how_an_invitation_stands(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime, state: str
) -> None:
    found = wait(database, trust, now)
    values = {
        "locked": {"locked_until": now + timedelta(minutes=10)},
        "expired": {"expires_at": now},
        "used": {"first_used_at": now},
    }[state]
    with database.unit_of_work(SYSTEM) as session:
        make_invitation(session, now=now, pathway=session.get_one(Pathway, found.id), **values)
    assert state.capitalize() in clerk.get(f"/waiting-list/{found.id}").text


def test_another_trusts_pathway_is_not_there(clerk: Browsing, database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        other = make_pathway(session, now=now)
    clerk.get(f"/waiting-list/{other.id}", 404)
    for act in ("invite", "replace"):
        clerk.post(f"/waiting-list/{other.id}/{act}", {}, 404, page="/waiting-list/find")


def test_a_person_is_found_by_post_and_nothing_typed_is_in_the_address(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    with database.unit_of_work(SYSTEM) as session:
        person = make_patient(session, family_name="Quillfeather")
        make_pathway(session, now=now, trust=trust, patient=person)
    for words in ("quill", person.nhs_number):
        page = clerk.post("/waiting-list/find", {"words": words}, 200)
        assert "1 person found" in page.text
        assert "Quillfeather" in page.text
    assert "Nobody on your list" in clerk.post("/waiting-list/find", {"words": "zz"}, 200).text
    assert "Enter a family name" in clerk.post("/waiting-list/find", {"words": ""}, 422).text


def test_the_dead_are_shown_as_such(
    clerk: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    found = wait(database, trust, now)
    with database.unit_of_work(SYSTEM) as session:
        person = session.get_one(Patient, found.patient_id)
        person.died_on, person.safe_contact = london_date(now), "no_letter"
    page = clerk.get(f"/waiting-list/{found.id}")
    assert "The person has died" in page.text
    assert "No letters" in page.text
