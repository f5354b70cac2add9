"""Nothing that leaves in a file runs in a spreadsheet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dmas.web import cells


@given(st.one_of(st.text(), st.sampled_from(cells.FORMULA).flatmap(lambda c: st.text().map(lambda t: c + t))))
def test_no_text_runs_as_a_formula(text: str) -> None:
    guarded = cells.guarded(text)
    assert not guarded.startswith(cells.FORMULA)
    assert guarded.removeprefix("'") == text or guarded == text


def test_numbers_stay_numbers() -> None:
    assert cells.guarded(-3) == -3
    assert cells.guarded(None) is None
    assert cells.guarded(cells.Link("=x", "/y")) == "'=x"


def test_a_cell_is_its_words() -> None:
    assert str(cells.Link("Open", "/x")) == "Open"
    assert str(cells.Tag("Late", "red")) == "Late"
