"""A rehearsal night put to the question: is every reason true, and does every smallest change match?

`python -m tests.demo.rehearsal.truths DATABASE_URL UPTAKE [MOST]` asks about every reason of the first night
of the newest published month, and applies the smallest changes of at most MOST people (all, without it).
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from datetime import date
from typing import Any

from dmas.demo.rehearsal import plan, simulate
from dmas.demo.rehearsal.nights import Rehearsed
from dmas.demo.rehearsal.read import read
from dmas.demo.rehearsal.stages import Stages
from dmas.matching.engine.problem import Problem
from dmas.matching.engine.rows import NATIONAL, NO_DATE, NONE, SETTINGS, SEXES
from dmas.matching.engine.solve import solve
from dmas.matching.engine.whatif import of_market
from tests.matching.engine import truth

Json = dict[str, Any]


def as_values(problem: Problem) -> Json:
    """Return a rehearsal's problem as the JSON values of the problem format."""
    sites, offers, requests = problem.sites, problem.offers, problem.requests
    return {
        "as_of": _day(problem.as_of),
        "policy": {"max_options": problem.max_options},
        "sites": [
            {
                "id": name,
                "provider": str(int(sites.provider[n])),
                "region": problem.region_names[int(sites.region[n])],
                "lat": float(sites.lat[n]),
                "lon": float(sites.lon[n]),
            }
            for n, name in enumerate(sites.ids)
        ],
        "offers": [_offer(problem, n) for n in range(len(offers.ids))],
        "requests": [_request(problem, n) for n in range(len(requests.ids))],
    }


def _day(ordinal: int) -> str:
    return date.fromordinal(int(ordinal)).isoformat()


def _known(value: Any) -> Any:
    return None if value == NONE else value.item()


def _market(number: int) -> Json:
    # The engine asks no more of a service and a setting than that they are told apart.
    return {"service": f"M{number}", "setting": SETTINGS[0]}


def _offer(problem: Problem, n: int) -> Json:
    one = problem.offers
    limits = {name: _known(getattr(one, name)[n]) for name in ("min_age", "max_age", "max_asa", "max_bmi")}
    return {
        "id": one.ids[n],
        "site": problem.sites.ids[int(one.site[n])],
        **_market(int(one.market[n])),
        "from": _day(one.opens[n]),
        "to": _day(one.closes[n]),
        "places": int(one.places[n]),
        "limits": {**limits, "sex": None},
        "accepts_from": {"regions": None, "icbs": None},
        "provides": sorted(one.provides[n]),
    }


def _request(problem: Problem, n: int) -> Json:
    one, miles = problem.requests, int(problem.requests.travel[n])
    needed_by = int(one.needed_by[n])
    return {
        "id": one.ids[n],
        "provider": str(int(one.provider[n])),
        "icb": problem.icb_names[int(one.icb[n])],
        "region": problem.region_names[int(one.region[n])],
        "lat": float(one.lat[n]),
        "lon": float(one.lon[n]),
        **_market(int(one.market[n])),
        "places": int(one.places[n]),
        "priority": int(one.priority[n]),
        "waiting_since": _day(one.waiting_since[n]),
        "needed_by": None if needed_by == NO_DATE else _day(needed_by),
        "travel": {"national": True} if miles == NATIONAL else {"miles": miles},
        "patient": {
            "age": _known(one.age[n]),
            "asa": _known(one.asa[n]),
            "bmi": _known(one.bmi[n]),
            "sex": None if one.sex[n] == NONE else SEXES[int(one.sex[n])],
        },
        "needs": sorted(problem.sets[int(one.needs[n])]),
        "declined": sorted(problem.sets[int(one.declined[n])]),
    }


def nights_of(one: Rehearsed) -> list[truth.Night]:
    """Solve the night an exchange stands before, each market by itself, as a problem written down."""
    today = one.starts.toordinal()
    items, offers = plan.open_items(one.exchange, today), plan.open_offers(one.exchange, today)
    values = as_values(plan.problem(one.exchange, items, offers, today))
    found = []
    for service, setting in sorted({(row["service"], row["setting"]) for row in values["requests"]}):
        part = of_market(values, service, setting)
        found.append(truth.night(part, solve(part)))
    return found


def main(url: str, uptake: str, most: str = "") -> None:
    """Ask, and say how many answers were true; the first that is not ends everything."""
    month = read(url)
    stock = simulate.Stock(month, float(uptake), 1)
    nights = nights_of(simulate.opened(month, stock, uptake=float(uptake), seed=1, stages=Stages()))
    began, reasons = time.perf_counter(), Counter[str]()
    for night in nights:
        for left in night.solution["unmatched"]:
            truth.check_reason(night, left)
            reasons[left["code"]] += 1
    print(f"{sum(reasons.values()):,} reasons true: {dict(reasons)}, {time.perf_counter() - began:.0f} s")
    asked = [(night, left) for night in nights for left in night.solution["unmatched"]]
    if most and int(most) < len(asked):
        asked = random.Random(1).sample(asked, int(most))
    began, kinds, none = time.perf_counter(), Counter[str](), 0
    for night, left in asked:
        found = truth.check_changes(night, left)
        kinds.update(found)
        none += not found
    print(
        f"{len(asked):,} people: {sum(kinds.values()):,} smallest changes match when applied {dict(kinds)};"
        f" no single change helps {none:,}; {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
