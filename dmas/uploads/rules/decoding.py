"""From bytes to rows: encodings and delimiters that spreadsheets write, and what is no table at all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dmas.core.errors import InvalidInput
from dmas.uploads.vocabulary import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, ROWS_AT_ONCE

DELIMITERS = (",", ";", "\t", "|")
_SAVE_AS = "Save it as CSV UTF-8 and send it again."
_OTHER_FORMATS = {
    b"PK\x03\x04": "an Excel workbook or a zip",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file: the line each ends on, and their cells, one tuple a column of the header."""

    lines: tuple[int, ...]
    columns: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that has not as many cells as the header."""

    line: int
    cells: int


def as_text(file: bytes) -> str:
    """Return a file's text, whatever a spreadsheet wrote it in; raise InvalidInput where it is none."""
    if not file.strip():
        raise InvalidInput("The file is empty. Export the list again.")
    if len(file) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES // 2**20} MB. Split it by week.")
    for start, words in _OTHER_FORMATS.items():
        if file.startswith(start):
            raise InvalidInput(f"This is {words}, not a CSV file. {_SAVE_AS}")
    text = _decoded(file)
    if "\0" in text:
        raise InvalidInput(f"This file is not text. {_SAVE_AS}")
    return text


def header_of(text: str) -> tuple[str, list[str]]:
    """Return the delimiter and the header's names; raise InvalidInput where the first line is no header."""
    first = _first_line(text)
    delimiter = max(DELIMITERS, key=first.count)
    try:
        names = next(csv.reader([first], delimiter=delimiter))
    except (csv.Error, StopIteration):
        raise InvalidInput(f"The first line cannot be read as a header. {_SAVE_AS}") from None
    if len(names) < 2:
        raise InvalidInput(
            "The first line is no header: it must name the columns, with commas or semicolons between them."
        )
    if len(names) > MOST_COLUMNS:
        raise InvalidInput(f"The file has {len(names):,} columns. Export only those of the list.")
    return delimiter, names


def blocks(text: str, delimiter: str, width: int, ragged: list[Ragged]) -> Iterator[Block]:
    """Give the rows below the header in blocks; blank rows are left out, uneven ones noted in `ragged`."""
    rows: list[list[str]] = []
    lines: list[int] = []
    count = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        _skip_header(reader)
        for row in reader:
            if len(row) != width and not (row := _evened(row, width, reader.line_num, ragged)):
                continue
            if not row[0] and not any(map(str.strip, row)):
                continue
            rows.append(row)
            lines.append(reader.line_num)
            if len(rows) == ROWS_AT_ONCE:
                count = _counted(count, rows)
                yield Block(tuple(lines), tuple(zip(*rows, strict=True)))
                rows, lines = [], []
    except csv.Error as error:
        raise InvalidInput(
            f"Line {reader.line_num} is not valid CSV ({error}): is a quotation mark left open?"
            " Export the list again."
        ) from None
    if rows:
        _counted(count, rows)
        yield Block(tuple(lines), tuple(zip(*rows, strict=True)))


def plain_name(name: str) -> str:
    """Return a column's name in small letters with one underscore between its words."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def places(names: Sequence[str]) -> dict[str, int]:
    """Return where each column stands; raise InvalidInput where two have one name."""
    found: dict[str, int] = {}
    for index, name in enumerate(map(plain_name, names)):
        if name and name in found:
            raise InvalidInput(f"Two columns are called {name[:60]}. Leave one of them out.")
        found[name] = index
    return found


def _decoded(file: bytes) -> str:
    for bom, encoding in _BOMS.items():
        if file.startswith(bom):
            try:
                return file.decode(encoding)
            except UnicodeDecodeError:
                raise InvalidInput(f"The file is damaged: it is not whole text. {_SAVE_AS}") from None
    for encoding in (*_guessed_utf_16(file), "utf-8", "cp1252"):
        try:
            return file.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(f"The file's letters cannot be read. {_SAVE_AS}")


def _guessed_utf_16(file: bytes) -> tuple[str, ...]:
    """Return the UTF-16 a file without a mark seems to be in: every other byte of its start is nought."""
    start = file[:200]
    if len(start) >= 8 and not any(start[1::2]):
        return ("utf-16-le",)
    if len(start) >= 8 and not any(start[::2]):
        return ("utf-16-be",)
    return ()


def _first_line(text: str) -> str:
    """Return the first line that is not blank, without splitting the rest."""
    start = len(text) - len(text.lstrip())
    if start == len(text):
        return ""
    end = text.find("\n", start)
    return text[text.rfind("\n", 0, start) + 1 : end if end >= 0 else len(text)]


def _skip_header(reader: Iterator[list[str]]) -> None:
    for row in reader:
        if any(cell.strip() for cell in row):
            return


def _evened(row: list[str], width: int, line: int, ragged: list[Ragged]) -> list[str]:
    """Return a row of the header's width, or nothing where it is blank or cannot be made so."""
    if not any(cell.strip() for cell in row):
        return []
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    ragged.append(Ragged(line, len(row)))
    return []


def _counted(count: int, rows: list[list[str]]) -> int:
    count += len(rows)
    if count > MOST_ROWS:
        raise InvalidInput(
            f"The file has more than {MOST_ROWS:,} rows. Send one provider's list of one week."
        )
    return count
