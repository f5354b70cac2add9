"""The door to the flow solver."""

import numpy as np
import pytest

from dmas.matching.engine.flow import cheapest


def test_the_cheapest_of_two_ways_is_taken_as_far_as_it_goes() -> None:
    flow = cheapest(np.array([0, 0]), np.array([1, 1]), np.array([2, 9]), np.array([1, 5]), np.array([3, -3]))
    assert flow.tolist() == [2, 1]


def test_a_flow_that_cannot_be_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="no least cost"):
        cheapest(np.array([0]), np.array([1]), np.array([2]), np.array([1]), np.array([3, -3]))
