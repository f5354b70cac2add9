"""Straight-line distance in whole tenths of a mile: one form for limits, costs, checks and pages."""

import math

import numpy as np
import numpy.typing as npt

RADIUS_MILES = 3958.7613
_MARGIN = 1e-4  # tenths; the quick form is right to about 1e-5 of a tenth wherever rounding could turn
_BLOCK = 1 << 15  # pairs worked on at once, so that the working arrays stay in the processor's cache

Degrees = npt.NDArray[np.float64]
Tenths = npt.NDArray[np.uint16]


def tenths_between(lat1: float, lon1: float, lat2: float, lon2: float) -> int:
    """Return the great-circle distance of two points in degrees, in whole tenths of a mile."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_phi = math.sin((phi2 - phi1) / 2)
    half_lambda = math.sin((math.radians(lon2) - math.radians(lon1)) / 2)
    h = half_phi * half_phi + math.cos(phi1) * math.cos(phi2) * (half_lambda * half_lambda)
    miles = 2 * RADIUS_MILES * math.asin(min(1.0, math.sqrt(h)))
    return math.floor(10 * miles + 0.5)


def tenths_matrix(lat1: Degrees, lon1: Degrees, lat2: Degrees, lon2: Degrees) -> Tenths:
    """Return `tenths_between` for n by m points in or near the United Kingdom, as uint16 [n, m].

    A quick form does nearly all pairs; those close to a rounding edge are decided by the scalar form,
    because numpy's sine and the C library's may differ in the last bit.
    """
    ones, others = _unit_vectors(lat1, lon1), np.ascontiguousarray(_unit_vectors(lat2, lon2).T)
    result = np.empty((len(lat1), len(lat2)), dtype=np.uint16)
    step = max(1, _BLOCK // max(1, len(lat2)))
    exact, whole = np.empty((2, step, len(lat2)))
    for start in range(0, len(lat1), step):
        block = ones[start : start + step]
        x, floor = exact[: len(block)], whole[: len(block)]
        np.matmul(block, others, out=x)  # the cosine of the angle; every step from here on is in place
        np.subtract(0.5, np.multiply(x, 0.5, out=x), out=x)
        np.arcsin(np.sqrt(np.clip(x, 0, 1, out=x), out=x), out=x)
        np.add(np.multiply(x, 20 * RADIUS_MILES, out=x), 0.5, out=x)
        np.floor(x, out=floor)
        np.abs(np.subtract(np.subtract(x, floor, out=x), 0.5, out=x), out=x)
        for flat in np.flatnonzero(x > 0.5 - _MARGIN).tolist():
            i, j = divmod(flat, len(lat2))
            k = start + i
            floor[i, j] = tenths_between(float(lat1[k]), float(lon1[k]), float(lat2[j]), float(lon2[j]))
        np.copyto(result[start : start + step], floor, casting="unsafe")
    return result


def _unit_vectors(lat: Degrees, lon: Degrees) -> npt.NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))
