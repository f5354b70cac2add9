"""What a solution claims, read with distrust: its shape, its entries, its certificate, as columns."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dmas.matching.engine.certify.values import NEVER, RANK, Ints, Json

KEYS = ("assignments", "options", "unmatched", "certificate", "summary")
_MOST_PRICE = 1 << 60
_MOST_NUMBER = (1 << 31) - 1
_REASONS = (
    "request", "places", "code", "cut_off", "feasible_offers", "funnel", "would_open", "missing"
)  # fmt: skip


class FaultError(Exception):
    """The first thing wrong with a solution: where, and which rule it breaks."""

    def __init__(self, path: str, rule: str) -> None:
        super().__init__(path, rule)
        self.path = path
        self.rule = rule


@dataclass(slots=True)
class Entries:
    """The assignments up to the first that names nothing known; `broken` is what is wrong with that one.

    The odd ones are the entries whose places or tenths are not whole numbers.
    """

    request: Ints
    offer: Ints
    places: Ints
    tenths: Ints
    broken: FaultError | None = None
    odd_places: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    odd_tenths: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(slots=True)
class Certificate:
    """Cut-offs and prices by offer, which offers have one, in the order they are named, and what is wrong."""

    frozen: Ints
    prices: Ints
    frozen_named: list[int] = field(default_factory=list)
    priced: list[int] = field(default_factory=list)
    broken: FaultError | None = None


def shape(solution: object) -> Json:
    """Return a solution that has its keys."""
    if not isinstance(solution, Mapping):
        raise FaultError("solution", "format")
    if "certificate" not in solution:
        raise FaultError("certificate", "unproved")
    _keys(solution, KEYS, "")
    if not isinstance(solution["assignments"], list):
        raise FaultError("assignments", "format")
    return solution


def _keys(value: object, keys: tuple[str, ...], path: str) -> None:
    if not isinstance(value, Mapping):
        raise FaultError(path, "format")
    for key in sorted({*map(str, value), *keys}):
        if key not in value or key not in keys:
            raise FaultError(f"{path}.{key}" if path else key, "format")


def assignments(columns: Any, entries: list[Any]) -> Entries:
    """Read the entries into columns, stopping at one that names nothing known."""
    known = {
        "request": {name: i for i, name in enumerate(columns.requests.ids)},
        "offer": {name: i for i, name in enumerate(columns.offers.ids)},
    }
    rows: list[tuple[int, int, int, int]] = []
    odd: tuple[list[int], list[int]] = ([], [])
    broken = None
    for i, entry in enumerate(entries):
        try:
            _keys(entry, ("request", "offer", "places", "tenths"), f"assignments[{i}]")
            pair = [_position(entry[key], known[key], f"assignments[{i}].{key}") for key in known]
        except FaultError as fault:
            broken = fault
            break
        numbers = [
            _number(entry[key], i, list_) for key, list_ in zip(("places", "tenths"), odd, strict=True)
        ]
        rows.append((pair[0], pair[1], numbers[0], numbers[1]))
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
    places, tenths = (np.array(one, dtype=np.int64) for one in odd)
    return Entries(table[:, 0], table[:, 1], table[:, 2], table[:, 3], broken, places, tenths)


def _position(name: Any, known: dict[str, int], path: str) -> int:
    if not isinstance(name, str) or name not in known:
        raise FaultError(path, "unknown")
    return known[name]


def _number(value: Any, i: int, odd: list[int]) -> int:
    """Return a whole number, a very large one cut short; the entry of anything else is noted."""
    if type(value) is int:
        return max(-1, min(value, _MOST_NUMBER))
    odd.append(i)
    return 1


def table(columns: Any, rows: Ints) -> Entries:
    """Take assignments that are columns already."""
    if rows.ndim != 2 or rows.shape[1] != 4 or rows.dtype != np.int64:
        raise FaultError("assignments", "format")
    for column, count, key in (
        (0, len(columns.requests.ids), "request"),
        (1, len(columns.offers.ids), "offer"),
    ):
        wrong = np.flatnonzero((rows[:, column] < 0) | (rows[:, column] >= count))
        if len(wrong):
            raise FaultError(f"assignments[{wrong[0]}].{key}", "unknown")
    return Entries(*rows.T)


def certificate(columns: Any, value: object) -> Certificate:
    """Read the certificate, as far as it can be read."""
    known = {name: i for i, name in enumerate(columns.offers.ids)}
    nought = np.zeros(len(known), dtype=np.int64)
    found = Certificate(nought + NEVER, nought)
    try:
        _keys(value, ("frozen", "prices"), "certificate")
        assert isinstance(value, Mapping)
        for part in ("frozen", "prices"):
            if not isinstance(value[part], Mapping):
                raise FaultError(f"certificate.{part}", "format")
            for offer, one in value[part].items():
                path = f"certificate.{part}.{offer}"
                if offer not in known:
                    raise FaultError(path, "unknown")
                _claim(found, part, known[offer], one, path)
    except FaultError as fault:
        found.broken = fault
    return found


def _claim(found: Certificate, part: str, offer: int, value: Any, path: str) -> None:
    if part == "frozen":
        found.frozen[offer] = _read_rank(value, path)
        found.frozen_named.append(offer)
    elif type(value) is not int or not 1 <= value < _MOST_PRICE:
        raise FaultError(path, "format")
    else:
        found.prices[offer] = value
        found.priced.append(offer)


def _read_rank(value: object, path: str) -> int:
    _keys(value, ("priority", "waiting_since"), path)
    assert isinstance(value, Mapping)
    priority, since = value["priority"], value["waiting_since"]
    if type(priority) is not int or not 1 <= priority <= 6:
        raise FaultError(f"{path}.priority", "format")
    try:
        day = dt.date.fromisoformat(since)
    except (TypeError, ValueError):
        raise FaultError(f"{path}.waiting_since", "format") from None
    if day.isoformat() != since:
        raise FaultError(f"{path}.waiting_since", "format")
    return priority * RANK + day.toordinal()


def certificate_columns(columns: Any, frozen: Ints, prices: Ints) -> Certificate:
    """Take a certificate that is columns already."""
    for name, column in (("frozen", frozen), ("prices", prices)):
        wrong = column.shape != (len(columns.offers.ids),) or column.dtype != np.int64
        if wrong or (column < 0).any() or (name == "prices" and (column >= _MOST_PRICE).any()):
            raise FaultError(f"certificate.{name}", "format")
    return Certificate(
        frozen, prices, np.flatnonzero(frozen != NEVER).tolist(), np.flatnonzero(prices).tolist()
    )


def same(claimed: Any, expected: Any, path: str, rule: str) -> None:
    """Raise a fault at the first place where two JSON values differ."""
    if isinstance(expected, Mapping) and isinstance(claimed, Mapping):
        for key in sorted({*map(str, claimed), *expected}):
            if key not in claimed or key not in expected:
                raise FaultError(f"{path}.{key}", rule)
            same(claimed[key], expected[key], f"{path}.{key}", rule)
    elif isinstance(expected, list) and isinstance(claimed, list):
        for i, (one, other) in enumerate(zip(claimed, expected, strict=False)):
            same(one, other, f"{path}[{i}]", rule)
        if len(claimed) != len(expected):
            raise FaultError(f"{path}[{min(len(claimed), len(expected))}]", rule)
    elif type(claimed) is not type(expected) or claimed != expected:
        raise FaultError(path, rule)


def same_columns(claimed: Any, expected: Any) -> None:
    """Raise a fault at the first column in which two sets of reasons differ; cut-offs count where given."""
    for name in _REASONS:
        one, other = getattr(claimed, name), getattr(expected, name)
        if name == "cut_off" and one.shape == other.shape:
            one = np.where(expected.code == 1, one, other)
        if name == "feasible_offers" and one.shape == other.shape:
            one = np.where(expected.code == 1, one, other)
        if not np.array_equal(one, other):
            raise FaultError(f"unmatched.{name}", "unmatched")


def same_rows(claimed: Ints, expected: Ints) -> None:
    """Raise a fault at the first option that differs."""
    same(claimed.tolist(), expected.tolist(), "options", "options")
