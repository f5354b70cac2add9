"""Priority codes, clean and as they arrive."""

from __future__ import annotations

import pytest

from dmas.catalogue.vocabulary.priorities import PRIORITIES, PriorityScale, named_priority, priority
from dmas.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "scale", "code"),
    [
        ("P2", PriorityScale.PROCEDURE, "P2"),
        (" p3 ", PriorityScale.PROCEDURE, "P3"),
        ("4", PriorityScale.PROCEDURE, "P4"),
        ("P1a", PriorityScale.PROCEDURE, "P1"),
        ("1B", PriorityScale.PROCEDURE, "P1"),
        ("3", PriorityScale.TEST, "D3"),
        ("d2", PriorityScale.TEST, "D2"),
    ],
)
def test_dirty_codes_are_understood(text: str, scale: PriorityScale, code: str) -> None:
    assert priority(text, scale).code == code


@pytest.mark.parametrize(("text", "code"), [("d3", "D3"), ("P3", "P3"), ("2", "P2")])
def test_a_code_names_its_own_scale(text: str, code: str) -> None:
    assert named_priority(text).code == code


@pytest.mark.parametrize("text", ["", "P", "P0", "P7", "P2x", "D1", "urgent"])
def test_anything_else_is_refused_with_what_to_enter(text: str) -> None:
    with pytest.raises(InvalidInput, match="Enter one of P1 to P6"):
        priority(text)


def test_only_two_three_and_four_are_matched() -> None:
    tiers = {code: item.tier for code, item in PRIORITIES.items()}
    assert tiers == {
        **{f"{scale}{n}": n for scale in "PD" for n in (2, 3, 4)},
        **{f"{scale}{n}": None for scale in "PD" for n in (1, 5, 6)},
    }
