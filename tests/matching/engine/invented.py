"""The closed example of the problem format, and small random problems with every awkward case in them."""

import copy
import datetime as dt
import math
import random
from typing import Any

from dmas.core.geography import RADIUS_MILES

Json = dict[str, Any]

AS_OF = dt.date(2026, 11, 21)
_BASE = 52.0
# due north of the base by whole miles, and by a hair more or less than what still rounds to them
_LATITUDES = [
    _BASE + math.degrees(miles / RADIUS_MILES) for miles in (0, 10, 20, 20.0499999999, 20.0500000001, 30, 45)
]


def site(name: str = "S1", **changes: Any) -> Json:
    return {"id": name, "provider": "P" + name, "region": "R1", "lat": 52.0, "lon": 0.0} | changes


def offer(name: str = "O1", **changes: Any) -> Json:
    limits = {"min_age": None, "max_age": None, "max_asa": None, "max_bmi": None, "sex": None}
    plain = {
        "id": name, "site": "S1", "service": "110", "setting": "inpatient", "from": "2026-12-01",
        "to": "2027-02-28", "places": 1, "accepts_from": {"regions": None, "icbs": None}, "provides": [],
    }  # fmt: skip
    return plain | changes | {"limits": limits | changes.get("limits", {})}


def request(name: str = "Q1", **changes: Any) -> Json:
    plain = {
        "id": name, "provider": "HOME", "icb": "I1", "region": "R1", "lat": 52.0, "lon": 0.0,
        "service": "110", "setting": "inpatient", "places": 1, "priority": 3, "waiting_since": "2026-01-01",
        "needed_by": None, "travel": {"national": True}, "patient": None, "needs": [], "declined": [],
    }  # fmt: skip
    return plain | changes


def problem(sites: list[Json], offers: list[Json], requests: list[Json], max_options: int = 1) -> Json:
    top = {"as_of": AS_OF.isoformat(), "policy": {"max_options": max_options}}
    return top | {"sites": sites, "offers": offers, "requests": requests}


def example() -> Json:
    """Return the format's closed example: five people from one hospital and two offers."""
    limits = {"min_age": 18, "max_asa": 3, "max_bmi": 40.0}
    patient = {"age": 67, "asa": 2, "bmi": 31.0, "sex": "F"}
    asking = {"provider": "RJ1", "icb": "QKK", "region": "Y56", "lat": 51.503, "lon": -0.087}
    asking |= {"patient": patient, "needs": ["standard_notice"]}
    unknown = {"age": 70, "asa": None, "bmi": 29.0, "sex": "M"}
    given = {"limits": limits, "provides": ["standard_notice"]}
    return problem(
        [
            site("RGT01", provider="RGT", region="Y61", lat=52.1751, lon=0.1407),
            site("RRK15", provider="RRK", region="Y60", lat=52.4508, lon=-1.9436),
        ],
        [offer("O1", site="RGT01", **given), offer("O2", site="RRK15", **given)],
        [
            request("Q1", **asking | {"waiting_since": "2025-10-01"}),
            request("Q2", **asking | {"waiting_since": "2025-12-01", "travel": {"miles": 60}}),
            request("Q3", **asking | {"waiting_since": "2025-06-01", "priority": 4}),
            request(
                "Q4",
                **asking
                | {"waiting_since": "2025-07-01", "priority": 4, "needs": ["standard_notice", "hoist"]},
            ),
            request("Q5", **asking | {"waiting_since": "2025-08-01", "priority": 4, "patient": unknown}),
        ],
    )


def example_solution() -> Json:
    """Return the example's one solution."""
    funnel = {"service_and_setting": 2, "other_provider": 2, "not_declined": 2, "window": 2, "limits": 2}
    shut = {"needs": 0, "accepts_from": 0, "travel": 0}
    cut_off = {"priority": 4, "waiting_since": "2025-06-01"}
    return {
        "assignments": [
            {"request": "Q1", "offer": "O2", "places": 1, "tenths": 1026},
            {"request": "Q2", "offer": "O1", "places": 1, "tenths": 474},
        ],
        "options": [],
        "unmatched": [
            {"request": "Q3", "places": 1, "code": "outranked", "cut_off": cut_off, "feasible_offers": 2},
            {"request": "Q4", "places": 1, "code": "no_feasible_offer", "funnel": funnel | shut}
            | {"would_open": {"needs": 2}},
            {"request": "Q5", "places": 1, "code": "needs_information", "missing": ["asa"]}
            | {"funnel": funnel | shut | {"limits": 0}, "would_open": {"limits": 2}},
        ],
        "certificate": {"frozen": {"O1": cut_off, "O2": cut_off}, "prices": {"O1": 1656}},
        "summary": {
            "places_wanted": 5, "places_served": 2, "tenths": 1500, "outside_region": 2, "feasible_pairs": 5
        },
    }  # fmt: skip


def random_problem(draw: random.Random, *, requests: int = 6, offers: int = 4, most: int = 3) -> Json:
    """Return a tiny problem: few ranks (so ties), batches, no places, unknown values, all kinds of travel.

    Two of three are easy: nearly everybody fits nearly everywhere, so that places are what is short.
    """
    easy = draw.random() < 0.67
    sites = [
        site(
            f"S{i}",
            provider=draw.choice("ABCDEH" if easy else "ABH"),
            region=draw.choice(["R1", "R2"]),
            lat=draw.choice(_LATITUDES),
            lon=draw.choice([0.0, 0.0, -0.5]),
        )
        for i in range(draw.randint(1, 4))
    ]
    offer_of, request_of = (_easy_offer, _easy_request) if easy else (_hard_offer, _hard_request)
    return problem(
        sites,
        [offer_of(draw, f"O{i}", draw.choice(sites)["id"], most) for i in range(draw.randint(easy, offers))],
        [request_of(draw, f"Q{i}", most) for i in range(draw.randint(0, requests))],
        max_options=draw.randint(1, 4),
    )


def _easy_offer(draw: random.Random, name: str, where: str, most: int) -> Json:
    service = draw.choice(["110"] * 9 + ["120"])
    return offer(name, site=where, service=service, places=draw.choice([1, 1, 1, 2, most, 0]))


def _easy_request(draw: random.Random, name: str, most: int) -> Json:
    travels = [{"national": True}] * 4 + [{"region": True}, {"miles": 20}, {"miles": 30}, {"miles": 45}]
    return request(
        name,
        region=draw.choice(["R1", "R2"]),
        lat=draw.choice(_LATITUDES),
        lon=draw.choice([0.0, 0.0, 0.4]),
        service=draw.choice(["110"] * 9 + ["120"]),
        places=draw.choice([1, 1, 1, 2, most, 0]),
        priority=draw.choice([2, 3, 3, 4]),
        waiting_since=draw.choice(["2026-01-01", "2026-03-01"]),
        travel=draw.choice(travels),
        declined=draw.choice([[], [], ["O1"]]),
    )


def _hard_offer(draw: random.Random, name: str, where: str, most: int) -> Json:
    return offer(
        name,
        site=where,
        setting=draw.choice(["inpatient"] * 9 + ["day_case"]),
        places=draw.randint(0, most),
        limits={
            "min_age": draw.choice([None, None, 18]),
            "max_age": draw.choice([None, None, 70]),
            "max_asa": draw.choice([None, None, 2]),
            "max_bmi": draw.choice([None, None, 35, 40.5]),
            "sex": draw.choice([None, None, None, "F"]),
        },
        accepts_from={
            "regions": draw.choice([None, None, ["R1"], ["R1", "R2"], []]),
            "icbs": draw.choice([None, None, ["I1"]]),
        },
        provides=draw.choice([["hoist", "mri"], ["hoist"], []]),
        **{
            "from": draw.choice(["2026-11-01", "2026-12-01", "2027-01-10"]),
            "to": draw.choice(["2027-02-28", "2027-02-28", "2027-01-10", "2026-11-20"]),
        },
    )


def _hard_request(draw: random.Random, name: str, most: int) -> Json:
    patient = {
        "age": draw.choice([None, 17, 18, 70, 71]),
        "asa": draw.choice([None, 1, 2, 3]),
        "bmi": draw.choice([None, 35, 35.1, 40.5, 20.0]),
        "sex": draw.choice([None, "F", "M"]),
    }
    changes = {
        "provider": draw.choice("HIH"),
        "icb": draw.choice(["I1", "I1", "I2"]),
        "region": draw.choice(["R1", "R2", "R3"]),
        "setting": draw.choice(["inpatient"] * 9 + ["day_case"]),
        "priority": draw.choice([2, 3, 4, 3, 4, 2, 1, 5, 6]),
        "needed_by": draw.choice([None, None, None, "2027-01-10", "2026-12-05", "2026-11-20"]),
        "patient": draw.choice([patient, patient, patient, None]),
        "needs": draw.choice([[], [], ["hoist"], ["mri", "hoist"]]),
        "declined": draw.choice([[], [], [], ["O1"], ["O0", "gone"]]),
    }
    return _easy_request(draw, name, most) | changes


def shuffled(draw: random.Random, value: Json) -> Json:
    """Return the same problem with every list in another order."""
    result = copy.deepcopy(value)
    for key in ("sites", "offers", "requests"):
        draw.shuffle(result[key])
    for one in result["offers"]:
        draw.shuffle(one["provides"])
    for one in result["requests"]:
        draw.shuffle(one["needs"])
        draw.shuffle(one["declined"])
    return result
