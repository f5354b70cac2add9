"""How the monthly returns name their month and whom they are about."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.core.errors import InvalidInput
from dmas.published.rules.returns import ProviderFact, fact, period_end


@pytest.mark.parametrize(
    ("kind", "text", "day"),
    [
        ("RTT", "RTT-April-2026", date(2026, 4, 30)),
        ("RTT", "RTT-FEBRUARY-2024", date(2024, 2, 29)),
        ("DM01", " DM01-DECEMBER-2025 ", date(2025, 12, 31)),
    ],
)
def test_a_period_is_the_last_day_of_its_month(kind: str, text: str, day: date) -> None:
    assert period_end(kind, text) == day


@pytest.mark.parametrize("text", ["", "April 2026", "RTT-Abril-2026", "RTT-April-1926", "DM01-April-2026"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a month like RTT-April-2026"):
        period_end("RTT", text)


def test_a_provider_is_met_with_its_name_in_one_line() -> None:
    assert fact("RRK", " UNIVERSITY  EXAMPLE ", "qhl ", met=0) == ProviderFact("UNIVERSITY EXAMPLE", "QHL")
    assert fact("NVC01", "CLINIC", "", met=0).icb_code is None
    with pytest.raises(InvalidInput, match="is not a provider code"):
        fact("R R", "X", "", met=0)
    with pytest.raises(InvalidInput, match="not the national extract"):
        fact("RRK", "X", "", met=3_000)
