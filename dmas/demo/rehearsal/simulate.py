"""An exchange from its first night on: opened with everybody who asks, then one night after another."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from dmas.demo.rehearsal import answers, exchange, generate, nights, people
from dmas.demo.rehearsal.columns import Bools
from dmas.demo.rehearsal.generate import DrawnOffer, DrawnRequest
from dmas.demo.rehearsal.homes import Homes, homes
from dmas.demo.rehearsal.nights import Rehearsed
from dmas.demo.rehearsal.people import DIAGNOSTIC, People
from dmas.demo.rehearsal.read import Published
from dmas.demo.rehearsal.stages import Stages


class Stock:
    """Everybody who asks, and all that is offered, when the exchange opens."""

    def __init__(self, month: Published, uptake: float, seed: int) -> None:
        self.homes: Homes = homes(month.districts, list(month.places.values()))
        random = np.random.default_rng([seed, 1])
        self.people: People
        self.people, left = people.draw(month.cells, month.places, self.homes, uptake, random)
        self.tests: Bools = self.people.setting == DIAGNOSTIC
        self.requests: list[DrawnRequest] = generate.requests(left, people.uptake_left(uptake), random)
        independent = {code: place.independent for code, place in month.places.items()}
        self.offers: list[DrawnOffer] = generate.offers(
            month.cells, independent, np.random.default_rng([seed, 2])
        )


def opened(month: Published, stock: Stock, *, uptake: float, seed: int, stages: Stages) -> Rehearsed:
    """Return the exchange on its first day: the day after the month."""
    starts = month.period + timedelta(days=1)
    treatments, tests = nights.leave_shares(month.cells)
    hazards = np.array([(tests or 0.1) if cell.test else treatments for cell in month.cells])
    now = exchange.opened(list(month.places.values()), month.cells)
    today, own = starts.toordinal(), stock.people
    opens = np.full(len(own), today)
    leaves = today + answers.leaving(hazards[own.cell], np.random.default_rng([seed, 7]))
    exchange.add_people(now, own, opens=opens, rings=False, leaves=leaves)
    exchange.add_requests(now, stock.requests, today=today, rings=False)
    exchange.add_offers(now, stock.offers, today=today)
    return Rehearsed(
        exchange=now,
        homes=stock.homes,
        cells=month.cells,
        uptake=uptake,
        seed=seed,
        starts=starts,
        hazards=hazards,
        stages=stages,
    )
