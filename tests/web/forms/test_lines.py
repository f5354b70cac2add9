"""A form of lines: lines come and go, blank ones are left out, and an error says which line it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField

from dmas.web.forms import AskedLine, DmasForm, LinesForm, PressedField, TextField, WholeNumberField


class Loaves(AskedLine):
    """So many loaves alike."""

    places = WholeNumberField("Loaves", required="Enter how many loaves", low=1, high=9)
    flour = TextField("Flour", max=20)

    @property
    def is_blank(self) -> bool:
        """Say whether no number stands there."""
        return not self.places.shown

    @property
    def like_it(self) -> dict[str, Any]:
        """Return the flour."""
        return {"flour": self.flour.data}


class Order(LinesForm):
    """An order of at most two lines."""

    class Meta(DmasForm.Meta):
        """Without a token: there is no page."""

        csrf = False

    most_lines = 2
    lines = FieldList(FormField(Loaves), min_entries=1, max_entries=3)
    change = PressedField("", max=20)
    baker = TextField("Baker", max=20)


Ordered = Callable[..., Order]


@pytest.fixture
def ordered(app: Flask) -> Iterator[Ordered]:
    """Make an order of lines of number and flour: `ordered(("1", "rye"), change="add")`."""

    def ordered(*lines: tuple[str, str], change: str = "") -> Order:
        sent = MultiDict([("change", change), ("baker", "Bo")])
        for number, (places, flour) in enumerate(lines):
            sent.update({f"lines-{number}-places": places, f"lines-{number}-flour": flour})
        return Order(formdata=sent)

    with app.test_request_context("/", method="POST"):
        yield ordered


def _said(form: Order) -> list[tuple[Any, Any]]:
    return [(line.places.data, line.flour.data) for line in form.line_forms]


def test_a_line_is_added_like_the_last_one_and_taken_away(ordered: Ordered) -> None:
    form = ordered(("2", "rye"), change="add")
    assert form.rearrange()
    assert _said(form) == [(2, "rye"), (None, "rye")]
    assert not form.may_add
    form = ordered(("2", "rye"), ("3", "oat"), change="remove-0")
    assert form.rearrange()
    assert _said(form) == [(3, "oat")]


@pytest.mark.parametrize("change", ["remove-0", "remove-7", "remove-x", "add-1"])
def test_a_button_that_cannot_be_meant_changes_nothing(ordered: Ordered, change: str) -> None:
    form = ordered(("2", "rye"), change=change)
    assert form.rearrange()
    assert _said(form) == [(2, "rye")]
    assert not ordered(("2", "rye")).rearrange()


def test_blank_lines_are_left_out_but_for_one(ordered: Ordered) -> None:
    form = ordered(("", ""), ("3", "oat"), ("", "rye"))
    assert form.validate()
    assert _said(form) == [(3, "oat")]
    blank = ordered(("", ""), ("", ""))
    assert not blank.validate()
    assert [one["text"] for one in blank.problems()] == ["Enter how many loaves"]


def test_too_many_lines_are_refused(ordered: Ordered) -> None:
    form = ordered(("1", ""), ("2", ""), ("3", ""))
    assert not form.validate()
    assert "at most 2 lines" in form.problems()[0]["text"]


def test_an_error_of_one_line_says_which_where_there_are_several(ordered: Ordered) -> None:
    form = ordered(("1", ""), ("2", ""))
    form.refuse("Too dark", field="lines-1-flour")
    form.refuse("Nobody bakes", field="baker")
    assert [one["text"] for one in form.problems()] == ["Line 2: Too dark", "Nobody bakes"]
    alone = ordered(("1", ""))
    alone.refuse("Too dark", field="lines-0-flour")
    assert [one["text"] for one in alone.problems()] == ["Too dark"]


@pytest.mark.parametrize("field", ["lines-5-flour", "lines-x-flour", "lines-0-salt", "oven"])
def test_an_error_of_what_is_not_asked_stands_at_the_top(ordered: Ordered, field: str) -> None:
    form = ordered(("1", ""))
    form.refuse("This cannot be baked", field=field)
    assert form.problems() == [{"text": "This cannot be baked"}]
    assert form.status == 422


def test_a_plain_line_is_never_blank_and_shares_nothing() -> None:
    line = AskedLine()
    assert (line.is_blank, line.like_it, line.asks) == (False, {}, [])
