"""How one site, offer or request is read from its JSON object into a row of plain values."""

from collections.abc import Callable, Mapping
from typing import Any

from dmas.matching.engine import fields
from dmas.matching.engine.fields import ProblemError, Row

NONE = -1  # a limit that is not set, a patient's value that is not known
NO_DATE = 10_000_000  # later than every date: no needed_by
NATIONAL, REGION = 0, 1001  # beside 1 to 1000 whole miles in the travel column
SETTINGS = ("outpatient", "day_case", "inpatient", "diagnostic")
SEXES = ("F", "M")
_MOST_PLACES = 100_000

_SITE = frozenset({"id", "provider", "region", "lat", "lon"})
_OFFER = frozenset(
    {"id", "site", "service", "setting", "from", "to", "places", "limits", "accepts_from", "provides"}
)
_LIMITS = frozenset({"min_age", "max_age", "max_asa", "max_bmi", "sex"})
_ACCEPTS = frozenset({"regions", "icbs"})
_REQUEST = frozenset(
    {"id", "provider", "icb", "region", "lat", "lon", "service", "setting", "places", "priority"}
    | {"waiting_since", "needed_by", "travel", "patient", "needs", "declined"}
)
_PATIENT = frozenset({"age", "asa", "bmi", "sex"})
_UNKNOWN: Row = {"age": None, "asa": None, "bmi": None, "sex": None}


def site(value: Any) -> tuple[Any, ...]:
    """Read a site: id, provider, region, lat, lon."""
    row = fields.record(value, _SITE)
    return (*(fields.text(row, key) for key in ("id", "provider", "region")), *_point(row))


def _point(row: Row) -> tuple[float, float]:
    return fields.number(row, "lat", 49, 61), fields.number(row, "lon", -9, 3)


def offer(value: Any, sites: dict[str, int]) -> tuple[Any, ...]:
    """Read an offer, in the order of the columns of `Offers`; `sites` gives the positions of site ids."""
    row = fields.record(value, _OFFER)
    site = sites.get(fields.text(row, "site"))
    if site is None:
        raise ProblemError("site", "no such site")
    limits = fields.within(row, "limits", _LIMITS)
    accepts = fields.within(row, "accepts_from", _ACCEPTS)
    return (
        fields.text(row, "id"),
        site,
        _market(row),
        fields.day(row, "from"),
        fields.day(row, "to"),
        fields.whole(row, "places", 0, _MOST_PLACES),
        *_inside("limits", _limits, limits),
        *_inside("accepts_from", _accepts, accepts),
        fields.texts(row, "provides"),
    )


def _limits(row: Row) -> tuple[Any, ...]:
    return (
        _whole_or_none(row, "min_age", 0, 130),
        _whole_or_none(row, "max_age", 0, 130),
        _whole_or_none(row, "max_asa", 1, 5),
        _bmi(row, "max_bmi"),
        _sex(row),
    )


def _accepts(row: Row) -> tuple[Any, ...]:
    return fields.texts_or_none(row, "regions"), fields.texts_or_none(row, "icbs")


def request(value: Any, as_of: int) -> tuple[Any, ...]:
    """Read a request, in the order of the columns of `Requests`."""
    row = fields.record(value, _REQUEST)
    waiting_since = fields.day(row, "waiting_since")
    if waiting_since > as_of:
        raise ProblemError("waiting_since", "after as_of")
    patient = _UNKNOWN if row["patient"] is None else fields.within(row, "patient", _PATIENT)
    return (
        *(fields.text(row, key) for key in ("id", "provider", "icb", "region")),
        *_point(row),
        _market(row),
        fields.whole(row, "places", 0, _MOST_PLACES),
        fields.whole(row, "priority", 1, 6),
        waiting_since,
        NO_DATE if row["needed_by"] is None else fields.day(row, "needed_by"),
        _travel(row),
        *_inside("patient", _patient, patient),
        fields.texts(row, "needs"),
        fields.texts(row, "declined"),
    )


def _patient(row: Row) -> tuple[Any, ...]:
    return (
        _whole_or_none(row, "age", 0, 130),
        _whole_or_none(row, "asa", 1, 5),
        _bmi(row, "bmi"),
        _sex(row),
    )


def _travel(row: Row) -> int:
    travel = row["travel"]
    kind = next(iter(travel)) if isinstance(travel, Mapping) and len(travel) == 1 else None
    if kind == "miles":
        return int(_inside("travel", lambda inner: (fields.whole(inner, "miles", 1, 1000),), travel)[0])
    if kind not in ("region", "national"):
        raise ProblemError("travel", "not exactly one of miles, region, national")
    if travel[kind] is not True:
        raise ProblemError(f"travel.{kind}", "not true")
    return REGION if kind == "region" else NATIONAL


def _inside(key: str, read: Callable[[Row], tuple[Any, ...]], row: Row) -> tuple[Any, ...]:
    try:
        return read(row)
    except ProblemError as error:
        raise error.under(key) from None


def _market(row: Row) -> tuple[str, str]:
    return fields.text(row, "service"), fields.choice(row, "setting", SETTINGS)


def _whole_or_none(row: Row, key: str, low: int, high: int) -> int:
    return NONE if row[key] is None else fields.whole(row, key, low, high)


def _bmi(row: Row, key: str) -> float:
    return float(NONE) if row[key] is None else fields.number(row, key, 5, 150)


def _sex(row: Row) -> int:
    return NONE if row["sex"] is None else SEXES.index(fields.choice(row, "sex", SEXES))
