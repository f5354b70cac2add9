"""The list that compares providers: its words, its order and what is said where it is empty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dmas.catalogue.rules import service_in_text
from dmas.providers.vocabulary import RATING_LABELS, QualityRating
from dmas.published.presenters.waits import edge
from dmas.published.queries import Compared
from dmas.web.filters import miles, number

NHS, INDEPENDENT = "nhs", "independent"
SECTORS = ((NHS, "NHS"), (INDEPENDENT, "Independent, paid for by the NHS"))
SORTS = (("wait", "usual wait"), ("distance", "distance"), ("rating", "CQC rating"))

_SMALL = {"And", "Of", "The", "For", "In", "On", "At", "With", "To"}
_ALL_CAPITALS = {"Nhs", "Uk", "Icb", "Bmi", "Cic", "Llp", "Ndtc", "Isct", "Cdc"}
_LAST = 10**9
_BEST_FIRST = tuple(QualityRating)


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says; `wider` where showing any distance would list somebody."""

    text: str
    wider: bool = False


def heading(service: str) -> str:
    """Return the page's heading for a service."""
    return f"Compare waits: {service_in_text(service)}"


def proper(name: str) -> str:
    """Return a name that is published in capitals as people write it; any other name as it is."""
    if not name.isupper():
        return name
    words = re.sub(r"[A-Z]+(?:'[A-Z]+)?", lambda found: _word(found[0]), name)
    return words[:1].upper() + words[1:]


def _word(word: str) -> str:
    titled = word[0] + word[1:].lower()
    if titled in _ALL_CAPITALS:
        return titled.upper()
    return titled.lower() if titled in _SMALL else titled


def sector(row: Compared) -> str:
    """Return whether a provider is the NHS's own or independent."""
    if row.independent is None:
        return "Not known"
    return "Independent" if row.independent else "NHS"


def who(row: Compared) -> str:
    """Return a provider with its sector."""
    return f"{proper(row.name)} ({'sector not known' if row.independent is None else sector(row)})"


def where(row: Compared) -> str:
    """Return the nearest of a provider's places."""
    return proper(row.site) if row.site else "Place not known"


def distance(row: Compared) -> str:
    """Return the miles to the nearest place for a narrow column."""
    if row.tenths is None:
        return ""
    return ("about " if row.approximate else "") + miles(row.tenths).removesuffix(" miles in a straight line")


def half(row: Compared) -> str:
    """Return within how many weeks half were seen."""
    return f"{edge(row.wait.half, row.wait.longest)} weeks" if row.wait else ""


def nine_in_ten(row: Compared) -> str:
    """Return within how many weeks nine in ten were seen."""
    return f"{edge(row.wait.nine_in_ten, row.wait.longest)} weeks" if row.wait else ""


def sample(row: Compared) -> str:
    """Return how many people the wait is taken from."""
    return number(row.wait.sample) if row.wait else "Too few"


def quality(row: Compared) -> str:
    """Return how the nearest place, or the whole provider, was rated."""
    if row.rating is None:
        return "Not known"
    return f"{RATING_LABELS[row.rating.value]}{'' if row.of_nearest else ' (whole provider)'}"


def narrowed(rows: Sequence[Compared], *, within: str, chosen: str) -> list[Compared]:
    """Return who lies within so many miles and is of a sector; empty means any."""
    tenths = 10 * int(within) if within else None
    wanted = {"": None, NHS: False, INDEPENDENT: True}[chosen]
    return [
        row
        for row in rows
        if (tenths is None or (row.tenths is not None and row.tenths <= tenths))
        and (wanted is None or row.independent is wanted)
    ]


def ordered(rows: Sequence[Compared], key: str, *, descending: bool) -> list[Compared]:
    """Return rows by usual wait, distance, rating or name; what is not known comes last either way."""

    def known(row: Compared) -> tuple[int, ...] | None:
        if key == "distance":
            return None if row.tenths is None else (row.tenths,)
        if key == "rating":
            rated = row.rating is not None and row.rating.value is not QualityRating.NOT_RATED
            return (_BEST_FIRST.index(row.rating.value),) if rated and row.rating else None
        return None if row.wait is None else (row.wait.half, row.wait.nine_in_ten)

    def place(row: Compared) -> tuple[bool, tuple[int, ...], int, str]:
        value = known(row)
        turned = tuple(-part for part in value) if value and descending else value
        return (value is None, turned or (), _LAST if row.tenths is None else row.tenths, row.code)

    if key == "name":
        return sorted(rows, key=lambda row: (proper(row.name).casefold(), row.code), reverse=descending)
    return sorted(rows, key=place)


def nothing(everybody: Sequence[Compared], *, within: str, chosen: str) -> Empty:
    """Return why nobody is listed, and the smallest change that lists somebody."""
    if not everybody:
        return Empty("No provider reported this service in the newest month.")
    of_sector = ordered(narrowed(everybody, within="", chosen=chosen), "distance", descending=False)
    if not of_sector:
        return Empty("No provider of this kind reported this service in the newest month.")
    nearest = of_sector[0]
    if within and nearest.tenths is not None:
        name = proper(nearest.name)
        text = f"Nobody within {within} miles. The nearest is {name}, {distance(nearest)} miles away."
        return Empty(text, wider=True)
    return Empty("No provider's place is known, so none is within this distance.", wider=True)
