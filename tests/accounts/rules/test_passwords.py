"""Passwords are refused for being short, long, well known or the person's own name, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.accounts.rules import passwords

EMAIL, NAME = "robin.example@anytrust.nhs.example", "Robin Example-Marsh"


def objection(password: str) -> str | None:
    return passwords.objection(password, email=EMAIL, name=NAME)


@pytest.mark.parametrize(
    "password",
    [
        "seven purple kettles",
        "kettle-kettle9",
        "839201746205",
        "пароль из слов",
        "正確馬電池主食釘書機漢字文",
        "x" * 5 + "y" * 7,
        "    a horse    ",
        "!&*()_+{}|:<>?~",
        "dmas and a purple kettle",
        "robin sat on a purple kettle",
        "k" * 60 + "7 long words" + "z" * 56,
    ],
)
def test_length_is_what_protects(password: str) -> None:
    assert objection(password) is None


@pytest.mark.parametrize("length", [0, 1, 11])
def test_short_ones_are_refused(length: int) -> None:
    assert objection("a1b2c3d4e5f6"[:length]) == passwords.TOO_SHORT


def test_the_longest_is_128_characters() -> None:
    assert objection(("kettle seven " * 10)[:128]) is None
    assert objection(("kettle seven " * 10)[:129]) == passwords.TOO_LONG


def test_length_is_counted_in_composed_characters() -> None:
    assert objection("e\u0301" * 6) == passwords.TOO_SHORT


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "PASSW0RD-1234",
        "p4ssw0rd4321",
        "welcome12345",
        "Welcome to NHS",
        "passwordpassword",
        "123456789012",
        "1234 5678 9012",
        "qwertyuiop[]12",
        "Qwerty-Asdfgh",
        "letmein123456",
        "Liverpool2026",
        "November 20261",
        "correct horse battery staple",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "!!!!!!!!!!!!!!",
        "!?!?!?!?!?!?",
        "01230123012301",
    ],
)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    assert objection(password) == passwords.TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "robin.example@anytrust.nhs.example",
        "RobinExample26",
        "robinrobinrobin1",
        "Example-Marsh-1",
        "Robin Example-Marsh",
        "anytrust2026!",
        "dmas-dmas-2026",
        "mutual aid 123",
        "DigitalMutualAid",
    ],
)
def test_what_everybody_can_see_is_refused(password: str) -> None:
    assert objection(password) == passwords.TOO_CLOSE


@given(st.text(max_size=140))
def test_any_text_has_an_answer(password: str) -> None:
    answer = objection(password)
    fits = passwords.SHORTEST <= len(passwords.canonical(password)) <= passwords.LONGEST
    assert (answer in (None, passwords.TOO_COMMON, passwords.TOO_CLOSE)) == fits


def test_the_list_has_only_what_length_lets_through() -> None:
    assert min(map(len, passwords.COMMON)) >= passwords.SHORTEST
    assert all(word == word.casefold() for word in passwords.COMMON | passwords.STEMS)
