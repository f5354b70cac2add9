"""The words of every message to patients: complete, plain, safe, and without a name outside a letter."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest

from dmas.notifications import messages
from dmas.notifications.commands import PatientAddress
from dmas.notifications.messages import Template, patients
from dmas.notifications.vocabulary import Channel, RecipientKind

BASE = "https://mutual-aid.example"
INVITATION = "2b1e6e1e-4a57-4b0e-8e0e-6f1f0f6e2d11"
CODE = "7K3M-9QTC-DFGH"
VALUES: dict[str, Any] = {
    "reference": "TR-7K3M9QT",
    "places": 4,
    "due_on": "2026-11-24",
    "invitation": INVITATION,
}
PERSON = PatientAddress(
    channel=Channel.LETTER,
    home_code="RX1",
    home_name="Exampleton University Hospitals",
    home_phone="01632 960123",
    worse="If your pain gets worse, call the waiting list nurses on 01632 960124.",
    emails=("robin@example.org",),
    mobile="07700 900123",
    name="Robin Example",
    postal_lines=("1 Example Street", "ZZ99 3VZ"),
)
ALL = pytest.mark.parametrize("template", patients.TEMPLATES.values(), ids=lambda one: one.name)
NAMED = {
    "transfer_invited", "transfer_code_replaced", "transfer_received", "transfer_information_wanted",
    "transfer_suitable", "transfer_not_suitable", "transfer_not_eligible", "transfer_options",
    "transfer_options_reminder", "transfer_chosen", "transfer_searching_again", "transfer_resting",
    "transfer_stayed", "transfer_not_found", "transfer_withdrawn", "transfer_progress", "transfer_moved",
    "transfer_returned", "transfer_dated", "choice_received", "choice_answered",
}  # fmt: skip


def code_of(invitation: uuid.UUID) -> str:
    assert str(invitation) == INVITATION
    return CODE


def values_of(template: Template) -> dict[str, Any]:
    return {name: VALUES[name] for name in template.holds}


def written(template: Template, person: PatientAddress = PERSON) -> tuple[str, str, str]:
    """Return a message as an email, a text message and a letter, each as one text."""
    given = (template, values_of(template), person, BASE, code_of)
    email, letter = patients.email(*given), patients.letter(*given)
    whole = "\n".join([letter.heading, *letter.paragraphs, letter.link, *letter.safety, *letter.help])
    return email.body, patients.text_message(*given), whole


def test_every_message_of_the_journey_is_there() -> None:
    assert patients.TEMPLATES.keys() == NAMED


@ALL
def test_every_message_can_be_read_in_each_form(template: Template) -> None:
    for words in written(template):
        assert not re.search(r"[{}]|None|2026-11-24", words)
        assert f"{BASE}{template.path}" in words
        assert INVITATION not in words
        assert (CODE in words) is ("invitation" in template.holds)
        assert ("TR-7K3M9QT" in words) is ("reference" in template.holds)
    assert len(template.subject) <= 60
    assert max(map(len, written(template)[0].splitlines())) <= 78


@ALL
def test_every_message_says_who_cares_today_and_what_to_do_when_worse(template: Template) -> None:
    email, text, letter = (" ".join(words.split()) for words in written(template))
    for words in (email, letter):
        assert "Exampleton University Hospitals is responsible for your care today." in words
        assert PERSON.worse in words
        assert "call 111" in words
        assert "call 999" in words
        assert "Nobody watches this message" in words
        assert "01632 960123" in words
        assert "/real-messages" in words
    assert "Exampleton University Hospitals: " in text
    assert "We look after your care today." in text
    assert "call 01632 960123 or 111; in an emergency 999. Not watched for symptoms." in text


@ALL
def test_a_text_message_is_short(template: Template) -> None:
    assert len(written(template)[1]) <= patients.LONGEST_TEXT
    assert written(template)[1].isascii()


@ALL
def test_no_name_number_or_address_stands_in_a_message(template: Template) -> None:
    for words in (*written(template), template.subject):
        assert not re.search("Robin|07700|ZZ99|robin@|Street", words)


def test_who_cares_after_the_move_is_named() -> None:
    moved = replace(PERSON, care_by="Farrowby Treatment Centre")
    email, text, letter = written(patients.TEMPLATES["transfer_moved"], moved)
    assert "Farrowby Treatment Centre is responsible for your care today." in email
    assert "Farrowby Treatment Centre is responsible for your care today." in letter
    assert "Farrowby Treatment Centre looks after your care today." in text


def test_a_trust_without_words_of_its_own_still_says_whom_to_call() -> None:
    bare = replace(PERSON, worse="", home_phone="")
    email, text, letter = written(patients.TEMPLATES["transfer_resting"], bare)
    for words in (email, letter):
        assert "If you get worse while you wait, call Exampleton University Hospitals." in " ".join(
            words.split()
        )
    assert "If you get worse call 111" in text


def test_an_interpreter_is_named_in_letters_only() -> None:
    email, text, letter = written(patients.TEMPLATES["transfer_options"], replace(PERSON, language="Polish"))
    assert "you use Polish" in letter
    assert "Polish" not in email + text


def test_the_code_of_a_letter_stands_by_itself() -> None:
    known = patients.TEMPLATES["transfer_invited"]
    letter = patients.letter(known, values_of(known), PERSON, BASE, code_of)
    assert letter.code == CODE
    assert [each for each in letter.paragraphs if CODE in each] == [CODE]
    assert CODE not in repr(letter)


def test_staff_and_patients_have_words_of_their_own_under_one_name() -> None:
    theirs = messages.find(RecipientKind.PATIENT, "transfer_returned")
    ours = messages.find(RecipientKind.STAFF, "transfer_returned")
    assert theirs is not None
    assert ours is not None
    assert theirs.subject != ours.subject
    assert messages.find(RecipientKind.PATIENT, "match_declined") is None
    with pytest.raises(LookupError, match="no message match_declined to a patient"):
        messages.check_values(RecipientKind.PATIENT, "match_declined", {"reference": "PR-7K3M9QT"})


def test_a_message_without_a_text_message_or_with_a_name_in_use_is_refused() -> None:
    with pytest.raises(ValueError, match="no text message"):
        patients.add("a_new_one", "/transfer", "Hello", "Text", text="")
    with pytest.raises(ValueError, match="two templates"):
        patients.add("transfer_moved", "/transfer", "Hello", "Text", text="Text")
