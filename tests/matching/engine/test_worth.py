"""One more list, and places about to lapse: figures that solving again confirms."""

from typing import Any

from dmas.matching.engine.solve import solve
from dmas.matching.engine.whatif import Tally
from dmas.matching.engine.worth import Filler, Worth, about_to_be_wasted, best, one_more_list
from tests.matching.engine.invented import Json, offer, problem, request, site


def _patient(**known: Any) -> Json:
    return {"age": 50, "asa": 2, "bmi": 30.0, "sex": "F"} | known


def test_the_best_place_for_one_more_list() -> None:
    sites = [site("S1"), site("S2", lat=52.1), site("S3", lat=53.0, region="R2")]
    offers = [
        offer("O1"),
        offer("O2", site="S2"),
        offer("O3", site="S3", service="120"),
        offer("O4", site="S3", places=9, service="130"),
    ]
    requests = [request(f"Q{i}", waiting_since=f"2026-0{i + 1}-01") for i in range(5)]
    requests += [request(f"R{i}", service="120", waiting_since="2026-01-01") for i in range(2)]
    requests += [request("T1", service="130")]
    value = problem(sites, offers, requests)
    found = one_more_list(value, solve(value), places=2)
    assert [(one.service, one.region, one.offer) for one in found] == [
        ("110", "R1", "O1"), ("120", "R2", "O3")
    ]  # fmt: skip
    assert found[0].before.places == 2
    assert found[0].after.places == 4
    assert found[1].gain[0] == 1
    assert best(found, 1) == found[:1]


def test_what_gains_nothing_is_not_among_the_best() -> None:
    none = Worth("110", "inpatient", "R1", "O1", Tally(1, 2, 3), Tally(1, 2, 3))
    assert best([none], 5) == []


def test_free_places_about_to_lapse_and_what_would_fill_them() -> None:
    soon = {"from": "2026-11-01", "to": "2026-12-01"}
    limits = {"max_bmi": 40, "max_asa": 3, "sex": "M", "min_age": 60}
    offers = [
        offer("O1", places=5, limits=limits, **soon),
        offer("O2", places=1, limits={"min_age": 60, "max_age": 70}, **soon),
        offer("O3", places=3, **{"from": "2026-11-01", "to": "2027-03-01"}),
        offer("O4", places=3, **{"from": "2026-10-01", "to": "2026-11-01"}),
    ]
    plain = _patient(age=65, sex="M")
    requests = [
        request("Q1", patient=plain),
        request("Q2", patient=plain | {"bmi": 43.5}, needed_by="2026-12-10"),
        request("Q3", patient=plain | {"bmi": 45.5}, needed_by="2026-12-10", travel={"miles": 90}),
        request("Q4", patient=plain, lat=53.0, travel={"miles": 20}),
        request("Q5", patient=plain | {"sex": "F"}, needed_by="2026-11-30", declined=["O2"]),
        request("Q6", patient=plain | {"asa": None}, declined=["O2", "O3"]),
        request("Q7", patient=plain | {"age": 59}, declined=["O3"]),
        request("Q8", patient=plain | {"age": 40}, declined=["O3"]),
    ]
    value = problem([site()], offers, requests)
    wasted = {one.offer: one for one in about_to_be_wasted(value, solve(value), days=14)}
    assert set(wasted) <= {"O1", "O2"}
    lost = wasted["O1"]
    assert (lost.closes, lost.service, lost.setting) == ("2026-12-01", "110", "inpatient")
    assert lost.free > 0
    by_name = {one.what: one for one in lost.fillers}
    assert by_name["radius"] == Filler("radius", 75, by_name["radius"].places)
    assert by_name["min_age"].value == 40
    assert by_name["max_asa"].value == "any"
    assert by_name["sex"].value == "any"
    for filler in lost.fillers:
        assert 0 < filler.places <= lost.free


def test_places_that_nobody_wants_stay_free_whatever_gives_way() -> None:
    value = problem([site()], [offer(to="2026-11-30", limits={"max_bmi": 40}, **{"from": "2026-11-01"})], [])
    assert [one.fillers for one in about_to_be_wasted(value, solve(value), days=14)] == [()]
    assert about_to_be_wasted(value, solve(value), days=5) == []
