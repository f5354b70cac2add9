"""Requests in words: a row of a list, the facts of one, its lines, its search, and its form filled again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dmas.catalogue.rules import service_in_text, service_label, service_name
from dmas.catalogue.vocabulary.arrangements import Basis, Care, CriticalCare, Pathway, Setting, Sex
from dmas.catalogue.vocabulary.priorities import named_priority
from dmas.catalogue.vocabulary.procedures import procedure_group
from dmas.catalogue.vocabulary.tokens import STANDARD_NOTICE, TOKENS, label
from dmas.requests import rules
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.queries import Listed
from dmas.requests.vocabulary import CAN_BE_AMENDED, LIVE, ClosedBecause, RequestStatus
from dmas.web.filters import count, day
from dmas.web.lists import Tag

COLOURS = {
    RequestStatus.DRAFT: "grey",
    RequestStatus.AWAITING_ICB: "yellow",
    RequestStatus.OPEN: "green",
    RequestStatus.RETURNED: "orange",
    RequestStatus.CLOSED: "grey",
}
_BANDS_WITH_THEIR_OWN = ("basis:", "critical_care:", "stage:")
_ASKED_ELSEWHERE = (STANDARD_NOTICE, "treatment_follows")
_OF_OPERATIONS = ("Care", "Critical care", "A visiting team")


def path(reference: str) -> str:
    """Return the address of a request's page."""
    return f"/requests/{reference}"


def status_tag(care_request: CareRequest) -> Tag:
    """Return the state in words and colour; a closed request says how it ended."""
    status = RequestStatus(care_request.status)
    if care_request.closed_because is None:
        return Tag(status.label, COLOURS[status])
    return Tag(f"Closed: {ClosedBecause(care_request.closed_because).label.lower()}", COLOURS[status])


def care_label(care_request: CareRequest) -> str:
    """Return the kind of care in words."""
    care = Care.of(care_request.stage, care_request.setting)
    return care.label if care else Setting(care_request.setting).label


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands at the top of every page about one request, and whether it may still change."""

    reference: str
    title: str
    status: Tag
    path: str
    amendable: bool
    withdrawable: bool


def heading(care_request: CareRequest) -> Heading:
    """Return the heading of one request."""
    test = care_request.pathway == Pathway.DIAGNOSTIC
    places = count(care_request.places, "place")
    return Heading(
        care_request.reference,
        f"{places} {'for' if test else 'in'} {service_in_text(care_request.service)}",
        status_tag(care_request),
        path(care_request.reference),
        care_request.status in CAN_BE_AMENDED,
        care_request.status in LIVE,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One request in a list."""

    reference: str
    path: str
    provider: str
    service: str
    places: int
    waits: str
    status: Tag
    due: str


def row(listed: Listed, today: date) -> Row:
    """Return one request of a list in words."""
    care_request = listed.care_request
    longest = max(line.weeks_to for line in care_request.lines)
    shortest = min(line.weeks_from for line in care_request.lines)
    return Row(
        care_request.reference,
        path(care_request.reference),
        listed.provider_name,
        f"{service_name(care_request.service)}: {care_label(care_request).lower()}",
        care_request.places,
        _weeks(shortest, longest),
        status_tag(care_request),
        next_step(care_request, today),
    )


def next_step(care_request: CareRequest, today: date) -> str:
    """Return, in one sentence, what happens next and by when."""
    if care_request.status == RequestStatus.AWAITING_ICB and care_request.approval_due_on is not None:
        due = care_request.approval_due_on
        if today > due:
            return f"The ICB should have decided by {day(due)}. The region can decide now."
        return f"The ICB decides by {day(due)}."
    if care_request.status == RequestStatus.RETURNED:
        return "The trust changes it and sends it again, or withdraws it."
    if care_request.status == RequestStatus.OPEN and care_request.opened_on is not None:
        return _search(care_request, care_request.opened_on, today)
    if care_request.closed_on is not None:
        return f"Ended on {day(care_request.closed_on)}."
    return ""


def _search(care_request: CareRequest, opened_on: date, today: date) -> str:
    ring = rules.ring(opened_on, today, icb=care_request.icb_code, region=care_request.region_code)
    widens = rules.ring_widens_on(opened_on, today)
    if ring is None or widens is None:
        return f"Searching all of England until {day(rules.search_ends_on(opened_on))}."
    here, next_one = (
        ("the ICB", "the region") if ring.startswith("icb:") else ("the region", "all of England")
    )
    return f"Searching in {here}; from {day(widens)} in {next_one}."


def facts(care_request: CareRequest, today: date) -> list[tuple[str, str]]:
    """Return what was asked for, as pairs of question and answer."""
    found = [
        ("Service", service_label(care_request.service)),
        ("Care", care_label(care_request)),
        ("What moves", Basis(care_request.basis).label),
        ("Needed by", _needed_by(care_request, today)),
        ("Travel", _travel(care_request)),
        ("Must have", ", ".join(label(code) for code in _chosen(care_request)) or "Nothing in particular"),
        ("Critical care", _critical_care(care_request)),
        ("Notice", "Standard notice" if STANDARD_NOTICE in care_request.needs else "Ready at short notice"),
        ("Transport", "The trust can arrange it" if care_request.transport_offered else "Not offered"),
        ("A visiting team", "Would help too" if care_request.insourcing_acceptable else "Not asked for"),
        ("Why", care_request.reason),
        ("Clinical lead", care_request.clinical_lead),
    ]
    if care_request.pathway == Pathway.DIAGNOSTIC:
        found = [pair for pair in found if pair[0] not in _OF_OPERATIONS]
    return [*found, ("Notes", care_request.notes)] if care_request.notes else found


LINE_HEAD = ("Line", "Places", "Procedure", "Priority", "Waited", "Ages", "Worst ASA", "Worst BMI", "Sex")
LINE_NUMBERS = (0, 1)


def lines(care_request: CareRequest) -> list[tuple[Any, ...]]:
    """Return one row for each line, under `LINE_HEAD`."""
    return [
        (
            line.number,
            line.places,
            procedure_group(line.procedure_group).name if line.procedure_group else "Any",
            named_priority(line.priority_code).label,
            _weeks(line.weeks_from, line.weeks_to),
            f"{line.age_from} to {line.age_to}",
            line.worst_asa or "Not known",
            f"{line.worst_bmi:g}" if line.worst_bmi is not None else "Not known",
            {Sex.FEMALE: "All female", Sex.MALE: "All male"}.get(Sex(line.sex)) if line.sex else "Mixed",
        )
        for line in care_request.lines
    ]


def as_form(care_request: CareRequest) -> dict[str, Any]:
    """Return a request as the answers of its form, to be changed and sent again."""
    return {
        "care": Care.of(care_request.stage, care_request.setting),
        "basis": care_request.basis,
        "lines": [_line_as_form(line) for line in care_request.lines],
        "cancer": "no",
        "priority_date": care_request.priority_date,
        "critical_care": _critical_care_level(care_request).value,
        "tokens": _chosen(care_request),
        "ready_at_short_notice": STANDARD_NOTICE not in care_request.needs,
        "site_code": care_request.site_code,
        "travel_miles": care_request.travel_miles,
        "needed_by": None if care_request.priority_date else care_request.needed_by,
        "transport_offered": care_request.transport_offered,
        "insourcing_acceptable": care_request.insourcing_acceptable,
        "reason": care_request.reason,
        "clinical_lead": care_request.clinical_lead,
        "notes": care_request.notes,
    }


def _line_as_form(line: RequestLine) -> dict[str, Any]:
    return {
        "places": line.places,
        "procedure_group": line.procedure_group,
        "priority_code": line.priority_code,
        "weeks": "own",
        "weeks_own": f"{line.weeks_from}-{line.weeks_to}",
        "age_from": line.age_from,
        "age_to": line.age_to,
        "worst_asa": str(line.worst_asa or "unknown"),
        "worst_bmi": None if line.worst_bmi is None else f"{line.worst_bmi:g}",
        "sex": line.sex,
    }


def _weeks(shortest: int, longest: int) -> str:
    return count(longest, "week") if shortest == longest else f"{shortest} to {longest} weeks"


def _chosen(care_request: CareRequest) -> list[str]:
    return [
        code
        for code in TOKENS
        if code in care_request.needs
        and code not in _ASKED_ELSEWHERE
        and not code.startswith(_BANDS_WITH_THEIR_OWN)
    ]


def _critical_care_level(care_request: CareRequest) -> CriticalCare:
    asked = (level for level in CriticalCare if f"critical_care:{level.value}" in care_request.needs)
    return next(asked, CriticalCare.NONE)


def _critical_care(care_request: CareRequest) -> str:
    level = _critical_care_level(care_request)
    return "Not needed" if level is CriticalCare.NONE else f"Level {level.value}"


def _needed_by(care_request: CareRequest, today: date) -> str:
    if care_request.priority_date is None:
        return day(care_request.needed_by) if care_request.needed_by else "No date"
    due = day(rules.priority_due_on(care_request.priority_date))
    if rules.is_overdue(care_request.priority_date, today):
        return f"{due}: overdue. P2 was decided on {day(care_request.priority_date)}."
    return f"{due}, four weeks after P2 was decided"


def _travel(care_request: CareRequest) -> str:
    limit = (
        f"Up to {count(care_request.travel_miles, 'mile')} in a straight line"
        if care_request.travel_miles
        else "Anywhere in England"
    )
    approximate = " (distance approximate: only the postcode district is known)"
    return limit + (approximate if care_request.distance_approximate else "")
