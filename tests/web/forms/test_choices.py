"""Fields of choice: only what is on offer."""

from __future__ import annotations

from enum import StrEnum

import pytest

from dmas.web.forms import Choice, ChoiceField, ChoicesField, ConfirmField, SelectField
from dmas.web.forms.choices import as_choices
from tests.web.forms.conftest import Ask
from tests.web.shop import Size


class Plain(StrEnum):
    """Without labels."""

    ON_HOLD = "on_hold"


def test_choices_are_given_in_any_shape() -> None:
    assert as_choices([("a", "A"), ("b", "B", "hint"), "c", Choice("d", "D"), Plain.ON_HOLD]) == (
        Choice("a", "A"),
        Choice("b", "B", "hint"),
        Choice("c", "c"),
        Choice("d", "D"),
        Choice("on_hold", "On hold"),
    )
    assert as_choices(Size) == (Choice("small", "A small one"), Choice("large", "A large one"))


@pytest.mark.parametrize("kind", [ChoiceField, SelectField])
def test_one_of_a_few(ask: Ask, kind: type[ChoiceField]) -> None:
    field = ask(kind("Size", choices=Size), "large")
    assert field.data is Size.LARGE
    assert ask(kind("Size", choices=Size), "").data is None
    assert ask(kind("Size", choices=Size, required="Choose a size")).error == "Choose a size"
    assert ask(kind("Size", choices=Size, required="Choose a size"), "huge").error == "Choose a size"
    assert ask(kind("Size", choices=Size), "huge").error == "Size: choose one of the answers."
    assert ask(kind("Size", choices=["1", "2"]), "2").data == "2"


def test_any_of_several(ask: Ask) -> None:
    field = ask(ChoicesField("Sizes", choices=Size), "large", "small", "large")
    assert field.data == [Size.LARGE, Size.SMALL]
    assert ask(ChoicesField("Sizes", choices=Size)).data == []
    assert ask(ChoicesField("Sizes", choices=Size, required="Choose some")).error == "Choose some"
    assert ask(ChoicesField("Sizes", choices=Size), "huge").error == "Sizes: choose from the answers."


def test_none_of_these_stands_alone(ask: Ask) -> None:
    choices = [Choice("a", "A"), Choice("none", "None of these", alone=True)]
    assert ask(ChoicesField("Needs", choices=choices), "none").error is None
    field = ask(ChoicesField("Needs", choices=choices), "a", "none")
    assert field.error == "Choose “None of these” or other answers, not both."


def test_choices_may_be_set_by_the_view(ask: Ask) -> None:
    field = ask(ChoiceField("Site"), "x")
    assert isinstance(field, ChoiceField)
    field.choices = [("x", "Site X")]
    assert field.choices == (Choice("x", "Site X"),)
    field.choices = Size
    assert field.enum is Size


def test_a_box_to_tick(ask: Ask) -> None:
    assert ask(ConfirmField("Yes"), "yes").data is True
    assert ask(ConfirmField("Yes"), "no").data is False
    assert ask(ConfirmField("Yes", required="Tick it")).error == "Tick it"
    assert ask(ConfirmField("Yes")).error is None
