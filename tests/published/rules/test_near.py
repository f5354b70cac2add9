"""Only the district of a postcode is read."""

from __future__ import annotations

import pytest

from dmas.published.rules import outcode_typed


@pytest.mark.parametrize(
    ("typed", "outcode"),
    [("B15 2GW", "B15"), ("b152gw", "B15"), (" ec1a 1bb", "EC1A"), ("B15", "B15"), ("e c1a", "EC1A")],
)
def test_a_postcode_or_its_first_half(typed: str, outcode: str) -> None:
    assert outcode_typed(typed) == outcode


@pytest.mark.parametrize("typed", ["", "Leeds", "B15 2", "12345", "B15 2GW 3"])
def test_anything_else_is_no_place(typed: str) -> None:
    assert outcode_typed(typed) is None
