"""Each step that needs a reason has some, in words for both sides."""

from __future__ import annotations

import pytest

from dmas.catalogue.vocabulary.reasons import REASONS, ReasonFor, reason, reasons
from dmas.core.errors import InvalidInput


@pytest.mark.parametrize("step", list(ReasonFor))
def test_a_step_has_reasons_with_words_for_staff_and_patients(step: ReasonFor) -> None:
    offered = reasons(step)
    assert len(offered) >= 4
    assert len({item.label for item in offered}) == len(offered)
    assert all(item.plain.endswith(".") and not item.label.endswith(".") for item in offered)
    assert reason(step, offered[0].code) is offered[0]


def test_a_reason_of_another_step_is_refused() -> None:
    assert "sex_specific_procedure" in REASONS[ReasonFor.LAWFUL_LIMIT]
    with pytest.raises(InvalidInput, match="Choose a reason") as refused:
        reason(ReasonFor.DECLINE, "sex_specific_procedure")
    assert refused.value.field == "reason"
