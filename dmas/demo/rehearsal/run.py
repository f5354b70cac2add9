"""The rehearsal from the published month to its report."""

from __future__ import annotations

from dmas.core.errors import InvalidInput
from dmas.demo.rehearsal import database, nights, results, simulate
from dmas.demo.rehearsal.exchange import HELD
from dmas.demo.rehearsal.read import Published, read
from dmas.demo.rehearsal.report import Report
from dmas.demo.rehearsal.stages import Stages

MOST_WEEKS = 52
MOST_IN_DATABASE = 0.2  # uptake beyond which the rows of the night are not written as well


def rehearse(
    url: str, *, uptake: float, seed: int, weeks: int = 0, in_database: bool | None = None
) -> Report:
    """Open the exchange that a database's newest published month describes, and run its nights.

    The first night runs on columns and, unless the uptake is large or it is not wanted, in a database of its
    own too; both must match as many, as far. `weeks` of nights follow on columns.
    """
    if not 0 < uptake <= 1:
        raise InvalidInput("Uptake is a share of those waiting: more than 0 and at most 1, such as 0.05.")
    if not 0 <= weeks <= MOST_WEEKS:
        raise InvalidInput(f"Weeks are a whole number from 0 to {MOST_WEEKS}.")
    stages = Stages()
    with stages.add("read the published figures"):
        month = read(url)
    with stages.add("draw people, requests and offers"):
        stock = simulate.Stock(month, uptake, seed)
        rehearsed = simulate.opened(month, stock, uptake=uptake, seed=seed, stages=stages)
    rehearsed.night(0)
    with stages.add("count"):
        first = results.first_night(rehearsed, rehearsed.exchange.asked.where[:, HELD].copy())
    applied = None
    if uptake <= MOST_IN_DATABASE if in_database is None else in_database:
        applied = database.night(url, month, stock, rehearsed.starts, seed, stages)
        compare(applied, first, month)
    for number in range(1, 7 * weeks + 1):
        rehearsed.night(number)
    with stages.add("count"):
        found = results.weeks(rehearsed, 7 * weeks) if weeks else None
    return _report(month, uptake, seed, 7 * weeks, first, applied, found, stages)


def compare(applied: database.Applied, first: results.FirstNight, month: Published) -> None:
    """Raise RuntimeError where the nights on columns and in the database differ in what is unique."""
    if any(cell.test for cell in month.cells):
        return  # the database has the treatments only
    night = first.night
    one = (night.wanted, night.matched, night.tenths, night.outside_region)
    other = (applied.wanted, applied.matched, applied.tenths, applied.outside_region)
    if one != other:
        raise RuntimeError(f"The night on columns gives {one} and the night in the database {other}.")


def _report(
    month: Published,
    uptake: float,
    seed: int,
    later: int,
    first: results.FirstNight,
    applied: database.Applied | None,
    found: results.Weeks | None,
    stages: Stages,
) -> Report:
    leave, leave_tests = nights.leave_shares(month.cells)
    return Report(
        period=f"{month.period:%B %Y}",
        tests_period=f"{month.tests_period:%B %Y}" if month.tests_period else None,
        uptake=uptake,
        seed=seed,
        nights=later,
        providers=len(month.places),
        approximate=sum(place.approximate for place in month.places.values()),
        left_out=month.left_out,
        districts=len(month.districts),
        late=sum(cell.late for cell in month.cells if not cell.test),
        late_tests=sum(cell.late for cell in month.cells if cell.test),
        leave=leave,
        leave_tests=leave_tests,
        first=first,
        applied=applied,
        weeks=found,
        stages=stages,
    )
