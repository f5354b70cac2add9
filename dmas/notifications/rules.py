"""When a message is tried again and given up, and which way it goes to a patient."""

from __future__ import annotations

import re

from dmas.notifications.commands import PatientAddress
from dmas.notifications.vocabulary import (
    FIRST_WAIT_SECONDS,
    JITTER,
    LONGEST_WAIT_SECONDS,
    MOST_TRIES,
    Channel,
    LetterFormat,
)

LARGE_PRINT = re.compile(r"\blarge[- ]print\b", re.IGNORECASE)
OTHER_FORM = re.compile(
    r"\bbraille\b|\baudio\b|\beasy[- ]?read\b|\bmoon\b|\bon (a )?(cd|disc)\b", re.IGNORECASE
)


def wait_seconds(tries: int, spread: float) -> float:
    """Return how long to wait after a number of failed tries: 1, 2, 4 … minutes, an hour at most.

    `spread` from -1 to 1 moves it by up to a fifth, so that messages that failed together part.
    """
    if tries < 1 or not -1 <= spread <= 1:
        raise ValueError("Count at least one try, and spread by -1 to 1.")
    doubled: int = FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 20)
    return min(doubled, LONGEST_WAIT_SECONDS) * (1 + JITTER * spread)


def is_given_up(tries: int) -> bool:
    """Say whether a message that failed so often is tried no more."""
    return tries >= MOST_TRIES


def way(person: PatientAddress, *, texts: bool) -> Channel | None:
    """Return the first channel that is allowed and possible; `texts` says whether text messages can go."""
    possible = {
        Channel.EMAIL: bool(person.emails),
        Channel.SMS: texts and bool(person.mobile),
        Channel.LETTER: bool(person.name and person.postal_lines),
    }
    return next((one for one in (person.channel, *person.others) if possible[one]), None)


def letter_format(needs: str) -> LetterFormat:
    """Return how a letter is set for what somebody said they need; more than paper can do comes first."""
    if OTHER_FORM.search(needs):
        return LetterFormat.OTHER
    return LetterFormat.LARGE_PRINT if LARGE_PRINT.search(needs) else LetterFormat.STANDARD
