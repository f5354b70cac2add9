"""Further offers: rounds, nearness, other providers first, and never a change to what is settled."""

from dmas.matching.engine.certify import check
from dmas.matching.engine.solve import solve
from tests.matching.engine.invented import Json, offer, problem, request, site

SITES = [
    site("S1", provider="A", lat=52.1), site("S2", provider="A", lat=52.2),
    site("S3", provider="B", lat=52.3), site("S4", provider="C", lat=52.4),
]  # fmt: skip


def _options(offers: list[Json], requests: list[Json], most: int) -> list[tuple[str, str, int]]:
    value = problem(SITES, offers, requests, max_options=most)
    solution = solve(value)
    assert check(value, solution)["ok"]
    assert solution["assignments"] == solve(value | {"policy": {"max_options": 1}})["assignments"]
    assert all(one["places"] == 1 for one in solution["options"])
    return [(one["request"], one["offer"], one["round"]) for one in solution["options"]]


def _offers(*places: int) -> list[Json]:
    return [offer(f"O{i}", site=f"S{i}", places=n) for i, n in enumerate(places, start=1)]


def test_no_options_are_given_when_one_is_all() -> None:
    assert _options(_offers(1, 1, 1, 1), [request()], 1) == []


def test_another_provider_comes_before_a_nearer_site_of_the_same() -> None:
    assert _options(_offers(1, 1, 1, 1), [request()], 2) == [("Q1", "O3", 2)]


def test_the_same_provider_is_offered_when_no_other_is_left() -> None:
    assert _options(_offers(1, 1, 1, 1), [request()], 5) == [
        ("Q1", "O2", 4),
        ("Q1", "O3", 2),
        ("Q1", "O4", 3),
    ]


def test_rounds_go_by_rank_and_take_the_places_left() -> None:
    asked = [request("Q2", waiting_since="2025-01-01"), request("Q1", waiting_since="2025-06-01")]
    assert _options(_offers(2, 0, 1, 2), asked, 3) == [
        ("Q1", "O4", 2),
        ("Q2", "O3", 2),
        ("Q2", "O4", 3),
    ]


def test_only_people_served_one_place_have_options() -> None:
    asked = [request("Q1", places=2), request("Q2", declined=["O1", "O2", "O3", "O4"])]
    assert _options(_offers(3, 1, 1, 1), asked, 3) == []
