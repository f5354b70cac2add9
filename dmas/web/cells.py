"""What stands in a list: columns, cells that lead somewhere or are a status, and safe cells of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")

FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    href: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Tag:
    """A cell that is a status: words always, colour besides."""

    text: str
    colour: str = "grey"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)  # no slots: Column[Row](...) could not be called
class Column(Generic[Row]):
    """One column: heading, what a row shows there, the sort key it offers, and what the CSV holds instead.

    `only_in_file` keeps what the other columns say already from the page.
    """

    heading: str
    cell: Callable[[Row], Any]
    sort: str | None = None
    numeric: bool = False
    export: Callable[[Row], Any] | None = None
    only_in_file: bool = False


def guarded(value: Any) -> Any:
    """Return a value as a spreadsheet may safely open it: text that would run as a formula is quoted."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
