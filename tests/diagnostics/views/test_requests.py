"""Asking for tests in the browser: lines by the test's clock, changed until the ICB has approved."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.sub_tests import sub_tests_of
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.diagnostics import queries
from dmas.matching.services import standings
from dmas.requests import services as requests
from dmas.requests.commands import ApproveRequest
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from tests.browsing import Browsing
from tests.diagnostics.views.conftest import World, on
from tests.factories.diagnostics import make_test_offer, make_test_request

NEW = "/diagnostics/requests/new?service=MRI"


def answers(today: date, **changed: Any) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "parts": ["MRI:head"],
        "lines-0-places": "3",
        "lines-0-priority_code": "D4",
        "lines-0-dates": "waiting",
        **on("lines-0-earliest", today - timedelta(days=60)),
        **on("lines-0-latest", today - timedelta(days=41)),
        "lines-0-age_from": "40",
        "lines-0-age_to": "70",
        "cancer": "no",
        "tokens": ["contrast"],
        "heaviest": "110",
        "clinical_lead": "Dr Example Reader",
        "critical_contact": "Acute medical desk",
        "critical_phone": "01632 960 123",
        "reason": "Our scanner is being replaced.",
    }
    return typed | changed


def stored(database: Database, actor: Actor) -> CareRequest:
    with database.unit_of_work(actor) as session:
        found = session.scalars(select(CareRequest)).one()
        assert found.lines
        return found


def test_scans_are_asked_for_by_the_clock_of_the_test(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.asking)
    assert "Which test" in browsing.get("/diagnostics/requests/new").text
    browsing.get("/diagnostics/requests/new?service=XRAY", status=422)
    done = browsing.post(NEW, answers(today))
    asked = stored(database, world.asking)
    assert done.location == f"/requests/{asked.reference}"
    assert asked.lines[0].waiting_since == today - timedelta(days=41)
    assert {"contrast", "kidney_check", "weight:120", "part:MRI:head"} <= set(asked.needs)
    page = browsing.get(done.location)
    assert "Some breached" in page.text
    assert f"/diagnostics/requests/{asked.reference}/amend" in page.html


def test_a_line_is_added_and_the_faults_of_each_are_said(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.asking)
    page = browsing.post(NEW, answers(today, change="add"), status=200)
    assert "Line 2" in page.text
    future = answers(today, **on("lines-0-latest", today + timedelta(days=9)))
    assert "cannot start in the future" in browsing.post(NEW, future, status=422).text
    planned = {**future, "lines-0-dates": "planned"}
    assert browsing.post(NEW, planned).location.startswith("/requests/")


def test_a_request_is_changed_until_it_is_approved(
    browsing: Browsing, database: Database, world: World, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(world.asking) as session:
        asked = make_test_request(
            session,
            now=now,
            provider=world.asking.organisation,
            status=RequestStatus.AWAITING_ICB,
            actor=world.asking,
        )
    browsing.sign_in(world.asking)
    here = f"/diagnostics/requests/{asked.reference}/amend"
    assert browsing.get(f"/requests/{asked.reference}/amend", status=303).location == here
    browsing.post(here, {"report_within": "7"})
    with database.unit_of_work(system) as session:
        assert queries.request_detail(session, asked.id).report_within == 7
        requests.approve(session, ApproveRequest(reference=asked.reference), actor=system, now=now)
    browsing.get(here, status=409)


@pytest.mark.parametrize("test", DIAGNOSTIC_TESTS)
def test_every_test_can_be_asked_for(browsing: Browsing, world: World, test: str) -> None:
    browsing.sign_in(world.asking)
    page = browsing.get(f"/diagnostics/requests/new?service={test}")
    assert ("What is to be tested?" in page.text) == bool(sub_tests_of(test))
    assert ("Worst ASA grade" in page.text) == (DIAGNOSTIC_TESTS[test].group == "endoscopy")


def test_tests_may_be_asked_for_by_hand(
    browsing: Browsing, database: Database, world: World, system: Actor, now: datetime, today: date
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_test_offer(session, now=now, site=world.site)
        asked = make_test_request(session, now=now, provider=world.asking.organisation)
        standing = standings(session, offer, today)
    assert standing is not None
    assert standing[f"{asked.reference}/1"].refusal is None
    browsing.sign_in(world.asking)
    assert asked.reference in browsing.get(f"/offers/{offer.reference}/ask").text.replace("\u2011", "-")
