"""The weekly list on the web: sent, checked, reviewed, applied, and what stands in the way."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.providers.models import Organisation
from dmas.uploads.models import Upload
from dmas.waitinglist.models import Extract, Pathway
from tests.browsing import Browsing
from tests.factories.proposals import staff_of
from tests.factories.providers import make_trust
from tests.reading import Page
from tests.waitinglist.lists import WEEK, a_list, a_row

SYSTEM = Actor.system("tests")


@pytest.fixture
def trust(database: Database) -> Organisation:
    """A trust with a list."""
    with database.unit_of_work(SYSTEM) as session:
        return make_trust(session)


@pytest.fixture
def manager(browsing: Browsing, trust: Organisation) -> Browsing:
    """Its capacity manager at a browser."""
    return browsing.sign_in(staff_of(trust.code))


def send(manager: Browsing, file: bytes, status: int = 303, name: str = "list.csv") -> Page:
    """Send a file."""
    return manager.post("/waiting-list/uploads/new", {"file": (io.BytesIO(file), name)}, status)


def rows_of(session: Session, model: Any) -> list[Any]:
    """Return every row of a table."""
    return list(session.scalars(select(model)))


def test_a_list_is_sent_checked_reviewed_and_applied(
    manager: Browsing, trust: Organisation, database: Database
) -> None:
    rows = [a_row(trust.code) for _ in range(3)] + [a_row(trust.code, procedure_priority_code="p3")]
    page = manager.follow(send(manager, a_list(rows)))
    assert "What applying it will do" in page.text
    assert "Week ending 15 November 2026" in page.text
    address = page.url
    assert manager.follow(manager.press(address, f"{address}/apply")).text.count("What it did") == 1
    with database.unit_of_work(SYSTEM) as session:
        assert len(rows_of(session, Pathway)) == 4
        assert rows_of(session, Extract)[0].counts["new"] == 4
        assert rows_of(session, Upload)[0].file is None
    assert "week ending 15 November 2026" in manager.get("/waiting-list/uploads").text
    assert "4" in manager.get("/waiting-list").text


def test_refused_rows_must_be_confirmed(manager: Browsing, trust: Organisation, database: Database) -> None:
    rows = [a_row(trust.code), a_row(trust.code, number="9434765919", NHS_number="9.43E+09")]
    address = manager.follow(send(manager, a_list(rows))).url
    page = manager.get(address)
    assert "turned into a number by a spreadsheet" in page.text
    assert "9.43E+09" not in page.text
    refused = manager.press(address, f"{address}/apply", status=422)
    assert "Some rows cannot be used" in refused.text
    with database.unit_of_work(SYSTEM) as session:
        assert rows_of(session, Pathway) == []
    manager.press(address, f"{address}/apply", {"refused_rows": "yes"})
    with database.unit_of_work(SYSTEM) as session:
        assert len(rows_of(session, Pathway)) == 1


def test_a_double_click_applies_once(manager: Browsing, trust: Organisation, database: Database) -> None:
    address = manager.follow(send(manager, a_list([a_row(trust.code)]))).url
    form = manager.get(address).form(f"{address}/apply")
    manager.post(f"{address}/apply", form, fetch=False)
    manager.post(f"{address}/apply", form, status=409, fetch=False)
    with database.unit_of_work(SYSTEM) as session:
        assert len(rows_of(session, Extract)) == 1


def test_a_list_may_be_abandoned(manager: Browsing, trust: Organisation, database: Database) -> None:
    address = manager.follow(send(manager, a_list([a_row(trust.code)]))).url
    manager.press(address, f"{address}/abandon")
    assert "Nothing of it was applied" in manager.get(address).text
    with database.unit_of_work(SYSTEM) as session:
        assert rows_of(session, Upload)[0].file is None
        assert rows_of(session, Pathway) == []


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"\xd0\xcf\x11\xe0 old excel", "an old Excel workbook"),
        (b"PK\x03\x04rest", "an Excel workbook or a zip"),
        (b"week_ending_date,provider_code\n", "no column for nhs_number"),
        (b"   \n", "empty"),
        (b"one column\nonly\n", "no header"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(manager: Browsing, file: bytes, words: str) -> None:
    page = manager.follow(send(manager, file))
    assert "The list cannot be used" in page.text
    assert words in page.text


def test_no_file_and_a_wrong_name_are_asked_again(manager: Browsing) -> None:
    assert "Choose the file" in manager.post("/waiting-list/uploads/new", {}, status=422).text
    assert "must be" in send(manager, b"a", 422, name="list.xlsx").text
    assert "empty" in send(manager, b"", 422).text


def test_another_trusts_upload_is_not_there(
    manager: Browsing, trust: Organisation, database: Database
) -> None:
    address = manager.follow(send(manager, a_list([a_row(trust.code)]))).url
    with database.unit_of_work(SYSTEM) as session:
        other = make_trust(session)
    manager.sign_in(staff_of(other.code))
    manager.get(address, 404)
    for act in ("apply", "abandon", "check"):
        manager.post(f"{address}/{act}", {}, 404, page="/waiting-list/uploads/new")
    manager.sign_in(staff_of(trust.code, Role.BOOKING_CLERK)).get(address, 403)


def test_a_check_that_stopped_can_be_begun_again(
    manager: Browsing, trust: Organisation, database: Database, now: datetime
) -> None:
    """As after a crash: the file was received and nobody works on it."""
    manager.app.config["RUN_LATER"] = lambda do: None
    address = manager.follow(send(manager, a_list([a_row(trust.code)]))).url
    assert 'http-equiv="refresh"' in manager.get(address).html
    manager.app.config["CLOCK"] = lambda: now + timedelta(minutes=2)
    assert "stopped before its end" in manager.get(address).text
    manager.app.config["RUN_LATER"] = lambda do: do()
    manager.press(address, f"{address}/check")
    assert "What applying it will do" in manager.get(address).text


def test_who_is_absent_is_shown_before_and_flagged_after(
    manager: Browsing, trust: Organisation, database: Database
) -> None:
    kept = [a_row(trust.code) for _ in range(4)]
    first = manager.follow(send(manager, a_list(kept))).url
    manager.press(first, f"{first}/apply")
    later = [row | {"week_ending_date": WEEK + timedelta(days=7)} for row in kept[:3]]
    manager.app.config["CLOCK"] = lambda: datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    second = manager.follow(send(manager, a_list(later))).url
    assert kept[3]["family_name"] in manager.get(second).text
    manager.press(second, f"{second}/apply")
    with database.unit_of_work(SYSTEM) as session:
        absent = [one for one in rows_of(session, Pathway) if one.absent_weeks]
    assert [one.pathway_id for one in absent] == [kept[3]["patient_pathway_identifier"]]
    assert kept[3]["family_name"] in manager.get("/waiting-list?absent=yes").text
