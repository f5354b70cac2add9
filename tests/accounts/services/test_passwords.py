"""Passwords are stored as argon2id, and checking nobody's takes the same work."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from dmas.accounts.services import passwords
from dmas.core.errors import InvalidInput

WORDS = "seven purple kettles"


def make(password: str) -> str:
    return passwords.make_hash(password, email="robin@example.org", name="Robin Example")


def test_a_hash_is_argon2id_with_its_own_salt() -> None:
    one, other = make(WORDS), make(WORDS)
    assert one.startswith("$argon2id$")
    assert one != other
    assert WORDS not in one


def test_only_the_password_matches() -> None:
    stored = make(WORDS)
    assert passwords.matches(stored, WORDS)
    assert not passwords.matches(stored, WORDS + " ")
    assert not passwords.matches(stored, WORDS.upper())
    assert not passwords.matches("not a hash", WORDS)


def test_two_keyboards_type_the_same_password() -> None:
    assert passwords.matches(make("cafe\u0301 purple kettles"), "caf\u00e9 purple kettles")


def test_nobodys_password_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    stored = make(WORDS)
    assert not passwords.matches(None, WORDS)
    assert not passwords.matches(None, "the password of nobody at all")
    assert not passwords.matches(stored, "something else again")
    assert checked[0] == checked[1] == checked[2]  # the same parameters, so the same work


def test_the_work_is_that_of_the_library_at_least() -> None:
    standard = PasswordHasher()
    assert standard.memory_cost >= 19 * 1024
    assert standard.time_cost >= 2


def test_a_bad_password_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidInput, match="12 characters or more") as refused:
        make("short")
    assert refused.value.field == "password"
