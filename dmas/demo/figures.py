"""A month of invented figures in the publisher's layouts, read by the real importers, and invented ratings.

Nothing here is drawn from the story's own chance, so the story stays as it is.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.treatment_functions import PUBLISHED_TOTAL
from dmas.demo.england import PROVIDERS, Invented
from dmas.demo.stage import DEMO, SEED
from dmas.providers.models import Outcode, SiteRating
from dmas.providers.vocabulary import QualityRating
from dmas.published.commands import ImportDm01, ImportRtt
from dmas.published.services import import_dm01, import_rtt
from dmas.published.vocabulary import BANDS, COLUMNS, DM01_BANDS, DM01_COLUMNS, DM01_TOTAL, Part

PUBLISHED_AFTER = timedelta(days=45)  # a month's figures come out in the middle of the next but one

_OF_TRUSTS = ("C_100", "C_101", "C_110", "C_120", "C_130", "C_301", "C_330", "C_502", "X05")
_OF_INDEPENDENTS = ("C_100", "C_101", "C_110", "C_120", "C_130", "C_502")
_TESTS_OF_INDEPENDENTS = ("MRI", "CT", "NON_OBSTETRIC_ULTRASOUND", "COLONOSCOPY", "GASTROSCOPY")
_DRAWN = 100  # waits drawn for one count; more people share them
_RATED = (
    (QualityRating.OUTSTANDING, 2), (QualityRating.GOOD, 12), (QualityRating.REQUIRES_IMPROVEMENT, 5),
    (QualityRating.INADEQUATE, 1), (None, 3),
)  # fmt: skip

# Real districts of towns across England and their centres, so that a visitor may look from their own.
TOWNS = (
    ("SE1", 51.498, -0.089), ("E1", 51.518, -0.058), ("N1", 51.537, -0.097), ("CB2", 52.163, 0.133),
    ("NR1", 52.627, 1.310), ("CM1", 51.745, 0.457), ("IP1", 52.066, 1.142), ("PE1", 52.587, -0.239),
    ("B15", 52.466, -1.923), ("CV1", 52.409, -1.506), ("DE1", 52.920, -1.475), ("LE1", 52.634, -1.128),
    ("LN1", 53.259, -0.586), ("NG1", 52.954, -1.147), ("NN1", 52.242, -0.887), ("ST1", 53.026, -2.171),
    ("NE1", 54.973, -1.611), ("LS1", 53.797, -1.548), ("S1", 53.380, -1.468), ("HU1", 53.743, -0.335),
    ("M1", 53.477, -2.235), ("L1", 53.403, -2.979), ("PR1", 53.758, -2.701), ("LA1", 54.047, -2.799),
    ("SO14", 50.908, -1.395), ("BN1", 50.839, -0.138), ("OX1", 51.745, -1.260), ("RG1", 51.454, -0.969),
    ("BS1", 51.453, -2.593), ("EX1", 50.725, -3.505), ("TR1", 50.262, -5.053), ("GL50", 51.900, -2.080),
)  # fmt: skip


def load(session: Session, today: date) -> None:
    """Write where towns lie, the newest month that would be out on a day, and how sites were rated."""
    chance = random.Random(SEED)  # noqa: S311
    session.add_all(Outcode(code=code, latitude=north, longitude=east) for code, north, east in TOWNS)
    session.flush()
    month = newest_month(today)
    with TemporaryDirectory() as folder:
        rtt, dm01 = Path(folder, "rtt.csv"), Path(folder, "dm01.csv")
        _write(rtt, COLUMNS, _rtt_rows(month, chance))
        _write(dm01, DM01_COLUMNS, _dm01_rows(month, chance))
        import_rtt(session, ImportRtt(path=rtt), actor=DEMO)
        import_dm01(session, ImportDm01(path=dm01), actor=DEMO)
    session.add_all(_ratings(month, chance))
    session.flush()


def newest_month(today: date) -> date:
    """Return the last day of the newest month whose figures are out."""
    return (today - PUBLISHED_AFTER).replace(day=1) - timedelta(days=1)


def reporters(provider: Invented) -> list[tuple[str, str]]:
    """Return under which codes and names a provider reports: trusts whole, independent providers by site."""
    if not provider.independent:
        return [(provider.code, provider.name)]
    return [(f"{provider.code}{n:02d}", site[0]) for n, site in enumerate(provider.sites, start=1)]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _rtt_rows(month: date, chance: random.Random) -> Iterator[list[object]]:
    for provider in PROVIDERS:
        pace = chance.uniform(5, 9) if provider.independent else chance.uniform(14, 26)
        for code, name in reporters(provider):
            sums: dict[Part, list[int]] = {}
            for function in _OF_INDEPENDENTS if provider.independent else _OF_TRUSTS:
                own = pace * chance.uniform(0.7, 1.3)
                people = chance.randint(8, 90) if provider.independent else chance.randint(60, 320)
                for part, share, slower in (
                    (Part.ADMITTED, 1.0, 1.3),
                    (Part.NON_ADMITTED, 2.0, 0.8),
                    (Part.INCOMPLETE, 9.0, 0.9),
                ):
                    bands = _waits(round(people * share), own * slower, BANDS, chance)
                    sums[part] = [a + b for a, b in zip(sums.get(part, [0] * BANDS), bands, strict=True)]
                    yield _rtt_row(month, provider, code, name, part, function, bands)
            for part, bands in sums.items():
                yield _rtt_row(month, provider, code, name, part, PUBLISHED_TOTAL, bands)


def _rtt_row(
    month: date, provider: Invented, code: str, name: str, part: Part, function: str, bands: Sequence[int]
) -> list[object]:
    period = f"RTT-{month:%B}-{month.year}"
    return [period, provider.icb, code, name, f"Part_{part}", function, *bands, 0, sum(bands)]


def _dm01_rows(month: date, chance: random.Random) -> Iterator[list[object]]:
    for provider in PROVIDERS:
        pace = chance.uniform(1.0, 2.0) if provider.independent else chance.uniform(2.0, 5.0)
        for code, name in reporters(provider):
            begin = [f"DM01-{month:%B}-{month.year}".upper(), provider.icb, code, name]
            every = [0] * (DM01_BANDS + 5)
            for test in _TESTS_OF_INDEPENDENTS if provider.independent else DIAGNOSTIC_TESTS:
                people = chance.randint(20, 150) if provider.independent else chance.randint(40, 900)
                bands = _waits(people, pace * chance.uniform(0.7, 1.3), DM01_BANDS, chance)
                done = [round(people * share) for share in (0.8, 0.1, 0.15)]
                numbers = [*bands, sum(bands), *done, sum(done)]
                every = [a + b for a, b in zip(every, numbers, strict=True)]
                yield [*begin, test, *numbers]
            yield [*begin, DM01_TOTAL, *every]


def _waits(people: int, mean: float, bands: int, chance: random.Random) -> list[int]:
    """Spread people over weeks about a mean, with a tail of long waits, the last band open."""
    found = [0] * bands
    drawn = min(people, _DRAWN)
    for number in range(drawn):
        alike = people // drawn + (number < people % drawn)
        found[min(bands - 1, int(chance.gammavariate(2.2, mean / 2.2)))] += alike
    return found


def _ratings(month: date, chance: random.Random) -> Iterator[SiteRating]:
    for provider in PROVIDERS:
        for number in range(1, len(provider.sites) + 1):
            rating = chance.choices([value for value, _ in _RATED], [weight for _, weight in _RATED])[0]
            if rating is not None:
                seen = month - timedelta(days=chance.randint(60, 1200))
                yield SiteRating(code=f"{provider.code}{number:02d}", rating=rating, rated_on=seen)
