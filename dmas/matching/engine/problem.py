"""The matching problem as frozen columns, and the one way to read it from JSON values.

Sites, offers and requests are held in the order of their ids, whatever order they came in, and codes are
given in that order too: from here on nothing can depend on how the lists were shuffled.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dmas.matching.engine import fields, rows
from dmas.matching.engine.fields import ProblemError, Row

__all__ = ["Offers", "Problem", "ProblemError", "Requests", "Sites", "parse"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Texts = tuple[str, ...]

_MOST_IN_ALL = 10_000_000
_AS_THEY_ARE = {"ids", "regions", "icbs", "provides"}
_FLOATS = {"lat", "lon", "max_bmi", "bmi"}

_TOP = frozenset({"as_of", "policy", "sites", "offers", "requests"})
_POLICY = frozenset({"max_options"})


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """One row a site: codes of provider and region, degrees."""

    ids: Texts
    provider: Ints
    region: Ints
    lat: Floats
    lon: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """One row an offer: position of its site, market code, ordinals of its dates, limits (NONE = not set)."""

    ids: Texts
    site: Ints
    market: Ints
    opens: Ints
    closes: Ints
    places: Ints
    min_age: Ints
    max_age: Ints
    max_asa: Ints
    max_bmi: Floats
    sex: Ints
    regions: tuple[frozenset[str] | None, ...]
    icbs: tuple[frozenset[str] | None, ...]
    provides: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """One row a request: codes, degrees, ordinals; travel in miles, or REGION or NATIONAL.

    `needs` and `declined` are positions in the problem's `sets`; where nobody reads them `ids` may be empty.
    """

    ids: Texts
    provider: Ints
    icb: Ints
    region: Ints
    lat: Floats
    lon: Floats
    market: Ints
    places: Ints
    priority: Ints
    waiting_since: Ints
    needed_by: Ints
    travel: Ints
    age: Ints
    asa: Ints
    bmi: Floats
    sex: Ints
    needs: Ints
    declined: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A whole problem; `region_names` and `icb_names` turn codes back into what `accepts_from` lists.

    Sites, offers and requests are in the order of their ids, and the same code is the same name throughout.
    `sets` holds each set of needed tokens or declined offers once.
    """

    as_of: int
    max_options: int
    sites: Sites
    offers: Offers
    requests: Requests
    region_names: Texts
    icb_names: Texts
    sets: tuple[frozenset[str], ...]


def parse(value: object) -> Problem:
    """Read a problem from JSON values; raise ProblemError with the path of the first fault."""
    try:
        top = fields.record(value, _TOP)
    except ProblemError as error:
        raise error if error.path else ProblemError("problem", error.message) from None
    as_of = fields.day(top, "as_of")
    policy = fields.within(top, "policy", _POLICY)
    try:
        max_options = fields.whole(policy, "max_options", 1, 5)
    except ProblemError as error:
        raise error.under("policy") from None
    codes = _Codes()
    sites = _sites(_rows(top, "sites", rows.site), codes)
    position = {name: i for i, name in enumerate(sites.ids)}
    offers = _offers(_rows(top, "offers", lambda row: rows.offer(row, position)), codes)
    requests = _requests(_rows(top, "requests", lambda row: rows.request(row, as_of)), codes)
    for key, places in (("offers", offers.places), ("requests", requests.places)):
        if int(places.sum()) > _MOST_IN_ALL:
            raise ProblemError(key, f"more than {_MOST_IN_ALL} places in all")
    names = tuple(codes.regions), tuple(codes.icbs), tuple(codes.sets)
    return Problem(as_of, max_options, sites, offers, requests, *names)


def _rows(top: Row, key: str, read: Callable[[Any], tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Read one list, sorted by id (the first value of every row)."""
    read_rows: list[tuple[Any, ...]] = []
    seen: set[str] = set()
    for i, value in enumerate(fields.items(top, key)):
        try:
            row = read(value)
            if row[0] in seen:
                raise ProblemError("id", "given twice")
        except ProblemError as error:
            raise error.under(f"{key}[{i}]") from None
        seen.add(row[0])
        read_rows.append(row)
    read_rows.sort(key=lambda row: str(row[0]))
    return read_rows


class _Codes:
    """Whole numbers for names, given in order of first sight."""

    def __init__(self) -> None:
        self.providers: dict[Any, int] = {}
        self.regions: dict[Any, int] = {}
        self.icbs: dict[Any, int] = {}
        self.markets: dict[Any, int] = {}
        self.sets: dict[Any, int] = {}


def _encode(values: Iterable[Any], table: dict[Any, int]) -> Ints:
    return np.array([table.setdefault(value, len(table)) for value in values], dtype=np.int64)


def _columns(found: list[tuple[Any, ...]], kind: type[Any]) -> dict[str, tuple[Any, ...]]:
    names = [field.name for field in dataclasses.fields(kind)]
    return dict(zip(names, zip(*found, strict=True) if found else [()] * len(names), strict=True))


def _arrays(columns: dict[str, tuple[Any, ...]], coded: dict[str, dict[Any, int]]) -> dict[str, Any]:
    """Turn columns into arrays: names into codes, the rest into numbers; ids and sets stay as they are."""
    return {
        name: _encode(values, coded[name])
        if name in coded
        else values
        if name in _AS_THEY_ARE
        else np.array(values, dtype=np.float64 if name in _FLOATS else np.int64)
        for name, values in columns.items()
    }


def _sites(found: list[tuple[Any, ...]], codes: _Codes) -> Sites:
    return Sites(**_arrays(_columns(found, Sites), {"provider": codes.providers, "region": codes.regions}))


def _offers(found: list[tuple[Any, ...]], codes: _Codes) -> Offers:
    return Offers(**_arrays(_columns(found, Offers), {"market": codes.markets}))


def _requests(found: list[tuple[Any, ...]], codes: _Codes) -> Requests:
    coded = {
        "provider": codes.providers, "icb": codes.icbs, "region": codes.regions, "market": codes.markets,
        "needs": codes.sets, "declined": codes.sets,
    }  # fmt: skip
    return Requests(**_arrays(_columns(found, Requests), coded))
