"""How far every home is from every site, worked out once for each distinct home and shared by all markets."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from dmas.core.geography import Tenths, tenths_matrix
from dmas.matching.engine.problem import Ints, Problem

MOST_SHARED = 1 << 26  # distances held in one table; beyond it each market works out its own


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Whole tenths [homes, sites], the row of each request and the column of each site."""

    tenths: Tenths
    home: Ints
    column: Ints


def shared(problem: Problem, threads: int = 1) -> Distances | None:
    """Return the distances of all requests from all sites, or None where they would be too many to hold."""
    lat, lon, home = _homes(problem, np.arange(len(problem.requests.lat)))
    sites = problem.sites
    if len(lat) * len(sites.lat) > MOST_SHARED:
        return None
    tenths = np.empty((len(lat), len(sites.lat)), dtype=np.uint16)

    def fill(homes: Ints) -> None:
        tenths[homes[0] : homes[-1] + 1] = tenths_matrix(lat[homes], lon[homes], sites.lat, sites.lon)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, [some for some in np.array_split(np.arange(len(lat)), 8 * threads) if len(some)]))
    return Distances(tenths, home, np.arange(len(sites.lat)))


def of_market(problem: Problem, everything: Distances | None, offers: Ints, requests: Ints) -> Distances:
    """Return the distances of some requests from the sites of some offers and from no others."""
    sites = np.unique(problem.offers.site[offers])
    column = np.zeros(len(problem.sites.lat), dtype=np.int64)
    column[sites] = np.arange(len(sites))
    if everything is None:
        lat, lon, home = _homes(problem, requests)
        tenths = tenths_matrix(lat, lon, problem.sites.lat[sites], problem.sites.lon[sites])
        return Distances(tenths, home, column)
    homes, home = np.unique(everything.home[requests], return_inverse=True)
    return Distances(everything.tenths[homes].take(everything.column[sites], axis=1), home, column)


def _homes(problem: Problem, requests: Ints) -> tuple[np.ndarray, np.ndarray, Ints]:
    """Return latitude and longitude of each distinct home, and which of them each request has."""
    points = problem.requests.lat[requests] + 1j * problem.requests.lon[requests]
    distinct, home = np.unique(points, return_inverse=True)
    return distinct.real, distinct.imag, home
