"""The form as a page: shown, refused, shown again, and proof against whatever is sent."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dmas.core.actors import Actor
from dmas.web.forms import (
    Choice,
    ChoiceField,
    ChoicesField,
    ConfirmField,
    DateField,
    DmasForm,
    FileField,
    LongTextField,
    PasswordField,
    SelectField,
    TextField,
    WholeNumberField,
)
from tests.browsing import Browsing
from tests.web import shop

GOOD: dict[str, Any] = {
    "called": "Rye",
    "notes": "",
    "places": "12",
    "weight": "1.5",
    "ready_on-day": "1",
    "ready_on-month": "12",
    "ready_on-year": "2026",
    "size": "small",
    "kind": "loaf",
    "extras": ["seeds", "salt"],
    "email": "ada@example.com",
    "password": "  open  ",
    "agreed": "yes",
    "from_page": "home",
}


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    """Start with nothing done."""
    shop.done.clear()


def test_a_good_form_is_done(browsing: Browsing) -> None:
    page = browsing.post("/shop/order", {**GOOD, "list_file": (io.BytesIO(b"a"), "a.csv")}, 200)
    assert page.heading == "Ordered"
    assert "'extras': ['seeds', 'salt']" in shop.done[0]


def test_every_error_is_listed_and_leads_to_its_box(browsing: Browsing) -> None:
    page = browsing.post("/shop/order", {}, 422)
    assert page.errors() == [
        "Enter its name",
        "Enter how many places",
        "Enter the date it is ready",
        "Choose a size",
        "Choose a kind",
        "Tick the box when you have",
    ]
    targets = [link["href"] for link in page.all("a") if link["href"].startswith("#")]
    assert targets[1:] == ["#called", "#places", "#ready_on-day", "#size", "#kind", "#agreed"]


def test_nothing_typed_is_lost(browsing: Browsing) -> None:
    typed = {
        **GOOD,
        "places": "1,000",
        "notes": "one\r\ntwo",
        "ready_on-month": "Smarch",
        "called": "<b>x</b>",
    }
    page = browsing.post("/shop/order", typed, 422)
    shown = {name: values if len(values) > 1 else values[0] for name, values in page.form().items()}
    for name, value in typed.items():
        if name != "password":
            assert shown[name] == (value if name != "notes" else "one\ntwo"), name
    assert shown["password"] == ""
    assert "<b>x</b>" not in page.html


def test_every_kind_of_field_escapes_what_was_typed(browsing: Browsing) -> None:
    attack = "<script>x</script>\"' onfocus=x"
    names = [name for name in GOOD if name not in {"email", "password"}]
    page = browsing.post("/shop/order", {**GOOD, **dict.fromkeys(names, attack)}, 422)
    assert "<script>x" not in page.html
    assert attack in page.form()["notes"]


def test_what_a_field_says_of_itself_is_escaped(app: Flask) -> None:
    attack = "<b>\"'&"
    choices = [Choice(attack, attack, attack), Choice("b", "B")]
    kinds = [TextField, LongTextField, PasswordField, FileField, DateField, ConfirmField, WholeNumberField]
    asked: dict[str, Any] = {f"f{n}": kind(attack, hint=attack) for n, kind in enumerate(kinds)}
    for kind in (ChoiceField, ChoicesField, SelectField):
        asked[kind.__name__] = kind(attack, hint=attack, choices=choices)
    made = type("MadeForm", (DmasForm,), asked)
    with app.test_request_context("/"):
        form = made(formdata=None)
        for one in form.asks:
            one.refuse(attack)
        html = render_template("shop/order.html", form=form)
    assert "<b>" not in html


def test_the_key_is_kept_while_the_form_is_shown_again(browsing: Browsing) -> None:
    first = browsing.get("/shop/order").form()["form_key"]
    again = browsing.post("/shop/order", {"form_key": first[0]}, 422).form()["form_key"]
    assert again == first
    assert browsing.get("/shop/order").form()["form_key"] != first


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "<script>alert(1)</script>", "é" * 30])
def test_a_key_that_is_none_is_replaced(browsing: Browsing, key: str) -> None:
    assert browsing.post("/shop/order", {"form_key": key}, 422).form()["form_key"] != [key]


@pytest.mark.parametrize(("sent", "version"), [("7", 7), ("x", 0), ("-1", 0), ("9" * 30, 0), ("٣", 0)])
def test_a_version_is_a_number(app: Flask, sent: str, version: int) -> None:
    with app.test_request_context("/", method="POST", data={"version": sent}):
        assert DmasForm().version.data == version


def test_a_form_with_a_file_says_so(browsing: Browsing, manager: Actor) -> None:
    form = next(one for one in browsing.get("/shop/order").all("form") if one.inside("main"))
    assert form["enctype"] == "multipart/form-data"
    form = next(one for one in browsing.sign_in(manager).get("/shop/note").all("form") if one.inside("main"))
    assert "enctype" not in form.attributes


def test_a_question_may_be_the_heading(browsing: Browsing, manager: Actor) -> None:
    assert browsing.sign_in(manager).get("/shop/note").heading == "Note"


def test_a_view_may_fail_a_form_itself(app: Flask) -> None:
    with app.test_request_context("/"):
        form = DmasForm()
        assert (form.failed, form.status) == (False, 200)
        form.failed = True
        assert (form.failed, form.status) == (True, 422)
        assert form.problems() == [{"text": "This could not be saved. Check the answers and try again."}]


def test_json_is_no_form(browsing: Browsing) -> None:
    token = browsing.get("/shop/order").form()["csrf_token"][0]
    response = browsing.client.post("/shop/order", json=[1, 2], headers={"X-CSRFToken": token})
    assert response.status_code == 422


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="\x00\x1b\u202e\u200b<>\"'&=+-@\ud800é٣１%\r\n", max_size=20),
    st.sampled_from(
        ["<script>alert(1)</script>", "' OR 1=1 --", "{{ 7*7 }}", "9" * 5000, "-0", "NaN", "1e999"]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(
        st.sampled_from([*GOOD, "form_key", "version", "list_file"]),
        st.one_of(HOSTILE, st.lists(HOSTILE, max_size=3)),
        max_size=6,
    )
)
def test_whatever_is_sent_gets_an_answer(browsing: Browsing, changes: dict[str, Any]) -> None:
    cleaned = {name: _sendable(value) for name, value in changes.items()}
    if not browsing.client.get_cookie("dmas"):
        browsing.token = browsing.get("/shop/order").form()["csrf_token"]
    answer = browsing.client.post("/shop/order", data={**GOOD, **cleaned, "csrf_token": browsing.token})
    assert answer.status_code in {200, 422}
    assert "<script>alert(1)" not in answer.text


def _sendable(value: Any) -> Any:
    if isinstance(value, list):
        return [_sendable(one) for one in value]
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
