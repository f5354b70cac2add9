"""Reading other people's files: CSV rows one by one, from a file or a zip, whatever may be wrong with it.

Nothing is held in memory but one row, nothing is unpacked to disk, and no file may grow past a limit while
it is read. Every refusal says what to do.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from dmas.core.errors import InvalidInput

MOST_BYTES = 2**30
LONGEST_LINE = 2**16
MOST_SHOWN = 1000
_OTHER_FORMATS = {
    b"\xff\xfe": "It is a Unicode (UTF-16) text file.",
    b"\xfe\xff": "It is a Unicode (UTF-16) text file.",
    b"\xd0\xcf": "It is an old Excel workbook.",
    b"\x1f\x8b": "It is a gzip archive.",
    b"%PDF": "It is a PDF.",
}
_SAVE_AS = "Save it as CSV UTF-8 (comma delimited) and try again."


class Line(NamedTuple):
    """One row of a CSV file and the number of the line it ends on, counted from 1."""

    number: int
    cells: list[str]


@dataclass(slots=True)
class Refusals:
    """Rows that were not taken: how many, and the first of them with line and reason."""

    count: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Note one refused row; only the first of many are kept to be shown."""
        self.count += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append((line, reason))


@dataclass(frozen=True, slots=True)
class Layout:
    """How a publisher writes its rows: the encoding, its name in words, the delimiter, quoted or not."""

    encoding: str = "utf-8-sig"
    called: str = "UTF-8"
    delimiter: str = ","
    quoted: bool = True


CSV = Layout()


@contextmanager
def csv_lines(path: Path, *, most_bytes: int = MOST_BYTES, layout: Layout = CSV) -> Iterator[Iterator[Line]]:
    """Open a CSV file, or a zip that holds one, and give its rows; blank lines are left out.

    Raises InvalidInput where there is no file, it is empty, too big, not CSV, not of its encoding or cut off.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            _refuse_other_formats(path, magic)
            if magic == b"PK\x03\x04":
                with _only_csv(path, file, most_bytes) as member, _as_text(member, layout) as text:
                    yield _lines(path.name, text, most_bytes, layout)
            else:
                _refuse_size(path.name, path.stat().st_size, most_bytes)
                with _as_text(file, layout) as text:
                    yield _lines(path.name, text, most_bytes, layout)
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}. Check the name.") from None
    except (IsADirectoryError, PermissionError):
        raise InvalidInput(f"{path} cannot be read as a file. Check its name and who may read it.") from None


def _refuse_other_formats(path: Path, magic: bytes) -> None:
    if not magic:
        raise InvalidInput(f"{path.name} is empty. Download it again.")
    for start, sentence in _OTHER_FORMATS.items():
        if magic.startswith(start):
            raise InvalidInput(f"{path.name} is not a CSV file. {sentence} {_SAVE_AS}")


def _refuse_size(name: str, size: int, most: int) -> None:
    if size > most:
        raise InvalidInput(
            f"{name} is larger than {most // 2**20} MB. Split it and import the parts one by one."
        )


@contextmanager
def _only_csv(path: Path, file: IO[bytes], most_bytes: int) -> Iterator[IO[bytes]]:
    broken = f"{path.name} is a damaged or unreadable zip. Download it again."
    try:
        with zipfile.ZipFile(file) as archive:
            names = [info for info in archive.infolist() if not info.is_dir()]
            found = [
                info
                for info in names
                if info.filename.lower().endswith(".csv") and not info.filename.startswith("__MACOSX/")
            ]
            if any(info.filename.startswith("xl/") for info in names):
                raise InvalidInput(f"{path.name} is an Excel workbook. {_SAVE_AS}")
            if len(found) != 1:
                raise InvalidInput(f"{path.name} must hold exactly one CSV file, and it holds {len(found)}.")
            if found[0].flag_bits & 1:
                raise InvalidInput(f"{path.name} is locked with a password. Save it without one.")
            _refuse_size(found[0].filename, found[0].file_size, most_bytes)
            with archive.open(found[0]) as member:
                yield member
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):  # the last: a rare compression
        raise InvalidInput(broken) from None


def _as_text(file: IO[bytes], layout: Layout) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=layout.encoding, newline="")


def _lines(name: str, text: io.TextIOWrapper, most_bytes: int, layout: Layout) -> Iterator[Line]:
    reader = csv.reader(
        _checked(name, text, most_bytes, layout.called),
        strict=True,
        delimiter=layout.delimiter,
        quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
    )
    any_row = False
    try:
        for cells in reader:
            if cells:
                any_row = True
                yield Line(reader.line_num, cells)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise InvalidInput(f"{name} is cut off in line {reader.line_num}. Download it again.") from None
        raise InvalidInput(f"{name}, line {reader.line_num}: not valid CSV ({error}). {_SAVE_AS}") from None
    if not any_row:
        raise InvalidInput(f"{name} is empty. Download it again.")


def _checked(name: str, text: io.TextIOWrapper, most_bytes: int, called: str) -> Iterator[str]:
    """Give the lines of a text; what a zip says about the size of its member is not believed."""
    number = size = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            size += len(line)
            if len(line) >= LONGEST_LINE:
                raise InvalidInput(f"{name}, line {number} is too long to be a row of a table. {_SAVE_AS}")
            if "\0" in line:
                raise InvalidInput(f"{name}, line {number} is not text. {_SAVE_AS}")
            _refuse_size(name, size, most_bytes)
            yield line
    except UnicodeDecodeError:
        raise InvalidInput(f"{name} is not {called} text after line {number}. {_SAVE_AS}") from None
