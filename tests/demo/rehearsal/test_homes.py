"""Homes lie near their provider, mostly in its region, and never outside England."""

from __future__ import annotations

import numpy as np

from dmas.demo.rehearsal.homes import homes
from tests.demo.rehearsal.conftest import PLACES

DISTRICTS = {"B15": (52.46, -1.92), "WV1": (52.59, -2.12), "SE1": (51.5, -0.09), "EH1": (55.95, -3.19)}
LAT = np.array([one.latitude for one in PLACES])
LON = np.array([one.longitude for one in PLACES])


def drawn(districts: dict[str, tuple[float, float]], count: int = 2_000) -> list[tuple[float, float]]:
    found = homes(districts, PLACES).draw(np.zeros(count, dtype=np.int64), LAT, LON, np.random.default_rng(1))
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_districts_weigh_by_distance_and_region() -> None:
    points = drawn(DISTRICTS)
    shares = {code: points.count(at) / len(points) for code, at in DISTRICTS.items()}
    assert shares["EH1"] == 0  # not England
    assert 0.05 < shares["SE1"] < 0.09  # the 7 % who live in another region
    assert shares["B15"] > 2 * shares["WV1"] > 0


def test_without_districts_homes_lie_about_the_provider() -> None:
    points = np.array(drawn({}))
    km = 111.2 * np.hypot(points[:, 0] - LAT[0], (points[:, 1] - LON[0]) * np.cos(np.radians(LAT[0])))
    assert 22 < km.mean() < 26  # two lengths of decay, as on a plain
    assert points[:, 0].max() <= 55.8


def test_where_a_region_has_no_district_the_nearest_others_count() -> None:
    assert set(drawn({"SE1": DISTRICTS["SE1"]}, 20)) == {DISTRICTS["SE1"]}


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(DISTRICTS, 50) == drawn(DISTRICTS, 50)
