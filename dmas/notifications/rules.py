"""When a message is tried again, and when it is given up."""

from __future__ import annotations

from dmas.notifications.vocabulary import FIRST_WAIT_SECONDS, JITTER, LONGEST_WAIT_SECONDS, MOST_TRIES


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
