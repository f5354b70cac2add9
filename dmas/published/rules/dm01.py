"""Adding up a month's diagnostic tests (DM01): one row for each commissioner becomes one count a provider.

A row that makes no sense takes its provider's whole count of that test with it, for a sum without it would
be too low. The file's TOTAL rows are never added in; they are what the sums are checked against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.core.errors import InvalidInput
from dmas.published.rules.returns import ProviderFact, fact, period_end
from dmas.published.vocabulary import (
    DM01_ACTIVITIES,
    DM01_BAND_COLUMNS,
    DM01_BANDS,
    DM01_COLUMNS,
    DM01_TEST,
    DM01_TOTAL,
    DM01_TOTAL_ACTIVITY,
    DM01_WAITING,
    PARENT,
    PERIOD,
    PROVIDER,
    PROVIDER_NAME,
)

_LARGEST = 2**31 - 1
_NAMED = 5

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dm01Layout:
    """Where a file keeps each column we read; `numbers` are the bands, those waiting, then the activities."""

    width: int
    period: int
    parent: int
    provider: int
    provider_name: int
    test: int
    numbers: tuple[int, ...]
    all_activity: int


def dm01_layout(header: Sequence[str]) -> Dm01Layout:
    """Find the columns in the header of the full extract; raise InvalidInput naming those missing."""
    names = [" ".join(name.split()) for name in header]
    missing = [name for name in DM01_COLUMNS if name not in names]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise InvalidInput(
            f"This is not the monthly DM01 full extract: missing {', '.join(missing[:_NAMED])}{more}."
            " Download the full extract (CSV) of a month."
        )
    at = names.index
    return Dm01Layout(
        width=len(names),
        period=at(PERIOD),
        parent=at(PARENT),
        provider=at(PROVIDER),
        provider_name=at(PROVIDER_NAME),
        test=at(DM01_TEST),
        numbers=tuple(at(name) for name in (*DM01_BAND_COLUMNS, DM01_WAITING, *DM01_ACTIVITIES)),
        all_activity=at(DM01_TOTAL_ACTIVITY),
    )


@dataclass(slots=True)
class Dm01Tally:
    """The sums of one month. A count is 18 numbers: 14 bands, those waiting, and three activities."""

    layout: Dm01Layout
    period_text: str | None = None
    rows: int = 0
    providers: dict[str, ProviderFact] = field(default_factory=dict)
    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    totals: dict[str, Counts] = field(default_factory=dict)
    spoilt: set[tuple[str, str]] = field(default_factory=set)

    def add(self, cells: Sequence[str]) -> str | None:
        """Add one row, or return why it is refused; raise InvalidInput where the file itself is wrong."""
        here = self.layout
        if len(cells) != here.width:
            raise InvalidInput(f"it has {len(cells)} columns, not {here.width}: the file may be cut off")
        self._one_month(cells[here.period])
        provider, test = cells[here.provider].strip().upper(), cells[here.test].strip().upper()
        if test != DM01_TOTAL and test not in DIAGNOSTIC_TESTS:
            return f"{test[:30]!r} is not one of the 15 tests"
        try:
            if provider not in self.providers:
                self.providers[provider] = fact(
                    provider, cells[here.provider_name], cells[here.parent], met=len(self.providers)
                )
            values = _numbers(cells, here)
        except InvalidInput as error:
            self.spoilt.add((provider, test))
            return f"{error}; nothing of {provider[:20]} is kept for {test}"
        self._sum(provider, test, values)
        return None

    def _one_month(self, text: str) -> None:
        if text == self.period_text:
            return
        if self.period_text is not None:
            raise InvalidInput(
                f"it is about {text[:30]!r} and the rows before about {self.period_text}:"
                " import one month at a time"
            )
        period_end("DM01", text)
        self.period_text = text

    def _sum(self, provider: str, test: str, values: Counts) -> None:
        if test == DM01_TOTAL:
            self.totals[provider] = self.totals[provider] + values if provider in self.totals else values
            return
        self.rows += 1
        key = (provider, test)
        self.counts[key] = self.counts[key] + values if key in self.counts else values

    @property
    def period(self) -> date:
        """Return the last day of the month; raise InvalidInput where the file had no row."""
        if self.period_text is None:
            raise InvalidInput("The file has a header and no rows. Download it again.")
        return period_end("DM01", self.period_text)

    @property
    def kept(self) -> dict[tuple[str, str], Counts]:
        """Return the counts that no refused row belongs to, by provider and test."""
        return {key: counts for key, counts in self.counts.items() if key not in self.spoilt}


def dm01_disagreements(tally: Dm01Tally) -> list[str]:
    """Return a sentence for each provider whose tests do not add up to the file's own TOTAL rows."""
    sums: dict[str, Counts] = {}
    for (provider, _), counts in tally.counts.items():
        sums[provider] = sums[provider] + counts if provider in sums else counts
    unsure = {provider for provider, _ in tally.spoilt}
    nothing = np.zeros(DM01_BANDS + 4, dtype=np.int64)
    found = []
    for provider, theirs in sorted(tally.totals.items()):
        ours = sums.get(provider, nothing)
        if provider not in unsure and not np.array_equal(ours, theirs):
            found.append(
                f"{provider} {tally.providers[provider].name}: its tests add up to"
                f" {ours[DM01_BANDS]:,} waiting and its total row says {theirs[DM01_BANDS]:,}"
            )
    return found


def _numbers(cells: Sequence[str], here: Dm01Layout) -> Counts:
    try:
        numbers = [int(cells[at]) for at in here.numbers]
        activity = int(cells[here.all_activity])
    except ValueError:
        raise InvalidInput("a count is missing or not a whole number") from None
    if min(numbers) < 0 or max(numbers) > _LARGEST:
        raise InvalidInput("a count is below nothing or far too large")
    bands, waiting, activities = numbers[:DM01_BANDS], numbers[DM01_BANDS], numbers[DM01_BANDS + 1 :]
    if sum(bands) != waiting:
        raise InvalidInput(f"its bands add up to {sum(bands):,} and its total says {waiting:,}")
    if sum(activities) != activity:
        raise InvalidInput(f"its activities add up to {sum(activities):,} and their total says {activity:,}")
    return np.array(numbers, dtype=np.int64)
