"""Invented problems of the sizes S to XL: England's towns, a long queue, offers for four places in ten.

Seeded: the same size and seed give the same problem on every machine. Nothing in them is anybody's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dmas.matching.engine.problem import Offers, Problem, Requests, Sites
from dmas.matching.engine.rows import NATIONAL, NONE, REGION, SETTINGS, SEXES

AS_OF = dt.date(2026, 11, 21)
SCARCE = 0.4  # places offered for each place wanted

Draw = np.random.Generator
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything; batches stand among the requests of the small sizes only."""

    requests: int
    offers: int
    providers: int
    sites: int
    homes: int
    batches: bool = False


SIZES = {
    "S": Size(2_000, 500, 60, 150, 2_000, batches=True),
    "M": Size(50_000, 5_000, 250, 750, 16_000, batches=True),
    "L/4": Size(100_000, 5_000, 500, 1_500, 33_000),
    "L/2": Size(200_000, 10_000, 500, 1_500, 33_000),
    "L": Size(400_000, 20_000, 500, 1_500, 33_000),
    "2L": Size(800_000, 40_000, 500, 1_500, 33_000),
    "XL": Size(4_000_000, 100_000, 500, 1_500, 33_000),
}

REGIONS = ("Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63")
LONDON, SOUTH_WEST, SOUTH_EAST, MIDLANDS, EAST, NORTH_WEST, NORTH_EAST = range(7)

# latitude, longitude, people in thousands, region
TOWNS: tuple[tuple[float, float, int, int], ...] = (
    (51.51, -0.13, 8900, LONDON), (52.48, -1.90, 1150, MIDLANDS), (53.80, -1.55, 800, NORTH_EAST),
    (53.38, -1.47, 560, NORTH_EAST), (53.48, -2.24, 2700, NORTH_WEST), (53.41, -2.99, 900, NORTH_WEST),
    (51.45, -2.59, 470, SOUTH_WEST), (54.98, -1.61, 800, NORTH_EAST), (52.95, -1.15, 330, MIDLANDS),
    (52.64, -1.13, 370, MIDLANDS), (52.41, -1.51, 380, MIDLANDS), (53.79, -1.75, 540, NORTH_EAST),
    (53.74, -0.33, 260, NORTH_EAST), (53.00, -2.18, 260, MIDLANDS), (52.59, -2.13, 260, MIDLANDS),
    (50.38, -4.14, 265, SOUTH_WEST), (52.92, -1.48, 260, MIDLANDS), (50.90, -1.40, 250, SOUTH_EAST),
    (50.80, -1.09, 210, SOUTH_EAST), (50.82, -0.14, 290, SOUTH_EAST), (51.45, -0.97, 230, SOUTH_EAST),
    (52.24, -0.90, 240, MIDLANDS), (51.88, -0.42, 225, EAST), (53.76, -2.70, 150, NORTH_WEST),
    (54.57, -1.23, 145, NORTH_EAST), (54.91, -1.38, 175, NORTH_EAST), (52.63, 1.30, 145, EAST),
    (51.56, -1.78, 235, SOUTH_WEST), (50.72, -1.88, 400, SOUTH_WEST), (51.54, 0.71, 185, EAST),
    (52.04, -0.76, 260, SOUTH_EAST), (52.57, -0.24, 215, EAST), (51.75, -1.26, 165, SOUTH_EAST),
    (52.21, 0.12, 145, EAST), (53.96, -1.08, 150, NORTH_EAST), (52.06, 1.16, 140, EAST),
    (51.86, -2.24, 130, SOUTH_WEST), (51.90, -2.07, 120, SOUTH_WEST), (50.73, -3.53, 130, SOUTH_WEST),
    (51.89, 0.90, 130, EAST), (53.82, -3.05, 140, NORTH_WEST), (53.58, -2.43, 195, NORTH_WEST),
    (53.54, -2.12, 110, NORTH_WEST), (53.55, -2.63, 110, NORTH_WEST), (53.39, -2.60, 175, NORTH_WEST),
    (53.65, -1.78, 165, NORTH_EAST), (53.52, -1.13, 110, NORTH_EAST), (53.23, -0.54, 105, MIDLANDS),
    (54.89, -2.94, 75, NORTH_WEST), (52.71, -2.75, 77, MIDLANDS), (52.19, -2.22, 103, MIDLANDS),
    (51.38, -2.36, 95, SOUTH_WEST), (51.02, -3.10, 65, SOUTH_WEST), (50.26, -5.05, 60, SOUTH_WEST),
    (50.77, 0.28, 105, SOUTH_EAST), (51.28, 1.08, 60, SOUTH_EAST), (51.27, 0.52, 110, SOUTH_EAST),
    (51.24, -0.57, 80, SOUTH_EAST), (53.57, -0.08, 88, NORTH_EAST), (52.75, 0.40, 48, EAST),
)  # fmt: skip


def generate(size: str, seed: int = 1, *, places: float = SCARCE) -> Problem:
    """Return the invented problem of a size, its offers' places summing to a share of those wanted."""
    shape = SIZES[size]
    draw = np.random.default_rng((seed, shape.requests))
    home_lat, home_lon, home_town = _points(draw, shape.homes)
    trust_lat, trust_lon, _ = _points(draw, shape.providers)
    site_lat, site_lon, site_town = _points(draw, shape.sites)
    town_region = np.array([town[3] for town in TOWNS])
    sites = Sites(
        ids=_names("S", shape.sites),
        provider=_nearest(site_lat, site_lon, trust_lat, trust_lon, 1)[:, 0],
        region=town_region[site_town],
        lat=site_lat,
        lon=site_lon,
    )
    home = draw.integers(shape.homes, size=shape.requests)
    trusts = _nearest(home_lat, home_lon, trust_lat, trust_lon, 3)
    one_of = draw.choice(3, shape.requests, p=(0.6, 0.25, 0.15))
    where = {
        "provider": trusts[home, one_of],
        "icb": home_town[home],
        "region": town_region[home_town][home],
        "lat": home_lat[home],
        "lon": home_lon[home],
    }
    requests = _requests(draw, shape, where)
    return Problem(
        as_of=AS_OF.toordinal(),
        max_options=1,
        sites=sites,
        offers=_offers(draw, shape, places * requests.places.sum()),
        requests=requests,
        region_names=REGIONS,
        icb_names=_names("I", len(TOWNS)),
        sets=(frozenset(),),
    )


def _names(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i:07d}" for i in range(count))


def _points(draw: Draw, count: int) -> tuple[Floats, Floats, Ints]:
    """Scatter points around towns; a fifth of them well out in the country."""
    lat, lon, people, _ = np.array(TOWNS).T
    weight = (people / 100) ** 0.9
    town = draw.choice(len(TOWNS), count, p=weight / weight.sum())
    spread = np.where(draw.random(count) < 0.2, 0.45, 0.08 + 0.0025 * weight[town])
    north, east = draw.normal(size=(2, count)) * spread
    return np.clip(lat[town] + north, 49.9, 55.8), np.clip(lon[town] + east, -5.7, 1.75), town


def _nearest(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats, count: int) -> Ints:
    """Return the nearest few, nearest first, as the crow flies over a flat country."""
    apart = (lat[:, None] - to_lat) ** 2 + (0.6 * (lon[:, None] - to_lon)) ** 2
    return np.argsort(apart, axis=1, kind="stable")[:, :count]


def _markets(draw: Draw, count: int) -> Ints:
    """Draw service and setting: 23 treatment functions in two settings, then 15 tests."""
    test = draw.random(count) < 0.35
    function = draw.choice(23, count, p=_zipf(23, 0.75))
    inpatient = draw.random(count) < 0.35
    return np.where(test, 46 + draw.choice(15, count, p=_zipf(15, 0.8)), 2 * function + inpatient)


def _zipf(count: int, power: float) -> Floats:
    weight = np.arange(1, count + 1) ** -power
    share: Floats = weight / weight.sum()
    return share


def _requests(draw: Draw, shape: Size, where: dict[str, Any]) -> Requests:
    count = shape.requests
    weeks = np.minimum(draw.gamma(2.2, 11, count), 130).astype(np.int64)
    batch = (draw.random(count) < 0.3) & shape.batches
    age = np.clip(draw.normal(58, 20, count), 0, 105).astype(np.int64)
    bmi = np.clip(draw.normal(29, 6, count), 16, 60).round(1)
    as_of = AS_OF.toordinal()
    return Requests(
        ids=_names("Q", count),
        **where,
        market=_markets(draw, count),
        places=np.where(batch, draw.integers(2, 21, count), 1),
        priority=draw.choice((2, 3, 4), count, p=(0.2, 0.35, 0.45)),
        waiting_since=as_of - 7 * weeks - draw.integers(7, size=count),
        needed_by=as_of + draw.choice((28, 56, 84, 182), count, p=(0.1, 0.2, 0.3, 0.4)),
        travel=draw.choice((REGION, 50, 100, NATIONAL), count, p=(0.1, 0.5, 0.25, 0.15)),
        age=np.where(batch, 40, age),
        asa=np.where(batch, 1, draw.choice((1, 2, 3, 4), count, p=(0.25, 0.45, 0.25, 0.05))),
        bmi=np.where(batch, 25.0, bmi),
        sex=draw.integers(2, size=count),
        needs=np.zeros(count, dtype=np.int64),
        declined=np.zeros(count, dtype=np.int64),
    )


def _offers(draw: Draw, shape: Size, wanted: float) -> Offers:
    count = shape.offers
    size = draw.lognormal(0, 0.9, count) * (draw.random(count) >= 0.02)
    opens = AS_OF.toordinal() + 7 * draw.integers(8, size=count)
    return Offers(
        ids=_names("O", count),
        site=draw.integers(shape.sites, size=count),
        market=_markets(draw, count),
        opens=opens,
        closes=opens + draw.choice((7, 14, 28, 56), count),
        places=np.rint(size * wanted / size.sum()).astype(np.int64),
        min_age=draw.choice((NONE, 16, 18), count, p=(0.1, 0.4, 0.5)),
        max_age=draw.choice((NONE, 80, 70), count, p=(0.8, 0.15, 0.05)),
        max_asa=draw.choice((4, 3, 2), count, p=(0.25, 0.5, 0.25)),
        max_bmi=draw.choice((float(NONE), 45.0, 40.0, 35.0), count, p=(0.3, 0.2, 0.3, 0.2)),
        sex=draw.choice((NONE, 0, 1), count, p=(0.94, 0.03, 0.03)),
        regions=(None,) * count,
        icbs=(None,) * count,
        provides=(frozenset(),) * count,
    )


def as_values(problem: Problem) -> dict[str, Any]:
    """Return a generated problem as the JSON values of the problem format."""
    sites, offers, requests = problem.sites, problem.offers, problem.requests
    return {
        "as_of": _date(problem.as_of),
        "policy": {"max_options": problem.max_options},
        "sites": [
            {
                "id": name,
                "provider": f"P{sites.provider[i]}",
                "region": REGIONS[sites.region[i]],
                "lat": float(sites.lat[i]),
                "lon": float(sites.lon[i]),
            }
            for i, name in enumerate(sites.ids)
        ],
        "offers": [_offer(problem, i) for i in range(len(offers.ids))],
        "requests": [_request(problem, i) for i in range(len(requests.ids))],
    }


def _date(ordinal: int) -> str:
    return dt.date.fromordinal(int(ordinal)).isoformat()


def _or_none(value: Any) -> Any:
    return None if value == NONE else value.item()


def _service(market: int) -> dict[str, str]:
    if market >= 46:
        return {"service": f"test-{market - 46:02d}", "setting": SETTINGS[3]}
    return {"service": str(100 + market // 2), "setting": SETTINGS[1 + market % 2]}


def _sex(code: int) -> str | None:
    return None if code == NONE else SEXES[code]


def _offer(problem: Problem, i: int) -> dict[str, Any]:
    one = problem.offers
    limits = {name: _or_none(getattr(one, name)[i]) for name in ("min_age", "max_age", "max_asa", "max_bmi")}
    return {
        "id": one.ids[i],
        "site": problem.sites.ids[one.site[i]],
        **_service(int(one.market[i])),
        "from": _date(one.opens[i]),
        "to": _date(one.closes[i]),
        "places": int(one.places[i]),
        "limits": {**limits, "sex": _sex(int(one.sex[i]))},
        "accepts_from": {"regions": None, "icbs": None},
        "provides": [],
    }


def _request(problem: Problem, i: int) -> dict[str, Any]:
    one = problem.requests
    travel: dict[int, dict[str, Any]] = {REGION: {"region": True}, NATIONAL: {"national": True}}
    miles = int(one.travel[i])
    return {
        "id": one.ids[i],
        "provider": f"P{one.provider[i]}",
        "icb": problem.icb_names[one.icb[i]],
        "region": REGIONS[one.region[i]],
        "lat": float(one.lat[i]),
        "lon": float(one.lon[i]),
        **_service(int(one.market[i])),
        "places": int(one.places[i]),
        "priority": int(one.priority[i]),
        "waiting_since": _date(one.waiting_since[i]),
        "needed_by": _date(one.needed_by[i]),
        "travel": travel.get(miles, {"miles": miles}),
        "patient": {
            "age": int(one.age[i]), "asa": int(one.asa[i]), "bmi": float(one.bmi[i]),
            "sex": _sex(int(one.sex[i])),
        },
        "needs": [],
        "declined": [],
    }  # fmt: skip
