"""The matrix form must give the scalar form's integer for every pair."""

import math
import random

import numpy as np

from dmas.core.geography import RADIUS_MILES, tenths_between, tenths_matrix


def _points(draw: random.Random, count: int) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([draw.uniform(49, 61) for _ in range(count)]),
        np.array([draw.uniform(-9, 3) for _ in range(count)]),
    )


def test_known_distances() -> None:
    assert tenths_between(51.503, -0.087, 52.1751, 0.1407) == 474
    assert tenths_between(51.503, -0.087, 52.4508, -1.9436) == 1026
    assert tenths_between(51.5, -0.1, 51.5, -0.1) == 0


def test_distance_is_the_same_both_ways() -> None:
    draw = random.Random(1)
    for _ in range(2000):
        a, b, c, d = (draw.uniform(49, 61), draw.uniform(-9, 3), draw.uniform(49, 61), draw.uniform(-9, 3))
        assert tenths_between(a, b, c, d) == tenths_between(c, d, a, b)


def test_matrix_equals_scalar_on_many_random_points() -> None:
    draw = random.Random(2)
    lat1, lon1 = _points(draw, 700)
    lat2, lon2 = _points(draw, 400)
    matrix = tenths_matrix(lat1, lon1, lat2, lon2)
    for i in range(700):
        for j in range(400):
            assert matrix[i, j] == tenths_between(lat1[i], lon1[i], lat2[j], lon2[j])


def test_matrix_equals_scalar_at_the_rounding_edges() -> None:
    """Points due north of one another, stepped so that each lies within a hair of a half tenth."""
    base = 51.0
    edges = [base + math.degrees((k + 0.5) / 10 / RADIUS_MILES) for k in range(4000)]
    near = np.array([math.nextafter(edge, way) for edge in edges for way in (0, 90)] + edges)
    matrix = tenths_matrix(np.array([base]), np.array([0.5]), near, np.full(len(near), 0.5))
    scalar = [tenths_between(base, 0.5, lat, 0.5) for lat in near.tolist()]
    assert matrix[0].tolist() == scalar


def test_matrix_of_close_points_equals_scalar() -> None:
    draw = random.Random(3)
    lat = np.array([52 + draw.uniform(-0.003, 0.003) for _ in range(300)])
    lon = np.array([-1 + draw.uniform(-0.003, 0.003) for _ in range(300)])
    matrix = tenths_matrix(lat, lon, lat, lon)
    assert all(matrix[i, i] == 0 for i in range(300))
    for i in range(300):
        for j in range(300):
            assert matrix[i, j] == tenths_between(lat[i], lon[i], lat[j], lon[j])


def test_matrix_may_be_empty() -> None:
    none = np.array([])
    assert tenths_matrix(none, none, none, none).shape == (0, 0)
    assert tenths_matrix(np.array([51.0]), np.array([0.0]), none, none).shape == (1, 0)
