"""Lifecycles as data."""

from __future__ import annotations

from enum import StrEnum

import pytest

from dmas.core.errors import Conflict, IllegalTransition
from dmas.core.transitions import advance, allowed, step


class Light(StrEnum):
    """Three states."""

    OFF = "off"
    GLOWING = "just_glowing"
    ON = "on"


TABLE = {
    "light": step({Light.OFF}, Light.GLOWING, "anyone"),
    "brighten": step({Light.GLOWING}, Light.ON, "anyone"),
    "put out": step({Light.GLOWING, Light.ON}, Light.OFF, "the owner"),
}


def test_a_step_leads_where_the_table_says() -> None:
    assert advance(TABLE, "light", Light.OFF, noun="lamp") is Light.GLOWING
    assert advance(TABLE, "put out", Light.ON, noun="lamp") is Light.OFF
    assert TABLE["put out"].by == "the owner"


def test_any_other_step_is_refused_in_words() -> None:
    with pytest.raises(IllegalTransition, match="This lamp is now just glowing, so it cannot") as caught:
        advance(TABLE, "light", Light.GLOWING, noun="lamp")
    assert isinstance(caught.value, Conflict)


def test_an_unknown_verb_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        advance(TABLE, "sell", Light.ON, noun="lamp")


def test_what_is_allowed_stands_in_the_tables_order() -> None:
    assert allowed(TABLE, Light.GLOWING) == ["brighten", "put out"]
    assert allowed(TABLE, Light.OFF) == ["light"]
