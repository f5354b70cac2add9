"""Every arrangement has words, and new contracts wait for their ICB."""

from __future__ import annotations

import enum

import pytest

from dmas.catalogue.vocabulary import arrangements
from dmas.catalogue.vocabulary.arrangements import Care, ContractBasis

LABELLED = [
    kind
    for kind in vars(arrangements).values()
    if isinstance(kind, enum.EnumType) and kind.__module__ == arrangements.__name__ and hasattr(kind, "label")
]


@pytest.mark.parametrize("kind", LABELLED)
def test_each_value_has_words_of_its_own(kind: type[enum.StrEnum]) -> None:
    labels = [value.label for value in kind]  # type: ignore[attr-defined]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_only_new_arrangements_need_approval() -> None:
    assert {basis for basis in ContractBasis if basis.needs_approval} == {
        ContractBasis.NEW_CONTRACT,
        ContractBasis.SUBCONTRACT,
        ContractBasis.INSOURCING,
    }


@pytest.mark.parametrize("care", list(Care))
def test_a_kind_of_care_is_a_stage_and_a_setting_and_back(care: Care) -> None:
    assert Care.of(care.stage, care.setting) is care
