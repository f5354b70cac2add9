"""NHS numbers, only of the range that is never issued."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import check_digit, holds_nhs_number, parse_nhs_number, spaced

GOOD = "9990000018"
FIRST_NINE = st.integers(0, 999_998).map(lambda n: f"999{n:06d}")


def test_the_check_digit_is_modulus_11() -> None:
    assert check_digit("999000001") == 8
    assert check_digit("943476591") == 9  # the data dictionary's worked example
    assert check_digit("000000000") == 0


def test_some_nines_are_never_issued() -> None:
    never = [nine for n in range(100) if check_digit(nine := f"9990000{n:02d}") is None]
    assert never
    with pytest.raises(InvalidInput, match="not valid"):
        parse_nhs_number(never[0] + "0")


@pytest.mark.parametrize(
    "text", [GOOD, "999 000 0018", "999-000-0018", " 9990000018\n", "999\u00a0000\u00a00018", "999–000–0018"]
)
def test_separators_are_let_go(text: str) -> None:
    assert parse_nhs_number(text) == GOOD


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "10 digits"),
        ("   ", "10 digits"),
        ("ABC 000 0018", "10 digits"),
        ("9.99E+09", "10 digits"),
        ("９９９００００００１８", "10 digits"),
        ("999000001", "dropped the first zero"),
        ("99900000181", "must have 10 digits"),
        ("99900", "must have 10 digits"),
        ("9990000019", "not valid"),
        ("0000000000", "not valid"),
        ("1111111111", "not valid"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        parse_nhs_number(text)
    assert caught.value.field == "nhs_number"


@given(FIRST_NINE, st.integers(0, 8), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(nine: str, place: int, digit: int) -> None:
    check = check_digit(nine)
    if check is None or nine[place] == str(digit):
        return
    wrong = nine[:place] + str(digit) + nine[place + 1 :]
    assert check_digit(wrong) != check


@given(FIRST_NINE)
def test_spaced_is_read_back(nine: str) -> None:
    check = check_digit(nine)
    if check is not None:
        number = f"{nine}{check}"
        assert parse_nhs_number(spaced(number)) == number
        assert holds_nhs_number(f"please ring about {spaced(number)}.")


def test_spaced_is_three_three_four() -> None:
    assert spaced(GOOD) == "999 000 0018"


@pytest.mark.parametrize("text", [GOOD, "NHS no:999-000-0018!", "999\u00a0000\u00a00018", "a\n9990000018\nb"])
def test_a_number_in_free_text_is_found(text: str) -> None:
    assert holds_nhs_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "9990000019", "19990000018", "99900000181", "0121 496 0000", "20 hips at 45 weeks", "999 000"],
)
def test_other_numbers_are_let_be(text: str) -> None:
    assert not holds_nhs_number(text)
