"""One market from arrays to arrays, as a task that can be done in another process."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

import numpy as np

from dmas.matching.engine import explain, geography, options
from dmas.matching.engine.bits import counts
from dmas.matching.engine.explain import Reasons
from dmas.matching.engine.feasibility import Market, Slice, build
from dmas.matching.engine.geography import Distances
from dmas.matching.engine.layers import Layer, latest, layers_of
from dmas.matching.engine.prices import LOW
from dmas.matching.engine.problem import Ints, Offers, Problem, Requests
from dmas.matching.engine.rank import serve
from dmas.matching.engine.travel import Settled, reprice, settle

Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What all tasks share: the problem, its distances and a guess at the offers' prices in tenths."""

    problem: Problem
    distances: Distances | None
    prices: Ints | None


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """What other markets need to know of a layer, in rows and offers of its market.

    `level` is the most a tied holder pays, in tenths and places outside the region; None where there is none.
    """

    rank: int
    rows: Ints
    offers: Ints
    level: tuple[int, int] | None
    lacks: bool  # somebody tied lacks a place
    rounds: int


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A market answered, in rows and offers of its own."""

    held: Ints  # [n, 4]: row, offer, places, tenths
    options: Ints  # [n, 5]: and round
    frozen: Ints
    price: Ints  # [offers, 2]: tenths and places outside the region
    reasons: Reasons
    notes: tuple[Note, ...]
    feasible_pairs: int


@dataclass(frozen=True, slots=True, eq=False)
class Task(ABC, Generic[Result_co]):
    """Work on a part of the problem."""

    part: Slice

    @abstractmethod
    def run(self, world: World) -> Result_co:
        """Do it."""

    def apart(self, world: World) -> "tuple[World, Task[Result_co]]":
        """Return the task with only what it needs of the world, small enough to be sent elsewhere."""
        offers, requests = self.part.offers, self.part.requests
        own = World(
            _cut(world.problem, offers, requests),
            geography.of_market(world.problem, world.distances, offers, requests),
            None if world.prices is None else world.prices[offers],
        )
        return own, replace(self, part=Slice(np.arange(len(offers)), np.arange(len(requests))))


@dataclass(frozen=True, slots=True, eq=False)
class Solve(Task[Answer]):
    """Find the best answer of one market."""

    def run(self, world: World) -> Answer:
        """Return the answer; which ranks pay what elsewhere is not known yet."""
        market = build(world.problem, world.distances, self.part)
        served = serve(market)
        frozen = np.array(served.frozen, dtype=np.int64)
        cut_off = latest(market, frozen)
        guess = None if world.prices is None else world.prices[market.offers]
        price = np.zeros((len(frozen), 2), dtype=np.int64)
        notes, tables = [], [np.zeros((0, 3), dtype=np.int64)]
        for layer in layers_of(market, served, cut_off):
            settled = settle(layer, None if guess is None else guess[layer.offers])
            price[layer.offers] = _two(settled.prices.price, layer.unit)
            notes.append(_note(settled))
            tables.append(_held(settled))
        held = np.concatenate(tables)
        got = np.bincount(held[:, 0], weights=held[:, 2], minlength=len(cut_off)).astype(np.int64)
        further = options.rounds(market, held, world.problem.max_options)
        return Answer(
            held=_with_tenths(market, held),
            options=np.column_stack((_with_tenths(market, further[:, :3]), further[:, 3])),
            frozen=frozen,
            price=price,
            reasons=explain.reasons(world.problem, market, market.wanted - got, cut_off),
            notes=tuple(notes),
            feasible_pairs=int(counts(market.masks).sum()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Reprice(Task[Ints]):
    """Find the least prices of one layer again: in the problem's unit, and above what is paid elsewhere."""

    rank: int
    held: Ints  # [n, 3]: row and offer within the layer, places
    guess: Ints  # the prices as they were found, in this unit
    unit: int
    floor: int

    def run(self, world: World) -> Ints:
        """Return the prices of the layer's offers."""
        market = build(world.problem, world.distances, self.part)
        rows, offers = np.arange(len(market.requests)), np.arange(len(market.offers))
        held = (self.held[:, 0], self.held[:, 1], self.held[:, 2])
        return reprice(Layer(market, self.rank, rows, offers, held, self.unit), self.guess, self.floor).price


def _two(costs: Ints, unit: int) -> Ints:
    """Split costs into tenths and places outside the region, which may be below nought."""
    tenths = (costs + unit // 2) // unit
    return np.column_stack((tenths, costs - tenths * unit))


def _held(settled: Settled) -> Ints:
    layer, used = settled.layer, np.flatnonzero(settled.flow)
    rows, offers = layer.rows[settled.arcs.row[used]], layer.offers[settled.arcs.offer[used]]
    return np.column_stack((rows, offers, settled.flow[used]))


def _with_tenths(market: Market, table: Ints) -> Ints:
    tenths = market.tenths[market.point[table[:, 0]], market.site[table[:, 1]]]
    return np.column_stack((table, tenths.astype(np.int64)))


def _note(settled: Settled) -> Note:
    layer, level = settled.layer, settled.prices.level
    got = np.bincount(settled.arcs.row, weights=settled.flow, minlength=len(layer.rows))
    tenths, outside = _two(np.array([level]), layer.unit)[0].tolist()
    return Note(
        rank=layer.rank,
        rows=layer.rows,
        offers=layer.offers,
        level=None if level == LOW else (tenths, outside),
        lacks=bool((layer.tied & (got < layer.wanted)).any()),
        rounds=settled.rounds,
    )


def _cut(problem: Problem, offers: Ints, requests: Ints) -> Problem:
    """Return the problem of these offers and requests alone; the requests' ids, which nobody reads, go."""
    sets, codes = np.unique(
        np.concatenate((problem.requests.needs[requests], problem.requests.declined[requests])),
        return_inverse=True,
    )
    asked = _taken(problem.requests, requests) | {"ids": ()}
    asked |= {"needs": codes[: len(requests)], "declined": codes[len(requests) :]}
    return replace(
        problem,
        offers=Offers(**_taken(problem.offers, offers)),
        requests=Requests(**asked),
        sets=tuple(problem.sets[code] for code in sets.tolist()),
    )


def _taken(table: Offers | Requests, rows: Ints) -> dict[str, Any]:
    """Return these rows of each column."""
    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    return {
        name: column[rows] if isinstance(column, np.ndarray) else _some(column, rows)
        for name, column in columns.items()
    }


def _some(column: tuple[Any, ...], rows: Ints) -> tuple[Any, ...]:
    return tuple(column[row] for row in rows.tolist()) if column else ()
