"""A patient's ring and measures on a night, and which further options are asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dmas.matching import rules

AS_OF = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("days", "waited", "ring"),
    [(0, 300, "icb:QHL"), (7, 364, "icb:QHL"), (8, 300, None), (0, 365, None), (7, 365, None)],
)
def test_the_own_icb_is_searched_on_days_0_to_7_unless_the_wait_is_over_364_days(
    days: int, waited: int, ring: str | None
) -> None:
    began = AS_OF - timedelta(days=days)
    assert rules.patient_ring(began, AS_OF, icb="QHL", waited=waited) == ring


@pytest.mark.parametrize(("days", "known"), [(0, True), (180, True), (181, False)])
def test_a_measure_counts_for_180_days(days: int, known: bool) -> None:
    assert rules.fresh(3, AS_OF - timedelta(days=days), AS_OF) == (3 if known else None)


def test_a_measure_of_no_known_date_is_not_known() -> None:
    assert rules.fresh(31.5, None, AS_OF) is None


def problem(offers: dict[str, int], requests: list[str], **values: Any) -> dict[str, Any]:
    return {
        "offers": [{"id": name, "places": places} for name, places in offers.items()],
        "requests": [
            {"id": name, "priority": 4, "waiting_since": f"2025-10-{10 + number}", **market(), **values}
            for number, name in enumerate(requests)
        ],
    }


def market(service: str = "110") -> dict[str, str]:
    return {"service": service, "setting": "inpatient"}


def option(request: str, offer: str, number: int) -> dict[str, Any]:
    return {"request": request, "offer": offer, "places": 1, "tenths": 30, "round": number}


def asked(problem: dict[str, Any], options: list[Any], **values: Any) -> list[tuple[str, str, int]]:
    solution = {"assignments": [], "unmatched": [], "options": options} | values
    found = rules.to_ask(problem, solution, {one["id"] for one in problem["requests"]})
    return [(one["request"], one["offer"], one["option"]) for one in found]


def test_of_each_offer_never_more_than_half_of_what_was_left_and_better_ranks_first() -> None:
    given = problem({"a": 5, "b": 1}, ["p", "q", "r"])
    options = [option("r", "a", 2), option("p", "a", 2), option("q", "a", 2), option("q", "b", 3)]
    held = [{"request": "x", "offer": "a", "places": 1}]
    assert asked(given, options, assignments=held) == [("p", "a", 2), ("q", "a", 2)]


def test_two_are_usual_and_four_where_everybody_alike_was_served() -> None:
    given = problem(dict.fromkeys("abcd", 4), ["p"])
    options = [option("p", name, number) for number, name in enumerate("abcd", start=2)]
    assert [one[2] for one in asked(given, options)] == [2, 3, 4, 5]
    left = [{"request": "p", "code": "outranked", "places": 1}]
    assert [one[2] for one in asked(given, options, unmatched=left)] == [2, 3]


def test_numbers_have_no_gaps_and_trusts_are_asked_for_nothing_further() -> None:
    given = problem({"a": 1, "b": 4}, ["p"])
    given["requests"].append({**given["requests"][0], "id": "trust"})
    solution = {
        "assignments": [],
        "unmatched": [],
        "options": [option("p", "a", 2), option("p", "b", 3), option("trust", "b", 2)],
    }
    found = rules.to_ask(given, solution, {"p"})
    assert [(one["request"], one["offer"], one["option"]) for one in found] == [("p", "b", 2)]
