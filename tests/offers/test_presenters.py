"""Offers in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dmas.core.actors import Actor, Reach
from dmas.offers import presenters
from dmas.offers.commands import OfferKind
from dmas.offers.models import Offer
from dmas.offers.queries import OfferRow, WeekOfPlaces
from dmas.web.lists import Tag

TODAY = date(2026, 11, 21)


def offer(**values: Any) -> Offer:
    defaults: dict[str, Any] = {
        "reference": "OF-7K3M9QT",
        "pathway": "elective",
        "status": "open",
        "service": "110",
        "stage": "decision_to_admit",
        "setting": "inpatient",
        "basis": "whole_pathway",
        "contract_basis": "nhs_provider",
        "additionality": "unused_list",
        "any_procedure": True,
        "procedure_groups": [],
        "excluded_groups": [],
        "tokens": [],
        "gives_treatment": False,
        "window_from": date(2026, 12, 1),
        "window_to": date(2027, 2, 1),
        "notice": "standard",
        "places": 8,
        "held": 2,
        "taken": 3,
        "min_age": 18,
        "no_asa_limit": True,
        "no_bmi_limit": True,
        "critical_care": "none",
        "confirmed_on": TODAY,
        "notes": "",
    }
    return Offer(**defaults | values)


def test_a_heading_is_one_line() -> None:
    assert presenters.heading(offer()).endswith("inpatient surgery: 3 of 8 places free")
    insourced = offer(basis="insourced", contract_basis="insourcing")
    assert presenters.what(insourced).endswith("inpatient surgery, insourced team")
    assert presenters.path(offer()) == "/offers/OF-7K3M9QT"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Age 18 and over, any ASA, any BMI, no critical care"),
        (
            {"min_age": 5, "max_age": 17, "max_asa": 2, "no_asa_limit": False, "sex": "F"},
            "Age 5 to 17, ASA 2 or lower, any BMI, no critical care, female patients only",
        ),
        (
            {"max_bmi": 35.5, "no_bmi_limit": False, "critical_care": "3"},
            "Age 18 and over, any ASA, BMI 35.5 or lower, level 3 critical care",
        ),
        ({"min_age": None, "no_asa_limit": False, "no_bmi_limit": False, "critical_care": None}, "Any age"),
    ],
)
def test_limits_in_one_line(values: dict[str, Any], said: str) -> None:
    assert presenters.limits(offer(**values)) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "18+"),
        (
            {"max_asa": 3, "max_bmi": 40.0, "critical_care": "2", "sex": "F"},
            "18+, ASA to 3, BMI to 40, level 2 care, female patients only",
        ),
        ({"min_age": 2, "max_age": 15}, "2 to 15"),
    ],
)
def test_limits_for_a_narrow_column(values: dict[str, Any], said: str) -> None:
    assert presenters.short_limits(offer(**values)) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 3), date(2026, 12, 1), "3 Nov to 1 Dec 2026"),
        (date(2026, 11, 3), date(2027, 1, 5), "3 Nov 2026 to 5 Jan 2027"),
        (date(2026, 11, 3), date(2026, 11, 3), "3 Nov 2026"),
    ],
)
def test_dates_for_a_narrow_column(first: date, last: date, said: str) -> None:
    assert presenters.short_dates(offer(window_from=first, window_to=last)) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Any in this service"),
        ({"excluded_groups": ["hip_revision"]}, "Any in this service except Hip replacement revision"),
        ({"any_procedure": False, "procedure_groups": ["bunion"]}, "Bunion surgery"),
        ({"stage": "first_outpatient"}, "Not decided before the first appointment"),
    ],
)
def test_operations(values: dict[str, Any], said: str) -> None:
    assert presenters.procedures(offer(**values)) == said


def test_state_and_freshness() -> None:
    assert presenters.status(offer()) == Tag("Open", "green")
    assert presenters.status(offer(held=5)) == Tag("Open, full", "blue")
    assert presenters.status(offer(status="expired")) == Tag("Expired", "grey")
    assert presenters.freshness(offer(), TODAY) == "Said 21 Nov"
    stale = presenters.freshness(offer(), TODAY + timedelta(days=14))
    assert stale == Tag("Confirm: 14 days old", "orange")
    assert presenters.freshness(offer(status="closed"), TODAY) == "–"


def test_notice_is_what_the_dates_leave_today() -> None:
    assert presenters.notice(offer(), TODAY) == "Standard notice"
    assert presenters.notice(offer(), date(2026, 12, 22)) == "Short notice"


def test_one_day_is_written_once() -> None:
    assert presenters.dates(offer(window_to=date(2026, 12, 1))) == "1 December 2026"
    assert presenters.dates(offer()) == "1 December 2026 to 1 February 2027"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, None),
        (
            {"status": "suspended", "suspended_side": "system", "suspended_reason": "lapses"},
            "Paused by the exchange, by rule: Too many answers missed",
        ),
        (
            {"status": "draft", "returned_reason": "contract"},
            "Returned by the ICB: Contract basis not agreed",
        ),
        ({"status": "expired", "ended_reason": "unconfirmed"}, "Nobody confirmed it for 28 days"),
        ({"status": "withdrawn", "ended_reason": "estate"}, "Theatre or building problem"),
        ({"status": "withdrawn", "ended_reason": "old_code"}, "Old code"),
    ],
)
def test_why_it_ended_or_waits(values: dict[str, Any], said: str | None) -> None:
    assert presenters.ended_or_paused(offer(**values)) == said


def test_whom_it_takes_from() -> None:
    here = Actor(id="a", name="A", reach=Reach.ORGANISATION, icb="QHL", region="Y60")
    unknown = Actor(id="a", name="A", reach=Reach.ORGANISATION)
    for values, fits in (
        ({}, True),
        ({"accepts_regions": ["Y60"]}, True),
        ({"accepts_regions": ["Y61"]}, False),
        ({"accepts_icbs": ["QHL"]}, True),
        ({"accepts_icbs": ["QUA"]}, False),
    ):
        assert presenters.takes_from(offer(**values), here) is fits
        assert presenters.takes_from(offer(**values), unknown)


def test_the_summary_leaves_out_what_was_not_said() -> None:
    row = OfferRow(
        offer(follow_up_by="home", tokens=["hoist", "parking"]), "Hill Hospital", "Hill Trust", 123
    )
    said = dict(presenters.summary(row, TODAY))
    assert said["Places"] == "8: 3 free, 2 held, 3 taken"
    assert said["Distance"] == "12.3 miles in a straight line"
    assert said["Provides"] == "Hoist, Parking"
    assert said["Follow-up"] == "By the home trust"
    assert not {"Why", "Notes", "Pre-assessment", "Treatment that follows", "Takes patients of"} & set(said)
    clinic = offer(stage="first_outpatient", setting="outpatient", gives_treatment=True, follow_on_weeks=6)
    follows = dict(presenters.summary(OfferRow(clinic, "Hill", "Trust"), TODAY))["Treatment that follows"]
    assert follows == "Given here, usual wait 6 weeks"
    clinic.gives_treatment = False
    follows = dict(presenters.summary(OfferRow(clinic, "Hill", "Trust"), TODAY))["Treatment that follows"]
    assert follows == "Not given here"


def test_an_offer_of_another_pathway_still_has_words() -> None:
    assert presenters.care(offer(setting="diagnostic", stage=None)) == "Diagnostic test"


def test_the_drawing_is_scaled_to_the_fullest_week() -> None:
    weeks = [
        WeekOfPlaces(date(2026, 11, 23), 6, 2, 2),
        WeekOfPlaces(date(2026, 11, 30), 0, 0, 0),
        WeekOfPlaces(date(2026, 12, 7), 1, 1, 1),
    ]
    full, empty, part = presenters.week_columns(weeks)
    assert (full.taken, full.held, full.free) == (20, 20, 60)
    assert (empty.taken, empty.held, empty.free) == (0, 0, 0)
    assert part.taken + part.held + part.free == 30
    assert (full.label, part.x, full.said, full.places) == ("23 Nov", 48, "6 places free", 10)
    assert presenters.week_rows(weeks) == [("23 November 2026", 6, 2, 2), ("7 December 2026", 1, 1, 1)]
    assert presenters.week_columns([]) == []


def test_a_kind_has_a_heading_and_says_whether_it_waits() -> None:
    kind = OfferKind(service="130", setting="day_case", stage="decision_to_admit")
    assert presenters.kind_heading(kind) == "Ophthalmology, day case surgery"
    assert "opens at once" in presenters.kind_arrangement(kind)
    other = OfferKind(service="130", setting="ward", stage=None, contract_basis="new_contract")
    assert "waits for your ICB" in presenters.kind_arrangement(other)
    with pytest.raises(LookupError):
        presenters.kind_heading(other)
