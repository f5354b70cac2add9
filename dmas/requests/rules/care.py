"""What makes a trust's request sound, who comes first, how far its search reaches, and its lifecycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from dmas.catalogue.rules import request_tokens
from dmas.catalogue.vocabulary.arrangements import Basis, Care, CriticalCare, Pathway, Setting, Stage
from dmas.catalogue.vocabulary.diagnostic_tests import diagnostic_test
from dmas.catalogue.vocabulary.priorities import PriorityScale, named_priority, priority
from dmas.catalogue.vocabulary.procedures import groups_of, procedure_group
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.catalogue.vocabulary.tokens import STANDARD_NOTICE, TokenKind, form_tokens, token
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE, AgeGroup, treatment_function
from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import holds_nhs_number
from dmas.core.transitions import step
from dmas.requests.commands import RequestDetails, RequestLineSpec
from dmas.requests.vocabulary import (
    ICB_RING_DAYS,
    LIFT_AFTER_DAYS,
    LIFT_TESTS_AFTER_DAYS,
    LONGEST_NOTE,
    LONGEST_WEEKS,
    MOST_LINES,
    MOST_PLACES,
    REGION_RING_DAYS,
    SEARCH_DAYS,
    RequestStatus,
)

_DRAFT, _AWAITING, _OPEN = RequestStatus.DRAFT, RequestStatus.AWAITING_ICB, RequestStatus.OPEN
_RETURNED, _CLOSED = RequestStatus.RETURNED, RequestStatus.CLOSED

TRANSITIONS = {
    "post": step({_DRAFT}, _AWAITING, "capacity manager of the trust"),
    "resubmit": step({_AWAITING, _RETURNED}, _AWAITING, "capacity manager of the trust"),
    "approve": step({_AWAITING}, _OPEN, "ICB coordinator; after 2 working days the region's too"),
    "return": step({_AWAITING}, _RETURNED, "ICB coordinator; after 2 working days the region's too"),
    "withdraw": step({_AWAITING, _RETURNED, _OPEN}, _CLOSED, "capacity manager of the trust"),
    "close": step({_OPEN}, _CLOSED, "the system, when every place is found or a patient's request ends"),
    "open_for_patient": step({_DRAFT}, _OPEN, "clinical reviewer who finds a patient's request suitable"),
    "expire": step({_OPEN}, _CLOSED, "the night, after 56 days or when the date needed by has passed"),
}

LOCAL_ROUTE = (
    "is too urgent for this exchange. Use your local urgent route now: your own site's emergency or cancer"
    " team, then the cancer alliance or the ICB's on-call manager"
)
_AMONG_NEEDS = frozenset(item.code for item in form_tokens(Pathway.ELECTIVE, TokenKind.HARD))
_LIFT_AFTER = {PriorityScale.PROCEDURE: LIFT_AFTER_DAYS, PriorityScale.TEST: LIFT_TESTS_AFTER_DAYS}
_SCALES = {Pathway.ELECTIVE: PriorityScale.PROCEDURE, Pathway.DIAGNOSTIC: PriorityScale.TEST}


def tier_of(priority_code: str, days_waited: int) -> int:
    """Return the tier, 2 to 4, of a P- or D-code after a wait; raise InvalidInput for a code never matched.

    Anyone over 364 days, over 91 on the clock of a test, stands with P3 and D3, so that nobody waits behind
    newcomers for ever.
    """
    found = named_priority(priority_code)
    if found.code in ("P1", "D1"):
        raise InvalidInput(f"{found.code} {LOCAL_ROUTE}.", field="priority_code")
    if found.tier is None:
        raise InvalidInput(
            f"{found.code} means the patient has asked to postpone, so nobody is asked to move them. Add them"
            f" when they are ready, under the {found.scale.value}-code their clinician then gives.",
            field="priority_code",
        )
    return 3 if found.tier == 4 and days_waited > _LIFT_AFTER[found.scale] else found.tier


def waiting_since(weeks_from: int, posted_on: date) -> date:
    """Return the clock start of the shortest wait of a band, counted back from the day it was posted."""
    return posted_on - timedelta(weeks=weeks_from)


def ring(opened_on: date, today: date, *, icb: str, region: str) -> str | None:
    """Return the token of the ring the search is in: 7 days the ICB, 14 the region, then None, the nation."""
    days = (today - opened_on).days
    if days < ICB_RING_DAYS:
        return f"icb:{icb}"
    if days < ICB_RING_DAYS + REGION_RING_DAYS:
        return f"region:{region}"
    return None


def ring_widens_on(opened_on: date, today: date) -> date | None:
    """Return the first day of the next, wider ring, or None once the whole nation is searched."""
    edges = (ICB_RING_DAYS, ICB_RING_DAYS + REGION_RING_DAYS)
    widening = (opened_on + timedelta(days=days) for days in edges)
    return next((day for day in widening if day > today), None)


def search_ends_on(opened_on: date) -> date:
    """Return the day on which a search that found too little is closed."""
    return opened_on + timedelta(days=SEARCH_DAYS)


def priority_due_on(priority_date: date) -> date:
    """Return the day by which someone given P2 on a date should be treated."""
    return priority_date + timedelta(days=priority("P2").within_days or 0)


def needed_by_on(needed_by: date | None, priority_date: date | None, today: date) -> date | None:
    """Return the last useful day as a night reads it; a P2 date that has passed narrows nothing."""
    if priority_date is None:
        return needed_by
    due = priority_due_on(priority_date)
    return due if due >= today else None


def is_overdue(priority_date: date | None, today: date) -> bool:
    """Say whether the people are P2 and their four weeks have passed."""
    return priority_date is not None and priority_due_on(priority_date) < today


def needs(details: RequestDetails) -> list[str]:
    """Return the hard needs of all lines, sorted, as an offer must provide them."""
    found = {f"basis:{details.basis.value}", *details.tokens}
    if details.stage is not None:
        found.add(f"stage:{details.stage.value}")
    if not details.ready_at_short_notice:
        found.add(STANDARD_NOTICE)
    if details.critical_care is not CriticalCare.NONE:
        found.add(f"critical_care:{details.critical_care.value}")
    if details.stage is Stage.FIRST_OUTPATIENT and details.basis is Basis.WHOLE_PATHWAY:
        found.add("treatment_follows")
    return sorted(found)


def line_needs(
    *, service: str, stage: str | None, procedure_group: str | None, age_to: int
) -> frozenset[str]:
    """Return what a line needs beside its request: service and procedure group, children's service."""
    group = procedure_group if stage == Stage.DECISION_TO_ADMIT else None
    children = {"children"} if age_to < ADULT_FROM_AGE else set()
    return request_tokens(service, group) | children


def check(details: RequestDetails, today: date, *, pathway: Pathway = Pathway.ELECTIVE) -> None:
    """Raise InvalidInput, with the field, for the first thing that makes a request of a pathway unsound."""
    if details.pathway is not pathway:
        raise InvalidInput("Ask for tests on the diagnostics pages.", field="pathway")
    _check_arrangement(details)
    if details.cancer:
        raise InvalidInput(
            f"Anyone on a cancer or urgent suspected cancer pathway {LOCAL_ROUTE}. Take them out first.",
            field="cancer",
        )
    _check_words(details)
    _check_needs(details)
    check_lines(details.lines, details)
    _check_dates(details, today)


def _check_arrangement(details: RequestDetails) -> None:
    if details.pathway is Pathway.DIAGNOSTIC:
        diagnostic_test(details.service)
        if (details.stage, details.setting, details.basis) != (None, Setting.DIAGNOSTIC, Basis.TEST_ONLY):
            raise InvalidInput("A test is asked for alone: the pathway stays at home.", field="basis")
        return
    treatment_function(details.service)
    if Care.of(details.stage, details.setting) is None:
        raise InvalidInput("A first appointment is outpatient care. Choose what fits.", field="setting")
    if details.basis not in (Basis.WHOLE_PATHWAY, Basis.SUBCONTRACTED):
        raise InvalidInput("Choose whole pathway or subcontracted episode.", field="basis")


def check_lines(lines: Sequence[RequestLineSpec], details: RequestDetails) -> None:
    """Raise InvalidInput for the first line that is unsound; its field is such as `lines-0-places`."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise InvalidInput(f"Give at least one line and at most {MOST_LINES}.", field="lines")
    for index, line in enumerate(lines):
        try:
            _check_line(line, details)
        except InvalidInput as error:
            raise InvalidInput(str(error), field=f"lines-{index}-{error.field}") from error
    p2 = [named_priority(line.priority_code).code == "P2" for line in lines]
    if any(p2) and not all(p2):
        raise InvalidInput(
            "P2 has a date of its own, which would bind the other lines. Ask for P2 in a separate request.",
            field=f"lines-{p2.index(True)}-priority_code",
        )


def _check_line(line: RequestLineSpec, details: RequestDetails) -> None:
    _between(line.places, 1, MOST_PLACES, "Places", "places")
    _between(line.weeks_from, 0, LONGEST_WEEKS, "Weeks waited", "weeks")
    _between(line.weeks_to, 0, LONGEST_WEEKS, "Weeks waited", "weeks")
    if line.weeks_from > line.weeks_to:
        raise InvalidInput("Give the shorter wait first, like 40-44.", field="weeks")
    _check_ages(line, details)
    priority(line.priority_code, _SCALES[details.pathway])
    tier_of(line.priority_code, 0)
    if named_priority(line.priority_code).code == "P2" and line.places != 1:
        raise InvalidInput(
            "P2 is asked for one named person at a time: give each a line of 1 place.", field="places"
        )
    if line.worst_asa is not None:
        _between(line.worst_asa, 1, 5, "Worst ASA grade", "worst_asa")
    if line.worst_bmi is not None:
        _between(line.worst_bmi, 5, 150, "Worst BMI", "worst_bmi")
    _check_group(line.procedure_group, details)


def _check_ages(line: RequestLineSpec, details: RequestDetails) -> None:
    _between(line.age_from, 0, 130, "Youngest age", "age_from")
    _between(line.age_to, 0, 130, "Oldest age", "age_to")
    if line.age_from > line.age_to:
        raise InvalidInput("Oldest age must not be below youngest age.", field="age_to")
    if line.age_from < ADULT_FROM_AGE <= line.age_to:
        raise InvalidInput(
            "This line mixes children and adults, who go to different services. Split it in two: up to 17,"
            " and 18 or over.",
            field="age_from",
        )
    if details.pathway is Pathway.DIAGNOSTIC:
        return
    function = treatment_function(details.service)
    if function.ages is AgeGroup.CHILD and line.age_to >= ADULT_FROM_AGE:
        raise InvalidInput(f"{function.name} is a children's service: ages 0 to 17.", field="age_to")


def _check_group(group: str | None, details: RequestDetails) -> None:
    if details.pathway is Pathway.DIAGNOSTIC:
        if group is not None:
            raise InvalidInput("A test has no procedure group.", field="procedure_group")
        return
    allowed = {item.code for item in groups_of(details.service)}
    if group is None:
        if details.stage is Stage.DECISION_TO_ADMIT and allowed:
            raise InvalidInput("Choose the procedure these people are waiting for.", field="procedure_group")
        return
    if procedure_group(group).code not in allowed:
        raise InvalidInput(
            f"{procedure_group(group).name} is not done under"
            f" {treatment_function(details.service).name.lower()}. Choose a procedure from the list.",
            field="procedure_group",
        )


def check_note(step_of: ReasonFor, code: str, note: str) -> str:
    """Return a coded reason in words, with its note; raise InvalidInput for an unknown or unsaid one."""
    found = reason(step_of, code)
    if code == "other" and not note.strip():
        raise InvalidInput("Say what the other reason is.", field="note")
    _check_text(note, LONGEST_NOTE, "note")
    return f"{found.label}: {note.strip()}" if note.strip() else found.label


def _check_words(details: RequestDetails) -> None:
    if not details.reason.strip():
        raise InvalidInput("Say why you need help.", field="reason")
    if not details.clinical_lead.strip():
        raise InvalidInput("Name the clinical lead.", field="clinical_lead")
    _check_text(details.reason, 500, "reason")
    _check_text(details.clinical_lead, 100, "clinical_lead")
    _check_text(details.notes, 2000, "notes")


def _check_text(text: str, most: int, field: str) -> None:
    if len(text) > most:
        raise InvalidInput(f"Use {most:,} characters or fewer.", field=field)
    if holds_nhs_number(text):
        raise InvalidInput("Take the NHS number out: nobody is named until a place is agreed.", field=field)


def _check_needs(details: RequestDetails) -> None:
    if any(not _may_be_needed(code, details.pathway) for code in details.tokens):
        raise InvalidInput("Choose needs from the list.", field="tokens")
    if details.travel_miles is not None:
        _between(details.travel_miles, 1, 1000, "Miles", "travel_miles")


def _may_be_needed(code: str, pathway: Pathway) -> bool:
    if pathway is Pathway.ELECTIVE:
        return code in _AMONG_NEEDS
    known = token(code)  # the details of a test become tokens of families too
    return known.is_hard and pathway in known.pathways


def _check_dates(details: RequestDetails, today: date) -> None:
    if any(named_priority(line.priority_code).code == "P2" for line in details.lines):
        _check_priority_date(details, today)
        return
    if details.priority_date is not None:
        raise InvalidInput("Give the date of P2 only where the lines are P2.", field="priority_date")
    if details.needed_by is not None:
        latest = today + timedelta(days=730)
        if not today < details.needed_by <= latest:
            raise InvalidInput(
                "The date needed by must be in the future, within 2 years. Leave it empty if there is none.",
                field="needed_by",
            )


def _check_priority_date(details: RequestDetails, today: date) -> None:
    given = details.priority_date
    if given is None:
        raise InvalidInput(
            "Give the date on which P2 was decided, the earliest if several.", field="priority_date"
        )
    if not today - timedelta(weeks=LONGEST_WEEKS) <= given <= today:
        raise InvalidInput("The date P2 was decided must not be in the future.", field="priority_date")


def _between(value: float, low: int, high: int, name: str, field: str) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"{name} must be between {low} and {high}.", field=field)
