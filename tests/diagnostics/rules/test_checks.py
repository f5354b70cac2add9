"""What makes no sense about a test is refused at its field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.core.errors import InvalidInput
from dmas.diagnostics import rules
from dmas.diagnostics.commands import PostTestRequest
from dmas.diagnostics.vocabulary import asks_limits, asks_weight
from tests.factories import diagnostics as make

TODAY = date(2026, 11, 21)
SCOPE = {"preparation": "receiver_posts", "escort": "after_sedation"}


def check_offer(test: str = "MRI", tokens: tuple[str, ...] = (), **values: Any) -> None:
    limits = {"no_asa_limit": True, "no_bmi_limit": True} if asks_limits(test) else {}
    given = make.terms(TODAY, tokens=tokens, **limits)
    rules.check_offer(test, given, make.detail(**(SCOPE if asks_limits(test) else {}) | values))


def check_request(**values: Any) -> None:
    rules.check_request(PostTestRequest(**make.request_values(TODAY, **values)), TODAY)


@pytest.mark.parametrize("test", DIAGNOSTIC_TESTS)
def test_every_test_can_be_offered(test: str) -> None:
    check_offer(test, **({} if asks_weight(test) else {"max_weight": None}))


@pytest.mark.parametrize(
    ("test", "values", "field"),
    [
        ("MRI", {"place": "tent"}, "place"),
        ("MRI", {"sessions_a_week": 0}, "sessions_a_week"),
        ("MRI", {"report_by": "nobody"}, "report_by"),
        ("MRI", {"report_days": 61}, "report_days"),
        ("MRI", {"unit_name": "x" * 101}, "unit_name"),
        ("MRI", {"unit_name": "Unit of 999 000 0018"}, "unit_name"),
        ("MRI", {"parts": ("CT:head",)}, "parts"),
        ("MRI", {"max_weight": None}, "max_weight"),
        ("MRI", {"max_weight": 200, "no_weight_limit": True}, "max_weight"),
        ("MRI", {"max_weight": 20}, "max_weight"),
        ("MRI", {"images_route": "pigeon"}, "images_route"),
        ("MRI", {"report_by": "home", "images_route": None}, "images_route"),
        ("MRI", {"accreditations": ("jag",)}, "accreditations"),
        ("MRI", {"tokens": ("therapeutic_endoscopy",)}, "tokens"),
        ("MRI", {"tokens": ("part:MRI:head",)}, "tokens"),
        ("COLONOSCOPY", {"preparation": None}, "preparation"),
        ("COLONOSCOPY", {"escort": "a dog"}, "escort"),
    ],
)
def test_a_fault_of_an_offer_is_said_at_its_field(test: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_offer(test, **values)
    assert refused.value.field == field


@pytest.mark.parametrize("limit", ["no_asa_limit", "no_bmi_limit"])
def test_an_endoscopy_states_its_limits(limit: str) -> None:
    given = make.terms(TODAY, **{"no_asa_limit": True, "no_bmi_limit": True} | {limit: False})
    with pytest.raises(InvalidInput, match="no limit"):
        rules.check_offer("GASTROSCOPY", given, make.detail(**SCOPE))


def test_a_sound_request_is_sound() -> None:
    check_request()
    check_request(service="COLONOSCOPY", detail=make.asked(parts=()), tokens=("jag_accredited",))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service": "X_RAY"}, "service"),
        ({"detail": make.asked(parts=())}, "parts"),
        ({"detail": make.asked(parts=("CT:head",))}, "parts"),
        ({"tokens": ("jag_accredited",)}, "tokens"),
        ({"tokens": ("kidney",)}, "tokens"),
        ({"detail": make.asked(rtt_start=TODAY + timedelta(days=1))}, "rtt_start"),
        ({"detail": make.asked(kidney_function_on=TODAY + timedelta(days=1))}, "kidney_function_on"),
        ({"detail": make.asked(heaviest=301)}, "heaviest"),
        ({"detail": make.asked(report_within=0)}, "report_within"),
        ({"detail": make.asked(images_route="pigeon")}, "images_route"),
        ({"detail": make.asked(critical_contact=" ")}, "critical_contact"),
        ({"detail": make.asked(critical_phone="")}, "critical_phone"),
        ({"detail": make.asked(critical_phone="1" * 36)}, "critical_phone"),
        ({"detail": make.asked(critical_contact="Desk 999 000 0018")}, "critical_contact"),
    ],
)
def test_a_fault_of_a_request_is_said_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_request(**values)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"earliest": TODAY, "latest": TODAY - timedelta(days=1)}, "latest"),
        ({"earliest": TODAY - timedelta(days=4000)}, "earliest"),
        ({"latest": TODAY + timedelta(days=1), "earliest": TODAY}, "latest"),
        ({"latest": TODAY + timedelta(days=85), "earliest": TODAY, "planned": True}, "latest"),
    ],
)
def test_a_clock_starts_in_the_past_or_on_a_near_due_date(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_line(make.line(TODAY, **values), TODAY)
    assert refused.value.field == field
    with pytest.raises(InvalidInput) as told:
        check_request(lines=(make.line(TODAY), make.line(TODAY, **values)))
    assert told.value.field == f"lines-1-{field}"


def test_a_planned_test_may_be_asked_for_before_it_is_due() -> None:
    rules.check_line(make.line(TODAY, latest=TODAY + timedelta(days=84), planned=True), TODAY)
