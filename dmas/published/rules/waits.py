"""The usual wait: within how many weeks half of the people counted were seen, and nine in ten.

Bands are whole weeks: band n holds waits from n to n + 1 weeks, the last one everything longer, so an answer
is the upper edge of a band and errs on the long side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.treatment_functions import PUBLISHED_FUNCTIONS, published_code
from dmas.published.vocabulary import PARTS_COUNTED, Counted

# "Nine in ten" of fewer than ten people would be the wait of one of them: no usual wait is said below it.
MIN_SAMPLE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualWait:
    """The usual wait at one provider for one service, of the month that ends on `period`.

    `half` and `nine_in_ten` are weeks; above `longest` the published bands say only that it was longer.
    """

    counted: Counted
    period: date
    half: int
    nine_in_ten: int
    sample: int
    longest: int


def within(bands: Sequence[int], tenths: int) -> int | None:
    """Return the weeks within which so many tenths of the people counted waited; None for nobody."""
    total = sum(bands)
    if not total:
        return None
    return next(weeks for weeks, seen in enumerate(accumulate(bands), start=1) if 10 * seen >= tenths * total)


def usual_wait(counted: Counted, period: date, bands: Sequence[int]) -> UsualWait | None:
    """Return the usual wait of people counted by week, or None where they are fewer than MIN_SAMPLE."""
    half, most = within(bands, 5), within(bands, 9)
    if half is None or most is None or sum(bands) < MIN_SAMPLE:
        return None
    return UsualWait(
        counted=counted,
        period=period,
        half=half,
        nine_in_ten=most,
        sample=sum(bands),
        longest=len(bands) - 1,
    )


def add_bands(rows: Iterable[Sequence[int]]) -> list[int]:
    """Return the sum of rows of bands, week by week."""
    return list(map(sum, zip(*rows, strict=True)))


def counted_under(service: str) -> str:
    """Return the published row a service is counted in: its own, or a group's such as X05."""
    if service in DIAGNOSTIC_TESTS or service in PUBLISHED_FUNCTIONS:
        return service
    return published_code(service)


def counted_as(service: str, setting: str) -> Counted:
    """Return among whom a person who needs a service in a setting will be counted."""
    if service in DIAGNOSTIC_TESTS:
        return Counted.TEST
    return Counted.OUTPATIENT if setting == Setting.OUTPATIENT else Counted.ADMITTED


def parts_of(counted: Counted) -> tuple[str, ...]:
    """Return the parts of the RTT return that are added up; none for a test."""
    return PARTS_COUNTED[counted]


def services() -> list[tuple[str, str]]:
    """Return what may be compared: specialties by name, the groups of others, then tests."""
    alone = sorted((one.name, one.code) for one in PUBLISHED_FUNCTIONS.values() if one.code[0] == "C")
    others = [(one.name, one.code) for one in PUBLISHED_FUNCTIONS.values() if one.code[0] == "X"]
    tests = sorted((f"Test: {one.name}", one.code) for one in DIAGNOSTIC_TESTS.values())
    return [(code, name) for name, code in (*alone, *others, *tests)]
