"""The steps of a hand-over in the browser."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.transfers import queries
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.browsing import Browsing
from tests.factories.proposals import staff_of
from tests.factories.transfers import make_transfer

_S = TransferStatus


def _made(
    database: Database, system: Actor, now: datetime, status: TransferStatus = _S.PREPARING
) -> Transfer:
    with database.unit_of_work(system) as session:
        return make_transfer(session, now=now, status=status)


def _now_is(database: Database, system: Actor, transfer: Transfer) -> Transfer:
    with database.unit_of_work(system) as session:
        return queries.get(session, system, transfer.reference)


def _date(name: str, day: int, month: int, year: int) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def test_from_sent_to_treated(browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now, _S.SENT)
    case = f"/transfers/{transfer.reference}"
    browsing.sign_in(staff_of(transfer.receiver_code, Role.BOOKING_CLERK))
    assert "home list ends now" in browsing.get(f"{case}/confirm").text
    assert browsing.post(f"{case}/confirm", status=422).errors()
    assert browsing.post(f"{case}/confirm", {"home_slot_cancelled": "yes"}).location == case
    for wrong in ({}, _date("first_date", 1, 1, 2020)):
        assert browsing.post(f"{case}/date", wrong, status=422).errors()
    browsing.post(f"{case}/date", _date("first_date", 21, 11, 2026))
    assert browsing.post(f"{case}/treated", _date("treated_on", 1, 12, 2026), status=422).errors()
    browsing.post(f"{case}/treated", _date("treated_on", 21, 11, 2026))
    assert _now_is(database, system, transfer).status == _S.TREATED
    browsing.get(f"{case}/return", status=409)


def test_there_and_back(browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now, _S.CONFIRMED)
    case, clock = f"/transfers/{transfer.reference}", transfer.clock_start
    browsing.sign_in(staff_of(transfer.receiver_code))
    assert browsing.post(f"{case}/return", {"reason": "other"}, status=422).errors()
    called = _date("phoned_on", 21, 11, 2026) | {"phoned_clock": "23:00"}
    assert browsing.post(f"{case}/return", {"reason": "cannot_date"} | called, status=422).errors()
    assert browsing.post(f"{case}/return", {"reason": "cannot_date", "note": "Sorry."}).location == case
    browsing.sign_in(staff_of(transfer.home_code, Role.BOOKING_CLERK))
    today = _date("re_registered_on", 21, 11, 2026)
    called = _date("phoned_on", 21, 11, 2026) | {"phoned_clock": "6pm"}
    wrong = today | called | _date("clock_start", 21, 11, 2026)
    page = browsing.post(f"{case}/re-register", wrong, status=422)
    assert "original clock start" in " ".join(page.errors())
    right = _date("clock_start", clock.day, clock.month, clock.year)
    assert browsing.post(f"{case}/re-register", today | right, status=422).errors()
    browsing.post(f"{case}/re-register", today | right | called)
    back = _now_is(database, system, transfer)
    assert (back.status, back.clock_start) == (_S.RE_REGISTERED, clock)


def test_cancelling_before_it_is_sent(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now)
    browsing.sign_in(staff_of(transfer.home_code))
    address = f"/transfers/{transfer.reference}/cancel"
    assert browsing.post(address, {}, status=422).errors()
    browsing.post(address, {"reason": "home_date"})
    assert _now_is(database, system, transfer).status == _S.CANCELLED


def test_writing_to_the_other_side(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now)
    browsing.sign_in(staff_of(transfer.home_code))
    case = f"/transfers/{transfer.reference}"
    page = browsing.post(f"{case}/messages", {"text": " "}, 422, page=f"{case}/data-set")
    assert page.errors()
    said = browsing.post(f"{case}/messages", {"text": "Please ring us."}, page=f"{case}/data-set")
    assert said.location == case
    with database.unit_of_work(system) as session:
        assert [one.text for one in queries.messages(session, transfer)] == ["Please ring us."]


@pytest.mark.parametrize("page", ["confirm", "date", "treated", "return"])
def test_the_home_trust_gets_no_page_of_the_receivers(
    browsing: Browsing, database: Database, system: Actor, now: datetime, page: str
) -> None:
    transfer = _made(database, system, now, _S.SENT)
    browsing.sign_in(staff_of(transfer.home_code)).get(f"/transfers/{transfer.reference}/{page}", status=403)
    browsing.sign_in(staff_of("RZZ9")).get(f"/transfers/{transfer.reference}/{page}", status=404)


def test_a_stale_page_changes_nothing(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now, _S.CONFIRMED)
    browsing.sign_in(staff_of(transfer.receiver_code))
    later = now + timedelta(days=9)
    typed = _date("first_date", later.day, later.month, later.year) | {"version": "1"}
    page = browsing.post(f"/transfers/{transfer.reference}/date", typed, status=409)
    assert "changed this" in " ".join(page.errors())
