"""Calls before options lapse: whom to phone, and writing it down."""

from __future__ import annotations

from datetime import datetime, timedelta

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.requests.models import TransferRequest
from tests.browsing import Browsing
from tests.cases.conftest import HELPLINE
from tests.factories.options import make_choice
from tests.factories.proposals import staff_of


def test_whoever_has_two_days_left_is_on_the_list_until_a_call_is_written_down(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        soon = make_choice(session, now=now, many=1)
        later = make_choice(session, now=now, many=1)
        transfer = session.get_one(TransferRequest, soon.transfer.id)
        transfer.answer_due_on = now.date() + timedelta(days=2)
    clerk = staff_of(soon.transfer.home_code, Role.BOOKING_CLERK)
    assert "Phone 1 patient about their options" in browsing.sign_in(clerk).get("/home").text
    page = browsing.get("/calls")
    assert soon.transfer.reference in page.text
    assert "1 call to make" in page.text
    assert later.transfer.reference not in browsing.sign_in(HELPLINE).get("/calls").text
    browsing.sign_in(clerk).post(f"/calls/{soon.transfer.reference}", {"reached": "no"})
    assert "Nobody is to be phoned now" in browsing.get("/calls").text
    assert "about their options" not in browsing.get("/home").text
    with database.unit_of_work(system) as session:
        transfer = session.get_one(TransferRequest, soon.transfer.id)
        assert transfer.called_by == clerk.id
    stranger = staff_of(later.transfer.home_code, Role.BOOKING_CLERK)
    browsing.sign_in(stranger).get(f"/calls/{soon.transfer.reference}", status=404)
    browsing.sign_in(staff_of(soon.transfer.home_code)).get("/calls", status=403)
