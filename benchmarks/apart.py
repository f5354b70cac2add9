"""Who is near a postcode and how long people wait there, worked out from the publishers' files alone.

It shares nothing with dmas but the questions: one row at a time, a list of people's weeks, and the haversine.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EARTH_MILES = 3958.7613
FEWEST = 10
TOTAL = "Total All"


@dataclass(frozen=True)
class Answer:
    """One provider: miles to a tenth, or None where no place is known; weeks of half and nine in ten."""

    miles: float | None
    half: int | None
    nine_in_ten: int | None
    people: int


@dataclass
class Files:
    """What the publishers' files say, read once."""

    outcodes: dict[str, tuple[float, float]] = field(default_factory=dict)
    places: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    seats: dict[str, tuple[float, float]] = field(default_factory=dict)
    treated: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    waiting: dict[tuple[str, str], int] = field(default_factory=dict)
    tested: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    active: set[tuple[str, str]] = field(default_factory=set)

    def near(self, postcode: str, service: str, within: float | None) -> dict[str, Answer]:
        """Return everybody who reports a service within so many miles of a postcode's district."""
        centre = self.outcodes[postcode.split(" ")[0]]
        test = not service.startswith(("C_", "X0"))
        bands = self.tested if test else self.treated
        present = self.active if test else {key for key, count in self.waiting.items() if count > 0}
        present = present | {key for key, weeks in bands.items() if sum(weeks) > 0}
        found = {}
        for code, _ in (key for key in present if key[1] == service):
            miles = self.miles(centre, code)
            if within is None or (miles is not None and miles <= within):
                found[code] = answer(miles, bands.get((code, service), []))
        return found

    def miles(self, centre: tuple[float, float], code: str) -> float | None:
        """Return the miles to a provider's nearest place, in tenths."""
        seat = [self.seats[code]] if code in self.seats else []
        places = self.places.get(code) or seat
        return min((tenth(haversine(centre, place)) for place in places), default=None)


def answer(miles: float | None, bands: Sequence[int]) -> Answer:
    """Line everybody up by their week, and look at who stands half way and nine tenths of the way."""
    people = [week for week, count in enumerate(bands, start=1) for _ in range(count)]
    if len(people) < FEWEST:
        return Answer(miles, None, None, 0)
    return Answer(
        miles, people[math.ceil(len(people) / 2) - 1], people[nine_tenths(len(people))], len(people)
    )


def nine_tenths(people: int) -> int:
    """Return where the person stands who has nine in ten up to them, counted from 0."""
    return -(-people * 9 // 10) - 1


def haversine(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the miles of a great circle between two points in degrees."""
    north = math.radians(other[0] - one[0])
    east = math.radians(other[1] - one[1])
    across = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    h = math.sin(north / 2) ** 2 + across * math.sin(east / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(h))


def tenth(miles: float) -> float:
    """Round half up to a tenth."""
    return math.floor(miles * 10 + 0.5) / 10


def read(
    *,
    outcodes: Path,
    rtt: Path,
    dm01: Path | None = None,
    trusts: Path | None = None,
    hospitals: Path | None = None,
    successions: Path | None = None,
) -> Files:
    """Read the files; those not named say nothing."""
    files = Files()
    for row in _dicts(outcodes):
        if row["country"] == "ENG" or row["latitude"]:
            files.outcodes[row["postcode"]] = (float(row["latitude"]), float(row["longitude"]))
    heirs = _heirs(successions) if successions else {}
    if trusts is not None:
        with trusts.open(newline="", encoding="utf-8") as file:
            for cells in csv.reader(file):
                centre = files.outcodes.get(cells[9].split(" ")[0])
                if centre is not None:
                    files.seats[cells[0]] = centre
    if hospitals is not None:
        _read_hospitals(files, hospitals, heirs)
    _read_rtt(files, rtt)
    if dm01 is not None:
        _read_dm01(files, dm01)
    return files


def _read_hospitals(files: Files, path: Path, heirs: dict[str, str]) -> None:
    seen = set()
    lines = path.read_bytes().decode("cp1252").splitlines()
    names = lines[0].split("\u00ac")
    for line in lines[1:]:
        row = dict(zip(names, line.split("\u00ac"), strict=True))
        code = row["OrganisationCode"]
        if code in seen or not row["Latitude"]:
            continue
        seen.add(code)
        place = (float(row["Latitude"]), float(row["Longitude"]))
        owner = row["ParentODSCode"]
        while owner in heirs:
            owner = heirs[owner]
        for key in {code, owner}:
            files.places.setdefault(key, []).append(place)


def _heirs(path: Path) -> dict[str, str]:
    """Return the one organisation that followed each other; who was divided among several has none."""
    found: dict[str, set[str]] = {}
    for row in _dicts(path):
        found.setdefault(row["old_code"], set()).add(row["new_code"])
    return {old: min(new) for old, new in found.items() if len(new) == 1}


def _read_rtt(files: Files, path: Path) -> None:
    for row in _dicts(path):
        key = (row["Provider Org Code"], row["Treatment Function Code"])
        if row["RTT Part Type"] == "Part_2":
            files.waiting[key] = files.waiting.get(key, 0) + int(row[TOTAL])
        elif row["RTT Part Type"] in ("Part_1A", "Part_1B"):
            weeks = [int(row[name] or 0) for name in row if name.startswith("Gt ")]
            before = files.treated.get(key, [0] * len(weeks))
            files.treated[key] = [a + b for a, b in zip(before, weeks, strict=True)]


def _read_dm01(files: Files, path: Path) -> None:
    for row in _dicts(path):
        key = (row["Provider Org Code"], row["Diagnostic Tests"])
        weeks = [int(row[name]) for name in row if name[:2].isdigit()]
        before = files.tested.get(key, [0] * len(weeks))
        files.tested[key] = [a + b for a, b in zip(before, weeks, strict=True)]
        if int(row["Total WL"]) + int(row["Total Activity"]) > 0:
            files.active.add(key)


def _dicts(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)
