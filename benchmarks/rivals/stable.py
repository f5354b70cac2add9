"""A stable matching by the package `matching`, an extra that only the benchmark needs."""

from __future__ import annotations

import numpy as np
from matching.games import HospitalResident

from benchmarks.rivals.matchers import Deadline, arcs, each, table
from dmas.matching.engine.feasibility import Market
from dmas.matching.engine.problem import Ints


def hospital_resident(markets: list[Market], deadline: Deadline) -> Ints:
    """Let the package `matching` find a stable matching: requests prefer near offers, offers good ranks."""
    return each(markets, deadline, _hospital_resident)


def _hospital_resident(market: Market) -> Ints:
    row, offer, tenths = arcs(market)
    units = [(i, n) for i, wanted in enumerate(market.wanted.tolist()) for n in range(wanted)]
    order = np.lexsort((offer, tenths, row))
    near: dict[int, list[int]] = {}
    for i, j in zip(row[order].tolist(), offer[order].tolist(), strict=True):
        near.setdefault(i, []).append(j)
    residents = {unit: near[unit[0]] for unit in units if unit[0] in near}
    takers: dict[int, list[tuple[int, int]]] = {}
    for unit, offers in residents.items():  # in the order of rank already
        for one in offers:
            takers.setdefault(one, []).append(unit)
    if not takers:
        return np.zeros((0, 3), dtype=np.int64)
    capacity = {one: int(market.places[one]) for one in takers}
    game = HospitalResident.create_from_dictionaries(residents, takers, capacity)
    found = [(who.name[0], where.name, 1) for where, people in game.solve().items() for who in people]
    rows = np.array(found, dtype=np.int64).reshape(len(found), 3)
    return table(market, rows[:, 0], rows[:, 1], rows[:, 2])
