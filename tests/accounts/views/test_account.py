"""One's own account: password, roles, and where one is signed in."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from dmas.core.actors import Role
from tests.accounts.conftest import PASSWORD, Clock, Grant, People
from tests.browsing import Browsing

NEW = "nine yellow lanterns"


@pytest.fixture
def clerk(browser: Browsing, people: People) -> Browsing:
    """A browser in which the clerk is signed in."""
    browser.post("/sign-in", {"email": people.clerk.email, "password": PASSWORD})
    return browser


@pytest.fixture
def second(app: Flask, people: People) -> Browsing:
    """Another browser of the clerk's."""
    other = Browsing(app)
    other.post("/sign-in", {"email": people.clerk.email, "password": PASSWORD})
    return other


class TestAccount:
    def test_it_shows_who_one_is_and_where_one_is_signed_in(
        self, clerk: Browsing, second: Browsing, people: People
    ) -> None:
        page = clerk.get("/account")
        assert people.clerk.email in page.text
        assert "Booking clerk, " + people.trust.name in page.text
        assert page.text.count("This browser") == 1
        assert page.text.count("End this sign-in") == 1

    def test_ending_another_sign_in(self, clerk: Browsing, second: Browsing) -> None:
        page = clerk.get("/account")
        action = next(form.get("action") for form in page.all("form") if "/end" in form.get("action"))
        assert clerk.press("/account", action).location == "/account"
        second.get("/account", 302)
        assert "The sign-in is ended." in clerk.get("/account").text

    def test_nobody_ends_anothers(
        self, clerk: Browsing, second: Browsing, app: Flask, people: People
    ) -> None:
        page = second.get("/account")
        action = next(form.get("action") for form in page.all("form") if "/end" in form.get("action"))
        other = Browsing(app)
        other.post("/sign-in", {"email": people.manager.email, "password": PASSWORD})
        token = other.get("/account/password").form()
        for address in (action, f"/account/sign-ins/{uuid.uuid4()}/end"):
            other.post(address, token, 404, fetch=False)
        clerk.get("/account")

    def test_idle_sign_ins_are_not_listed(self, clerk: Browsing, second: Browsing, clock: Clock) -> None:
        clock.turn(minutes=29)
        clerk.get("/account")
        clock.turn(minutes=5)
        assert "End this sign-in" not in clerk.get("/account").text


class TestPassword:
    def test_the_new_one_works_here_and_everywhere_else_is_signed_out(
        self, clerk: Browsing, second: Browsing, people: People
    ) -> None:
        done = clerk.post("/account/password", {"current": PASSWORD, "password": NEW})
        assert done.location == "/account"
        assert "Your password is changed" in clerk.get("/account").text
        second.get("/account", 302)
        second.post("/sign-in", {"email": people.clerk.email, "password": PASSWORD}, 422)
        second.post("/sign-in", {"email": people.clerk.email, "password": NEW})

    def test_the_old_one_must_be_right(self, clerk: Browsing) -> None:
        page = clerk.post("/account/password", {"current": "eight green teapots", "password": NEW}, 422)
        assert "This is not the password you have now" in page.text
        clerk.get("/account")

    def test_guessing_the_old_one_locks_too(self, clerk: Browsing, people: People, clock: Clock) -> None:
        for _ in range(10):
            clerk.post("/account/password", {"current": "eight green teapots", "password": NEW}, 422)
        clerk.post("/account/password", {"current": PASSWORD, "password": NEW}, 422)
        clock.turn(minutes=15)
        clerk.post("/account/password", {"current": PASSWORD, "password": NEW})

    @pytest.mark.parametrize("password", ["", "short", "password1234", "x" * 129])
    def test_a_bad_new_one_is_refused_and_the_old_one_stays(
        self, clerk: Browsing, people: People, password: str
    ) -> None:
        clerk.post("/account/password", {"current": PASSWORD, "password": password}, 422)
        clerk.post("/account/password", {"current": PASSWORD, "password": NEW})


class TestSwitch:
    def test_one_goes_on_as_somebody_else(self, clerk: Browsing, people: People, grant: Grant) -> None:
        other = grant(people.clerk, Role.AUDITOR, people.other_trust)
        page = clerk.get("/account/switch")
        assert page.form()["membership"] == [str(people.clerk.memberships[0].id)]
        assert clerk.post("/account/switch", {"membership": str(other.id)}).location == "/home"
        assert "Auditor" in clerk.get("/account").all("header")[0].text

    @pytest.mark.parametrize("membership", ["", "junk", str(uuid.UUID(int=7))])
    def test_only_ones_own_roles_are_answers(self, clerk: Browsing, people: People, membership: str) -> None:
        page = clerk.post("/account/switch", {"membership": membership}, 422)
        assert "Choose who you are working as" in page.text
        foreign = str(people.manager.memberships[0].id)
        clerk.post("/account/switch", {"membership": foreign}, 422)

    def test_it_leads_to_local_pages_only(self, clerk: Browsing, people: People) -> None:
        mine = str(people.clerk.memberships[0].id)
        page = clerk.post("/account/switch?next=//evil.example", {"membership": mine})
        assert page.location == "/home"


@pytest.mark.parametrize(
    "path", ["/account", "/account/password", "/account/switch", "/sign-in/organisation"]
)
def test_nobody_else_opens_them(browser: Browsing, path: str) -> None:
    assert browser.get(path, 302).location.startswith("/sign-in?next=")
