"""Files as they really arrive: zipped, cut off, in the wrong code, far too big."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dmas.core.errors import InvalidInput
from dmas.core.files import LONGEST_LINE, MOST_SHOWN, Refusals, csv_lines


def read(path: Path, **limits: int) -> list[tuple[int, list[str]]]:
    with csv_lines(path, **limits) as lines:
        return [(line.number, line.cells) for line in lines]


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "some.csv"
    path.write_bytes(data)
    return path


def zipped(tmp_path: Path, members: dict[str, bytes]) -> Path:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_rows_come_with_their_line(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbfa,"b, c"\r\n\r\n"two\r\nlines",d\r\ne,f'
    assert read(written(tmp_path, data)) == [(1, ["a", "b, c"]), (4, ["two\r\nlines", "d"]), (5, ["e", "f"])]


def test_a_zip_with_one_csv_is_read_like_the_csv(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"folder/data.CSV": b"a,b\n1,2\n", "readme.txt": b"x", "__MACOSX/data.csv": b"x"})
    assert read(path) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\r\n\r\n", "is empty"),
        (b"a,b\n\xa3,c\n", "is not UTF-8 text after line"),
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"\xd0\xcf\x11\xe0", "old Excel workbook"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n\0,c\n", "line 2 is not text"),
        (b'a,b\n"never closed', "cut off in line 2"),
        (b'a,"b"c\n', "line 1: not valid CSV"),
        (b"a" * LONGEST_LINE, "line 1 is too long"),
        (b"PK\x03\x04broken", "damaged or unreadable zip"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(written(tmp_path, data))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "holds 0"),
        ({"a.csv": b"a", "b.csv": b"b"}, "holds 2"),
        ({"xl/workbook.xml": b"x", "a.csv": b"a"}, "is an Excel workbook"),
    ],
)
def test_a_zip_must_hold_one_csv(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    path = zipped(tmp_path, members)
    if not members:
        path.write_bytes(zipped(tmp_path, {"readme.txt": b"x"}).read_bytes())
    with pytest.raises(InvalidInput, match=said):
        read(path)


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path, {"a.csv": b"a,b\n"}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidInput, match="password"):
        read(written(tmp_path, bytes(data)))


def test_a_zip_cut_off_inside_its_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path, {"a.csv": b"".join(b"%d,x\n" % n for n in range(5000))}).read_bytes())
    data[200:260] = bytes(60)
    with pytest.raises(InvalidInput, match=r"damaged|not text|not valid|UTF-8"):
        read(written(tmp_path, bytes(data)))


def test_a_file_past_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Split it"):
        read(written(tmp_path, b"a,b\n" * 100), most_bytes=50)


def test_a_zip_bomb_is_refused_by_its_own_word(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Split it"):
        read(zipped(tmp_path, {"a.csv": b"0,0\n" * 100_000}), most_bytes=1_000)


def test_a_zip_that_lies_about_its_size_is_stopped_while_it_is_read(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path, {"a.csv": b"0,0\n" * 100_000}).read_bytes())
    for start, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(start) + offset
        data[at : at + 4] = (400).to_bytes(4, "little")
    with pytest.raises(InvalidInput):
        read(written(tmp_path, bytes(data)), most_bytes=1_000)


def test_no_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        read(tmp_path / "absent.csv")
    with pytest.raises(InvalidInput, match="cannot be read as a file"):
        read(tmp_path)


def test_only_the_first_refusals_are_kept_and_all_are_counted() -> None:
    refusals = Refusals()
    for line in range(MOST_SHOWN + 5):
        refusals.add(line, "why")
    assert refusals.count == MOST_SHOWN + 5
    assert len(refusals.shown) == MOST_SHOWN
