"""Tokens: each with words, each hard or information, and families that take a code."""

from __future__ import annotations

import pytest

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.tokens import (
    STANDARD_NOTICE,
    TOKENS,
    TokenKind,
    TokenTopic,
    form_tokens,
    hard_only,
    label,
    token,
)
from dmas.core.errors import InvalidInput


def test_every_token_has_words_and_a_pathway() -> None:
    for code, item in TOKENS.items():
        assert item.code == code
        assert item.label
        assert item.definition.endswith(".")
        assert item.pathways


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (STANDARD_NOTICE, "Standard notice"),
        ("critical_care:2", "Level 2 critical care"),
        ("opcs:hip_replacement", "Hip replacement"),
        ("function:104", "Colorectal surgery"),
        ("function:104:haemorrhoids", "Haemorrhoid surgery under colorectal surgery"),
        ("stage:first_outpatient", "First outpatient appointment"),
        ("basis:subcontracted", "Subcontracted episode"),
        ("icb:QHL", "Inside ICB QHL"),
        ("region:Y60", "Inside region Y60"),
    ],
)
def test_a_token_is_known_by_its_code(code: str, words: str) -> None:
    assert label(code) == words
    assert token(code).is_hard
    assert token(code).definition.endswith(".")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "nonsense",
        "critical_care:4",
        "opcs:hip",
        "function:999",
        "stage:late",
        "basis:loose",
        "icb:",
        "region:y60;",
        "other:x",
    ],
)
def test_what_is_no_token_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput):
        token(code)


def test_interpreter_and_parking_never_filter() -> None:
    assert token("interpreter").kind is TokenKind.INFORMATION
    assert hard_only(["parking", "step_free", "interpreter", "icb:QHL"]) == {"step_free", "icb:QHL"}


def test_a_form_shows_its_pathway_and_never_what_the_system_sets() -> None:
    elective = {item.code for item in form_tokens(Pathway.ELECTIVE)}
    diagnostic = {item.code for item in form_tokens(Pathway.DIAGNOSTIC)}
    assert "spinal" in elective - diagnostic
    assert "wide_bore" in diagnostic - elective
    assert STANDARD_NOTICE not in elective | diagnostic
    assert all(item.topic is not TokenTopic.MATCHING for item in form_tokens(Pathway.ELECTIVE))
    assert {item.kind for item in form_tokens(Pathway.ELECTIVE, TokenKind.INFORMATION)} == {
        TokenKind.INFORMATION
    }
