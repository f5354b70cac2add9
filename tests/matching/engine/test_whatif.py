"""Levers: what each does to a problem, what is refused, and two answers side by side."""

import random
from typing import Any

import pytest

from dmas.matching.engine.problem import ProblemError
from dmas.matching.engine.solve import solve
from dmas.matching.engine.whatif import (
    Levers,
    Tally,
    additions,
    changed,
    compared,
    of_market,
    relaxation,
)
from tests.matching.engine.invented import Json, example, offer, problem, random_problem, request, site


def _after(value: Json, **levers: Any) -> Json:
    later = changed(value, Levers(**levers))
    return {"problem": later, "solution": solve(later)}


def test_no_lever_changes_nothing() -> None:
    assert changed(example(), Levers()) == example()


def test_a_radius_widens_smaller_limits_in_miles_only() -> None:
    travels: list[Json] = [{"miles": 20}, {"miles": 90}, {"region": True}, {"national": True}]
    value = problem([], [], [request(f"Q{i}", travel=travel) for i, travel in enumerate(travels)])
    later = changed(value, Levers(radius=75))
    assert [one["travel"] for one in later["requests"]] == [{"miles": 75}, *travels[1:]]
    assert value["requests"][0]["travel"] == {"miles": 20}


@pytest.mark.parametrize(
    ("limits", "relax", "then"),
    [
        ({"max_bmi": 40}, "max_bmi=45", {"max_bmi": 45.0}),
        ({"max_bmi": 50}, "max_bmi=45", {"max_bmi": 50}),
        ({"max_bmi": None}, "max_bmi=45", {"max_bmi": None}),
        ({"max_bmi": 40}, "max_bmi=any", {"max_bmi": None}),
        ({"min_age": 18}, "min_age=16", {"min_age": 16}),
        ({"min_age": 12}, "min_age=16", {"min_age": 12}),
        ({"max_asa": 2}, "max_asa=3", {"max_asa": 3}),
        ({"sex": "F"}, "sex=any", {"sex": None}),
    ],
)
def test_a_relaxed_limit_is_milder_or_as_it_was(limits: Json, relax: str, then: Json) -> None:
    value = problem([site()], [offer(limits=limits)], [])
    later = changed(value, Levers(relax=dict([relaxation(relax)])))
    assert later["offers"][0]["limits"] == value["offers"][0]["limits"] | then


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("colour=red", "relax: 'colour' is not one of min_age, max_age, max_asa, max_bmi, sex"),
        ("max_bmi", "relax.max_bmi: '' is not a value for it, nor 'any'"),
        ("max_bmi=nan", "relax.max_bmi: 'nan' is not a value for it, nor 'any'"),
        ("max_bmi=151", "relax.max_bmi: '151' is not a value for it, nor 'any'"),
        ("sex=1", "relax.sex: '1' is not a value for it, nor 'any'"),
    ],
)
def test_a_limit_that_is_none_is_refused(written: str, error: str) -> None:
    with pytest.raises(ProblemError) as refused:
        relaxation(written)
    assert str(refused.value) == error


def test_a_file_adds_one_offer_or_lists_of_offers_and_sites() -> None:
    one = offer("O9")
    assert additions(one) == ((), (one,))
    assert additions({"offers": [one], "sites": [site("S9")]}) == ((site("S9"),), (one,))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([], "add_offer: not an object"),
        ({"offers": [], "requests": []}, "add_offer.requests: unknown key"),
        ({"offers": {}}, "add_offer.offers: not a list"),
        ({"offers": [], "sites": 1}, "add_offer.sites: not a list"),
    ],
)
def test_a_file_of_another_shape_is_refused(value: Any, error: str) -> None:
    with pytest.raises(ProblemError) as refused:
        additions(value)
    assert str(refused.value) == error


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"radius": 0}, "radius: not from 1 to 1000"),
    ({"withdraw": frozenset({"O1", "gone"})}, "withdraw: there is no offer gone"),
    ({"offers": (offer("O1"),)}, "add_offer: there is an offer O1 already"),
    ({"offers": (offer("O7"), offer("O7"))}, "add_offer.offers[1].id: given twice"),
    ({"offers": (offer("O7", site="S7"),)}, "add_offer.offers[0].site: no such site"),
    ({"offers": (offer("O7", places=-1),)}, "add_offer.offers[0].places: not from 0 to 100000"),
    ({"offers": (offer("O7", colour=1),)}, "add_offer.offers[0].colour: unknown key"),
    ({"sites": (site("S7", lat=0),)}, "add_offer.sites[1].lat: not from 49 to 61"),
    ({"sites": (7,)}, "add_offer.sites[1]: not an object"),
]


@pytest.mark.parametrize(("levers", "error"), REFUSED)
def test_levers_that_cannot_be_are_refused_by_path(levers: dict[str, Any], error: str) -> None:
    with pytest.raises(ProblemError) as refused:
        changed(problem([site()], [offer("O1")], []), Levers(**levers))
    assert str(refused.value) == error


def test_an_offer_comes_and_an_offer_goes() -> None:
    value = problem([site()], [offer("O1")], [request("Q1")])
    levers = Levers(
        withdraw=frozenset({"O1"}), offers=(offer("O2", site="S2"),), sites=(site("S2"), site("S1"))
    )
    later = changed(value, levers)
    assert [one["id"] for one in later["offers"]] == ["O2"]
    assert [one["id"] for one in later["sites"]] == ["S1", "S2"]
    assert solve(later)["summary"]["places_served"] == 1


def test_two_answers_side_by_side() -> None:
    value = problem(
        [site("S1", lat=52.0), site("S2", lat=53.0)],
        [offer("O1"), offer("O2", site="S2", service="120")],
        [
            request("Q1", waiting_since="2026-11-07"),
            request("Q2", waiting_since="2026-10-31", travel={"miles": 10}, lat=52.5),
            request("Q3", service="120", region="R2", travel={"miles": 20}),
        ],
    )
    after = _after(value, radius=60)
    found = compared((value, solve(value)), (after["problem"], after["solution"]))
    # Q2, who has waited longer, now reaches O1; Q3 reaches O2 from the next degree of latitude
    assert found.whole[0] == Tally(1, 2, 0)
    assert found.whole[1].places == 1
    assert found.whole[1].weeks == 3
    assert found.markets["110", "inpatient"] == found.whole
    assert found.markets["120", "inpatient"] == (Tally(), Tally())
    assert found.regions["R2"] == (Tally(), Tally())
    assert (found.gained, found.lost) == (1, 1)


def test_nothing_beside_nothing() -> None:
    nothing = problem([], [], [])
    found = compared((nothing, solve(nothing)), (nothing, solve(nothing)))
    assert found.whole == (Tally(), Tally())
    assert found.markets == {} == found.regions


def test_a_market_has_the_same_answer_on_its_own() -> None:
    for seed in range(300):
        value = random_problem(random.Random(seed))
        whole = solve(value)["assignments"]
        for service in ("110", "120"):
            alone = solve(of_market(value, service, "inpatient"))
            own = {one["id"] for one in of_market(value, service, "inpatient")["requests"]}
            assert alone["assignments"] == [one for one in whole if one["request"] in own], seed
