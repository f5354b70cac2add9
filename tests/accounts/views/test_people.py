"""The pages for who looks after accounts: what they show, what they do, and to whom they are closed."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from dmas.accounts import queries, services
from dmas.accounts.models import Membership, OneTimeLink, Staff
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from tests.accounts.conftest import PASSWORD, Grant, People
from tests.browsing import Browsing


def browse(app: Flask, staff: Staff) -> Browsing:
    """A browser in which somebody is signed in."""
    browser = Browsing(app)
    browser.post("/sign-in", {"email": staff.email, "password": PASSWORD})
    return browser


@pytest.fixture
def manager(app: Flask, people: People) -> Browsing:
    """The trust's manager at a browser."""
    return browse(app, people.manager)


@pytest.fixture
def national(app: Flask, people: People) -> Browsing:
    """A national administrator at a browser."""
    return browse(app, people.national)


def roles_of(database: Database, staff_id: uuid.UUID) -> list[str]:
    with database.unit_of_work(services.JOB) as session:
        return [desk.membership.role for desk in queries.desks(session, staff_id)]


class TestIndex:
    def test_it_lists_the_people_of_ones_organisation(self, manager: Browsing, people: People) -> None:
        page = manager.get("/staff")
        assert people.trust.name in page.heading
        rows = page.tables()[0]
        assert rows[0] == ["Name ▲", "Email address", "Role", "Account", "Since"]
        assert len(rows) == 4
        assert people.elsewhere.name not in page.text
        assert page.links()["Invite somebody"] == "/staff/invite"

    def test_filters_and_csv(self, manager: Browsing, people: People) -> None:
        assert "1 person" in manager.get("/staff?role=booking_clerk").text
        assert "Nothing matches" in manager.get("/staff?words=zzz").text
        sheet = manager.get(f"/staff?format=csv&words={people.clerk.email}").html
        assert people.clerk.email in sheet
        assert people.manager.email not in sheet

    def test_anothers_list_is_not_there(self, manager: Browsing, people: People) -> None:
        manager.get(f"/staff?organisation={people.other_trust.code}", 404)
        manager.get("/staff?organisation=ZZZ", 404)

    def test_the_nation_looks_at_any(self, national: Browsing, people: People) -> None:
        page = national.get(f"/staff?organisation={people.other_trust.code}")
        assert people.elsewhere.name in page.text
        assert people.manager.name not in page.text
        national.get("/staff?organisation=ZZZ", 404)
        assert people.national.name in national.get("/staff").text


class TestInvite:
    def test_the_link_is_shown_once_and_works(
        self, manager: Browsing, app: Flask, people: People, database: Database
    ) -> None:
        form = manager.get("/staff/invite").form()
        data = {**form, "email": "New.Person@example.org", "name": "New Person", "role": "booking_clerk"}
        page = manager.post("/staff/invite", data, 200, fetch=False)
        assert page.heading == "Give this link to New Person"
        address = re.search(r"http://localhost:8000(/welcome/[\w-]+)", page.html)
        assert address
        again = manager.post("/staff/invite", data, 303, fetch=False)
        assert re.fullmatch("/staff/[0-9a-f-]{36}", again.location)
        assert "They have not set a password yet." in manager.get(again.location).text
        newcomer = Browsing(app)
        newcomer.post(address[1], {"password": "nine yellow lanterns"})
        newcomer.post("/sign-in", {"email": "new.person@example.org", "password": "nine yellow lanterns"})
        assert people.trust.name in newcomer.get("/account").text

    def test_only_fitting_roles_are_offered(self, manager: Browsing) -> None:
        page = manager.get("/staff/invite")
        offered = [one["value"] for one in page.all("input") if one.get("type") == "radio"]
        assert offered == ["capacity_manager", "clinical_reviewer", "booking_clerk", "auditor"]
        data = {"email": "a@example.org", "name": "A", "role": "national_administrator"}
        assert manager.post("/staff/invite", data, 422).errors() == ["Choose a role"]

    def test_another_organisation_cannot_be_slipped_in(
        self, manager: Browsing, people: People, database: Database, system: Actor
    ) -> None:
        data = {
            "email": "a@example.org",
            "name": "A",
            "role": "auditor",
            "organisation": people.other_trust.code,
        }
        manager.post("/staff/invite", data, 200)
        with database.unit_of_work(system) as session:
            added = session.scalars(
                select(Membership.organisation_code).join(Staff).where(Staff.email == "a@example.org")
            ).all()
        assert list(added) == [people.trust.code]

    def test_who_has_an_account_gets_no_link(self, manager: Browsing, people: People) -> None:
        data = {"email": people.elsewhere.email, "name": "Whoever", "role": "auditor"}
        done = manager.post("/staff/invite", data, 303)
        assert "They have this role when they next sign in." in manager.follow(done).text

    def test_the_nation_names_the_organisation(self, national: Browsing, people: People) -> None:
        data = {"email": "a@example.org", "name": "A", "role": "auditor"}
        page = national.post("/staff/invite", {**data, "organisation": "zzz"}, 422)
        assert page.errors() == ["There is no organisation with the code ZZZ."]
        wrong = {**data, "organisation": people.trust.code.lower(), "role": "icb_coordinator"}
        assert "It has these roles" in national.post("/staff/invite", wrong, 422).text
        national.post("/staff/invite", {**data, "organisation": people.trust.code.lower()}, 200)

    def test_bad_input(self, manager: Browsing) -> None:
        page = manager.post("/staff/invite", {"email": "nobody", "name": "x" * 101, "role": None}, 422)
        assert len(page.errors()) == 3


class TestPerson:
    def test_it_shows_what_can_be_done(self, manager: Browsing, people: People) -> None:
        page = manager.get(f"/staff/{people.clerk.id}")
        assert page.heading == people.clerk.name
        assert "Not signed in." in page.text
        assert "Disable this account" in page.links()
        assert page.form(f"/staff/{people.clerk.id}/reset-link")

    def test_ones_own_page_changes_nothing(self, manager: Browsing, people: People) -> None:
        page = manager.get(f"/staff/{people.manager.id}")
        assert "This is you." in page.text
        assert not page.form(f"/staff/{people.manager.id}/reset-link")
        assert "Disable this account" not in page.links()

    def test_who_works_elsewhere_too_keeps_the_account(
        self, manager: Browsing, national: Browsing, people: People, grant: Grant
    ) -> None:
        grant(people.clerk, Role.AUDITOR, people.other_trust)
        page = manager.get(f"/staff/{people.clerk.id}")
        assert "works for another organisation too" in page.text
        assert people.other_trust.name not in page.text
        form = page.form("/sign-out")
        assert (
            "only a national administrator"
            in manager.post(
                f"/staff/{people.clerk.id}/reset-link", {**form, "form_key": "x" * 24}, 409, fetch=False
            ).text
        )
        assert people.other_trust.name in national.get(f"/staff/{people.clerk.id}").text

    def test_a_new_link(self, manager: Browsing, app: Flask, people: People) -> None:
        here = f"/staff/{people.clerk.id}"
        page = manager.press(here, f"{here}/reset-link", status=200)
        address = re.search(r"/welcome/[\w-]+", page.html)
        assert address
        assert Browsing(app).get(address[0]).heading == "Set a new password"

    def test_a_double_click_makes_one_link(
        self, manager: Browsing, people: People, database: Database
    ) -> None:
        here = f"/staff/{people.clerk.id}"
        form = manager.get(here).form(f"{here}/reset-link")
        manager.post(f"{here}/reset-link", form, 200, fetch=False)
        assert manager.post(f"{here}/reset-link", form, 303, fetch=False).location == here
        with database.unit_of_work(services.JOB) as session:
            assert len(session.scalars(select(OneTimeLink)).all()) == 1

    def test_signing_somebody_out(self, manager: Browsing, app: Flask, people: People) -> None:
        clerk = browse(app, people.clerk)
        here = f"/staff/{people.clerk.id}"
        done = manager.press(here, f"{here}/end-sign-ins")
        assert "They are signed out." in manager.follow(done).text
        clerk.get("/account", 302)


class TestRole:
    def test_it_changes_and_signs_out(
        self, manager: Browsing, app: Flask, people: People, database: Database
    ) -> None:
        clerk = browse(app, people.clerk)
        done = manager.post(f"/staff/{people.clerk.id}/role", {"role": "auditor"})
        assert "The role is changed." in manager.follow(done).text
        assert roles_of(database, people.clerk.id) == ["auditor"]
        clerk.get("/account", 302)

    def test_the_role_now_is_not_offered(self, manager: Browsing, people: People) -> None:
        page = manager.get(f"/staff/{people.clerk.id}/role")
        offered = [one["value"] for one in page.all("input") if one.get("type") == "radio"]
        assert offered == ["capacity_manager", "clinical_reviewer", "auditor"]

    def test_ones_own_is_refused(self, manager: Browsing, people: People, database: Database) -> None:
        manager.post(f"/staff/{people.manager.id}/role", {"role": "auditor"}, 403, page="/account/password")
        assert roles_of(database, people.manager.id) == ["capacity_manager"]

    def test_a_stale_edit_is_refused(self, manager: Browsing, people: People, database: Database) -> None:
        page = manager.post(f"/staff/{people.clerk.id}/role", {"role": "auditor", "version": "9"}, 409)
        assert "Somebody else changed this" in page.text
        assert roles_of(database, people.clerk.id) == ["booking_clerk"]

    def test_the_last_manager_is_warned(self, national: Browsing, people: People, database: Database) -> None:
        here = f"/staff/{people.elsewhere.id}/role"
        assert "only person here who looks after accounts" in national.get(here).text
        page = national.post(here, {"role": "auditor"}, 422)
        assert "Nobody else can look after" in page.errors()[0]
        national.post(here, {"role": "auditor", "even_if_last": "yes"})
        assert roles_of(database, people.elsewhere.id) == ["auditor"]

    @pytest.mark.parametrize("named", ["junk", str(uuid.UUID(int=9))])
    def test_an_unknown_membership_is_not_there(self, manager: Browsing, people: People, named: str) -> None:
        manager.get(f"/staff/{people.clerk.id}/role?membership={named}", 404)


class TestRemove:
    def test_the_role_goes_and_the_account_stays(
        self, manager: Browsing, people: People, database: Database
    ) -> None:
        page = manager.get(f"/staff/{people.clerk.id}/remove")
        assert "role of booking clerk" in page.heading
        assert manager.post(f"/staff/{people.clerk.id}/remove").location == "/staff"
        assert people.clerk.name not in manager.get("/staff").text
        assert roles_of(database, people.clerk.id) == []
        manager.get(f"/staff/{people.clerk.id}", 404)

    def test_one_of_two_roles(
        self, manager: Browsing, people: People, database: Database, grant: Grant
    ) -> None:
        second = grant(people.clerk, Role.AUDITOR, people.trust)
        manager.post(f"/staff/{people.clerk.id}/remove?membership={second.id}")
        assert roles_of(database, people.clerk.id) == ["booking_clerk"]


class TestDisable:
    def test_disable_and_enable(self, manager: Browsing, app: Flask, people: People) -> None:
        clerk, here = browse(app, people.clerk), f"/staff/{people.clerk.id}"
        assert "disabled" in manager.follow(manager.post(f"{here}/disable")).text
        clerk.get("/account", 302)
        clerk.post("/sign-in", {"email": people.clerk.email, "password": PASSWORD}, 422)
        assert "Disabled on 21 November 2026" in manager.get(here).text
        manager.press(here, f"{here}/enable")
        clerk.post("/sign-in", {"email": people.clerk.email, "password": PASSWORD})

    def test_ones_own_account_stays(self, manager: Browsing, people: People) -> None:
        manager.post(f"/staff/{people.manager.id}/disable", {}, 403, page="/account/password")
        manager.get("/account")

    def test_the_last_manager_is_warned(self, national: Browsing, people: People) -> None:
        here = f"/staff/{people.elsewhere.id}/disable"
        assert national.post(here, {}, 422).errors()
        national.post(here, {"even_if_last": "yes"})


ACTIONS = ("role", "remove", "disable", "enable", "end-sign-ins", "reset-link")


@pytest.mark.parametrize("who", ["clerk", "elsewhere", "coordinator", "regional"])
def test_other_peoples_pages_are_closed(app: Flask, people: People, who: str) -> None:
    browser = browse(app, getattr(people, who))
    closed = 403 if who == "clerk" else 404
    token = browser.get("/account/password").form()
    browser.get(f"/staff/{people.manager.id}", closed)
    for action in ACTIONS:
        browser.post(f"/staff/{people.manager.id}/{action}", token, closed, fetch=False)


@pytest.mark.parametrize("path", ["/staff", "/staff/invite", f"/staff/{uuid.UUID(int=1)}"])
def test_without_signing_in_nothing_opens(browser: Browsing, path: str) -> None:
    assert browser.get(path, 302).location.startswith("/sign-in?next=")


def test_no_page_of_people_is_kept_or_sent_on(manager: Browsing, people: People, now: datetime) -> None:
    response = manager.get(f"/staff/{people.clerk.id}").response
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
