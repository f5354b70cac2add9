"""How short lists are read: ratings of sites, and who followed whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dmas.core.errors import InvalidInput
from dmas.providers.vocabulary import RATING_LABELS, QualityRating

_CODE = re.compile(r"^[A-Z0-9]{3,9}$")
_ISO = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")
_SLASHED = re.compile(r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$")
_RATINGS = {label.lower(): value for value, label in RATING_LABELS.items()}


@dataclass(frozen=True, slots=True)
class RatingRow:
    """The rating of a site or a provider, and the day it was published."""

    code: str
    rating: QualityRating
    rated_on: date


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """One organisation took over from another on a day."""

    old_code: str
    new_code: str
    effective_on: date


def list_columns(header: Sequence[str], wanted: Sequence[str], what: str) -> Mapping[str, int]:
    """Return where each wanted column stands; raise InvalidInput naming those missing."""
    names = [name.strip().lower() for name in header]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise InvalidInput(f"This is not a list of {what}: {', '.join(missing)} missing from line 1.")
    return {name: names.index(name) for name in wanted}


def read_rating(cells: Sequence[str], columns: Mapping[str, int]) -> RatingRow:
    """Read site, rating and date; raise InvalidInput with the reason the row cannot be taken."""
    said = _said(cells, columns)
    code = _code(said["site"])
    rating = _RATINGS.get(said["rating"].lower())
    if rating is None:
        choices = ", ".join(RATING_LABELS.values())
        raise InvalidInput(f"{code}: {said['rating'][:30]!r} is no rating. Give one of: {choices}")
    return RatingRow(code, rating, _day(code, said["date"]))


def read_succession(cells: Sequence[str], columns: Mapping[str, int]) -> SuccessionRow:
    """Read old code, new code and date; raise InvalidInput with the reason the row cannot be taken."""
    said = _said(cells, columns)
    old, new = _code(said["old_code"]), _code(said["new_code"])
    if old == new:
        raise InvalidInput(f"{old} cannot follow itself")
    return SuccessionRow(old, new, _day(old, said["date"]))


def _said(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    if len(cells) <= max(columns.values()):
        raise InvalidInput(f"only {len(cells)} columns")
    return {name: " ".join(cells[at].split()) for name, at in columns.items()}


def _code(text: str) -> str:
    code = text.upper()
    if not _CODE.match(code):
        raise InvalidInput(f"{text[:20]!r} is not an organisation code")
    return code


def _day(code: str, text: str) -> date:
    iso, slashed = _ISO.match(text), _SLASHED.match(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if slashed:
            return date(int(slashed[3]), int(slashed[2]), int(slashed[1]))
    except ValueError:
        pass
    raise InvalidInput(f"{code}: {text[:20]!r} is not a date like 2026-04-01 or 1/4/2026")
