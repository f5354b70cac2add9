"""Who may go where in one market, worked out rule by rule, and how far it is, in whole tenths of a mile."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from dmas.matching.engine.certify.values import NATIONAL, NONE, REGION, Ints

RADIUS = 3958.7613
MOST_SHARED = 1 << 26  # distances held in one table
_CLOSE = 1e-5  # tenths within which the quick distance does not decide; it is right to a millionth
_CELLS = 1 << 15  # distances worked out at once
_TRUTHS = 1 << 18  # truth values packed at once

Bits = npt.NDArray[np.uint64]
Truth = npt.NDArray[np.bool_]
Tenths = npt.NDArray[np.uint16]


def exactly(lat1: float, lon1: float, lat2: float, lon2: float) -> int:
    """Return the distance of two points in degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    north = math.sin((phi2 - phi1) / 2)
    east = math.sin((math.radians(lon2) - math.radians(lon1)) / 2)
    h = north * north + math.cos(phi1) * math.cos(phi2) * (east * east)
    return math.floor(10 * (2 * RADIUS * math.asin(min(1.0, math.sqrt(h)))) + 0.5)


class Distances:
    """The distances of all homes from all sites, each home once."""

    def __init__(self, columns: Any) -> None:
        asking, sites = columns.requests, columns.sites
        lats, lat = np.unique(asking.lat, return_inverse=True)
        lons, lon = np.unique(asking.lon, return_inverse=True)
        points, self.home = np.unique(lat * len(lons) + lon, return_inverse=True)
        self.lat, self.lon = lats[points // max(1, len(lons))], lons[points % max(1, len(lons))]
        self.sites = (sites.lat, sites.lon)
        self.whole = (
            self._table(np.arange(len(points))) if len(points) * len(sites.lat) <= MOST_SHARED else None
        )

    def rows(self, homes: Ints, sites: Ints) -> Tenths:
        """Return tenths [homes, sites]."""
        table = self._table(homes) if self.whole is None else self.whole[homes]
        return table.take(sites, axis=1)

    def near(self, homes: Ints, most: Tenths) -> Truth:
        """Return which sites [homes, sites] are no farther than each home's limit [homes, 1]."""
        table = self._table(homes) if self.whole is None else self.whole[homes]
        near: Truth = table <= most
        return near

    def pairs(self, homes: Ints, sites: Ints) -> Ints:
        """Return the tenths of each pair."""
        if self.whole is not None:
            return self.whole[homes, sites].astype(np.int64)
        here = zip(self.lat[homes].tolist(), self.lon[homes].tolist(), strict=True)
        there_lat, there_lon = self.sites
        there = zip(there_lat[sites].tolist(), there_lon[sites].tolist(), strict=True)
        found = (exactly(*one, *other) for one, other in zip(here, there, strict=True))
        return np.fromiter(found, np.int64, len(homes))

    def _table(self, homes: Ints) -> Tenths:
        """Work out half the angle between points of the unit sphere; where that is too close, exactly."""
        here, there = _on_sphere(self.lat[homes], self.lon[homes]), _on_sphere(*self.sites)
        # one product gives (1 - cosine) / 2, the square of the sine of half the angle
        here, there = (
            np.vstack((-0.5 * here, np.full(len(homes), 0.5))).T,
            np.vstack((there, there[0] * 0 + 1)),
        )
        count = len(self.sites[0])
        result = np.empty((len(homes), count), dtype=np.uint16)
        step = max(1, _CELLS // max(1, count))
        for start in range(0, len(homes), step):
            angle = here[start : start + step] @ there
            np.sqrt(np.maximum(angle, 0.0, out=angle), out=angle)
            np.multiply(np.arcsin(angle, out=angle), 20 * RADIUS, out=angle)
            whole = np.rint(angle)
            angle -= whole
            for cell in np.flatnonzero(np.abs(angle, out=angle) > 0.5 - _CLOSE).tolist():
                i, j = divmod(cell, count)
                home = homes[start + i]
                there_lat, there_lon = self.sites
                whole[i, j] = exactly(
                    float(self.lat[home]), float(self.lon[home]), float(there_lat[j]), float(there_lon[j])
                )
            result[start : start + step] = whole
        return result


def _on_sphere(lat: npt.NDArray[np.float64], lon: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def as_bits(truth: Truth) -> Bits:
    """Pack truth values, the first in the lowest bit, 64 to a word."""
    rows, count = truth.shape
    bits = np.zeros((rows, max(1, (count + 63) // 64) * 8), dtype=np.uint8)
    bits[:, : (count + 7) // 8] = np.packbits(truth, axis=1, bitorder="little")
    return bits.view(np.uint64)


def as_truth(bits: Bits, count: int) -> Truth:
    """Unpack the first `count` truth values of each row."""
    return np.unpackbits(bits.view(np.uint8), axis=1, count=count, bitorder="little").view(np.bool_)


def _distinct(values: Any) -> tuple[Any, Ints]:
    """Return the different values in order, and the number of each among them."""
    if values.dtype != np.int64 or not len(values):
        return np.unique(values, return_inverse=True)
    low, high = int(values.min()), int(values.max())
    if high - low > 4 * len(values) + 1000:
        return np.unique(values, return_inverse=True)
    number = np.full(high - low + 1, -1, dtype=np.int64)
    number[values - low] = 0
    there = np.flatnonzero(number == 0)
    number[there] = np.arange(len(there))
    return there + low, number[values - low]


class Market:
    """The offers of one service and setting that have a place, and the requests for it that are matched."""

    def __init__(self, columns: Any, distances: Distances, offers: Ints, requests: Ints) -> None:
        self.columns, self.distances = columns, distances
        self.offers, self.requests = offers, requests
        self.site = columns.offers.site[offers]
        self.all = as_bits(np.ones((1, len(offers)), dtype=np.bool_))
        self.rules = [
            [self._each("provider", lambda one: columns.sites.provider[self.site] != one)],
            [self._set("declined", self._not_declined)],
            [self._each("needed_by", self._window)],
            [self._limit(name) for name in ("age", "asa", "bmi", "sex")],
            [self._set("needs", self._provided)],
            [self._accepted("region"), self._accepted("icb")],
            [self._reach()],
        ]
        self.feasible = self.meets([part for rule in self.rules for part in rule], None)

    def meets(self, parts: list[tuple[Bits, Ints]], rows: Ints | None) -> Bits:
        """Return, for some rows, the offers that are in every part."""
        count = len(self.requests) if rows is None else len(rows)
        result = np.repeat(self.all, count, axis=0)
        telling = [part for part in parts if not (part[0] == self.all).all()]
        step = max(1, (1 << 13) // self.all.shape[1])
        for start in range(0, count, step):
            some = slice(start, start + step) if rows is None else rows[start : start + step]
            for table, which in telling:
                result[start : start + step] &= table.take(which[some], axis=0)
        return result

    def _own(self, name: str) -> Any:
        return getattr(self.columns.requests, name)[self.requests]

    def _each(self, name: str, test: Callable[[Any], Truth]) -> tuple[Bits, Ints]:
        values, which = _distinct(self._own(name))
        return self._packed(values, test), which

    def _packed(self, values: Any, test: Callable[[Any], Truth]) -> Bits:
        step = max(1, _TRUTHS // max(1, len(self.offers)))
        blocks = [values[i : i + step, None] for i in range(0, len(values), step)]
        return np.concatenate(
            [as_bits(np.broadcast_to(test(one), (len(one), len(self.offers)))) for one in blocks]
        )

    def _set(self, name: str, test: Callable[[frozenset[str]], Truth]) -> tuple[Bits, Ints]:
        values, which = _distinct(self._own(name))
        rows = [test(frozenset(self.columns.sets[code])) for code in values.tolist()]
        return as_bits(np.array(rows, dtype=np.bool_).reshape(len(rows), len(self.offers))), which

    def _not_declined(self, declined: frozenset[str]) -> Truth:
        ids = self.columns.offers.ids
        if not declined:
            return np.ones(len(self.offers), dtype=np.bool_)
        return np.array([ids[offer] not in declined for offer in self.offers.tolist()], dtype=np.bool_)

    def _window(self, needed_by: Any) -> Truth:
        offers = self.columns.offers
        first = np.maximum(offers.opens[self.offers], self.columns.as_of)
        truth: Truth = first <= np.minimum(offers.closes[self.offers], needed_by)
        return truth

    def _limit(self, name: str) -> tuple[Bits, Ints]:
        """Return who meets the limits on one thing; what is not known meets none."""
        offers = self.columns.offers

        def limit(column: str) -> Any:
            none = np.full(len(offers.ids), NONE)
            return getattr(offers, column, none)[self.offers]

        low, high = limit(f"min_{name}"), limit(f"max_{name}")
        only = limit(name)

        def test(value: Any) -> Truth:
            truth: Truth = (low == NONE) | ((value != NONE) & (value >= low))
            truth &= (high == NONE) | ((value != NONE) & (value <= high))
            truth &= (only == NONE) | (value == only)
            return truth

        return self._each(name, test)

    def _provided(self, needs: frozenset[str]) -> Truth:
        given = self.columns.offers.provides
        return np.array([needs.issubset(given[offer]) for offer in self.offers.tolist()], dtype=np.bool_)

    def _accepted(self, name: str) -> tuple[Bits, Ints]:
        lists = getattr(self.columns.offers, f"{name}s")
        names = getattr(self.columns, f"{name}_names")
        values, which = _distinct(self._own(name))
        truth = np.ones((len(values), len(self.offers)), dtype=np.bool_)
        for j, offer in enumerate(self.offers.tolist()):
            if lists[offer] is not None:
                truth[:, j] = [names[code] in lists[offer] for code in values.tolist()]
        return as_bits(truth), which

    def _reach(self) -> tuple[Bits, Ints]:
        """Return who is near enough: one row for the nation, one a region, one a home and whole miles."""
        travel, region, home = self._own("travel"), self._own("region"), self.distances.home[self.requests]
        subject = np.where(travel == NATIONAL, 0, np.where(travel == REGION, region, home))
        kinds, number = _distinct(travel)
        many = int(subject.max(initial=0)) + 1
        values, which = _distinct(number * many + subject)
        site_region = self.columns.sites.region[self.site]

        def test(keys: Any) -> Truth:
            number, one = np.divmod(keys, many)
            kind = kinds[number]
            truth: Truth = (kind == NATIONAL) | ((kind == REGION) & (one == site_region))
            miles = (kind[:, 0] != NATIONAL) & (kind[:, 0] != REGION)
            near = self.distances.near(one[miles, 0], (10 * kind[miles]).astype(np.uint16))
            truth[miles] = near.take(self.site, axis=1)
            return truth

        return self._packed(values, test), which
