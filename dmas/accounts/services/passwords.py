"""Hashing passwords with argon2id and checking them, always with the same work."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dmas.accounts.rules import passwords as rules
from dmas.core.errors import InvalidInput

hasher = PasswordHasher()


def make_hash(password: str, *, email: str, name: str) -> str:
    """Return what is stored of a password; raise InvalidInput for one that may not be used."""
    objection = rules.objection(password, email=email, name=name)
    if objection:
        raise InvalidInput(objection, field="password")
    return hasher.hash(rules.canonical(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the one that was stored; without a stored one work as long and say no."""
    try:
        hasher.verify(password_hash or _nobodys(hasher), rules.canonical(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys(by: PasswordHasher) -> str:
    return by.hash("the password of nobody at all")
