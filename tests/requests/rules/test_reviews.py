"""What makes a clinician's decision sound."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dmas.catalogue.vocabulary.arrangements import Setting, Stage
from dmas.core.errors import InvalidInput
from dmas.requests import rules
from dmas.requests.commands import ReviewTransfer
from dmas.requests.vocabulary import ReviewOutcome

DAY = date(2026, 11, 21)


def suitable(**values: Any) -> ReviewTransfer:
    defaults: dict[str, Any] = {
        "service": "110",
        "stage": Stage.DECISION_TO_ADMIT,
        "setting": Setting.INPATIENT,
        "procedure_group": "hip_replacement",
        "priority_code": "P4",
    }
    return ReviewTransfer(reference="PT-2222222", outcome=ReviewOutcome.SUITABLE, **defaults | values)


def decision(outcome: ReviewOutcome, **values: Any) -> ReviewTransfer:
    return ReviewTransfer(reference="PT-2222222", outcome=outcome, **values)


def test_a_sound_decision_passes() -> None:
    rules.check_review(suitable(asa=2, asa_on=DAY, bmi=28.0, bmi_on=DAY - timedelta(days=400)), DAY)
    rules.check_review(
        suitable(stage=Stage.FIRST_OUTPATIENT, setting=Setting.OUTPATIENT, procedure_group=None), DAY
    )
    rules.check_review(decision(ReviewOutcome.NOT_SUITABLE, reason="complex"), DAY)
    rules.check_review(decision(ReviewOutcome.MORE_INFORMATION, question="How far can you walk?"), DAY)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service": None}, "service"),
        ({"service": "171"}, "service"),
        ({"setting": Setting.DIAGNOSTIC}, "care"),
        ({"stage": None}, "care"),
        ({"procedure_group": None}, "procedure_group"),
        ({"procedure_group": "cataract"}, "procedure_group"),
        ({"tokens": ("children-only",)}, "tokens"),
        ({"priority_code": None}, "priority_code"),
        ({"priority_code": "P1"}, "priority_code"),
        ({"priority_code": "P2"}, "priority_code"),
        ({"priority_code": "P5"}, "priority_code"),
        ({"asa": 6, "asa_on": DAY}, "asa"),
        ({"asa": 2}, "asa_on"),
        ({"bmi": 2.0, "bmi_on": DAY}, "bmi"),
        ({"bmi": 30.0}, "bmi_on"),
        ({"bmi": 30.0, "bmi_on": DAY + timedelta(days=1)}, "bmi_on"),
    ],
)
def test_an_unsound_decision_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.check_review(suitable(**values), DAY)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("outcome", "values", "field"),
    [
        (ReviewOutcome.NOT_SUITABLE, {}, "reason"),
        (ReviewOutcome.NOT_SUITABLE, {"reason": "because"}, "reason"),
        (ReviewOutcome.MORE_INFORMATION, {"question": " "}, "question"),
        (ReviewOutcome.MORE_INFORMATION, {"question": "x" * 1001}, "question"),
        (ReviewOutcome.MORE_INFORMATION, {"question": "Is 999 000 0018 yours?"}, "question"),
        (ReviewOutcome.CHANGE_CLEARED, {}, "outcome"),
    ],
)
def test_other_decisions_say_what_they_must(
    outcome: ReviewOutcome, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.check_review(decision(outcome, **values), DAY)
    assert caught.value.field == field
