"""NHS numbers: ten digits, the last a Modulus 11 check digit over weights 10 to 2."""

from __future__ import annotations

import re

from dmas.core.errors import InvalidInput

# A space or hyphen of any kind: numbers are pasted from letters and spreadsheets.
_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]")
_TEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{3}[\s\u2010-\u2015-]?[0-9]{3}[\s\u2010-\u2015-]?[0-9]{4}(?![0-9])")


def check_digit(first_nine: str) -> int | None:
    """Return the check digit for nine digits, or None where the nine can never be issued (check 10)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_nine, range(10, 1, -1), strict=True))
    check = 11 - total % 11
    return {11: 0, 10: None}.get(check, check)


def parse_nhs_number(text: str) -> str:
    """Return the ten digits of a valid NHS number; raise InvalidInput that says what is wrong."""
    digits = _SEPARATORS.sub("", text.strip())
    if not re.fullmatch(r"[0-9]+", digits):
        raise InvalidInput("Enter the NHS number as 10 digits, like 999 000 0018.", field="nhs_number")
    if len(digits) == 9:
        raise InvalidInput(
            "The NHS number has 9 digits. Has a spreadsheet dropped the first zero?", field="nhs_number"
        )
    if len(digits) != 10:
        raise InvalidInput("The NHS number must have 10 digits.", field="nhs_number")
    if len(set(digits)) == 1 or check_digit(digits[:9]) != int(digits[9]):
        raise InvalidInput(
            "The NHS number is not valid. Check it against the patient's record.", field="nhs_number"
        )
    return digits


def holds_nhs_number(text: str) -> bool:
    """Say whether a valid NHS number stands in free text, where none may be."""
    found = (_SEPARATORS.sub("", match) for match in _TEN_DIGITS.findall(text))
    return any(check_digit(digits[:9]) == int(digits[9]) for digits in found)


def spaced(digits: str) -> str:
    """Return the number as it is read out: 3, 3 and 4 digits."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
