"""Readers of one value of a JSON object, each refusing a wrong value with the path to it."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Row = Mapping[str, Any]


class ProblemError(ValueError):
    """A problem that cannot be read: `path` says where, `message` what is wrong there."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message

    def under(self, parent: str) -> "ProblemError":
        """Return the same error seen from the object that holds this one."""
        return ProblemError(f"{parent}.{self.path}" if self.path else parent, self.message)


def record(value: object, keys: frozenset[str]) -> Row:
    """Return an object that has exactly these keys."""
    if not isinstance(value, Mapping):
        raise ProblemError("", "not an object")
    if value.keys() != keys:
        for key in sorted(map(str, value.keys() - keys)):
            raise ProblemError(key, "unknown key")
        raise ProblemError(min(keys - value.keys()), "missing")
    return value


def within(row: Row, key: str, keys: frozenset[str]) -> Row:
    """Return the object under a key, with exactly these keys of its own."""
    try:
        return record(row[key], keys)
    except ProblemError as error:
        raise error.under(key) from None


def items(row: Row, key: str) -> list[Any]:
    """Return a list of anything."""
    value = row[key]
    if not isinstance(value, list | tuple):
        raise ProblemError(key, "not a list")
    return list(value)


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or not value:
        return False
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def text(row: Row, key: str) -> str:
    """Return a text of at least one character."""
    value = row[key]
    if not _is_text(value):
        raise ProblemError(key, "not a text of at least one character")
    return str(value)


def texts(row: Row, key: str) -> frozenset[str]:
    """Return a list of texts as a set."""
    values = items(row, key)
    for i, value in enumerate(values):
        if not _is_text(value):
            raise ProblemError(f"{key}[{i}]", "not a text of at least one character")
    return frozenset(values)


def texts_or_none(row: Row, key: str) -> frozenset[str] | None:
    """Return a list of texts as a set, or None for null."""
    return None if row[key] is None else texts(row, key)


def choice(row: Row, key: str, allowed: tuple[str, ...]) -> str:
    """Return one of the allowed words."""
    value = row[key]
    if not isinstance(value, str) or value not in allowed:
        raise ProblemError(key, f"not one of {', '.join(allowed)}")
    return value


def whole(row: Row, key: str, low: int, high: int) -> int:
    """Return a whole number from low to high."""
    value = row[key]
    if type(value) is not int:
        raise ProblemError(key, "not a whole number")
    if not low <= value <= high:
        raise ProblemError(key, f"not from {low} to {high}")
    return value


def number(row: Row, key: str, low: int, high: int) -> float:
    """Return a number from low to high."""
    value = row[key]
    if type(value) not in (int, float) or (type(value) is float and not math.isfinite(value)):
        raise ProblemError(key, "not a number")
    if not low <= value <= high:
        raise ProblemError(key, f"not from {low} to {high}")
    return float(value)


def day(row: Row, key: str) -> int:
    """Return a date written YYYY-MM-DD, as its ordinal."""
    value = row[key]
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ProblemError(key, "not a date")
    try:
        return dt.date.fromisoformat(value).toordinal()
    except ValueError:
        raise ProblemError(key, "not a date") from None
