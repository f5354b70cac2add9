"""Short references people can read out: a prefix and seven unambiguous characters, drawn at random."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ALPHABET = "23456789CDFGHJKMNPQRTVWXY"  # no vowels, no look-alikes, so no words and no misreadings
LENGTH = 7
PATTERN = re.compile(rf"[A-Z]{{2}}-[{ALPHABET}]{{{LENGTH}}}")


_choose: ContextVar[Callable[[str], str]] = ContextVar("choose", default=secrets.choice)


def new_reference(prefix: str) -> str:
    """Return such as `OF-7K3M9QT`; 6 thousand million for each prefix, and a unique index below."""
    choose = _choose.get()
    return f"{prefix}-" + "".join(choose(ALPHABET) for _ in range(LENGTH))


@contextmanager
def chosen_by(choose: Callable[[str], str]) -> Iterator[None]:
    """Draw references by another chooser here, such as a seeded one: the demo and rehearsals repeat."""
    token = _choose.set(choose)
    try:
        yield
    finally:
        _choose.reset(token)


def is_reference(text: str) -> bool:
    """Say whether the text has the shape of a reference."""
    return PATTERN.fullmatch(text) is not None
