"""Which task comes first, and into which band a wait falls: decisions on values alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """So many things of one kind that wait for somebody; `due` of them today or earlier."""

    kind: str
    number: int
    due: int = 0


# In the order of the work where nothing is due: people first, then answers, then what keeps things true.
ORDER = (
    "critical",
    "unread",
    "call",
    "re_register",
    "answer",
    "inform",
    "review",
    "decide",
    "name",
    "ask",
    "send",
    "confirm",
    "date",
    "treat",
    "read",
    "name_reader",
    "report",
    "test",
    "book",
    "tell",
    "letters",
    "approve",
    "returned_offers",
    "returned_requests",
    "returned_tests",
    "still_true",
    "still_true_tests",
)

# A wait in whole weeks: the longest of each band, its words.
WAIT_BANDS: tuple[tuple[int | None, str], ...] = (
    (39, "Under 40 weeks"),
    (51, "40 to 51 weeks"),
    (64, "52 to 64 weeks"),
    (77, "65 to 77 weeks"),
    (None, "78 weeks and more"),
)


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Return the tasks that have anything to do, what is due first, then in the order of the work."""
    waiting = [task for task in tasks if task.number]
    return sorted(waiting, key=lambda task: (task.due == 0, ORDER.index(task.kind)))


def band_of(weeks: int) -> str:
    """Return the words of the band that a wait in whole weeks falls into."""
    return next(words for most, words in WAIT_BANDS if most is None or weeks <= most)


def by_band(waits: Iterable[tuple[int, int]]) -> list[tuple[str, int]]:
    """Return places by band from (weeks waited, places); the shortest band only where it has any."""
    places: Counter[str] = Counter()
    for weeks, number in waits:
        places[band_of(weeks)] += number
    shortest = WAIT_BANDS[0][1]
    return [
        (words, places[words]) for _, words in WAIT_BANDS if places and (words != shortest or places[words])
    ]
