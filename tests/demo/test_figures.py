"""The demo's figures: in the publishers' layouts, the same each time, and about everybody in the demo."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.demo import figures
from dmas.demo.england import PROVIDERS
from dmas.providers.models import SiteRating
from dmas.published import queries
from dmas.published.vocabulary import Counted

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 11, 21), date(2026, 9, 30)),
        (date(2026, 11, 10), date(2026, 8, 31)),
        (date(2027, 1, 20), date(2026, 11, 30)),
    ],
)
def test_the_newest_month_is_one_that_would_be_out(today: date, month: date) -> None:
    assert figures.newest_month(today) == month


def test_everybody_reports_and_is_compared(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        figures.load(session, TODAY)
        assert queries.latest_period(session) == date(2026, 9, 30)
        near = queries.district(session, "B15")
        assert near is not None
        hips = queries.compare(session, "C_110", Counted.ADMITTED, near=near, today=TODAY)
        scans = queries.compare(session, "MRI", Counted.TEST, near=near, today=TODAY)
        rated = session.scalar(select(func.count()).select_from(SiteRating)) or 0
    assert len(hips.rows) == len(scans.rows) == len(PROVIDERS)
    assert sum(row.wait is not None for row in hips.rows) > 30
    assert sum(row.wait is not None for row in scans.rows) == len(PROVIDERS)
    assert 20 < rated < 60
