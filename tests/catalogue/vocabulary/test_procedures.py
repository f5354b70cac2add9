"""Groups, the OPCS-4 codes in them and the functions they belong to."""

from __future__ import annotations

from collections import Counter

import pytest

from dmas.catalogue.vocabulary.procedures import (
    PROCEDURE_GROUPS,
    group_of_opcs,
    groups_of,
    offerable_groups,
    procedure_group,
)
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.core.errors import InvalidInput


def test_each_prefix_has_one_group_and_each_group_known_functions() -> None:
    prefixes = Counter(prefix for group in PROCEDURE_GROUPS.values() for prefix in group.opcs)
    assert [prefix for prefix, count in prefixes.items() if count > 1] == []
    for group in PROCEDURE_GROUPS.values():
        assert group.functions
        assert set(group.functions) <= set(TREATMENT_FUNCTIONS)
        assert all(len(prefix) in (3, 4) for prefix in group.opcs)


@pytest.mark.parametrize(
    ("opcs", "group"),
    [
        ("W37.1", "hip_replacement"),
        ("w370", "hip_revision"),
        ("W40", "knee_replacement"),
        ("C75.1", "cataract"),
        ("C73.3", "capsulotomy"),
        ("J18.3", "cholecystectomy"),
        ("T20", "inguinal_hernia"),
    ],
)
def test_an_operation_finds_its_group(opcs: str, group: str) -> None:
    found = group_of_opcs(opcs)
    assert found is not None
    assert found.code == group


@pytest.mark.parametrize("opcs", ["", "W", "Z94.2", "nonsense"])
def test_an_unknown_operation_has_no_group(opcs: str) -> None:
    assert group_of_opcs(opcs) is None


def test_groups_of_a_function_and_of_its_family() -> None:
    assert "hip_replacement" in {group.code for group in groups_of("110")}
    assert "spinal_fusion" not in {group.code for group in groups_of("110")}
    assert "spinal_fusion" in {group.code for group in offerable_groups("110")}
    assert groups_of("410") == ()


def test_a_group_has_a_token_and_a_wrong_one_is_refused() -> None:
    assert procedure_group("Hip_Replacement ").token == "opcs:hip_replacement"
    with pytest.raises(InvalidInput, match="not a procedure group") as refused:
        procedure_group("hip")
    assert refused.value.field == "procedure_group"
