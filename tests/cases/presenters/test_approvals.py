"""What waits for a decision, as rows."""

from __future__ import annotations

from datetime import timedelta

from dmas.cases.presenters import approvals
from dmas.cases.queries import Waiting
from tests.cases.test_policy import TODAY, offer


def test_when_it_is_due() -> None:
    fresh = Waiting(offer(approval_due_on=TODAY + timedelta(days=3)), "Example Hospitals")
    late = Waiting(offer(approval_due_on=TODAY - timedelta(days=1)), "Example Hospitals")
    assert approvals.due(fresh, TODAY) == "23 November 2026, day 1 of 2"
    assert str(approvals.due(late, TODAY)) == "Overdue since 19 November 2026"
    assert approvals.due(Waiting(offer(approval_due_on=None), "Example Hospitals"), TODAY) == "No limit"
    assert approvals.counted([fresh, late], TODAY) == "2 decisions to make, 1 overdue"
    assert approvals.counted([fresh], TODAY) == "1 decision to make"
