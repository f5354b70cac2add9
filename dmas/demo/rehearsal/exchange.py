"""The exchange between two nights, held as columns: what is asked, what is offered, which places are held.

Every place asked for stands in exactly one state, and an offer never holds more than it has; both are looked
at every night.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE
from dmas.demo.rehearsal import terms
from dmas.demo.rehearsal.assumptions import CHILDREN
from dmas.demo.rehearsal.columns import Bools, Columns, Floats, Ints
from dmas.demo.rehearsal.generate import Cell, DrawnOffer, DrawnRequest
from dmas.demo.rehearsal.people import People
from dmas.demo.rehearsal.places import Place
from dmas.matching.engine.rows import NATIONAL, NONE, SETTINGS

STATES = ("searching", "held", "agreed", "moved", "returned", "stayed", "resting", "not found", "at home")
SEARCHING, HELD, AGREED, MOVED, RETURNED, STAYED, RESTING, NOT_FOUND, AT_HOME = range(len(STATES))
CODES = ("P4", "P3", "D4", "D3")
OLDEST_IN_LINE = 80
Named = TypeVar("Named", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Asked(Columns):
    """What is asked for, one row a person of their own or a line of a trust's request."""

    cell: Ints
    setting: Ints  # place in SETTINGS
    market: Ints
    provider: Ints  # place in the list of places
    own: Bools
    lat: Floats
    lon: Floats
    since: Ints  # ordinal of the day the wait began
    code: Ints  # place in CODES
    travel: Ints
    age: Ints
    asa: Ints
    bmi: Floats
    sex: Ints
    needs: Ints  # place in the exchange's list of sets
    short_notice: Bools
    by_letter: Bools
    opened: Ints  # ordinal of the day the search began
    rings: Bools  # whether it passes through the rings
    leaves: Ints  # ordinal of the day a person is treated at home; 0 where it is drawn week by week
    silences: Ints
    where: Ints  # [n, STATES]: places


@dataclass(frozen=True, slots=True, eq=False)
class Offered(Columns):
    """What is offered, one row an offer; what is held and taken moves with the nights."""

    cell: Ints
    place: Ints
    setting: Ints
    market: Ints
    places: Ints
    held: Ints
    taken: Ints
    opens: Ints
    closes: Ints
    min_age: Ints
    max_age: Ints
    max_asa: Ints
    max_bmi: Floats
    provides: Ints  # place in the exchange's list of sets
    resumes: Ints  # suspended until this ordinal
    over: Bools  # whether what was left of it has been counted as wasted

    @property
    def free(self) -> Ints:
        """The places neither held nor taken."""
        return self.places - self.held - self.taken


@dataclass(frozen=True, slots=True, eq=False)
class Holds(Columns):
    """Places held, one row a place, with how and when each ends; days are ordinals."""

    item: Ints
    offer: Ints
    tenths: Ints
    made: Ints
    ends: Ints
    how: Ints
    confirmed: Ints  # where it ends taken: when the receiver confirms,
    treated: Ints  # when it treats,
    at_home: Ints  # when the person would have been treated at home,
    back: Bools  # and whether the person comes back instead


@dataclass(slots=True)
class Exchange:
    """Everything there is on a day."""

    places: list[Place]
    cells: list[Cell]
    asked: Asked
    offered: Offered
    holds: Holds
    agreed: Holds  # taken, not yet confirmed
    markets: dict[tuple[str, str], int]
    sets: dict[frozenset[str], int]
    declined: dict[int, set[int]]
    lapses: dict[int, list[int]]

    def move(self, items: Ints, old: int, new: int, count: Ints | int = 1) -> None:
        """Move places of some items from a state to another."""
        np.subtract.at(self.asked.where[:, old], items, count)
        np.add.at(self.asked.where[:, new], items, count)

    def check(self) -> None:
        """Raise RuntimeError where the sums are wrong: a rehearsal that lies is worse than none."""
        held = np.bincount(self.holds.offer, minlength=len(self.offered))
        waiting = np.bincount(self.holds.item, minlength=len(self.asked))
        sound = (
            (self.offered.free >= 0).all()
            and (self.asked.where >= 0).all()
            and (held == self.offered.held).all()
            and (waiting == self.asked.where[:, HELD]).all()
            and self.asked.where[:, AGREED].sum() == len(self.agreed)
        )
        if not sound:
            raise RuntimeError("The rehearsal lost count of its places: its figures would not be true.")

    def market(self, function: str, setting: Setting) -> int:
        """Return the number of a service and setting."""
        return _numbered(self.markets, (function, setting.value))

    def set_number(self, tokens: frozenset[str]) -> int:
        """Return the number of a set of tokens."""
        return _numbered(self.sets, tokens)


def opened(places: Sequence[Place], cells: Sequence[Cell]) -> Exchange:
    """Return an exchange in which nobody has asked or offered yet; places in the order of their codes."""
    states = np.zeros((0, len(STATES)), dtype=np.int64)
    return Exchange(
        places=sorted(places, key=lambda place: place.code),
        cells=list(cells),
        asked=replace(Asked.empty(), where=states),
        offered=Offered.empty(),
        holds=Holds.empty(),
        agreed=Holds.empty(),
        markets={},
        sets={frozenset(): 0},
        declined={},
        lapses={},
    )


def add_people(exchange: Exchange, people: People, *, opens: Ints, rings: bool, leaves: Ints) -> None:
    """Let people search from a day each; their waits are counted on that day."""
    if not len(people):
        return
    cells, count = exchange.cells, len(people)
    kinds, kind = np.unique(
        np.column_stack((people.cell, people.setting, people.age < ADULT_FROM_AGE, people.short_notice)),
        axis=0,
        return_inverse=True,
    )
    market, needs = [], []
    for cell, setting, child, short in kinds.tolist():
        function, where = cells[cell].function, Setting(SETTINGS[setting])
        market.append(exchange.market(function, where))
        tokens = terms.person_needs(function, where, child=bool(child), short_notice=bool(short))
        needs.append(exchange.set_number(tokens))
    kind = kind.ravel()
    test = np.array([one.test for one in cells])[people.cell]
    where_now = np.zeros((count, len(STATES)), dtype=np.int64)
    where_now[:, SEARCHING] = 1
    exchange.asked = exchange.asked.joined(
        Asked(
            cell=people.cell,
            setting=people.setting,
            market=np.array(market)[kind],
            provider=_providers(exchange)[people.cell],
            own=np.ones(count, dtype=np.bool_),
            lat=people.lat,
            lon=people.lon,
            since=opens - people.days,
            code=2 * test + people.urgent,
            travel=np.where(people.travel > 0, people.travel, NATIONAL),
            age=people.age,
            asa=people.asa,
            bmi=people.bmi,
            sex=people.sex,
            needs=np.array(needs)[kind],
            short_notice=people.short_notice,
            by_letter=people.by_letter,
            opened=opens,
            rings=np.full(count, rings),
            leaves=leaves,
            silences=np.zeros(count, dtype=np.int64),
            where=where_now,
        )
    )


def add_requests(exchange: Exchange, drawn: Sequence[DrawnRequest], *, today: int, rings: bool) -> None:
    """Let trusts' requests search from today; a line's wait is the shortest of its band."""
    order = {(cell.provider, cell.function): n for n, cell in enumerate(exchange.cells)}
    stands = {place.code: n for n, place in enumerate(exchange.places)}
    rows = []
    for request in drawn:
        cell, provider = order[request.provider, request.function], stands[request.provider]
        place, child = exchange.places[provider], request.function == CHILDREN
        fixed = (
            cell,
            SETTINGS.index(request.setting.value),
            exchange.market(request.function, request.setting),
            provider,
            place.latitude,
            place.longitude,
            2 * (request.setting is Setting.DIAGNOSTIC),
            request.travel_miles or NATIONAL,
            ADULT_FROM_AGE - 1 if child else OLDEST_IN_LINE,
            exchange.set_number(terms.trust_needs(request.function, request.setting)),
        )
        for line in request.lines:
            since = today - 7 * line.weeks_from - 1
            rows.append((*fixed, since, line.worst_asa, line.worst_bmi, line.places))
    if rows:
        exchange.asked = exchange.asked.joined(_lines(rows, today, rings))


def _lines(rows: Sequence[tuple[float, ...]], today: int, rings: bool) -> Asked:
    count, columns = len(rows), [np.array(column) for column in zip(*rows, strict=True)]
    cell, setting, market, provider, lat, lon, code, travel, age, needs, since, asa, bmi, places = columns
    where = np.zeros((count, len(STATES)), dtype=np.int64)
    where[:, SEARCHING] = places
    return Asked(
        cell=cell, setting=setting, market=market, provider=provider, own=np.zeros(count, dtype=np.bool_),
        lat=lat, lon=lon, since=since, code=code, travel=travel, age=age, asa=asa,
        bmi=bmi.astype(np.float64), sex=np.full(count, NONE), needs=needs,
        short_notice=np.zeros(count, dtype=np.bool_), by_letter=np.zeros(count, dtype=np.bool_),
        opened=np.full(count, today), rings=np.full(count, rings), leaves=np.zeros(count, dtype=np.int64),
        silences=np.zeros(count, dtype=np.int64), where=where,
    )  # fmt: skip


def add_offers(exchange: Exchange, drawn: Sequence[DrawnOffer], *, today: int) -> None:
    """Let offers stand from today, each to its last bookable day."""
    order = {(cell.provider, cell.function): n for n, cell in enumerate(exchange.cells)}
    stands = {place.code: n for n, place in enumerate(exchange.places)}
    rows = []
    for one in drawn:
        place, child = stands[one.provider], one.function == CHILDREN
        provides = exchange.set_number(frozenset(terms.provided(one, exchange.places[place])))
        test = one.setting is Setting.DIAGNOSTIC
        rows.append(
            (
                order[one.provider, one.function], place, SETTINGS.index(one.setting.value),
                exchange.market(one.function, one.setting), one.places, 0, 0, today, today + one.last_day,
                NONE if test else 0 if child else ADULT_FROM_AGE, ADULT_FROM_AGE - 1 if child else NONE,
                NONE if one.max_asa is None else one.max_asa, NONE if one.max_bmi is None else one.max_bmi,
                provides, 0, False,
            )
        )  # fmt: skip
    if rows:
        names, columns = list(Offered.__annotations__), [np.array(one) for one in zip(*rows, strict=True)]
        table = dict(zip(names, columns, strict=True))
        table["max_bmi"] = table["max_bmi"].astype(np.float64)
        exchange.offered = exchange.offered.joined(Offered(**table))


def _providers(exchange: Exchange) -> Ints:
    stands = {place.code: n for n, place in enumerate(exchange.places)}
    return np.array([stands[cell.provider] for cell in exchange.cells], dtype=np.int64)


def _numbered(table: dict[Named, int], name: Named) -> int:
    return table.setdefault(name, len(table))
