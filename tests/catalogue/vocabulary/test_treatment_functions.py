"""Codes, families and where each function is published."""

from __future__ import annotations

import pytest

from dmas.catalogue.vocabulary.treatment_functions import (
    PUBLISHED_FUNCTIONS,
    PUBLISHED_TOTAL,
    TREATMENT_FUNCTIONS,
    AgeGroup,
    family,
    published_code,
    treatment_function,
)
from dmas.core.errors import InvalidInput


def test_every_function_is_published_somewhere_and_twenty_three_rows_are() -> None:
    assert len(PUBLISHED_FUNCTIONS) == 23
    assert PUBLISHED_TOTAL not in PUBLISHED_FUNCTIONS
    assert {function.published_code for function in TREATMENT_FUNCTIONS.values()} == set(PUBLISHED_FUNCTIONS)


def test_a_function_published_alone_carries_its_own_number() -> None:
    alone = {code[2:] for code in PUBLISHED_FUNCTIONS if code.startswith("C_")}
    assert {code for code in TREATMENT_FUNCTIONS if published_code(code) == f"C_{code}"} == alone
    assert len(alone) == 18


@pytest.mark.parametrize(
    ("code", "published"),
    [
        ("110", "C_110"),
        ("104", "X05"),
        ("302", "X02"),
        ("710", "X03"),
        ("215", "X04"),
        ("420", "X04"),
        ("650", "X06"),
    ],
)
def test_where_a_function_is_published(code: str, published: str) -> None:
    assert published_code(code) == published


def test_children_have_functions_of_their_own() -> None:
    assert treatment_function("214").ages is AgeGroup.CHILD
    assert treatment_function("110").ages is AgeGroup.ADULT
    children = {f.code for f in TREATMENT_FUNCTIONS.values() if f.ages is AgeGroup.CHILD}
    assert all(
        f.parent not in children and f.code not in children for f in TREATMENT_FUNCTIONS.values() if f.parent
    )


def test_a_family_is_a_parent_and_its_sub_specialties() -> None:
    assert [f.code for f in family("104")] == ["100", "103", "104", "105", "106", "107", "109", "113"]
    assert {f.code for f in family("110")} == {"108", "110", "111", "115"}
    assert [f.code for f in family("502")] == ["502", "503"]
    assert [f.code for f in family("120")] == ["120"]


def test_parents_are_functions_without_parents() -> None:
    for function in TREATMENT_FUNCTIONS.values():
        assert TREATMENT_FUNCTIONS[function.family].parent is None


def test_a_label_names_and_numbers() -> None:
    assert treatment_function(" 120 ").label == "Ear, nose and throat (120)"


@pytest.mark.parametrize("code", ["", "999", "C_100", "600", "x" * 200])
def test_what_is_no_function_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="not a current treatment function") as refused:
        treatment_function(code)
    assert refused.value.field == "service"
    assert len(str(refused.value)) < 200


def test_the_list_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TREATMENT_FUNCTIONS["999"] = TREATMENT_FUNCTIONS["100"]  # type: ignore[index]
