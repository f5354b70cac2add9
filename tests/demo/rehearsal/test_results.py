"""Tables add up with what they count."""

from __future__ import annotations

import numpy as np
import pytest

from dmas.demo.rehearsal import results
from dmas.demo.rehearsal.exchange import HELD
from dmas.demo.rehearsal.read import Published
from dmas.demo.rehearsal.results import Table
from tests.demo.rehearsal.conftest import rehearsed


def column(table: Table, name: str) -> list[float]:
    at = table.columns.index(name)
    return [row[at] or 0 for _, row in table.rows]


def test_the_first_night_adds_up(published: Published) -> None:
    one = rehearsed(published, nights=1)
    first = results.first_night(one, one.exchange.asked.where[:, HELD].copy())
    night = one.nights[0]
    regions, services, groups, reasons = first.tables
    for table in (regions, services):
        assert sum(column(table, "wanted")) == night.wanted
        assert sum(column(table, "matched")) == night.matched
    assert sum(column(reasons, "places")) == night.wanted - night.matched
    by_name = dict(groups.rows)
    asked = [by_name[name][0] or 0 for name in ("asks themselves", "in a trust's request")]
    assert sum(asked) == night.wanted
    assert asked[0] == first.own
    assert first.median_miles is not None
    assert first.ninth_miles is not None
    assert first.median_miles <= first.ninth_miles


def test_the_weeks_add_up(published: Published) -> None:
    one = rehearsed(published, nights=1 + 40)
    found = results.weeks(one, 40)
    weekly, states, unused, regions, services, _ = found.tables
    assert [name for name, _ in weekly.rows] == ["first night", *(f"week {n}" for n in range(1, 7))]
    assert sum(column(weekly, "new")) == found.asked == sum(column(states, "places"))
    assert sum(column(weekly, "moved")) == found.moved == sum(column(regions, "moved"))
    assert sum(column(weekly, "matched")) == found.holds
    assert sum(column(unused, "places")) == found.unused
    assert sum(column(services, "asked")) == found.asked
    assert found.weeks_ended > 40 * found.moved * 0.1
    assert len(found.states) == 41


def test_before_anybody_has_moved_there_are_no_weeks_to_count(published: Published) -> None:
    found = results.weeks(rehearsed(published, nights=1), 0)
    assert (found.moved, found.weeks_ended, found.weeks_spared) == (0, 0.0, 0.0)


@pytest.mark.parametrize(("share", "miles"), [(0.5, 0.2), (0.9, 0.3), (0.01, 0.1)])
def test_the_part_of_a_way(share: float, miles: float) -> None:
    assert results._part(np.array([1, 2, 3]), share) == pytest.approx(miles)
    assert results._part(np.zeros(0, dtype=np.int64), share) is None
