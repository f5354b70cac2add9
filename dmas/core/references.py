"""Short references people can read out: a prefix and seven unambiguous characters, drawn at random."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

ALPHABET = "23456789CDFGHJKMNPQRTVWXY"  # no vowels, no look-alikes, so no words and no misreadings
LENGTH = 7
PATTERN = re.compile(rf"^[A-Z]{{2}}-[{ALPHABET}]{{{LENGTH}}}$")


def new_reference(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """Return such as `OF-7K3M9QT`; 6 thousand million for each prefix, and a unique index below."""
    return f"{prefix}-" + "".join(choose(ALPHABET) for _ in range(LENGTH))


def is_reference(text: str) -> bool:
    """Say whether the text has the shape of a reference."""
    return PATTERN.match(text) is not None
