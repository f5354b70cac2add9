"""The first page of each role, and the figures of the public one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from tests.browsing import Browsing
from tests.cases.conftest import HELPLINE, NATIONAL, SAFETY, auditor, coordinator
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, sides_of, staff_of
from tests.factories.providers import make_site, make_trust
from tests.factories.requests import make_request
from tests.home.test_queries import applied


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_first_task_is_the_button(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now)
        site = make_site(session, session.get_one(type(make_trust(session)), proposal.receiver_code))
        make_offer(session, now=now, site=site).confirmed_on -= timedelta(days=20)
    page = browsing.sign_in(sides_of(proposal).at_receiver()).get("/home")
    assert page.heading == "What waits for you"
    (button,) = [one for one in page.all("a") if "nhsuk-button" in one.get("class")]
    assert button.text == "Answer 1 match"
    assert page.links()["Say that 1 offer is still true"] == "/offers?fresh=no"
    browsing.get(button.get("href"))


def test_an_empty_page_says_what_fills_it(browsing: Browsing, database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        trust = make_trust(session)
    page = browsing.sign_in(staff_of(trust.code)).get("/home")
    assert page.heading == "Home"
    assert "Nothing waits for you. New matches come after each night." in page.text
    assert page.links()["Post an offer"] == "/offers/new"
    assert "No request is open." in page.text
    assert "No open offer has places to use" in page.text


@pytest.mark.parametrize("role", [Role.CLINICAL_REVIEWER, Role.BOOKING_CLERK, Role.INDEPENDENT_MANAGER])
def test_a_providers_other_roles(browsing: Browsing, database: Database, system: Actor, role: Role) -> None:
    with database.unit_of_work(system) as session:
        trust = make_trust(session)
    assert browsing.sign_in(staff_of(trust.code, role)).get("/home").heading == "Home"


@pytest.mark.parametrize("actor", [NATIONAL, SAFETY, HELPLINE, auditor("R1"), Actor(id="x", name="x")])
def test_roles_without_tasks_have_a_page(browsing: Browsing, actor: Actor) -> None:
    page = browsing.sign_in(actor).get("/home")
    assert page.heading == "Home"
    for link in page.all("a"):
        if link.inside("main") is not None:
            assert browsing.client.get(link.get("href")).status_code == 200, link.get("href")


def test_charts_have_their_tables(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    applied(database, system, now)
    with database.unit_of_work(system) as session:
        trust = make_trust(session)
        make_offer(session, now=now, site=make_site(session, trust), places=4)
        make_request(session, now=now, trust=trust, places=7)
    page = browsing.sign_in(coordinator(trust.icb_code or "")).get("/home")
    assert ["40 to 51 weeks", "7", ""] in page.tables()[-1]
    assert "What the night of 21 November 2026 found" in page.text
    assert "No places were looked for or given in your name that night." in page.text
    assert [one.get("role") for one in page.all("svg") if one.get("class") == "app-weeks"] == ["img"]


def test_the_number_of_statements_does_not_grow(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, places=3, status=ProposalStatus.CHOSEN)
    browsing.sign_in(sides_of(proposal).at_home())

    def sent() -> int:
        with counted(database) as gathered:
            browsing.get("/home")
        return len(gathered)

    before = sent()
    with database.unit_of_work(system) as session:
        found = session.get_one(Proposal, proposal.id)
        trust = session.get_one(type(make_trust(session)), found.home_code)
        for _ in range(4):
            make_request(session, now=now, trust=trust)
            make_offer(session, now=now, site=make_site(session, trust))
    assert sent() == before


class TestNationalFigures:
    def numbers(self, browsing: Browsing) -> list[str]:
        page = browsing.get("/")
        return [one.text for one in page.all("dd") if one.get("class") == "app-figures__number"]

    def test_they_are_read_at_most_once_a_minute(
        self, app: Flask, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        assert self.numbers(browsing) == ["0", "0", "0", "–"]
        with database.unit_of_work(system) as session:
            make_offer(session, now=now, places=5)
        assert self.numbers(browsing) == ["0", "0", "0", "–"]
        app.config["CLOCK"] = lambda: now + timedelta(minutes=1)
        assert self.numbers(browsing) == ["1", "5", "0", "–"]

    def test_the_last_nights_certificate_is_public(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        assert "Night of" not in browsing.get("/how-matching-works").text
        applied(database, system, now)
        browsing.app.config["CLOCK"] = lambda: now + timedelta(minutes=2)
        said = browsing.get("/how-matching-works").text
        assert "Night of 21 November 2026: 4 of 9 places found. Not checked yet." in said

    def test_without_a_database_the_first_page_still_opens(self, app: Flask, browsing: Browsing) -> None:
        def away() -> Database:
            raise OperationalError("SELECT 1", {}, Exception("gone"))

        del app.extensions["dmas_database"]
        app.config["OPEN_DATABASE"] = away
        assert self.numbers(browsing) == []
