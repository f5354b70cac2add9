"""Fields of numbers: plain digits in a stated range, one message at a time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dmas.web.forms import DecimalField, WholeNumberField
from tests.web.forms.conftest import Ask


@pytest.mark.parametrize(("typed", "number"), [("1", 1), (" 500 ", 500), ("007", 7)])
def test_whole_numbers(ask: Ask, typed: str, number: int) -> None:
    field = ask(WholeNumberField("Places", low=1, high=500), typed)
    assert (field.error, field.data) == (None, number)


@pytest.mark.parametrize(
    "typed", ["abc", "1e9", "٣", "NaN", "1,000", "5.0", "１２", "0x1f", "1 2", "--1", "+1", "9" * 40]
)  # fmt: skip
def test_what_is_no_whole_number(ask: Ask, typed: str) -> None:
    field = ask(WholeNumberField("Places", low=1, high=500), typed)
    assert field.errors == ["Places must be a whole number, like 12."]
    assert field.shown == typed


@pytest.mark.parametrize("typed", ["0", "-1", "501", "99999999"])
def test_whole_numbers_have_bounds(ask: Ask, typed: str) -> None:
    field = ask(WholeNumberField("Places", low=1, high=500), typed)
    assert field.errors == ["Places must be between 1 and 500."]
    assert field.shown == typed


def test_an_empty_number_is_none_and_nought_is_a_number(ask: Ask) -> None:
    assert ask(WholeNumberField("Places"), "").data is None
    assert ask(WholeNumberField("Places", required="Enter places"), "").error == "Enter places"
    assert ask(WholeNumberField("Places", required="Enter places"), "0").error is None


@pytest.mark.parametrize(("typed", "number"), [("1", "1"), ("0", "0"), ("24.5", "24.5"), ("300", "300")])
def test_decimals(ask: Ask, typed: str, number: str) -> None:
    field = ask(DecimalField("Weight", low=0, high=300), typed)
    assert (field.error, field.data) == (None, Decimal(number))


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("inf", "Weight must be a number, like 1.5."),
        ("NaN", "Weight must be a number, like 1.5."),
        ("1e3", "Weight must be a number, like 1.5."),
        (".5", "Weight must be a number, like 1.5."),
        ("24.55", "Weight must have no more than 1 decimal place."),
        ("300.1", "Weight must be between 0 and 300."),
        ("-1", "Weight must be between 0 and 300."),
    ],
)
def test_what_is_no_decimal(ask: Ask, typed: str, error: str) -> None:
    assert ask(DecimalField("Weight", low=0, high=300), typed).errors == [error]


def test_an_empty_decimal_is_none(ask: Ask) -> None:
    assert ask(DecimalField("Weight"), "").data is None
    assert ask(DecimalField("Weight", required="Enter the weight"), "").error == "Enter the weight"
    assert (
        ask(DecimalField("Weight", places=2), "1.234").error
        == "Weight must have no more than 2 decimal places."
    )
