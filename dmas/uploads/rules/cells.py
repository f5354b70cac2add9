"""Reading cells by the column: each distinct text is looked at once, however many rows repeat it.

A reader is a dictionary from a cell as it stands to what COPY takes for it. What refuses its row is kept in
`faults`, and what was put right or could not be read in `dirty`, so that the raw value can be kept.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from operator import mul

from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import parse_nhs_number
from dmas.uploads.vocabulary import LONGEST_CELL

NULL = r"\N"
EMPTY = frozenset({"", "null", "none", "n/a", "na", "#n/a", "nan"})
_LONGEST_EMPTY = max(map(len, EMPTY))
_SPECIAL = re.compile(r"[\\\t\n\r]")
_PLAIN = re.compile(r"[!-\[\]-~]+(?: [!-\[\]-~]+)*\Z")  # letters of ASCII, single spaces, nothing to escape
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_SCIENTIFIC = re.compile(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$", re.IGNORECASE)
_DECIMAL = re.compile(r"^[0-9]+\.[0-9]+$")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_ISO = re.compile(r"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?$")
_SLASHED = re.compile(r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?: 0{1,2}:00(?::00)?)?$")
_NAMED = re.compile(r"^([0-9]{1,2})[- ]([A-Za-z]{3})[a-z]*[- ]([0-9]{4})$")
_COMPACT = re.compile(r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})$")
_SERIAL = re.compile(r"^([1-6][0-9]{4})(?:\.0+)?$")
_FIRST_OF_EXCEL = date(1899, 12, 30)
_ENOUGH_TO_JUDGE = 20
_NHS_DIGITS, _NHS_WEIGHTS = 10, range(10, 0, -1)
_LONGEST_NAME, _LONGEST_IDENTIFIER = 200, 100
OLDEST = date(1900, 1, 1)


def escaped(text: str) -> str:
    """Return a text as COPY takes it."""
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text) if _SPECIAL.search(text) else text


class Cells(dict[str, str], ABC):
    """The reader of one column. A row without a `required` value is refused."""

    def __init__(self, label: str, *, required: bool = False, refuses: bool = True) -> None:
        super().__init__()
        self.label = label
        self.required = required
        self.refuses = refuses
        self.faults: dict[str, str] = {}
        self.dirty: set[str] = set()

    def __missing__(self, raw: str) -> str:
        if len(raw) > LONGEST_CELL:
            found = self.fault(raw, f"{self.label} is too long to be one.")
        elif _PLAIN.match(raw) and (len(raw) > _LONGEST_EMPTY or raw.lower() not in EMPTY):
            found = self.plain(raw)  # nearly all cells of a large file
        else:
            text = " ".join(raw.split())
            found = NULL if text.lower() in EMPTY else self.read(raw, text)
            if self.required and text.lower() in EMPTY:
                self.faults[raw] = f"{self.label} is missing."
        self[raw] = found
        return found

    def plain(self, raw: str) -> str:
        """Return what COPY takes for a cell of plain signs, which needs no cleaning."""
        return self.read(raw, raw)

    @abstractmethod
    def read(self, raw: str, text: str) -> str:
        """Return what COPY takes for a cell that is not empty, its spaces made single."""

    def fault(self, raw: str, message: str) -> str:
        """Refuse the row, or where this column never does, keep what stood there beside an empty value."""
        if self.refuses:
            self.faults[raw] = message
        else:
            self.dirty.add(raw)
        return NULL


class TextCells(Cells):
    """Texts as they are."""

    def plain(self, raw: str) -> str:
        """Return the text itself."""
        return raw

    def read(self, raw: str, text: str) -> str:
        """Return the text composed, and safe for COPY."""
        return escaped(unicodedata.normalize("NFC", text))


class NameCells(Cells):
    """Names: letters of any script, without signs that nobody can see."""

    def plain(self, raw: str) -> str:
        """Return the name itself."""
        return raw[:_LONGEST_NAME]

    def read(self, raw: str, text: str) -> str:
        """Return a name, or refuse one with signs that no name has."""
        if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"} for sign in text):
            return self.fault(raw, f"{self.label} has signs that cannot be shown.")
        return escaped(unicodedata.normalize("NFC", text[:_LONGEST_NAME]))


class IdentifierCells(Cells):
    """Identifiers that a spreadsheet may have turned into numbers."""

    def read(self, raw: str, text: str) -> str:
        """Return an identifier, or refuse one that has lost its digits."""
        if _SCIENTIFIC.match(text):
            return self.fault(
                raw, f"{self.label} was turned into a number by a spreadsheet. Format the column as text."
            )
        return escaped(text[:_LONGEST_IDENTIFIER])


class NhsNumberCells(Cells):
    """NHS numbers, with what spreadsheets do to them named."""

    def plain(self, raw: str) -> str:
        """Return ten digits whose weighted sum is right at once, and look at all others closely."""
        # The code of 0 times the sum of the weights is a multiple of 11, so it need not be taken off.
        digits = len(raw) == _NHS_DIGITS and raw.isdigit() and raw != raw[0] * _NHS_DIGITS
        if digits and sum(map(mul, raw.encode(), _NHS_WEIGHTS)) % 11 == 0:
            return raw
        return self.read(raw, raw)

    def read(self, raw: str, text: str) -> str:
        """Return ten digits, or refuse."""
        if _is_number(text):
            return self.fault(
                raw, "The NHS number was turned into a number by a spreadsheet. Format the column as text."
            )
        try:
            return parse_nhs_number(text)
        except InvalidInput as error:
            return self.fault(raw, str(error))


class DateCells(Cells):
    """Dates as 2026-11-22, 22/11/2026, 22-Nov-2026 or a spreadsheet's number of days."""

    def __init__(
        self,
        label: str,
        *,
        required: bool = False,
        refuses: bool = True,
        earliest: date = OLDEST,
        latest: date | None = None,
    ) -> None:
        super().__init__(label, required=required, refuses=refuses)
        self.earliest, self.latest = earliest, latest
        self.slashed: set[tuple[int, int]] = set()
        self.month_first = False

    def read(self, raw: str, text: str) -> str:
        """Return a date as 2026-11-22, or refuse one that is none or lies where none can."""
        day = self._day(raw, text)
        if day is None:
            return self.fault(raw, f"{self.label} is not a date like 2026-11-22 or 22/11/2026.")
        if day < self.earliest or (self.latest is not None and day > self.latest):
            return self.fault(raw, f"{self.label} is too long ago or still to come.")
        return day.isoformat()

    @property
    def order_is_doubtful(self) -> bool:
        """Say whether many dates and not one of them tell day from month."""
        enough = len(self.slashed) >= _ENOUGH_TO_JUDGE
        return enough and all(first <= 12 for first, _ in self.slashed)

    def _day(self, raw: str, text: str) -> date | None:
        if found := _ISO.match(text) or _COMPACT.match(text):
            return _date(int(found[1]), int(found[2]), int(found[3]))
        if found := _SLASHED.match(text):
            first, second = int(found[1]), int(found[2])
            self.slashed.add((first, second))
            self.month_first |= first <= 12 < second <= 31
            return _date(int(found[3]), second, first)
        if found := _NAMED.match(text):
            return _date(int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
        if found := _SERIAL.match(text):
            self.dirty.add(raw)
            return _FIRST_OF_EXCEL + timedelta(days=int(found[1]))
        return None


class CodeCells(Cells):
    """Codes of a list: cleaned, looked up, and kept raw where they did not stand as they should."""

    def __init__(
        self,
        label: str,
        known: Mapping[str, str] | Callable[[str], str | None],
        *,
        required: bool = False,
        refuses: bool = False,
    ) -> None:
        super().__init__(label, required=required, refuses=refuses)
        self._find = known if callable(known) else known.get
        self._clean: frozenset[str] = frozenset() if callable(known) else frozenset(known)

    def read(self, raw: str, text: str) -> str:
        """Return the code that is meant, or nothing (or a refusal) where none is."""
        code = self._find(text.upper().removesuffix(".0"))
        if code is None:
            return self.fault(raw, f"{self.label} is not a code that is known.")
        if raw not in self._clean and code != raw.replace(".", ""):
            self.dirty.add(raw)
        return escaped(code)


class NumberCells(Cells):
    """Numbers within limits; others are left out and kept raw."""

    def __init__(self, label: str, low: float, high: float, *, whole: bool = False) -> None:
        super().__init__(label, refuses=False)
        self.low, self.high, self.whole = low, high, whole

    def read(self, raw: str, text: str) -> str:
        """Return a number as it is written, or nothing where it is none that can be."""
        plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", plain) or not self.low <= float(plain) <= self.high:
            return self.fault(raw, f"{self.label} is not a number from {self.low:g} to {self.high:g}.")
        return str(int(float(plain))) if self.whole else plain


def _is_number(text: str) -> bool:
    """Say whether a spreadsheet wrote an identifier as a number."""
    return not text.isdigit() and (_SCIENTIFIC.match(text) or _DECIMAL.match(text)) is not None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
