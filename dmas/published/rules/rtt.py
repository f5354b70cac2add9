"""Adding up a month's extract: one row for each commissioner becomes one count for each provider.

The file's own totals (function C_999) are never added in; they are what the sums are checked against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from dmas.catalogue.vocabulary.treatment_functions import PUBLISHED_FUNCTIONS, PUBLISHED_TOTAL
from dmas.core.errors import InvalidInput
from dmas.published.rules.returns import ProviderFact, fact, period_end
from dmas.published.vocabulary import (
    BAND_COLUMNS,
    BANDS,
    COLUMNS,
    FUNCTION,
    PARENT,
    PART,
    PERIOD,
    PROVIDER,
    PROVIDER_NAME,
    TOTAL_ALL,
    UNKNOWN_START,
    Part,
)

_FUNCTIONS = frozenset(PUBLISHED_FUNCTIONS) | {PUBLISHED_TOTAL}
_PARTS = {f"Part_{part.value}": part for part in Part}
_LARGEST = 2**31 - 1
_NAMED = 5

Counts = npt.NDArray[np.int64]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file keeps each column we read; the bands stand side by side."""

    width: int
    period: int
    parent: int
    provider: int
    provider_name: int
    part: int
    function: int
    first_band: int
    unknown: int
    total: int


def layout(header: Sequence[str]) -> Layout:
    """Find the columns in an extract's header; raise InvalidInput naming those missing."""
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise InvalidInput(
            f"This is not the monthly RTT full extract: missing {', '.join(missing[:_NAMED])}{more}."
            " Download 'Full CSV data file' of a month since April 2021."
        )
    first = names.index(BAND_COLUMNS[0])
    if tuple(names[first : first + BANDS]) != BAND_COLUMNS:
        raise InvalidInput("The weekly bands are not in order. Download the full extract again.")
    at = names.index
    return Layout(
        width=len(names),
        period=at(PERIOD),
        parent=at(PARENT),
        provider=at(PROVIDER),
        provider_name=at(PROVIDER_NAME),
        part=at(PART),
        function=at(FUNCTION),
        first_band=first,
        unknown=at(UNKNOWN_START),
        total=at(TOTAL_ALL),
    )


@dataclass(slots=True)
class Tally:
    """The sums of one month. A count is 106 numbers: the 105 bands and the total, unknown starts included."""

    layout: Layout
    period_text: str | None = None
    rows: int = 0
    providers: dict[str, ProviderFact] = field(default_factory=dict)
    counts: dict[tuple[str, str, Part], Counts] = field(default_factory=dict)
    totals: dict[tuple[str, Part], Counts] = field(default_factory=dict)

    def add(self, cells: Sequence[str]) -> None:
        """Add one row; raise InvalidInput with the reason it makes no sense."""
        here = self.layout
        if len(cells) != here.width:
            raise InvalidInput(f"it has {len(cells)} columns, not {here.width}: the file may be cut off")
        part, function, provider = _PARTS.get(cells[here.part]), cells[here.function], cells[here.provider]
        if part is None:
            raise InvalidInput(f"{cells[here.part][:20]!r} is not a part of the RTT return")
        if function not in _FUNCTIONS:
            raise InvalidInput(f"{function[:20]!r} is not a published treatment function")
        self._one_month(cells[here.period])
        self._meet(provider, cells)
        values = _numbers(cells, here, part)
        if function == PUBLISHED_TOTAL:
            _add_to(self.totals, (provider, part), values)
        else:
            _add_to(self.counts, (provider, function, part), values)
        self.rows += 1

    def _one_month(self, text: str) -> None:
        if text == self.period_text:
            return
        if self.period_text is not None:
            raise InvalidInput(
                f"it is about {text[:30]!r} and the rows before about {self.period_text}:"
                " import one month at a time"
            )
        period_end("RTT", text)
        self.period_text = text

    def _meet(self, provider: str, cells: Sequence[str]) -> None:
        if provider in self.providers:
            return
        self.providers[provider] = fact(
            provider, cells[self.layout.provider_name], cells[self.layout.parent], met=len(self.providers)
        )

    @property
    def period(self) -> date:
        """Return the last day of the month; raise InvalidInput where the file had no row."""
        if self.period_text is None:
            raise InvalidInput("The file has a header and no rows. Download it again.")
        return period_end("RTT", self.period_text)

    @property
    def incomplete(self) -> int:
        """Return the pathways still waiting, summed over functions and never over parts."""
        waiting = (counts for (_, _, part), counts in self.counts.items() if part is Part.INCOMPLETE)
        return sum(int(counts[BANDS]) for counts in waiting)


def disagreements(tally: Tally) -> list[str]:
    """Return a sentence for each provider whose functions do not add up to the file's own total rows."""
    sums: dict[tuple[str, Part], Counts] = {}
    for (provider, _, part), counts in tally.counts.items():
        _add_to(sums, (provider, part), counts)
    nothing = np.zeros(BANDS + 1, dtype=np.int64)
    found: dict[str, str] = {}
    for key in sorted(sums.keys() | tally.totals.keys()):
        ours, theirs = sums.get(key, nothing), tally.totals.get(key, nothing)
        if not np.array_equal(ours, theirs):
            provider, part = key
            found.setdefault(
                provider,
                f"{provider} {tally.providers[provider].name}: part {part} adds up to {ours[BANDS]:,}"
                f" and its total row says {theirs[BANDS]:,}",
            )
    return list(found.values())


def check_totals(tally: Tally) -> None:
    """Raise InvalidInput naming the providers whose functions do not add up to the file's own totals."""
    found = disagreements(tally)
    if found:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise InvalidInput(
            "Nothing was stored: the treatment functions do not add up to the totals (C_999) of "
            + "; ".join(found[:_NAMED])
            + f"{more}. The file may be cut off or edited: download it again."
        )


def _numbers(cells: Sequence[str], here: Layout, part: Part) -> Counts:
    bands = cells[here.first_band : here.first_band + BANDS]
    try:
        numbers = [int(cell) if cell else 0 for cell in bands]
        unknown = int(cells[here.unknown] or 0)
        total = int(cells[here.total])
    except ValueError:
        raise InvalidInput("a count is missing or not a whole number") from None
    if min(numbers) < 0 or unknown < 0 or not 0 <= total <= _LARGEST:
        raise InvalidInput("a count is below nothing or far too large")
    if part.has_bands and sum(numbers) + unknown != total:
        raise InvalidInput(f"its bands add up to {sum(numbers) + unknown:,} and its total says {total:,}")
    return np.array([*numbers, total], dtype=np.int64)


def _add_to(sums: dict[Key, Counts], key: Key, values: Counts) -> None:
    held = sums.get(key)
    if held is None:
        sums[key] = values.copy()
    else:
        held += values
