"""References that people read out."""

from __future__ import annotations

import pytest

from dmas.core.references import ALPHABET, LENGTH, chosen_by, is_reference, new_reference


def test_a_reference_is_a_prefix_and_seven_characters_drawn() -> None:
    drawn = iter("7K3M9QT")
    with chosen_by(lambda _: next(drawn)):
        assert new_reference("OF") == "OF-7K3M9QT"


def test_a_chooser_is_let_go_even_after_an_error() -> None:
    def broken(_: str) -> str:
        raise ValueError("no dice")

    with pytest.raises(ValueError, match="no dice"), chosen_by(broken):
        new_reference("OF")
    assert is_reference(new_reference("OF"))


def test_references_differ_and_are_known_by_their_shape() -> None:
    made = {new_reference("RQ") for _ in range(500)}
    assert len(made) == 500
    assert all(is_reference(one) for one in made)


def test_no_character_can_be_misread_or_spell_a_word() -> None:
    assert not set(ALPHABET) & set("AEIOU01LSBZ")
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert LENGTH == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RQ",
        "RQ-",
        "RQ-222222",
        "RQ-22222222",
        "rq-2222222",
        "RQ-222222A",
        "RQ-2222220",
        "RQ2222222",
        "RQX-2222222",
        " RQ-2222222",
        "RQ-2222222\n",
        "RQ-2222222/../..",
        "RQ-２２２２２２２",
    ],
)
def test_anything_else_is_no_reference(text: str) -> None:
    assert not is_reference(text)
