"""Numbers that nobody has."""

from __future__ import annotations

import itertools

from dmas.core.nhs_number import check_digit

_numbers = itertools.count(1)


def nhs_number() -> str:
    """Return the next valid NHS number of the range 999, which nobody has."""
    while True:
        nine = f"999{next(_numbers):06d}"
        if (check := check_digit(nine)) is not None:
            return f"{nine}{check}"
