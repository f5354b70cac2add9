"""Cells: read once, cleaned, and never mistaken for what COPY means by them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import check_digit, parse_nhs_number
from dmas.uploads.rules.cells import (
    NULL,
    CodeCells,
    DateCells,
    IdentifierCells,
    NameCells,
    NhsNumberCells,
    NumberCells,
    TextCells,
)


def unescaped(copied: str) -> str:
    """Return what PostgreSQL reads from a COPY cell."""
    out, signs = [], iter(copied)
    for sign in signs:
        out.append(
            {"t": "\t", "n": "\n", "r": "\r"}.get(after := next(signs), after) if sign == "\\" else sign
        )
    return "".join(out)


@given(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=60)
)
def test_a_text_reaches_the_table_as_it_stood_but_for_spaces(raw: str) -> None:
    copied = TextCells("A text")[raw]
    assert "\t" not in copied
    assert "\n" not in copied
    if copied != NULL:
        assert len(unescaped(copied).split()) == len(" ".join(raw.split()).split())


@pytest.mark.parametrize("raw", ["\\N", "\\.", "a\\tb", "\\"])
def test_what_copy_would_take_for_a_sign_of_its_own_is_text(raw: str) -> None:
    assert unescaped(TextCells("A text")[raw]) == raw
    assert unescaped(NameCells("A name")[raw]) == raw


@pytest.mark.parametrize("raw", ["", "  ", "NULL", "n/a", "#N/A", "None"])
def test_what_spreadsheets_write_for_nothing_is_nothing(raw: str) -> None:
    optional, needed = TextCells("A text"), TextCells("A text", required=True)
    assert (optional[raw], optional.faults) == (NULL, {})
    assert needed[raw] == NULL
    assert needed.faults[raw] == "A text is missing."


def test_a_cell_as_long_as_a_file_is_refused() -> None:
    cells = TextCells("A text")
    assert cells["x" * 3000] == NULL
    assert "too long" in next(iter(cells.faults.values()))


def test_a_column_that_never_refuses_keeps_what_it_could_not_read() -> None:
    cells = NumberCells("BMI", 5, 150)
    assert [cells[raw] for raw in ("28.5", "28,5", "31", "1e9", "999", "٣")] == [
        "28.5", "28.5", "31", NULL, NULL, NULL,
    ]  # fmt: skip
    assert cells.faults == {}
    assert cells.dirty == {"1e9", "999", "٣"}
    assert NumberCells("ASA", 1, 5, whole=True)["2.0"] == "2"


def test_dates_know_their_limits_and_their_order() -> None:
    cells = DateCells("The date", latest=date(2026, 11, 21))
    assert cells["21/11/2026"] == "2026-11-21"
    assert cells["22/11/2026"] == cells["31/12/1899"] == NULL
    assert not cells.month_first
    assert cells["11/21/2026"] == NULL
    assert cells.month_first
    assert cells["9-Foo-2026"] == NULL
    assert cells["45000"] == "2023-03-15"
    assert "45000" in cells.dirty


def test_codes_are_looked_up_and_dirt_is_noted() -> None:
    cells = CodeCells("The code", {"A": "1", "B": "2"})
    assert [cells[raw] for raw in ("A", "a", " b ", "A.0", "z")] == ["1", "1", "2", "1", NULL]
    assert cells.dirty == {"a", " b ", "A.0", "z"}
    assert CodeCells("The code", {}, refuses=True)["z"] == NULL


@pytest.mark.parametrize("raw", ["9.43E+09", "1E5", "9434765919.0"])
def test_identifiers_that_became_numbers_are_refused(raw: str) -> None:
    for cells in (NhsNumberCells("The NHS number"), IdentifierCells("The pathway")):
        cells[raw]
    numbers = NhsNumberCells("The NHS number")
    assert numbers[raw] == NULL
    assert "spreadsheet" in numbers.faults[raw]


@given(st.integers(0, 10**10 - 1))
def test_the_quick_look_at_an_nhs_number_is_the_careful_one(number: int) -> None:
    raw = f"{number:010d}"
    try:
        careful = parse_nhs_number(raw)
    except InvalidInput:
        careful = NULL
    assert NhsNumberCells("The NHS number")[raw] == careful
    nine = raw[:9]
    if (check := check_digit(nine)) is not None and len(set(nine + str(check))) > 1:
        assert NhsNumberCells("The NHS number")[f"{nine}{check}"] == f"{nine}{check}"
