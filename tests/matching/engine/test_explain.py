"""Reasons: each code, its figures, and which unknown values are to blame."""

from typing import Any

import pytest

from dmas.matching.engine.certify import check
from dmas.matching.engine.solve import solve
from tests.matching.engine.invented import Json, offer, problem, request, site


def _reasons(offers: list[Json], requests: list[Json]) -> list[Json]:
    value = problem([site("S1"), site("S2", region="R2", lat=53.0)], offers, requests)
    solution = solve(value)
    assert check(value, solution) == {"ok": True, "proved": [1, 2, 3, 4]}
    return list(solution["unmatched"])


def _patient(**known: Any) -> Json:
    return {"age": None, "asa": None, "bmi": None, "sex": None} | known


@pytest.mark.parametrize("priority", [1, 5, 6])
def test_priorities_that_are_not_matched(priority: int) -> None:
    (reason,) = _reasons([offer()], [request(priority=priority, places=3)])
    assert reason == {"request": "Q1", "places": 3, "code": "priority_not_matched"}


def test_the_cut_off_is_the_latest_among_ones_own_offers() -> None:
    first = request("Q1", waiting_since="2025-01-01", declined=["O2"])
    second = request("Q2", waiting_since="2025-02-01", declined=["O2"])
    third = request("Q3", waiting_since="2025-03-01", declined=["O1"])
    fourth = request("Q4", waiting_since="2025-04-01", declined=["O1"])
    fifth = request("Q5", waiting_since="2025-05-01")
    reasons = {one["request"]: one for one in _reasons([offer("O1"), offer("O2", site="S2")], [
        first, second, third, fourth, fifth
    ])}  # fmt: skip
    assert reasons["Q2"]["cut_off"] == {"priority": 3, "waiting_since": "2025-02-01"}
    assert reasons["Q5"]["cut_off"] == {"priority": 3, "waiting_since": "2025-04-01"}
    assert (reasons["Q2"]["feasible_offers"], reasons["Q5"]["feasible_offers"]) == (1, 2)


def test_a_tie_is_seen_from_a_cut_off_equal_to_ones_own_rank() -> None:
    (reason,) = _reasons([offer()], [request("Q1"), request("Q2", lat=52.5)])
    assert reason["request"] == "Q2"
    assert reason["cut_off"] == {"priority": 3, "waiting_since": "2026-01-01"}


def test_the_funnel_counts_what_is_left_after_each_rule() -> None:
    offers = [
        offer("O1", accepts_from={"regions": ["R9"], "icbs": None}, provides=["mri"]),
        offer("O2", limits={"min_age": 90}),
        offer("O3", **{"from": "2027-02-01"}),
        offer("O4"),
        offer("O5", site="S2", provides=["mri"]),
        offer("O6", places=0),
        offer("O7", service="999"),
        offer("O8", provides=["mri"]),
    ]
    asked = request(
        provider="PS9", travel={"region": True}, needs=["mri"], declined=["O8", "O4"],
        patient=_patient(age=40), needed_by="2027-01-31",
    )  # fmt: skip
    (reason,) = _reasons(offers, [asked])
    assert reason["funnel"] == {
        "service_and_setting": 6, "other_provider": 6, "not_declined": 4, "window": 3, "limits": 2,
        "needs": 2, "accepts_from": 1, "travel": 0,
    }  # fmt: skip
    assert reason["would_open"] == {"not_declined": 1, "accepts_from": 1, "travel": 1}
    assert reason["code"] == "no_feasible_offer"


def test_only_unknown_values_that_stand_alone_in_the_way_are_missing() -> None:
    offers = [
        offer("O1", limits={"max_asa": 3, "min_age": 18}),
        offer("O2", limits={"max_bmi": 40, "sex": "F"}),
    ]
    (reason,) = _reasons(offers, [request(patient=_patient(age=40, sex="M"))])
    assert reason["missing"] == ["asa"]
    (reason,) = _reasons(offers, [request(patient=_patient(age=17))])
    assert reason["missing"] == ["bmi", "sex"]
    (reason,) = _reasons(offers, [request(patient=None)])
    assert reason["missing"] == ["age", "asa", "bmi", "sex"]
    assert reason["would_open"] == {"limits": 2}


def test_an_unknown_value_is_not_to_blame_where_another_rule_fails_too() -> None:
    (reason,) = _reasons([offer(limits={"max_asa": 3}, provides=[])], [request(needs=["mri"])])
    assert reason["code"] == "no_feasible_offer"
    assert reason["would_open"] == {}


def test_a_known_value_that_fails_is_never_called_missing() -> None:
    asked = request(patient=_patient(asa=4))
    (reason,) = _reasons([offer(limits={"max_asa": 3, "max_bmi": 40})], [asked])
    assert reason["code"] == "no_feasible_offer"
    assert reason["would_open"] == {"limits": 1}
