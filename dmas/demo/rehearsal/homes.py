"""Where the people live: postcode districts about their provider, the nearer the likelier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dmas.core.geography import tenths_matrix
from dmas.demo.rehearsal.assumptions import HOME_KM, SAME_REGION
from dmas.demo.rehearsal.columns import Draw, Floats, Ints
from dmas.demo.rehearsal.places import Place

KM_PER_TENTH = 0.1609344
KM_PER_DEGREE = 111.2
# Postcode areas wholly or nearly outside England: nobody of the figures lives there.
ELSEWHERE = frozenset(
    {
        *("AB", "BT", "CF", "DD", "DG", "EH", "FK", "G", "GY", "HS", "IM", "IV", "JE", "KA", "KW", "KY"),
        *("LD", "LL", "ML", "NP", "PA", "PH", "SA", "TD", "ZE"),
    }
)
SOUTH, NORTH, WEST, EAST = 49.9, 55.8, -6.4, 1.8


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """For each provider, the running sums of its districts' weights: in its region, and outside it."""

    lat: Floats
    lon: Floats
    inside: Floats  # [providers, districts]
    outside: Floats

    def draw(self, provider: Ints, lat: Floats, lon: Floats, random: Draw) -> tuple[Floats, Floats]:
        """Draw a home for each person of a provider; `lat` and `lon` are where each provider stands."""
        if not len(self.lat):
            return _about(lat[provider], lon[provider], random)
        found_lat, found_lon = np.empty(len(provider)), np.empty(len(provider))
        own = random.random(len(provider)) < SAME_REGION
        chance = random.random(len(provider))
        for which in np.unique(provider).tolist():
            for here, table in ((own, self.inside), (~own, self.outside)):
                some = np.flatnonzero((provider == which) & here)
                sums = table[which] if table[which, -1] > 0 else self.inside[which] + self.outside[which]
                at = np.searchsorted(sums, chance[some] * sums[-1], side="right")
                found_lat[some], found_lon[some] = self.lat[at], self.lon[at]
        return found_lat, found_lon


def homes(districts: Mapping[str, tuple[float, float]], places: Sequence[Place]) -> Homes:
    """Weigh England's districts about each provider; a district's region is that of the nearest provider."""
    kept = [at for code, at in sorted(districts.items()) if _area(code) not in ELSEWHERE]
    lat, lon = np.array(kept, dtype=np.float64).reshape(-1, 2).T
    if not len(lat) or not places:
        nothing = np.zeros((len(places), 0))
        return Homes(np.zeros(0), np.zeros(0), nothing, nothing)
    stands = np.array([(place.latitude, place.longitude) for place in places]).T
    km = tenths_matrix(stands[0], stands[1], lat, lon) * KM_PER_TENTH
    regions = np.array([place.region for place in places])
    region = regions[np.argmin(km, axis=0)]
    weight = np.exp(-km / HOME_KM)
    same = regions[:, None] == region[None, :]
    return Homes(lat, lon, np.cumsum(weight * same, axis=1), np.cumsum(weight * ~same, axis=1))


def _area(code: str) -> str:
    return code[:2] if code[1:2].isalpha() else code[:1]


def _about(lat: Floats, lon: Floats, random: Draw) -> tuple[Floats, Floats]:
    """Draw points about others, as densely as districts of one weight on a plain would lie."""
    far = random.gamma(2.0, HOME_KM, len(lat)) / KM_PER_DEGREE
    bearing = random.uniform(0, 2 * np.pi, len(lat))
    north = np.clip(lat + far * np.cos(bearing), SOUTH, NORTH)
    east = np.clip(lon + far * np.sin(bearing) / np.cos(np.radians(lat)), WEST, EAST)
    return north.round(4), east.round(4)
