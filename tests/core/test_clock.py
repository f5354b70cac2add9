"""The present moment, and the date in London."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from dmas.core import clock


def test_now_is_aware_and_in_utc() -> None:
    with time_machine.travel(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), tick=False):
        assert clock.now() == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
        assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-07-01T22:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T23:00:00+00:00", date(2026, 7, 2)),  # summer time is an hour ahead
        ("2026-12-01T23:59:59+00:00", date(2026, 12, 1)),
        ("2026-12-02T00:30:00+02:00", date(2026, 12, 1)),
        ("2026-10-25T00:30:00+01:00", date(2026, 10, 25)),
    ],
)
def test_the_date_is_londons(moment: str, day: date) -> None:
    assert clock.london_date(datetime.fromisoformat(moment)) == day
