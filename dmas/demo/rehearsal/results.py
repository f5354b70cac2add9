"""What a rehearsal found, counted into tables of figures; the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dmas.catalogue.rules import service_name
from dmas.core.geography import tenths_between
from dmas.demo.rehearsal import answers
from dmas.demo.rehearsal.columns import Ints
from dmas.demo.rehearsal.exchange import AT_HOME, MOVED, SEARCHING, STATES
from dmas.demo.rehearsal.nights import Night, Rehearsed
from dmas.matching.engine.rows import NATIONAL, SEXES
from dmas.matching.presenters import REASONS
from dmas.providers.vocabulary import REGIONS

Figure = int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures under a heading; `columns` name the figures of each row."""

    heading: str
    columns: tuple[str, ...]
    rows: list[tuple[str, tuple[Figure, ...]]]


@dataclass(frozen=True, slots=True)
class FirstNight:
    """The first night: how far the matched go, and who is matched."""

    night: Night
    own: int  # who ask themselves
    offers: int
    median_miles: float | None
    ninth_miles: float | None
    tables: list[Table]


@dataclass(frozen=True, slots=True)
class Weeks:
    """All the nights: what came of everybody who asked and of everything that was offered."""

    asked: int
    moved: int
    offered: int
    holds: int
    unused: int
    unused_days: int
    wasted: int
    suspensions: int
    weeks_ended: float  # weeks waited by those who moved
    weeks_spared: float  # at home, by those treated sooner elsewhere
    weeks_lost: float  # by those who would have been treated at home sooner
    states: list[tuple[int, ...]]  # after each night, in the order of STATES
    tables: list[Table]


def first_night(rehearsed: Rehearsed, matched: Ints) -> FirstNight:
    """Count the first night; `matched` are its places by item."""
    asked, cells = rehearsed.exchange.asked, rehearsed.cells
    tenths = np.sort(rehearsed.exchange.holds.tenths)
    wanted = matched + asked.where[:, SEARCHING]
    regions, services = _names(rehearsed)
    figures = np.column_stack((wanted, matched))
    left = rehearsed.nights[0].unmatched
    reasons = [(REASONS[code], (places,)) for code, places in sorted(left.items()) if places]
    return FirstNight(
        night=rehearsed.nights[0],
        own=int(asked.own.sum()),
        offers=len(rehearsed.exchange.offered),
        median_miles=_part(tenths, 0.5),
        ninth_miles=_part(tenths, 0.9),
        tables=[
            _shares("First night by home region", regions, figures, ("wanted", "matched")),
            _shares(
                "First night by service",
                [services[cells[cell].function] for cell in asked.cell.tolist()],
                figures,
                ("wanted", "matched"),
            ),
            _shares("First night by group", None, figures, ("wanted", "matched"), groups(rehearsed)),
            Table("First night, not matched, by reason", ("places",), sorted(reasons, key=_largest)),
        ],
    )


def weeks(rehearsed: Rehearsed, extra: int) -> Weeks:
    """Count all the nights so far; `extra` is how many there were after the first."""
    asked, ended = rehearsed.exchange.asked, rehearsed.ended
    moved = [one for one in ended.moved if len(one)]
    item = np.concatenate([one.item for one in moved]) if moved else np.zeros(0, dtype=np.int64)
    confirmed, treated, at_home = (
        np.concatenate([getattr(one, name) for one in moved]) if moved else np.zeros(0, dtype=np.int64)
        for name in ("confirmed", "treated", "at_home")
    )
    sooner = (at_home - treated) / 7
    figures = np.column_stack((asked.where.sum(axis=1), asked.where[:, MOVED], asked.where[:, AT_HOME]))
    regions, services = _names(rehearsed)
    by_service = [services[rehearsed.cells[cell].function] for cell in asked.cell.tolist()]
    columns = ("asked", "moved", "treated at home")
    return Weeks(
        asked=int(figures[:, 0].sum()),
        moved=len(item),
        offered=int(rehearsed.exchange.offered.places.sum()),
        holds=sum(night.matched for night in rehearsed.nights),
        unused=sum(places for places, _ in ended.unused.values()),
        unused_days=sum(days for _, days in ended.unused.values()),
        wasted=ended.wasted,
        suspensions=ended.suspensions,
        weeks_ended=float(((confirmed - asked.since[item]) / 7).sum()),
        weeks_spared=float(sooner[sooner > 0].sum()),
        weeks_lost=float(-sooner[sooner < 0].sum()),
        states=[night.states for night in rehearsed.nights],
        tables=[
            _weekly(rehearsed.nights, extra),
            _states(asked.where.sum(axis=0)),
            _unused(ended.unused),
            _shares("All weeks by home region", regions, figures, columns),
            _shares("All weeks by service", by_service, figures, columns),
            _shares("All weeks by group", None, figures, columns, groups(rehearsed)),
        ],
    )


def groups(rehearsed: Rehearsed) -> list[tuple[str, np.ndarray]]:
    """Return groups of what is asked that say nothing of anybody's means, each with who is in it."""
    asked, places = rehearsed.exchange.asked, rehearsed.exchange.places
    own, days = asked.own, asked.opened - asked.since
    stands = [(place.latitude, place.longitude) for place in places]
    miles = np.array(
        [
            tenths_between(stands[provider][0], stands[provider][1], lat, lon) / 10
            for provider, lat, lon in zip(
                asked.provider.tolist(), asked.lat.tolist(), asked.lon.tolist(), strict=True
            )
        ]
    )
    found = [("asks themselves", own), ("in a trust's request", ~own)]
    found += [(f"sex {name}", own & (asked.sex == n)) for n, name in enumerate(SEXES)]
    found += _bands("age", "", asked.age, (0, 18, 40, 65, 80), own)
    found += _bands("waited", " weeks", days // 7, (0, 40, 52, 65), np.ones(len(own), dtype=np.bool_))
    found += [
        (f"travels {'anywhere' if miles == NATIONAL else f'up to {miles} miles'}", asked.travel == miles)
        for miles in sorted(set(asked.travel.tolist()), key=lambda miles: miles or 1001)
    ]
    found += _bands("lives", " miles from home provider", miles, (0, 5, 15), own)
    found += [("can come at short notice", own & asked.short_notice)]
    return [(name, who) for name, who in found if who.any()]


def _bands(
    name: str, unit: str, values: np.ndarray, edges: Sequence[int], among: np.ndarray
) -> list[tuple[str, np.ndarray]]:
    bands = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        inside = among & (values >= low) & (True if high is None else values < high)
        words = f"{low} or more" if high is None else f"{low} to under {high}"
        bands.append((f"{name} {words}{unit}", inside))
    return bands


def _names(rehearsed: Rehearsed) -> tuple[list[str], dict[str, str]]:
    places = rehearsed.exchange.places
    regions = [REGIONS[place.region] for place in places]
    functions = {cell.function for cell in rehearsed.cells}
    return (
        [regions[provider] for provider in rehearsed.exchange.asked.provider.tolist()],
        {function: service_name(function) for function in functions},
    )


def _shares(
    heading: str,
    names: list[str] | None,
    figures: np.ndarray,
    columns: tuple[str, ...],
    among: list[tuple[str, np.ndarray]] | None = None,
) -> Table:
    """Sum figures by name, or among groups, with the share of the first that the second is."""
    if among is None:
        distinct, which = np.unique(np.array(names or [], dtype=np.str_), return_inverse=True)
        sums = np.zeros((len(distinct), figures.shape[1]), dtype=np.int64)
        np.add.at(sums, which, figures)
        rows = sorted(
            zip(distinct.tolist(), sums.tolist(), strict=True), key=lambda row: (-row[1][0], row[0])
        )
    else:
        rows = [(name, figures[who].sum(axis=0).tolist()) for name, who in among]
    return Table(
        heading,
        (*columns, f"share {columns[1]}"),
        [(name, (*row, row[1] / row[0] if row[0] else None)) for name, row in rows],
    )


def _weekly(nights: Sequence[Night], extra: int) -> Table:
    """Sum the nights by week: the first night by itself, then seven at a time."""
    rows = [("first night", _week(nights[:1]))]
    for week in range(-(-extra // 7)):
        rows.append((f"week {week + 1}", _week(nights[1 + 7 * week : 8 + 7 * week])))
    return Table("Week by week", ("new", "matched", "moved", "searching", "held", "free places"), rows)


def _week(nights: Sequence[Night]) -> tuple[Figure, ...]:
    last = nights[-1]
    return (
        sum(night.asked for night in nights),
        sum(night.matched for night in nights),
        sum(night.confirmed for night in nights),
        last.wanted - last.matched,
        last.held,
        last.offered - last.matched,
    )


def _states(sums: Ints) -> Table:
    total = int(sums.sum())
    rows = zip(STATES, sums.tolist(), strict=True)
    return Table(
        "What became of everybody who asked",
        ("places", "share"),
        [(name, (places, places / total if total else None)) for name, places in rows],
    )


def _unused(unused: dict[int, tuple[int, int]]) -> Table:
    rows = [(answers.ENDS[how], (places, days)) for how, (places, days) in unused.items()]
    return Table("Holds that ended unused", ("places", "place-days"), sorted(rows, key=_largest))


def _largest(row: tuple[str, tuple[Figure, ...]]) -> tuple[float, str]:
    return -(row[1][0] or 0), row[0]


def _part(tenths: Ints, share: float) -> float | None:
    """Return the miles within which a share of sorted tenths lies."""
    if not len(tenths):
        return None
    return float(tenths[max(0, int(np.ceil(share * len(tenths))) - 1)]) / 10
