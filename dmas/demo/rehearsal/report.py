"""A rehearsal's report: lines to print, and the same figures as CSV. Seconds stand at the very end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from dmas.demo.rehearsal import assumptions
from dmas.demo.rehearsal.database import Applied
from dmas.demo.rehearsal.results import Figure, FirstNight, Table, Weeks
from dmas.demo.rehearsal.stages import Stages


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a rehearsal found, besides its stages the same for the same seed."""

    period: str
    tests_period: str | None
    uptake: float
    seed: int
    nights: int  # after the first
    providers: int
    approximate: int
    left_out: int
    districts: int
    late: int
    late_tests: int
    leave: float
    leave_tests: float | None
    first: FirstNight
    applied: Applied | None
    weeks: Weeks | None
    stages: Stages

    @property
    def title(self) -> str:
        """What was rehearsed."""
        return f"Rehearsal on the published figures of {self.period}"

    def tables(self) -> list[Table]:
        """Return every table, in order."""
        return [*self.first.tables, *(self.weeks.tables if self.weeks else [])]

    def assumed(self) -> list[str]:
        """Return every assumption in words."""
        later = list(assumptions.weeks(self.leave, self.leave_tests)) if self.weeks else []
        return [*assumptions.figures(), *later]

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield the head figures: name, and value with a word on it."""
        night = self.first.night
        yield "uptake", f"{self.uptake:.1%}, seed {self.seed}"
        yield "providers", f"{self.providers:,}, {self.approximate:,} placed by their ICB alone"
        if self.left_out:
            yield "left out", f"{self.left_out:,} (no known ICB)"
        yield "postcode districts", f"{self.districts:,}" if self.districts else "none loaded"
        yield "waiting over 40 weeks", f"{self.late:,}"
        yield "waiting 6 weeks for tests", self._tests()
        yield "asking", f"{night.wanted:,}, {self.first.own:,} of them themselves"
        yield "offers", f"{self.first.offers:,} of {night.offered:,} places"
        yield "matched in the first night", f"{night.matched:,}, {_share(night.matched, night.wanted)}"
        yield "of them outside their region", f"{night.outside_region:,}"
        if self.first.median_miles is not None:
            yield "miles, median", f"{self.first.median_miles:.1f}"
            yield "miles, nine in ten within", f"{self.first.ninth_miles:.1f}"
        yield "check", "proved every night: who, how many, least travel, fewest outside their region"
        if self.applied:
            yield from self._in_database(self.applied)
        if self.weeks:
            yield from self._of_weeks(self.weeks)

    def _tests(self) -> str:
        return f"{self.late_tests:,} ({self.tests_period})" if self.tests_period else "no figures loaded"

    def _in_database(self, applied: Applied) -> Iterator[tuple[str, str]]:
        yield "in the database", f"{applied.matched:,} of {applied.wanted:,} places, {applied.lines:,} lines"
        yield "check in the database", applied.verdict
        yield "doctor", f"{applied.rules} rules looked at, {applied.broken} broken"

    def _of_weeks(self, found: Weeks) -> Iterator[tuple[str, str]]:
        yield "nights after the first", f"{self.nights}"
        yield "asked in all", f"{found.asked:,}"
        yield "people moved", f"{found.moved:,}, {_share(found.moved, found.asked)} of those who asked"
        yield "weeks of waiting ended", f"{found.weeks_ended:,.0f} (what those who moved had waited)"
        yield (
            "weeks spared",
            f"{found.weeks_spared:,.0f} by those treated sooner than at home;"
            f" {found.weeks_lost:,.0f} lost by those who would have been sooner there",
        )
        yield "places offered in all", f"{found.offered:,}"
        yield "places wasted", f"{found.wasted:,} (offers over with a place free)"
        yield (
            "holds unused",
            f"{found.unused:,} of {found.holds:,} places held, {found.unused_days:,} place-days",
        )
        yield "offers suspended", f"{found.suspensions:,} times, after a third lapse"

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text."""
        yield self.title
        for name, value in self.facts():
            yield f"  {name:<30}{value}"
        for table in self.tables():
            yield from _text(table)
        yield "Assumptions"
        yield from (f"  - {one}" for one in self.assumed())
        yield from self.stages.lines()

    def as_csv(self) -> str:
        """Return every figure as CSV: table, row, figure, value."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(("table", "row", "figure", "value"))
        for name, value in self.facts():
            writer.writerow((self.title, name, "", value))
        for table in self.tables():
            for name, row in table.rows:
                for column, figure in zip(table.columns, row, strict=True):
                    writer.writerow((table.heading, name, column, _plain(figure)))
        for number, one in enumerate(self.assumed(), start=1):
            writer.writerow(("Assumptions", number, "", one))
        return out.getvalue()


def said(column: str, figure: Figure) -> str:
    """Return a figure as it is read: shares in per cent, counts with their thousands apart."""
    if figure is None:
        return "–"
    return f"{figure:.0%}" if column.startswith("share") else f"{figure:,}"


def _text(table: Table) -> Iterator[str]:
    width = max(12, *(len(name) + 2 for name in table.columns))
    yield f"{table.heading:<42}" + "".join(f"{name:>{width}}" for name in table.columns)
    for name, row in table.rows:
        cells = (f"{said(column, one):>{width}}" for column, one in zip(table.columns, row, strict=True))
        yield f"  {name:<40}" + "".join(cells)


def _plain(figure: Figure) -> str:
    return "" if figure is None else f"{figure:.4f}" if isinstance(figure, float) else str(figure)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
