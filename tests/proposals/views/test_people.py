"""Naming people and recording what they say, in the browser."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.transfers.models import Transfer
from tests.browsing import Browsing
from tests.factories.proposals import make_person, make_proposal, sides_of

PERSON = {
    "pathway_id": "PATH000001",
    "nhs_number": "999 000 0018",
    "given_name": "Morgan",
    "family_name": "Example",
    "date_of_birth-day": "1",
    "date_of_birth-month": "2",
    "date_of_birth-year": "1960",
    "sex": "F",
    "postcode": "b15 2gw",
    "phone": "07700 900123",
    "clock_start-day": "1",
    "clock_start-month": "12",
    "clock_start-year": "2025",
    "priority_code": "P4",
    "asa": "2",
    "bmi": "28.5",
}


@pytest.fixture
def proposal(database: Database, system: Actor, now: datetime) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=2, status=ProposalStatus.CHOSEN)


def test_from_a_name_to_a_yes(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal
) -> None:
    clerk = sides_of(proposal).at_home(Role.BOOKING_CLERK)
    address = f"/matches/{proposal.reference}/people"
    browsing.sign_in(clerk)
    for wrong in (
        {"nhs_number": "999 000 0019"},
        {"family_name": ""},
        {"asa": "9"},
        {"clock_start-year": "2030"},
        {"postcode": "nowhere"},
        {"priority_code": "P1"},
        {"date_of_birth-year": "2015"},
    ):
        page = browsing.post(address, PERSON | wrong, status=422)
        assert len(page.errors()) == 1, wrong
    assert browsing.post(address, PERSON).location == address
    with database.unit_of_work(system) as session:
        person = session.scalars(select(NamedPerson)).one()
        assert (person.nhs_number, person.postcode, person.bmi) == ("9990000018", "B15 2GW", 28.5)
    said = f"{address}/{person.id}/answer"
    assert "Record what they say: Morgan Example" in browsing.get(address).text
    for wrong, word in (
        ({"said": "yes", "how": "call"}, "agree"),
        ({"said": "yes", "how": "call", "travel_ok": "yes", "asked_clock": "23:59"}, "future"),
        ({"how": "call"}, "said"),
    ):
        assert word in " ".join(browsing.post(said, wrong, status=422).errors())
    assert browsing.post(said, {"said": "yes", "how": "call", "travel_ok": "yes"}).location == address
    shown = browsing.get(address).text
    assert "Said yes, asked by phone by" in shown
    with database.unit_of_work(system) as session:
        assert session.scalars(select(Transfer)).one().person_id == person.id
        looks = select(AuditEvent).where(AuditEvent.action == "person.seen", AuditEvent.actor_id == clerk.id)
        assert len(session.scalars(looks).all()) >= 3
    again = browsing.post(said, {"said": "yes", "how": "call", "travel_ok": "yes"}, status=409)
    assert "already recorded" in " ".join(again.errors())


def test_the_receiver_sees_only_who_said_yes(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        person = make_person(session, now=now, proposal=proposal)
    address = f"/matches/{proposal.reference}/people"
    filled = browsing.sign_in(sides_of(proposal).at_home()).get(address).form() | PERSON
    browsing.sign_in(sides_of(proposal).at_receiver())
    page = browsing.get(address)
    assert "Nobody you may see is named" in page.text
    assert person.family_name not in page.text
    browsing.post(address, filled, 403, fetch=False)
    browsing.get(f"{address}/{person.id}/answer", status=403)


def test_a_naming_is_taken_back_once(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        person = make_person(session, now=now, proposal=proposal)
    browsing.sign_in(sides_of(proposal).at_home(Role.BOOKING_CLERK))
    people = f"/matches/{proposal.reference}/people"
    address = f"{people}/{person.id}/release"
    assert browsing.press(people, address).location == people
    assert "Taken back" in browsing.get(people).text
    assert browsing.post(address, {"version": "2"}, 409, page=people).errors()
