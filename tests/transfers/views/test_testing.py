"""The steps of a test alone in the browser."""

from __future__ import annotations

from datetime import datetime

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.transfers import queries
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.browsing import Browsing
from tests.factories.diagnostics import make_test_transfer
from tests.factories.proposals import staff_of

_S = TransferStatus
TODAY = {"done_on-day": "21", "done_on-month": "11", "done_on-year": "2026"}


def _made(database: Database, system: Actor, now: datetime, status: _S = _S.BOOKED) -> Transfer:
    with database.unit_of_work(system) as session:
        return make_test_transfer(session, now=now, status=status)


def _now_is(database: Database, system: Actor, transfer: Transfer) -> Transfer:
    with database.unit_of_work(system) as session:
        return queries.get(session, system, transfer.reference)


def test_from_booked_to_read(browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now)
    case = f"/transfers/{transfer.reference}"
    home, receiver = staff_of(transfer.home_code), staff_of(transfer.receiver_code)
    browsing.sign_in(receiver)
    assert "must do so before the test" in browsing.get(f"{case}/done").text
    assert "who reads the report" in browsing.post(f"{case}/done", TODAY, status=409).text
    browsing.sign_in(home)
    page = browsing.get(f"{case}/reader")
    assert "Acute medical desk" in page.html  # as the request said
    assert browsing.post(f"{case}/reader", {"critical_phone": "none"}, status=422).errors()
    assert browsing.post(f"{case}/reader").location == case
    browsing.sign_in(receiver)
    assert browsing.post(f"{case}/done", TODAY).location == case
    assert browsing.post(f"{case}/critical", {"told": "Registrar on call"}).location == case
    assert browsing.post(f"{case}/report", {"images_route": "none"}).location == case
    browsing.sign_in(staff_of(transfer.home_code, Role.CLINICAL_REVIEWER))
    assert "Acknowledge it first" in browsing.post(f"{case}/read", status=409).text
    assert browsing.post(f"{case}/acknowledge").location == case
    assert "Record that the report was read" in browsing.get(case).text
    assert browsing.post(f"{case}/read").location == case
    assert _now_is(database, system, transfer).status == _S.READ


def test_who_is_tested_is_shown_and_is_no_data_set(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now)
    case = f"/transfers/{transfer.reference}"
    browsing.sign_in(staff_of(transfer.receiver_code))
    page = browsing.get(f"{case}/data-set")
    assert page.heading.endswith("Who is tested")
    assert "Date of birth" in page.text
    assert "data-set.csv" not in page.html
    browsing.get(f"{case}/data-set.csv", status=404)
    browsing.get(f"{case}/confirm", status=404)
    assert "Responsible for care today" in browsing.get(case).text


@pytest.mark.parametrize(("waits", "found"), [("critical", 0), ("unread", 1)])
def test_the_list_is_narrowed_to_what_needs_somebody(
    browsing: Browsing, database: Database, system: Actor, now: datetime, waits: str, found: int
) -> None:
    transfer = _made(database, system, now, _S.REPORTED)
    browsing.app.config["CLOCK"] = lambda: now.replace(year=now.year + 1)
    browsing.sign_in(staff_of(transfer.receiver_code))
    text = browsing.get(f"/transfers?waits={waits}").text.replace("\u2011", "-")
    assert text.count(transfer.reference) == found
