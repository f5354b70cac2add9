"""What a message is made of: constant words, and placeholders that cannot hold a person's name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from dmas.core.actors import Role
from dmas.core.references import is_reference


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _day(value: str) -> str:
    on = date.fromisoformat(value)
    return f"{on.day} {on:%B %Y}"


def _is_role(value: Any) -> bool:
    return isinstance(value, str) and value in {role.value for role in Role}


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Kind:
    """What a placeholder may hold, and how it is written."""

    fits: Callable[[Any], bool]
    shown: Callable[[Any], str] = str


# All that may ever stand in a message. Of an invitation only its id: the code is made from it at writing.
VALUES: dict[str, Kind] = {
    "reference": Kind(lambda value: isinstance(value, str) and is_reference(value)),
    "matches": Kind(_is_count),
    "places": Kind(_is_count),
    "due_on": Kind(_is_date, _day),
    "role": Kind(_is_role, lambda value: Role(value).label),
    "invitation": Kind(_is_id),
}


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one kind of message. `path` is the page its link leads to.

    `text` is the same news as a text message, for patients only.
    """

    name: str
    subject: str
    body: str
    path: str
    holds: frozenset[str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it is read."""

    subject: str
    body: str


def template(name: str, path: str, subject: str, body: str, text: str = "") -> Template:
    """Return a template; raise ValueError for words that could carry what they may not."""
    if not subject or not subject.isprintable() or "{" in subject:
        raise ValueError(f"{name}: a subject is one line of constant text")
    if "{invitation}" in path:
        raise ValueError(f"{name}: no address may hold a code")
    holds = _placeholders(path) | _placeholders(body)
    if holds - VALUES.keys():
        raise ValueError(f"{name}: {', '.join(sorted(holds - VALUES.keys()))} may not stand in a message")
    if _placeholders(text) - holds:
        raise ValueError(f"{name}: the text message says more than the letter")
    return Template(name, subject, body, path, holds, text)


def check(known: Template, values: Mapping[str, Any]) -> None:
    """Raise ValueError where the values are not exactly the template's own."""
    if values.keys() != known.holds:
        raise ValueError(f"{known.name} takes {sorted(known.holds)}, not {sorted(values)}")
    wrong = [name for name, value in values.items() if not VALUES[name].fits(value)]
    if wrong:
        raise ValueError(f"{known.name}: {', '.join(wrong)} does not fit")


def shown(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as they are written in a message."""
    return {name: VALUES[name].shown(value) for name, value in values.items()}


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
