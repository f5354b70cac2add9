"""The ICB's register on the web: no names, one answer, in words for the person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.waitinglist import services
from dmas.waitinglist.commands import AskForChoice
from dmas.waitinglist.models import ChoiceRequest, Patient
from dmas.waitinglist.services import register
from tests.browsing import Browsing
from tests.factories.providers import make_icb
from tests.factories.waitinglist import make_pathway, make_patient

SYSTEM = Actor.system("tests")


@pytest.fixture
def choice(database: Database, now: datetime) -> ChoiceRequest:
    """Somebody who asked."""
    with database.unit_of_work(register.JOB) as session:
        person: Patient = make_patient(session, icb_code=make_icb(session).code, family_name="Quillfeather")
        make_pathway(session, now=now, patient=person, weeks=30)
        services.ask_for_choice(session, AskForChoice(person.nhs_number, person.date_of_birth), now=now)
        return session.scalars(select(ChoiceRequest)).one()


def sit(browsing: Browsing, code: str, role: Role = Role.ICB_COORDINATOR) -> Browsing:
    """Sit down at an ICB or a region."""
    reach = Reach.ICB if role is Role.ICB_COORDINATOR else Reach.REGION
    return browsing.sign_in(Actor(id=f"{role}@{code}", name="C", role=role, organisation=code, reach=reach))


def test_a_request_is_listed_without_a_name_and_answered_once(
    browsing: Browsing, choice: ChoiceRequest
) -> None:
    sit(browsing, choice.icb_code)
    listed = browsing.get("/choice-requests")
    assert "1 waits for your answer" in listed.text
    assert "Quillfeather" not in listed.html
    assert choice.reference in browsing.get("/choice-requests?format=csv").html
    address = f"/choice-requests/{choice.reference}"
    assert "Quillfeather" not in browsing.get(address).html
    browsing.press(address, f"{address}/answer", {"outcome": "", "reason": ""}, 422)
    browsing.press(address, f"{address}/answer", {"outcome": "met", "reason": "You may choose."})
    page = browsing.get(address)
    assert "You may choose." in page.text
    assert f"{address}/answer" not in page.html
    assert "1 request" in browsing.get("/choice-requests?status=met").text


def test_a_late_one_is_marked_and_another_area_sees_nothing(
    browsing: Browsing, choice: ChoiceRequest, database: Database, now: datetime
) -> None:
    browsing.app.config["CLOCK"] = lambda: now + timedelta(days=30)
    assert "late" in sit(browsing, choice.icb_code).get("/choice-requests").text
    assert (
        choice.reference
        in sit(browsing, str(choice.region_code), Role.REGIONAL_COORDINATOR).get("/choice-requests").html
    )
    with database.unit_of_work(SYSTEM) as session:
        other = make_icb(session).code
    sit(browsing, other)
    assert "Nobody in your area" in browsing.get("/choice-requests").text
    browsing.get(f"/choice-requests/{choice.reference}", 404)
