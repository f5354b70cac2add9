"""The header is the first line that is not blank, and blocks give every row once."""

from __future__ import annotations

import pytest

from dmas.core.errors import InvalidInput
from dmas.uploads.rules import decoding
from dmas.uploads.rules.decoding import Ragged
from dmas.uploads.vocabulary import ROWS_AT_ONCE


@pytest.mark.parametrize("before", ["", "\n", " \r\n\t\n"])
@pytest.mark.parametrize("after", ["", "\n", "\r\n1;2\r\n"])
def test_the_header_is_the_first_line_that_is_not_blank(before: str, after: str) -> None:
    assert decoding.header_of(f"{before}one;two{after}") == (";", ["one", "two"])


@pytest.mark.parametrize("text", ["", "\n \n", "one"])
def test_a_text_without_columns_has_no_header(text: str) -> None:
    with pytest.raises(InvalidInput):
        decoding.header_of(text)


def test_blocks_give_every_row_once_in_their_order() -> None:
    rows = [str(number) for number in range(2 * ROWS_AT_ONCE + 1)]
    ragged: list[Ragged] = []
    text = "a,b\n" + "".join(f"{row},x\n" for row in rows) + "odd\n"
    found = list(decoding.blocks(text, ",", 2, ragged))
    assert [len(block.lines) for block in found] == [ROWS_AT_ONCE, ROWS_AT_ONCE, 1]
    assert [cell for block in found for cell in block.columns[0]] == rows
    assert [one.line for one in ragged] == [len(rows) + 2]
