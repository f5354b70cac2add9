"""What the monthly returns have in common: how they name their month, and whom they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dmas.core.errors import InvalidInput
from dmas.published.vocabulary import MONTHS, MOST_PROVIDERS

_PERIOD = re.compile(r"^([A-Z0-9]+)-([A-Z]+)-(20[0-9]{2})$", re.IGNORECASE)
_CODE = re.compile(r"^[A-Z0-9]{3,8}$")


@dataclass(frozen=True, slots=True)
class ProviderFact:
    """What a return says of a provider besides its counts."""

    name: str
    icb_code: str | None


def period_end(kind: str, text: str) -> date:
    """Return the last day of the month of `RTT-April-2026`, of one kind; raise InvalidInput for others."""
    found = _PERIOD.match(text.strip())
    if found is None or found[1].upper() != kind or found[2].lower() not in MONTHS:
        raise InvalidInput(f"the period {text[:30]!r} is not a month like {kind}-April-2026")
    year, month = int(found[3]), MONTHS.index(found[2].lower()) + 1
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def fact(code: str, name: str, icb_code: str, *, met: int) -> ProviderFact:
    """Return a provider met for the first time, after so many; raise InvalidInput where it cannot be one."""
    if not _CODE.match(code):
        raise InvalidInput(f"{code[:20]!r} is not a provider code")
    if met >= MOST_PROVIDERS:
        raise InvalidInput(f"more than {MOST_PROVIDERS:,} providers: this is not the national extract")
    return ProviderFact(" ".join(name.split()), icb_code.strip().upper() or None)
