"""Serving by rank: chains of moves, batches and what is frozen."""

from dmas.matching.engine.feasibility import NEVER, Market, markets, rank_parts
from dmas.matching.engine.problem import parse
from dmas.matching.engine.rank import Served, serve
from tests.matching.engine.invented import Json, offer, problem, request, site


def _served(offers: list[Json], requests: list[Json]) -> tuple[Market, Served]:
    sites = [site(f"S{i}", lat=52 + i / 10) for i in range(1, 5)]
    (market,) = markets(parse(problem(sites, offers, requests)))
    return market, serve(market)


def _offers(*places: int) -> list[Json]:
    return [offer(f"O{i}", site=f"S{i}", places=n) for i, n in enumerate(places, start=1)]


def _only(*names: str) -> list[str]:
    """Return what to decline to be left with some of four offers."""
    return [f"O{i}" for i in range(1, 5) if f"O{i}" not in names]


def test_everybody_has_the_nearest_free_place() -> None:
    _, served = _served(_offers(2, 2), [request("Q1"), request("Q2"), request("Q3")])
    assert served.holds == [{0: 1, 1: 1}, {2: 1}]
    assert served.room == [0, 1]
    assert served.frozen == [NEVER, NEVER]
    assert served.places == 3


def test_a_chain_of_three_moves_lets_the_last_one_in() -> None:
    asked = [
        request("Q1", waiting_since="2025-01-01", declined=_only("O1", "O2")),
        request("Q2", waiting_since="2025-02-01", declined=_only("O2", "O3")),
        request("Q3", waiting_since="2025-03-01", declined=_only("O3", "O4")),
        request("Q4", waiting_since="2025-04-01", declined=_only("O1")),
    ]
    _, served = _served(_offers(1, 1, 1, 1), asked)
    assert served.holds == [{3: 1}, {0: 1}, {1: 1}, {2: 1}]
    assert served.frozen == [NEVER] * 4


def test_a_batch_moves_as_many_as_the_narrowest_step_allows() -> None:
    asked = [
        request("Q1", waiting_since="2025-01-01", places=5, declined=_only("O1", "O2")),
        request("Q2", waiting_since="2025-02-01", places=5, declined=_only("O1")),
    ]
    market, served = _served(_offers(5, 3), asked)
    assert served.holds == [{0: 2, 1: 3}, {0: 3}]
    assert [rank_parts(rank) for rank in served.frozen] == [rank_parts(int(market.rank[1]))] * 2


def test_a_failed_search_freezes_what_it_saw_and_nothing_else() -> None:
    asked = [
        request("Q1", waiting_since="2025-01-01", declined=_only("O1", "O2")),
        request("Q2", waiting_since="2025-02-01", declined=_only("O1", "O2")),
        request("Q3", waiting_since="2025-03-01", declined=_only("O1")),
        request("Q4", waiting_since="2025-04-01", declined=_only("O2", "O3")),
    ]
    market, served = _served(_offers(1, 1, 1), asked)
    third = int(market.rank[2])
    assert served.frozen == [third, third, NEVER]
    assert served.holds[2] == {3: 1}


def test_the_set_frozen_first_keeps_its_cut_off() -> None:
    asked = [request(f"Q{i}", waiting_since=f"2025-0{i}-01") for i in range(1, 5)]
    market, served = _served(_offers(1, 1), asked)
    assert served.frozen == [int(market.rank[2])] * 2


def test_offers_are_searched_afresh_after_people_have_left_them() -> None:
    """Q1 leaves O1 for O2; what was open to Q1 must then no longer lead on from O1."""
    asked = [
        request("Q1", waiting_since="2025-01-01", declined=_only("O1", "O2")),
        request("Q2", waiting_since="2025-02-01", declined=_only("O1")),
        request("Q3", waiting_since="2025-03-01", declined=_only("O1")),
    ]
    market, served = _served(_offers(1, 2), asked)
    assert served.holds == [{1: 1}, {0: 1}]
    assert served.frozen == [int(market.rank[2]), NEVER]
