"""What may be offered: each fault is raised at its field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Pathway, Setting, Stage
from dmas.catalogue.vocabulary.reasons import ReasonFor
from dmas.core.errors import InvalidInput
from dmas.offers import rules
from dmas.offers.vocabulary import MOST_DAYS_AHEAD
from tests.factories.offers import kind, terms

TODAY = date(2026, 11, 21)
CLINIC = {"setting": Setting.OUTPATIENT, "stage": Stage.FIRST_OUTPATIENT}


def check(what: dict[str, Any] | None = None, **changed: Any) -> None:
    rules.check_offer(kind(**what or {}), terms(TODAY, **changed), today=TODAY)


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ({}, {}),
        ({}, {"places": 1}),
        ({}, {"places": 5000, "lists": 1000}),
        ({}, {"window_from": TODAY, "window_to": TODAY}),
        ({}, {"window_to": TODAY + timedelta(days=MOST_DAYS_AHEAD)}),
        ({}, {"min_age": 0, "max_age": 17, "limit_reason": "childrens_service"}),
        ({}, {"sex": "F", "limit_reason": "single_sex_ward"}),
        ({}, {"max_asa": 2, "no_asa_limit": False, "max_bmi": 32.5, "no_bmi_limit": False}),
        ({}, {"any_procedure": False, "procedure_groups": ("hip_replacement",)}),
        ({}, {"accepts_icbs": ("QHL",)}),
        ({"contract_basis": ContractBasis.STANDARD_CONTRACT}, {}),
        (
            {"contract_basis": ContractBasis.STANDARD_CONTRACT},
            {"accepts_icbs": ("QHL",), "accepts_reason": "funded_by_icb"},
        ),
        ({"basis": Basis.SUBCONTRACTED, "contract_basis": ContractBasis.SUBCONTRACT}, {}),
        ({"basis": Basis.INSOURCED, "contract_basis": ContractBasis.INSOURCING}, {}),
        (CLINIC, {"gives_treatment": False, "no_asa_limit": False, "critical_care": None}),
        (CLINIC, {"gives_treatment": True, "follow_on_weeks": 0}),
        ({"setting": Setting.OUTPATIENT}, {"no_asa_limit": False, "no_bmi_limit": False}),
    ],
)
def test_a_sensible_offer_passes(what: dict[str, Any], changed: dict[str, Any]) -> None:
    check(what, **changed)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"places": 0}, "places"),
        ({"places": 5001}, "places"),
        ({"lists": 0}, "lists"),
        ({"window_from": TODAY - timedelta(days=1)}, "window_from"),
        (
            {"window_from": TODAY + timedelta(days=2), "window_to": TODAY + timedelta(days=1)},
            "window_to",
        ),
        ({"window_to": TODAY + timedelta(days=MOST_DAYS_AHEAD + 1)}, "window_to"),
        ({"notice": "soon"}, "notice"),
        ({"min_age": None}, "min_age"),
        ({"min_age": -1}, "min_age"),
        ({"min_age": 17}, "max_age"),
        ({"max_age": 131, "limit_reason": "licence"}, "max_age"),
        ({"min_age": 60, "max_age": 59, "limit_reason": "licence"}, "max_age"),
        ({"max_age": 80}, "limit_reason"),
        ({"sex": "M"}, "limit_reason"),
        ({"sex": "X", "limit_reason": "licence"}, "sex"),
        ({"limit_reason": "prefer"}, "limit_reason"),
        ({"no_asa_limit": False}, "max_asa"),
        ({"max_asa": 3}, "max_asa"),
        ({"max_asa": 6, "no_asa_limit": False}, "max_asa"),
        ({"no_bmi_limit": False}, "max_bmi"),
        ({"max_bmi": 40.0}, "max_bmi"),
        ({"max_bmi": 14.9, "no_bmi_limit": False}, "max_bmi"),
        ({"critical_care": None}, "critical_care"),
        ({"critical_care": "1"}, "critical_care"),
        ({"any_procedure": False}, "procedure_groups"),
        ({"procedure_groups": ("cataract",)}, "procedure_groups"),
        ({"tokens": ("teleport",)}, "tokens"),
        ({"tokens": ("children",)}, "tokens"),
        ({"tokens": ("standard_notice",)}, "tokens"),
        ({"additionality": ""}, "additionality"),
        ({"pre_assessment_by": "nobody"}, "pre_assessment_by"),
        ({"follow_up_by": "nobody"}, "follow_up_by"),
        ({"consultant": "x" * 121}, "consultant"),
        ({"notes": "x" * 2001}, "notes"),
        ({"notes": "see 999 000 0018"}, "notes"),
        ({"accepts_reason": "because"}, "accepts_reason"),
    ],
)
def test_a_fault_is_raised_at_its_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(**changed)
    assert refused.value.field == field


SCAN = {
    "pathway": Pathway.DIAGNOSTIC,
    "service": "MRI",
    "setting": Setting.DIAGNOSTIC,
    "stage": None,
    "basis": Basis.TEST_ONLY,
}


@pytest.mark.parametrize(
    ("what", "changed", "field"),
    [
        ({"pathway": Pathway.DIAGNOSTIC}, {}, "service"),
        ({"pathway": Pathway.DIAGNOSTIC, "service": "MRI"}, {}, "care"),
        (SCAN, {"any_procedure": False}, "procedure_groups"),
        (SCAN, {"tokens": ("spinal",)}, "tokens"),
        ({"basis": Basis.TEST_ONLY}, {}, "care"),
        ({"service": "999"}, {}, "service"),
        ({"setting": Setting.DIAGNOSTIC}, {}, "care"),
        ({"setting": "ward"}, {}, "care"),
        ({"stage": None}, {}, "care"),
        ({"stage": Stage.FIRST_OUTPATIENT}, {}, "care"),
        ({"basis": Basis.INSOURCED}, {}, "arrangement"),
        ({"basis": "gift"}, {}, "arrangement"),
        ({"contract_basis": ContractBasis.STANDARD_CONTRACT}, {"accepts_icbs": ("QHL",)}, "accepts_reason"),
        (CLINIC, {}, "gives_treatment"),
        (CLINIC, {"gives_treatment": True}, "follow_on_weeks"),
        (CLINIC, {"gives_treatment": True, "follow_on_weeks": 105}, "follow_on_weeks"),
        (CLINIC, {"gives_treatment": False, "any_procedure": False}, "procedure_groups"),
        (CLINIC, {"gives_treatment": False, "procedure_groups": ("hip_replacement",)}, "procedure_groups"),
    ],
)
def test_a_fault_of_the_kind_is_raised_at_its_field(
    what: dict[str, Any], changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(what, **changed)
    assert refused.value.field == field


def test_a_first_date_it_already_had_may_have_passed_but_never_the_last() -> None:
    before = TODAY - timedelta(days=9)
    rules.check_offer(kind(), terms(TODAY, window_from=before), today=TODAY, opened_from=before)
    over = terms(TODAY, window_from=before, window_to=TODAY - timedelta(days=1))
    with pytest.raises(InvalidInput) as refused:
        rules.check_offer(kind(), over, today=TODAY, opened_from=before)
    assert refused.value.field == "window_to"


def test_an_nhs_number_is_found_among_other_digits() -> None:
    check(notes="Call 0121 496 0000, ward 12, or 999 000 0019 which is none")
    with pytest.raises(InvalidInput, match="NHS number"):
        check(notes="about 999-000-0018.")


def test_a_note_goes_with_another_reason() -> None:
    rules.check_note(ReasonFor.WITHDRAW_OFFER, "estate", "")
    rules.check_note(ReasonFor.WITHDRAW_OFFER, "other", "Flood")
    for reason, note, field in (
        ("other", " ", "note"),
        ("flood", "", "reason"),
        ("estate", "x" * 501, "note"),
    ):
        with pytest.raises(InvalidInput) as refused:
            rules.check_note(ReasonFor.WITHDRAW_OFFER, reason, note)
        assert refused.value.field == field


def test_places_cover_what_is_held_and_taken() -> None:
    rules.check_places_kept(3, 2, 1)
    with pytest.raises(InvalidInput, match="3 places are already"):
        rules.check_places_kept(2, 2, 1)
    with pytest.raises(InvalidInput, match="1 place is already"):
        rules.check_places_kept(0, 1, 0)
