"""The minimum data set in the browser, and as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.transfers import queries
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.browsing import Browsing
from tests.factories.proposals import staff_of
from tests.factories.transfers import TYPED, make_transfer


@pytest.fixture
def transfer(database: Database, system: Actor, now: datetime) -> Transfer:
    with database.unit_of_work(system) as session:
        return make_transfer(session, now=now)


def test_filling_in_and_sending(
    browsing: Browsing, database: Database, system: Actor, transfer: Transfer
) -> None:
    browsing.sign_in(staff_of(transfer.home_code, Role.BOOKING_CLERK))
    case = f"/transfers/{transfer.reference}"
    page = browsing.get(f"{case}/data-set")
    assert "8 answers are still missing: Title, Address, Hospital number" in page.text
    assert "21: transferred to another provider" in page.text
    for wrong in (
        {"practice_code": "?"},
        {"email": "nowhere"},
        {"birth_date-year": "2030"},
        {"postcode": "x"},
    ):
        assert len(browsing.post(f"{case}/data-set", TYPED | wrong, status=422).errors()) == 1
    assert browsing.post(f"{case}/data-set", {"title": "Mx"}).location == f"{case}/data-set"
    assert "7 answers are still missing" in browsing.get(f"{case}/data-set").text
    browsing.post(f"{case}/data-set", TYPED)
    assert browsing.press(f"{case}/data-set", f"{case}/send").location == case
    with database.unit_of_work(system) as session:
        sent = queries.get(session, system, transfer.reference)
        assert (sent.status, sent.rtt_status) == (TransferStatus.SENT, "21")
        assert sent.data_set["address"] == "1 Example Street\nExampleton"
    assert "Dr Example" in browsing.get(f"{case}/data-set").text


def test_sending_too_soon_is_refused(browsing: Browsing, transfer: Transfer) -> None:
    browsing.sign_in(staff_of(transfer.home_code))
    case = f"/transfers/{transfer.reference}"
    page = browsing.post(f"{case}/send", {"version": "1"}, 422, page=f"{case}/data-set")
    assert "Title" in " ".join(page.errors())


def test_the_receiver_reads_and_cannot_type(browsing: Browsing, transfer: Transfer) -> None:
    case = f"/transfers/{transfer.reference}"
    filled = browsing.sign_in(staff_of(transfer.home_code)).get(f"{case}/data-set").form()
    browsing.sign_in(staff_of(transfer.receiver_code, Role.CLINICAL_REVIEWER))
    page = browsing.get(f"{case}/data-set")
    assert transfer.data_set["family_name"] in page.text
    assert "For you to fill in" not in page.text
    browsing.post(f"{case}/data-set", filled | TYPED, 403, fetch=False)
    browsing.sign_in(staff_of("RZZ9")).get(f"{case}/data-set", status=404)


def test_both_files_hold_every_element_and_no_formula(
    browsing: Browsing, database: Database, system: Actor, transfer: Transfer
) -> None:
    case = f"/transfers/{transfer.reference}"
    browsing.sign_in(staff_of(transfer.home_code))
    browsing.post(f"{case}/data-set", TYPED | {"gp_name": "=cmd()"})
    browsing.sign_in(staff_of(transfer.receiver_code, Role.BOOKING_CLERK))
    saved = browsing.get(f"{case}/data-set.csv")
    assert "attachment" in saved.response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(saved.html.lstrip("\ufeff"))))
    assert len(rows) == 36
    assert sum(row["mandation"] == "M" for row in rows) == 27
    by_name = {row["data_element"]: row["value"] for row in rows}
    assert by_name["PERSON NAME (SPECIFIED GENERAL MEDICAL PRACTITIONER)"] == "'=cmd()"
    data = json.loads(browsing.get(f"{case}/data-set.json").html)
    assert data["reference"] == transfer.reference
    assert len(data["elements"]) == 36
    with database.unit_of_work(system) as session:
        seen = select(AuditEvent).where(AuditEvent.action == "transfer.data_set_downloaded")
        assert len(session.scalars(seen).all()) == 2
