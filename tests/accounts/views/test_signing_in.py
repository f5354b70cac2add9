"""Signing in and out at the browser: one page for every refusal, and a sign-in that really ends."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from dmas.accounts import services
from dmas.accounts.models import SignIn, SignInAttempt, Staff
from dmas.accounts.rules import sign_ins as rules
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.settings import Settings
from tests.accounts.conftest import PASSWORD, Clock, Grant, People
from tests.browsing import Browsing
from tests.factories.staff import actor_of
from tests.reading import Page

WRONG = "eight green teapots"


def sign_in(
    browser: Browsing, email: str, password: str = PASSWORD, status: int = 303, query: str = ""
) -> Page:
    return browser.post(f"/sign-in{query}", {"email": email, "password": password}, status)


def cookie(browser: Browsing) -> dict[str, object]:
    with browser.client.session_transaction() as held:
        return dict(held)


class TestSignIn:
    def test_it_leads_home(self, browser: Browsing, people: People) -> None:
        assert sign_in(browser, people.clerk.email).location == "/home"
        page = browser.get("/account")
        assert people.clerk.name in page.html
        assert people.trust.name in page.html

    def test_it_leads_back_to_where_one_was_going(self, browser: Browsing, people: People) -> None:
        asked = browser.get("/account?x=1", 302)
        assert asked.location == "/sign-in?next=%2Faccount%3Fx%3D1"
        page = sign_in(browser, people.clerk.email, query="?next=%2Faccount%3Fx%3D1")
        assert page.location == "/account?x=1"

    @pytest.mark.parametrize(
        "target",
        [
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "%2f%2fevil.example",
            "javascript:alert(1)",
            "/%5Cevil.example",
            "///evil.example",
            "\\\\evil.example",
            "/nowhere",
            "account",
            "/account\r\nX: y",
            "/%2Fevil.example",
            "http:///evil.example",
            "/sign-out",
            "//",
            "@evil.example",
            " /account",
        ],
    )
    def test_it_leads_nowhere_else(self, browser: Browsing, people: People, target: str) -> None:
        page = browser.get("/sign-in")
        data = {**page.form(), "email": people.clerk.email, "password": PASSWORD}
        response = browser.client.post("/sign-in", data=data, query_string={"next": target})
        assert (response.status_code, response.location) == (303, "/home")

    def test_the_cookie_holds_the_secret_and_nothing_of_the_person(
        self, browser: Browsing, people: People, database: Database
    ) -> None:
        sign_in(browser, people.clerk.email)
        held = cookie(browser)
        assert set(held) <= {"_user_id", "_fresh", "_id", "csrf_token", "_flashes"}
        with database.unit_of_work(services.JOB) as session:
            row = session.scalars(select(SignIn)).one()
        assert row.secret_hash == rules.fingerprint(str(held["_user_id"]))
        assert str(people.clerk.id) not in str(held)
        assert people.clerk.email not in str(held)

    def test_nothing_held_before_is_kept(self, browser: Browsing, people: People, database: Database) -> None:
        browser.get("/sign-in")
        with browser.client.session_transaction() as held:
            held["_user_id"] = "chosen-by-somebody-else"
            held["planted"] = "x"
            token = held["csrf_token"]
        sign_in(browser, people.clerk.email)
        after = cookie(browser)
        assert after["_user_id"] != "chosen-by-somebody-else"
        assert "planted" not in after
        assert after.get("csrf_token") != token

    def test_a_second_sign_in_has_a_new_secret_and_ends_the_first(
        self, browser: Browsing, people: People, app: Flask
    ) -> None:
        sign_in(browser, people.clerk.email)
        first = cookie(browser)["_user_id"]
        page = browser.get("/account/password")
        data = {"csrf_token": page.form()["csrf_token"], "email": people.manager.email, "password": PASSWORD}
        assert browser.client.post("/sign-in", data=data).status_code == 303
        assert cookie(browser)["_user_id"] != first
        other = Browsing(app)
        with other.client.session_transaction() as held:
            held["_user_id"] = first
        other.get("/account", 302)

    def test_who_is_signed_in_is_led_on(self, browser: Browsing, people: People) -> None:
        sign_in(browser, people.clerk.email)
        assert browser.get("/sign-in?next=/account", 302).location == "/account"

    def test_without_its_token_the_form_does_nothing(
        self, browser: Browsing, people: People, database: Database
    ) -> None:
        data = {"email": people.clerk.email, "password": PASSWORD}
        browser.post("/sign-in", data, 400, fetch=False)
        with database.unit_of_work(services.JOB) as session:
            assert session.scalars(select(SignIn)).all() == []


class TestRefusals:
    def test_every_refusal_is_the_same_page(
        self, browser: Browsing, people: People, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            for staff, column in ((people.elsewhere, "disabled_at"), (people.national, "locked_until")):
                session.execute(
                    text(f"UPDATE staff SET {column} = :later, failed_sign_ins = 10 WHERE id = :id"),
                    {"later": now.replace(hour=23), "id": staff.id},
                )
            session.execute(
                text("UPDATE staff SET password_hash = NULL WHERE id = :id"), {"id": people.regional.id}
            )
        shown = set()
        for email, password in (
            ("nobody@example.org", PASSWORD),
            (people.clerk.email, WRONG),
            (people.elsewhere.email, PASSWORD),
            (people.national.email, PASSWORD),
            (people.regional.email, PASSWORD),
        ):
            page = sign_in(browser, email, password, 422)
            assert rules.REFUSED in page.html
            body = page.html.replace(email, "EMAIL")
            body = re.sub(r'(nonce|value|data-nonce)="[^"]*"', "", body)
            shown.add(body)
        assert len(shown) == 1

    def test_the_eleventh_try_is_refused_though_it_is_right(
        self, browser: Browsing, people: People, clock: Clock
    ) -> None:
        for _ in range(10):
            sign_in(browser, people.clerk.email, WRONG, 422)
        sign_in(browser, people.clerk.email, PASSWORD, 422)
        clock.turn(minutes=15)
        sign_in(browser, people.clerk.email, PASSWORD)

    def test_the_password_is_never_shown_again(self, browser: Browsing, people: People) -> None:
        page = sign_in(browser, people.clerk.email, WRONG, 422)
        assert WRONG not in page.html
        assert people.clerk.email in page.html

    @pytest.mark.parametrize(
        ("email", "password", "words"),
        [
            ("", PASSWORD, "Enter your email address"),
            ("robin", PASSWORD, "correct format"),
            ("robin@example.org", "", "Enter your password"),
            ("robin@example.org", "x" * 129, "128 characters or fewer"),
            ("x" * 250 + "@example.org", "x", "254 characters or fewer"),
            ("robin@example.org\x00", PASSWORD, "hidden characters"),
        ],
    )
    def test_bad_input_is_told_at_its_field(
        self, browser: Browsing, people: People, email: str, password: str, words: str
    ) -> None:
        assert words in sign_in(browser, email, password, 422).html

    def test_a_network_that_fails_too_often_waits(
        self, browser: Browsing, people: People, database: Database, now: datetime
    ) -> None:
        sign_in(browser, people.clerk.email, WRONG, 422)
        with database.unit_of_work(services.JOB) as session:
            attempt = session.scalars(select(SignInAttempt)).one()
            assert re.fullmatch("[0-9a-f]{64}", attempt.source)  # no address
            attempt.failures = 100
        assert "Too many tries from your network" in sign_in(browser, people.clerk.email, PASSWORD, 429).html


class TestEnds:
    def test_signing_out_ends_it_on_the_server(self, browser: Browsing, people: People, app: Flask) -> None:
        sign_in(browser, people.clerk.email)
        secret = cookie(browser)["_user_id"]
        assert browser.press("/account", "/sign-out").location == "/sign-in"
        assert "You have signed out." in browser.get("/sign-in").html
        browser.get("/account", 302)
        thief = Browsing(app)
        with thief.client.session_transaction() as held:
            held["_user_id"] = secret
        thief.get("/account", 302)

    def test_signing_out_twice_is_no_error(self, browser: Browsing, people: People) -> None:
        sign_in(browser, people.clerk.email)
        form = browser.get("/account").form("/sign-out")
        browser.client.post("/sign-out", data=form)
        token = browser.get("/sign-in").form()["csrf_token"]
        assert browser.post("/sign-out", {"csrf_token": token}, fetch=False).location == "/sign-in"

    def test_idleness_ends_it_and_use_keeps_it(self, browser: Browsing, people: People, clock: Clock) -> None:
        sign_in(browser, people.clerk.email)
        for _ in range(4):
            clock.turn(minutes=29)
            browser.get("/account")
        clock.turn(minutes=30)
        browser.get("/account", 302)

    def test_disabling_ends_the_next_request(
        self, browser: Browsing, people: People, database: Database, system: Actor, now: datetime
    ) -> None:
        sign_in(browser, people.clerk.email)
        browser.get("/account")
        with database.unit_of_work(system) as session:
            session.execute(
                text("UPDATE staff SET disabled_at = :n WHERE id = :i"), {"n": now, "i": people.clerk.id}
            )
        browser.get("/account", 302)

    def test_a_new_role_opens_and_closes_pages_at_once(
        self, browser: Browsing, people: People, database: Database, system: Actor
    ) -> None:
        sign_in(browser, people.manager.email)
        browser.get("/staff")
        with database.unit_of_work(system) as session:
            session.execute(
                text("UPDATE membership SET role = 'auditor' WHERE staff_id = :id"), {"id": people.manager.id}
            )
        browser.get("/staff", 403)


class TestSteps:
    def test_two_roles_ask_for_one(self, browser: Browsing, people: People, grant: Grant) -> None:
        grant(people.clerk, Role.AUDITOR, people.other_trust)
        sign_in(browser, people.clerk.email, query="?next=/account")
        asked = browser.get("/account", 302)
        assert asked.location == "/sign-in/organisation?next=%2Faccount"
        before = cookie(browser)["_user_id"]
        page = browser.get(asked.location)
        assert page.heading == "Who are you working as?"
        chosen = people.clerk.memberships[0].id
        assert browser.post(asked.location, {"membership": str(chosen)}).location == "/account"
        assert cookie(browser)["_user_id"] != before
        assert browser.get("/account").status == 200

    def test_who_has_no_role_is_told_so(
        self, browser: Browsing, people: People, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            session.execute(
                text("UPDATE membership SET ended_at = :n WHERE staff_id = :i"),
                {"n": now, "i": people.clerk.id},
            )
        sign_in(browser, people.clerk.email)
        page = browser.get(browser.get("/account", 302).location or "")
        assert page.heading == "You have no role at the moment"

    def test_with_a_second_factor_asked_a_password_opens_nothing(
        self, app: Flask, settings: Settings, people: People
    ) -> None:
        app.config["SETTINGS"] = Settings(
            environment=settings.environment, secret_key=settings.secret_key, second_factor=True
        )
        browser = Browsing(app)
        sign_in(browser, people.manager.email)
        for path in ("/account", "/staff", "/staff/invite", "/account/password"):
            assert (browser.get(path, 302).location or "").startswith("/sign-in/second-factor?")
        assert browser.get("/sign-in/second-factor").heading == "A second step is needed"

    def test_a_complete_sign_in_owes_no_second_step(self, browser: Browsing, people: People) -> None:
        sign_in(browser, people.clerk.email)
        assert browser.get("/sign-in/second-factor?next=/account", 302).location == "/account"


class TestWelcome:
    @pytest.fixture
    def secret(self, database: Database, people: People, now: datetime) -> str:
        actor = actor_of(people.manager)
        with database.unit_of_work(actor) as session:
            return services.make_link_for(session, people.clerk.id, actor=actor, now=now)[1]

    def test_opening_it_changes_nothing_and_sending_it_sets_the_password(
        self, browser: Browsing, people: People, secret: str
    ) -> None:
        for _ in range(3):
            page = browser.get(f"/welcome/{secret}")
        assert '<meta name="referrer" content="no-referrer">' in page.html
        assert page.response.headers["Cache-Control"] == "no-store"
        assert page.heading == "Set a new password"
        done = browser.post(f"/welcome/{secret}", {"password": "nine yellow lanterns"})
        assert done.location == "/sign-in"
        assert "Your password is set" in browser.get("/sign-in").html
        sign_in(browser, people.clerk.email, "nine yellow lanterns")

    def test_used_run_out_and_unknown_ones_are_the_same_page(
        self, browser: Browsing, secret: str, clock: Clock
    ) -> None:
        shown = set()
        form = browser.get(f"/welcome/{secret}").form()
        browser.post(f"/welcome/{secret}", {"password": "nine yellow lanterns"})
        browser.get("/sign-in")  # the notice is shown once
        for address in (secret, "never-one-of-ours", "x" * 2000):
            page = browser.get(f"/welcome/{address}", 404)
            assert page.heading == "This link no longer works"
            shown.add(re.sub(r'(nonce|value)="[^"]*"', "", page.html))
        assert len(shown) == 1
        data = {
            **form,
            "password": "seven orange lanterns",
            "csrf_token": browser.get("/sign-in").form()["csrf_token"],
        }
        browser.post(f"/welcome/{secret}", data, 404, fetch=False)

    def test_it_runs_out(self, browser: Browsing, secret: str, clock: Clock) -> None:
        clock.turn(hours=24)
        browser.get(f"/welcome/{secret}", 404)

    def test_a_refused_password_is_told_and_the_link_goes_on(
        self, browser: Browsing, people: People, secret: str
    ) -> None:
        page = browser.post(f"/welcome/{secret}", {"password": "password1234"}, 422)
        assert "one of the first that others would try" in page.html
        assert "password1234" not in page.html
        browser.post(f"/welcome/{secret}", {"password": ""}, 422)
        browser.post(f"/welcome/{secret}", {"password": "nine yellow lanterns"})

    def test_whoever_was_signed_in_here_no_longer_is(
        self, browser: Browsing, people: People, secret: str
    ) -> None:
        sign_in(browser, people.manager.email)
        browser.post(f"/welcome/{secret}", {"password": "nine yellow lanterns"})
        browser.get("/account", 302)

    def test_an_invitation_says_welcome(
        self, browser: Browsing, people: People, secret: str, database: Database, system: Actor
    ) -> None:
        with database.unit_of_work(system) as session:
            session.execute(text("UPDATE one_time_link SET purpose = 'invitation'"))
        assert browser.get(f"/welcome/{secret}").heading == "Welcome: set your password"
        with database.unit_of_work(system) as session:
            assert session.get_one(Staff, people.clerk.id).version == 1
