"""How far a request is, and why not farther."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from dmas.cases.presenters import requests
from dmas.cases.presenters.requests import LineProgress
from dmas.cases.queries import RequestCase, Story
from tests.cases.test_policy import care_request


def case(*outcomes: Any) -> RequestCase:
    story = Story(events=[], names={})
    return RequestCase(care_request=care_request(), outcomes=outcomes, matches=[], transfers=[], story=story)


def outcome(number: int, code: str | None = "no_feasible_offer", **details: Any) -> Any:
    return SimpleNamespace(
        number=number, service_date=date(2026, 11, 20), wanted=2, served=0, code=code, details=details
    )


def test_lines_of_which_the_same_was_said_share_it() -> None:
    funnel = {"travel": 1}
    told = requests.reasons(
        case(
            outcome(1, funnel=funnel),
            outcome(2, code=None),
            outcome(3, funnel=funnel),
            outcome(4, funnel={"travel": 2}, would_open={"limits": 1, "travel": 3, "needs": 0}),
        )
    )
    assert [one.lines for one in told] == ["Lines 1 and 3", "Line 2", "Line 4"]
    assert [one.why.headline for one in told] == ["No open offer fits", "Matched", "No open offer fits"]
    assert told[0].nearly == ""
    assert told[2].nearly == (
        "3 offers would fit but for one rule: near enough. 1 offer would fit but for one rule: within the"
        " offer's clinical limits"
    )


def test_the_figures_are_the_sums_of_the_lines() -> None:
    lines = [LineProgress(1, "Hips", 5, 2, 1), LineProgress(2, "Knees", 3, 3, 0)]
    assert [one.number for one in requests.figures(lines)] == ["8", "5", "1", "2"]
    assert requests.line_rows(lines)[0] == (1, "Hips", 5, 2, 1, 2)


def test_an_area_without_a_name_shows_its_code() -> None:
    assert requests.area(care_request(), {"R1": "Home Trust"}) == [
        ("Trust", "Home Trust"),
        ("ICB", "QHL"),
        ("Region", "Y60"),
    ]
