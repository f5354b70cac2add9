"""Fields of words: one canonical form, nothing hidden, never too long."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from dmas.web.forms import EmailField, FileField, HiddenField, LongTextField, PasswordField, TextField
from dmas.web.forms.base import clean
from tests.web.forms.conftest import Ask

HIDDEN = "Name has hidden characters. Type it again instead of pasting it."


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Marsh ", "Ada Marsh"),
        ("Ada\u00a0Marsh", "Ada Marsh"),
        ("Jose\u0301", "José"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("O’Neill-Świętek", "O’Neill-Świętek"),
        ("محمد", "محمد"),
        ("क्‍ष", "क्‍ष"),
        ("Null", "Null"),
    ],
)
def test_a_line_is_kept_in_one_form(ask: Ask, typed: str, kept: str) -> None:
    field = ask(TextField("Name"), typed)
    assert (field.error, field.data) == (None, kept)


@pytest.mark.parametrize(
    "typed", ["a\x00b", "a\x1bb", "a\nb", "a\tb", "a\x85b", "a\u202eb", "a\u2066b", "a\ud800b"]
)
def test_what_cannot_be_kept_is_refused(ask: Ask, typed: str) -> None:
    field = ask(TextField("Name"), typed)
    assert field.error == HIDDEN


def test_a_line_has_a_longest(ask: Ask) -> None:
    assert ask(TextField("Name", max=5), "abcde").error is None
    field = ask(TextField("Name", max=5), "abcdef")
    assert field.error == "Name must be 5 characters or fewer."
    assert field.shown == "abcdef"


def test_only_what_is_required_is_missed(ask: Ask) -> None:
    assert ask(TextField("Name", required="Enter a name"), "  ").error == "Enter a name"
    assert ask(TextField("Name", required="Enter a name")).error == "Enter a name"
    assert ask(TextField("Name"), "").error is None


def test_a_paragraph_keeps_its_lines(ask: Ask) -> None:
    field = ask(LongTextField("Notes"), "\n one  two \r\n\r\nthree\r")
    assert field.data == "one  two\n\nthree"
    assert ask(LongTextField("Notes"), "a\x07").error is not None
    assert ask(LongTextField("Notes", max=3), "abcd").error == "Notes must be 3 characters or fewer."


@given(st.text(), st.booleans())
def test_cleaning_twice_changes_nothing(typed: str, lines: bool) -> None:
    try:
        once = clean(typed, called="Text", lines=lines, most=10_000)
    except ValueError:
        return
    assert clean(once, called="Text", lines=lines, most=10_000) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\x00" not in once


@pytest.mark.parametrize("address", ["ada@example.com", "a.b+c@sub.example.nhs.uk", "o'neill@example.com"])
def test_an_address_has_the_shape_of_one(ask: Ask, address: str) -> None:
    assert ask(EmailField("Email"), address).error is None


@pytest.mark.parametrize(
    "address", ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "a@b..c", "a@@b.c"]
)
def test_what_is_no_address_is_refused(ask: Ask, address: str) -> None:
    assert ask(EmailField("Email"), address).error == (
        "Enter an email address in the correct format, like name@example.com."
    )


def test_a_password_is_whole_and_never_shown_again(ask: Ask) -> None:
    field = ask(PasswordField("Password"), "  two words  ")
    assert field.data == "  two words  "
    assert field.shown == ""
    assert ask(PasswordField("Password"), "a\x00b").error == "Password must not have control characters."
    assert ask(PasswordField("Password"), "a" * 129).error == "Password must be 128 characters or fewer."
    assert ask(PasswordField("Password", required="Enter your password")).error == "Enter your password"


def test_a_file_has_an_ending_we_take(ask: Ask) -> None:
    field = FileField("List", accept=(".csv", ".xlsx"), required="Choose a file")
    assert ask(field).error == "Choose a file"
    assert ask(field, "text instead").error == "Choose a file"
    good = FileStorage(io.BytesIO(b"a,b"), filename="List.CSV")
    assert ask(field, good).data is good
    bad = FileStorage(io.BytesIO(b"a,b"), filename="list.exe")
    assert ask(field, bad).error == "The file must be .csv or .xlsx."
    assert ask(field, bad).shown == ""


def test_what_is_carried_unseen_is_checked_too(ask: Ask) -> None:
    assert ask(HiddenField("From", max=3), "abcd").error == "From must be 3 characters or fewer."


def test_a_file_where_words_are_asked_is_no_answer(ask: Ask) -> None:
    upload = FileStorage(io.BytesIO(b"x"), filename="x")
    assert ask(TextField("Name", required="Enter a name"), upload).error == "Enter a name"
    assert ask(LongTextField("Notes", required="Enter notes"), upload).error == "Enter notes"
