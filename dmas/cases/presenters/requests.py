"""The page of a request: how many places are found, line by line, and why the rest are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dmas.cases.queries import RequestCase
from dmas.cases.rules import still_wanted
from dmas.catalogue.vocabulary.priorities import PriorityScale, named_priority
from dmas.catalogue.vocabulary.procedures import procedure_group
from dmas.matching import presenters as nights
from dmas.matching.engine.nearly import Nearly
from dmas.matching.presenters import Why, past
from dmas.requests.models import CareRequest, RequestLine
from dmas.transfers.vocabulary import TAKES_PLACE
from dmas.web.filters import count
from dmas.web.pages import Figure


@dataclass(frozen=True, slots=True)
class LineProgress:
    """How far one line has come: places asked for, held, taken and still to find."""

    number: int
    what: str
    asked: int
    held: int
    taken: int

    @property
    def left(self) -> int:
        """Return the places still to find."""
        return still_wanted(self.asked, self.held, self.taken)


LINES_HEAD = ("Line", "Who", "Asked", "Held", "Taken", "Still to find")


def progress(case: RequestCase) -> list[LineProgress]:
    """Return how far each line has come."""
    held: Counter[object] = Counter()
    for row in case.matches:
        held[row.proposal.line_id] += row.proposal.held
    taken = Counter(one.line_id for one in case.transfers if one.status in TAKES_PLACE)
    return [
        LineProgress(
            line.number,
            _who(line),
            line.places,
            held[line.id],
            taken[line.id],
        )
        for line in case.care_request.lines
    ]


def _who(line: RequestLine) -> str:
    priority = named_priority(line.priority_code)
    waited = f"{priority.code}, {line.weeks_from} to {line.weeks_to} weeks"
    if priority.scale is PriorityScale.TEST:
        return waited
    what = procedure_group(line.procedure_group).name if line.procedure_group else "Any operation"
    return f"{what}, {waited}"


def line_rows(lines: Sequence[LineProgress]) -> list[tuple[object, ...]]:
    """Return one row for each line, under `LINES_HEAD`."""
    return [(one.number, one.what, one.asked, one.held, one.taken, one.left) for one in lines]


def figures(lines: Sequence[LineProgress]) -> list[Figure]:
    """Return the sums of all lines, as the page shows them first."""
    return [
        Figure(f"{sum(one.asked for one in lines):,}", "Asked for", "Places in all lines"),
        Figure(f"{sum(one.held for one in lines):,}", "Held", "Proposed, and not yet taken by a person"),
        Figure(f"{sum(one.taken for one in lines):,}", "Taken", "People who have said yes"),
        Figure(f"{sum(one.left for one in lines):,}", "Still to find", "The next night looks for these"),
    ]


@dataclass(frozen=True, slots=True)
class Reason:
    """What the last night said of some lines alike, in words, with the steps behind it."""

    lines: str
    why: Why
    nearly: str


def reasons(case: RequestCase) -> list[Reason]:
    """Return last night's outcome in words; lines of which it said the very same share one."""
    grouped: dict[Why, list[int]] = {}
    for row in case.outcomes:
        said = nights.why(row)
        grouped.setdefault(replace(said, number=0), []).append(said.number)
    return [Reason(_lines(numbers), why, _nearly(why)) for why, numbers in grouped.items()]


def nearly(found: Mapping[int, Sequence[Nearly]]) -> list[tuple[str, list[str]]]:
    """Return, line by line, what would have found places, in words."""
    return [(f"Line {number}", past.nearly(changes)) for number, changes in found.items()]


def _lines(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Line {numbers[0]}"
    return f"Lines {', '.join(str(one) for one in numbers[:-1])} and {numbers[-1]}"


def _nearly(why: Why) -> str:
    """Return which single rule stops offers that would fit otherwise, the one that opens most first."""
    opens = sorted(((more, rule) for rule, more in why.would_open if more), key=lambda one: -one[0])
    return ". ".join(f"{count(more, 'offer')} would fit but for one rule: {rule}" for more, rule in opens)


def area(care_request: CareRequest, names: dict[str, str]) -> list[tuple[str, str]]:
    """Return whose request it is and where it lies."""
    codes = (
        ("Trust", care_request.provider_code),
        ("ICB", care_request.icb_code),
        ("Region", care_request.region_code),
    )
    return [(words, names.get(code, code)) for words, code in codes]
