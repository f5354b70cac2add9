"""Requests in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dmas.catalogue.vocabulary.arrangements import Care, CriticalCare
from dmas.requests import presenters
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.queries import Listed

TODAY = date(2026, 11, 21)


def a_line(**values: Any) -> RequestLine:
    defaults: dict[str, Any] = {
        "number": 1,
        "places": 2,
        "procedure_group": "hip_replacement",
        "priority_code": "P4",
        "tier": 4,
        "weeks_from": 42,
        "weeks_to": 44,
        "waiting_since": TODAY - timedelta(weeks=42),
        "age_from": 50,
        "age_to": 75,
        "worst_asa": 2,
        "worst_bmi": 34.0,
        "sex": None,
    }
    return RequestLine(**defaults | values)


def a_request(**values: Any) -> CareRequest:
    defaults: dict[str, Any] = {
        "reference": "RQ-2222222",
        "status": "awaiting_icb",
        "approval_due_on": date(2026, 11, 24),
        "icb_code": "QHL",
        "region_code": "Y60",
        "service": "110",
        "stage": "decision_to_admit",
        "setting": "inpatient",
        "basis": "whole_pathway",
        "needs": ["stage:decision_to_admit", "standard_notice"],
        "travel_miles": None,
        "distance_approximate": False,
        "needed_by": None,
        "priority_date": None,
        "transport_offered": False,
        "insourcing_acceptable": False,
        "reason": "Theatres are closed.",
        "clinical_lead": "Example Surgeon",
        "notes": "",
        "posted_at": datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
        "closed_because": None,
        "lines": [a_line()],
    }
    return CareRequest(**defaults | values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "The ICB decides by 24 November 2026."),
        (
            {"approval_due_on": TODAY - timedelta(days=1)},
            "The ICB should have decided by 20 November 2026. The region can decide now.",
        ),
        ({"status": "returned"}, "The trust changes it and sends it again, or withdraws it."),
        (
            {"status": "open", "opened_on": TODAY},
            "Searching in the ICB; from 28 November 2026 in the region.",
        ),
        (
            {"status": "open", "opened_on": TODAY - timedelta(days=7)},
            "Searching in the region; from 5 December 2026 in all of England.",
        ),
        (
            {"status": "open", "opened_on": TODAY - timedelta(days=21)},
            "Searching all of England until 26 December 2026.",
        ),
        ({"status": "closed", "closed_on": TODAY}, "Ended on 21 November 2026."),
        ({"status": "draft"}, ""),
    ],
)
def test_each_state_says_what_happens_next(values: dict[str, Any], words: str) -> None:
    assert presenters.next_step(a_request(**values), TODAY) == words


@pytest.mark.parametrize(
    ("values", "words", "colour"),
    [
        ({}, "Awaiting ICB", "yellow"),
        ({"status": "open"}, "Open", "green"),
        ({"status": "closed", "closed_because": "fulfilled"}, "Closed: every place found", "grey"),
        ({"status": "closed", "closed_because": "unmet"}, "Closed: not found in time", "grey"),
    ],
)
def test_a_state_has_words_besides_its_colour(values: dict[str, Any], words: str, colour: str) -> None:
    tag = presenters.status_tag(a_request(**values))
    assert (tag.text, tag.colour) == (words, colour)


@pytest.mark.parametrize(
    ("status", "amendable", "withdrawable"),
    [
        ("awaiting_icb", True, True),
        ("returned", True, True),
        ("open", False, True),
        ("closed", False, False),
    ],
)
def test_the_heading_knows_what_may_still_be_done(status: str, amendable: bool, withdrawable: bool) -> None:
    heading = presenters.heading(a_request(status=status))
    assert heading.title == "2 places in trauma and orthopaedics"
    assert heading.path == "/requests/RQ-2222222"
    assert (heading.amendable, heading.withdrawable) == (amendable, withdrawable)


def test_a_row_spans_all_lines() -> None:
    care_request = a_request(lines=[a_line(), a_line(number=2, places=1, weeks_from=53, weeks_to=60)])
    row = presenters.row(Listed(care_request, "Example NHS Trust"), TODAY)
    assert (row.places, row.waits, row.provider) == (3, "42 to 60 weeks", "Example NHS Trust")
    assert row.service == "Trauma and orthopaedics: inpatient surgery"
    same = presenters.row(Listed(a_request(lines=[a_line(weeks_from=44)]), ""), TODAY)
    assert same.waits == "44 weeks"


def test_facts_answer_every_question() -> None:
    facts = dict(presenters.facts(a_request(), TODAY))
    assert facts == {
        "Service": "Trauma and orthopaedics (110)",
        "Care": "Inpatient surgery",
        "What moves": "Whole pathway",
        "Needed by": "No date",
        "Travel": "Anywhere in England",
        "Must have": "Nothing in particular",
        "Critical care": "Not needed",
        "Notice": "Standard notice",
        "Transport": "Not offered",
        "A visiting team": "Not asked for",
        "Why": "Theatres are closed.",
        "Clinical lead": "Example Surgeon",
    }


def test_facts_tell_what_is_particular() -> None:
    care_request = a_request(
        setting="diagnostic",
        needs=["critical_care:3", "hoist", "stage:decision_to_admit", "step_free"],
        travel_miles=1,
        distance_approximate=True,
        needed_by=TODAY,
        transport_offered=True,
        insourcing_acceptable=True,
        notes="Theatre 4",
    )
    facts = dict(presenters.facts(care_request, TODAY))
    assert facts["Care"] == "Diagnostic test"
    assert facts["Must have"] == "Step-free access, Hoist"
    assert facts["Critical care"] == "Level 3"
    assert facts["Notice"] == "Ready at short notice"
    assert facts["Travel"].startswith("Up to 1 mile in a straight line (distance approximate")
    assert facts["Needed by"] == "21 November 2026"
    assert facts["Transport"] == "The trust can arrange it"
    assert facts["A visiting team"] == "Would help too"
    assert facts["Notes"] == "Theatre 4"


def test_p2_is_dated_and_flagged_when_overdue() -> None:
    def said(days_ago: int) -> str:
        given = TODAY - timedelta(days=days_ago)
        return dict(presenters.facts(a_request(priority_date=given), TODAY))["Needed by"]

    assert said(28) == "21 November 2026, four weeks after P2 was decided"
    assert said(29) == "20 November 2026: overdue. P2 was decided on 23 October 2026."


def test_lines_stand_under_their_heads() -> None:
    care_request = a_request(
        lines=[a_line(), a_line(number=2, procedure_group=None, worst_asa=None, worst_bmi=None, sex="F")]
    )
    first, second = presenters.lines(care_request)
    assert len(first) == len(second) == len(presenters.LINE_HEAD)
    assert first == (
        1, 2, "Hip replacement", "P4: more than 3 months", "42 to 44 weeks", "50 to 75", 2, "34", "Mixed",
    )  # fmt: skip
    assert second[2:] == (
        "Any", "P4: more than 3 months", "42 to 44 weeks", "50 to 75", "Not known", "Not known", "All female",
    )  # fmt: skip


def test_a_request_becomes_its_form_again() -> None:
    care_request = a_request(
        needs=["critical_care:2", "hoist", "stage:decision_to_admit"],
        priority_date=TODAY,
        needed_by=TODAY + timedelta(days=28),
        lines=[a_line(worst_bmi=34.5), a_line(number=2, worst_asa=None, worst_bmi=None)],
    )
    form = presenters.as_form(care_request)
    assert form["care"] is Care.INPATIENT
    assert form["critical_care"] == CriticalCare.LEVEL_2.value
    assert form["tokens"] == ["hoist"]
    assert form["ready_at_short_notice"] is True
    assert form["needed_by"] is None
    assert [line["worst_bmi"] for line in form["lines"]] == ["34.5", None]
    assert [line["worst_asa"] for line in form["lines"]] == ["2", "unknown"]
    assert form["lines"][0]["weeks_own"] == "42-44"
