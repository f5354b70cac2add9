"""Who gets through a door, who is sent to sign in, who is refused, and where `next` may lead."""

from __future__ import annotations

import pytest
from flask import Flask

from dmas.app import create_app
from dmas.core.actors import NOBODY, Actor, Role
from dmas.settings import Environment, Settings
from dmas.web import access
from dmas.web.access import Membership, SignedIn, SignedOut
from tests.browsing import Browsing


def test_a_public_page_opens_for_everybody(browsing: Browsing) -> None:
    assert browsing.get("/shop/open").heading == "Open"


def test_a_stranger_is_sent_to_sign_in_and_back(browsing: Browsing) -> None:
    page = browsing.get("/shop/staff?week=3&q=a%20b", 302)
    assert page.location == "/sign-in?next=%2Fshop%2Fstaff%3Fweek%3D3%26q%3Da%2520b"


def test_a_form_sent_after_sign_out_leads_back_to_its_page(browsing: Browsing) -> None:
    sent = browsing.get("/shop/parts").form("/shop/upload")
    page = browsing.post("/shop/note", {**sent, "note": "x"}, 302, fetch=False)
    assert page.location == "/sign-in?next=%2Fshop%2Fnote"


def test_a_person_signed_in_gets_through(browsing: Browsing, manager: Actor) -> None:
    assert browsing.sign_in(manager).get("/shop/staff").heading == "Ada Marsh"
    assert browsing.get("/shop/managers").heading == "Managers"
    browsing.sign_out().get("/shop/staff", 302)


def test_a_wrong_role_is_refused(browsing: Browsing) -> None:
    auditor = Actor(id="a", name="Bo Reed", role=Role.AUDITOR)
    page = browsing.sign_in(auditor).get("/shop/managers", 403)
    assert page.heading == "You cannot open this page"


def test_half_a_sign_in_leads_to_the_second_factor(browsing: Browsing, manager: Actor) -> None:
    browsing.sign_in(manager, complete=False)
    assert browsing.get("/shop/staff", 302).location == "/sign-in/second-factor?next=%2Fshop%2Fstaff"
    assert browsing.get("/shop/code").heading == "Code"


def test_a_page_without_a_rule_is_a_fault_in_tests(browsing: Browsing) -> None:
    with pytest.raises(access.UndeclaredAccess, match=r"shop\.undeclared has no access rule"):
        browsing.client.get("/shop/undeclared")


def test_a_page_without_a_rule_does_not_exist_elsewhere(app: Flask) -> None:
    app.config["TESTING"] = False
    assert Browsing(app).get("/shop/undeclared", 404).heading == "Page not found"


def test_every_view_declares_its_rule(app: Flask) -> None:
    undeclared = [name for name in app.view_functions if access.rule_of(app, name) is None]
    assert undeclared == ["shop.undeclared"]


def test_a_rule_reads_as_a_table_cell() -> None:
    rule = access.Rule(access.Who.STAFF, frozenset({Role.AUDITOR, Role.BOOKING_CLERK}))
    assert str(rule) == "Auditor, Booking clerk"
    assert str(access.Rule(access.Who.PUBLIC)) == "Everybody"


def test_staff_needs_a_role() -> None:
    with pytest.raises(ValueError, match="at least one role"):
        access.staff()


def test_nobody_acts_outside_a_request() -> None:
    assert access.current_actor() is NOBODY
    assert SignedOut().actor is NOBODY


def test_an_unknown_cookie_is_nobody(stored_app: Flask) -> None:
    browsing = Browsing(stored_app)
    with browsing.client.session_transaction() as session:
        session["_user_id"] = "forged"
    assert browsing.get("/shop/staff", 302).location.startswith("/sign-in")


def test_the_person_and_the_organisation_are_in_the_header(browsing: Browsing, manager: Actor) -> None:
    desks = [
        Membership("1", "RXX", "Northmoor", Role.CAPACITY_MANAGER),
        Membership("2", "RYY", "Eastvale", Role.AUDITOR),
    ]
    page = browsing.sign_in(manager, memberships=desks, organisation_name="Northmoor").get("/shop/staff")
    assert "Ada Marsh, Capacity manager Northmoor" in page.text
    assert page.form("/sign-out")["csrf_token"]


def test_the_cookie_carries_the_sign_in_only(manager: Actor) -> None:
    assert SignedIn(manager, "secret").get_id() == "secret"


ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "https:evil.example", "http:/evil.example", "javascript:alert(1)", "data:text/html,x",
    "/%2f%2fevil.example", "/%5cevil.example", "%2f%2fevil.example", "/%09/evil.example", "/\t/evil.example",
    "/\n/evil.example", " /shop/open", "/shop/open\r\nSet-Cookie: a=b", "/nowhere", "/shop/upload", "", None,
    "shop/open", "/" + "a" * 3000, "/shop/open/../../..//evil.example", "mailto:a@example.com",
    "/shop/open\x00", "/shop/%0aopen",
]  # fmt: skip
PAGES = ["/", "/shop/open", "/shop/loaves?kind=rye&page=2", "/shop/refuse/not-found"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leads_away(app: Flask, target: str | None) -> None:
    with app.test_request_context("/sign-in"):
        assert access.safe_next(target) == "/home"


@pytest.mark.parametrize("target", PAGES)
def test_next_leads_to_pages_of_ours(app: Flask, target: str) -> None:
    with app.test_request_context("/sign-in"):
        assert access.safe_next(target) == target


def test_cookies_are_locked_down_over_https() -> None:
    app = create_app(
        Settings(environment=Environment.PRODUCTION, secret_key="s" * 40, base_url="https://dmas.example")
    )
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-dmas"
    assert app.config["SESSION_COOKIE_SECURE"] is True
    response = app.test_client().get("/cookies", base_url="https://dmas.example")
    assert "__Host-dmas" in response.text
