"""The words of every message to staff: complete, plain, and unable to carry a name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dmas.app import create_app
from dmas.notifications import messages
from dmas.notifications.messages import Template, staff
from dmas.notifications.vocabulary import RecipientKind
from dmas.settings import Settings

VALUES: dict[str, Any] = {
    "reference": "PR-7K3M9QT",
    "matches": 3,
    "places": 12,
    "due_on": "2026-11-24",
    "role": "booking_clerk",
}
BASE = "https://dmas.example"


def values_of(template: Template) -> dict[str, Any]:
    return {name: VALUES[name] for name in template.holds}


@pytest.mark.parametrize("template", staff.TEMPLATES.values(), ids=lambda one: one.name)
def test_every_message_can_be_read(template: Template) -> None:
    words = staff.write(template, values_of(template), BASE)
    assert words.subject == template.subject
    assert len(words.subject) <= 60
    assert f"\n{BASE}{template.path.format(**VALUES)}\n" in words.body
    assert not re.search(r"[{}]|None|2026-11-24|booking_clerk", words.body)
    assert max(map(len, words.body.splitlines())) <= 78
    assert words.body.endswith("address.\n")


@pytest.mark.parametrize("template", staff.TEMPLATES.values(), ids=lambda one: one.name)
def test_every_link_leads_to_a_page(template: Template, settings: Settings) -> None:
    create_app(settings).url_map.bind("localhost").match(template.path.format(**VALUES), method="GET")


def test_dates_and_roles_are_written_as_people_say_them() -> None:
    for template, words in (("new_matches", "24 November 2026"), ("role_granted", "Booking clerk")):
        assert words in " ".join(staff.write(staff.TEMPLATES[template], _of(template), BASE).body.split())


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "takes"),
        ({"reference": "PR-7K3M9QT", "name": "Robin"}, "takes"),
        ({"reference": "Robin Example"}, "does not fit"),
        ({"reference": 7}, "does not fit"),
    ],
)
def test_only_its_own_values_go_into_a_message(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        messages.check_values(RecipientKind.STAFF, "match_declined", values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("places", True),
        ("places", "2"),
        ("places", -1),
        ("due_on", "24 November"),
        ("due_on", "20261124"),
        ("due_on", None),
        ("matches", 1.5),
    ],
)
def test_each_value_has_its_form(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name} does not fit"):
        messages.check_values(RecipientKind.STAFF, "new_matches", {**_of("new_matches"), name: value})


def test_a_role_is_one_of_ours() -> None:
    with pytest.raises(ValueError, match="role does not fit"):
        messages.check_values(RecipientKind.STAFF, "role_granted", {"role": "Robin Example"})


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(LookupError):
        messages.check_values(RecipientKind.STAFF, "nothing_of_ours", {})


@pytest.mark.parametrize(
    ("subject", "body", "complaint"),
    [
        ("Hello {reference}", "Text", "constant"),
        ("Two\nlines", "Text", "constant"),
        ("", "Text", "constant"),
        ("Hello", "Dear {name}", "name may not stand"),
    ],
)
def test_words_that_could_carry_what_they_may_not_are_refused(
    subject: str, body: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        staff.add("a_new_one", "/home", subject, body)
    assert "a_new_one" not in staff.TEMPLATES


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="two templates"):
        staff.add("match_declined", "/home", "Hello", "Text")


def _of(template: str) -> dict[str, Any]:
    return values_of(staff.TEMPLATES[template])
