"""A usual wait in words, with how many people it is taken from and when."""

from __future__ import annotations

from dmas.catalogue.vocabulary.treatment_functions import PUBLISHED_FUNCTIONS
from dmas.published.rules import MIN_SAMPLE, UsualWait, counted_under
from dmas.published.vocabulary import Counted
from dmas.web.filters import count

NOT_KNOWN = f"Not known: nothing is published, or of fewer than {MIN_SAMPLE} people"

_PEOPLE = {
    Counted.TREATED: ("person", "people"),
    Counted.ADMITTED: ("person admitted", "people admitted"),
    Counted.OUTPATIENT: ("person treated without admission", "people treated without admission"),
}


def said(wait: UsualWait | None, service: str = "") -> str:
    """Return a usual wait as a sentence; a `service` published among others has that said."""
    if wait is None:
        return NOT_KNOWN
    half, most = _weeks(wait.half, wait.longest), _weeks(wait.nine_in_ten, wait.longest)
    if wait.counted is Counted.TEST:
        return f"Half of those waiting had waited {half}, nine in ten {most} ({whose(wait)})"
    among = f"; {grouped(service)}" if grouped(service) else ""
    return f"Half of people were treated {half}, nine in ten {most} ({whose(wait)}{among})"


def short(wait: UsualWait | None) -> str:
    """Return a usual wait for a narrow column, such as `12 weeks, 9 in 10: 30`; nothing where not known."""
    if wait is None:
        return ""
    return f"{edge(wait.half, wait.longest)} weeks, 9 in 10: {edge(wait.nine_in_ten, wait.longest)}"


def edge(weeks: int, longest: int) -> str:
    """Return a number of weeks as a column has it: `12`, or `over 104` past the longest band."""
    return str(weeks) if weeks <= longest else f"over {longest}"


def whose(wait: UsualWait) -> str:
    """Return how many people a usual wait is taken from, and when."""
    if wait.counted is Counted.TEST:
        return f"{wait.sample:,} waiting at the end of {wait.period:%B %Y}"
    return f"{count(wait.sample, *_PEOPLE[wait.counted])}, {wait.period:%B %Y}"


def grouped(service: str) -> str:
    """Return with what a service's figures are published together, or nothing where it has its own."""
    row = counted_under(service) if service else ""
    if not row.startswith("X") or row == service:
        return ""
    name = PUBLISHED_FUNCTIONS[row].name
    return f"published for {name[0].lower()}{name[1:]} together"


def _weeks(weeks: int, longest: int) -> str:
    return f"within {count(weeks, 'week')}" if weeks <= longest else f"in more than {longest} weeks"
