"""Least prices by hand; that they are least on thousands of problems is tested with the whole engine."""

import numpy as np
import pytest

from dmas.matching.engine.prices import LOW, Arcs, least_prices


def _arcs(*triples: tuple[int, int, int]) -> Arcs:
    row, offer, cost = np.array(triples, dtype=np.int64).T
    return Arcs(row, offer, cost)


def _flags(*values: bool) -> np.ndarray:
    return np.array(values, dtype=np.bool_)


ARCS = _arcs((0, 0, 10), (0, 1, 30), (1, 0, 15), (1, 1, 100))  # the second row's need of offer 0 is greater
BEST = np.array([0, 1, 1, 0])


def test_a_price_makes_up_for_what_somebody_else_saves() -> None:
    prices = least_prices(ARCS, BEST, 2, _flags(False, False), _flags(False, False), LOW)
    assert prices.price.tolist() == [20, 0]
    assert prices.most.tolist() == [30, 35]
    assert prices.level == LOW


def test_a_tied_person_left_out_must_not_be_cheaper_than_a_tied_holder() -> None:
    arcs = _arcs((0, 0, 10), (0, 1, 40), (1, 1, 15), (2, 0, 11))
    flow = np.array([1, 0, 1, 0])
    tied, lacking = _flags(True, True, True), _flags(False, False, True)
    prices = least_prices(arcs, flow, 2, tied, lacking, LOW)
    assert prices.price.tolist() == [4, 0]
    assert prices.level == 15


def test_a_floor_from_elsewhere_binds_those_who_lack() -> None:
    arcs = _arcs((0, 0, 10))
    prices = least_prices(arcs, np.array([0]), 1, _flags(True), _flags(True), 25)
    assert prices.price.tolist() == [15]


def test_an_answer_that_is_not_the_cheapest_has_no_prices() -> None:
    with pytest.raises(ArithmeticError, match="not the cheapest"):
        least_prices(ARCS, 1 - BEST, 2, _flags(False, False), _flags(False, False), LOW)
