"""The clinical review in words: a row of the queue, the facts on one page, and the form filled with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.arrangements import Care
from dmas.catalogue.vocabulary.procedures import group_of_opcs
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core.nhs_number import spaced
from dmas.requests import rules
from dmas.requests.loading import Journey
from dmas.requests.models import TransferReview
from dmas.requests.queries import Waiting
from dmas.requests.vocabulary import ReviewOutcome, TransferStep
from dmas.waitinglist.rules import age_on
from dmas.waitinglist.vocabulary import ListType
from dmas.web.filters import count, day
from dmas.web.lists import Tag

_OLD_DAYS = 180


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One request that waits for a clinician; no name stands in a list."""

    reference: str
    path: str
    service: str
    waited: str
    asked: str
    due: Tag
    why: str


def queue_row(waiting: Waiting, today: date) -> QueueRow:
    """Return one row of the queue in words."""
    transfer = waiting.transfer
    in_review = transfer.status == "in_review"
    path = f"/reviews/{transfer.reference}" + ("" if in_review else "/change")
    why = "Something has changed" if waiting.change_waits else "New request"
    due_on = transfer.review_due_on if in_review else transfer.change_due_on
    return QueueRow(
        transfer.reference,
        path,
        service_name(waiting.service),
        count((today - waiting.clock_start).days // 7, "week"),
        day(transfer.submitted_on),
        _due(due_on, transfer.submitted_on, in_review, today),
        why,
    )


def _due(due_on: date | None, submitted_on: date | None, in_review: bool, today: date) -> Tag:
    if due_on is None:
        return Tag("Today", "orange")
    if in_review and submitted_on is not None and today > rules.review_breach_on(submitted_on):
        return Tag(f"Breach: was due {day(due_on)}", "red")
    if today > due_on:
        return Tag(f"Late: was due {day(due_on)}", "red")
    return Tag(f"Due {day(due_on)}", "orange" if due_on <= today + timedelta(days=1) else "grey")


def patient_facts(found: Journey, today: date) -> list[tuple[str, str]]:
    """Return who the patient is, for their own trust."""
    patient = found.patient
    return [
        ("Name", f"{patient.given_name} {patient.family_name}"),
        ("NHS number", spaced(patient.nhs_number)),
        ("Date of birth", f"{day(patient.date_of_birth)}, {age_on(patient.date_of_birth, today)} years"),
        ("Sex", {"F": "Female", "M": "Male"}.get(patient.sex or "", "Not recorded")),
        ("Communication", patient.communication_needs or patient.interpreter_language or "Nothing recorded"),
    ]


def wait_facts(found: Journey, today: date) -> list[tuple[str, str]]:
    """Return what the list says of the wait, with the age of each clinical value."""
    pathway = found.pathway
    group = group_of_opcs(pathway.procedure_code) if pathway.procedure_code else None
    procedure = f"{group.name} ({pathway.procedure_code})" if group else pathway.procedure_code or "Not coded"
    return [
        ("Service", f"{service_name(pathway.service)} ({pathway.service})"),
        ("List", ListType(pathway.list_type).label),
        ("Procedure", procedure),
        (
            "Waiting since",
            f"{day(pathway.clock_start)}, {count((today - pathway.clock_start).days // 7, 'week')}",
        ),
        ("Decision to admit", day(pathway.decision_to_admit_on)),
        ("Priority", _dated(pathway.priority_code, pathway.priority_reviewed_on, today)),
        ("ASA grade", _dated(pathway.asa, pathway.asa_on, today)),
        ("BMI", _dated(pathway.bmi, pathway.bmi_on, today)),
        ("Date at our hospital", day(pathway.admission_on or pathway.outpatient_on)),
        ("Last seen in clinic", day(pathway.last_attended_on)),
        ("List last validated", day(pathway.validated_on)),
    ]


def _dated(value: Any, on: date | None, today: date) -> str:
    if value is None or value == "":
        return "Not known"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    if on is None:
        return f"{shown}, date not known"
    old = ": older than 180 days, so not matched on" if (today - on).days > _OLD_DAYS else ""
    return f"{shown} on {day(on)}{old}"


def changed_words(found: Journey) -> str:
    """Return what the patient says has changed, or nothing."""
    given = found.answers.get(TransferStep.HEALTH.value, {})
    return str(given.get("what", "")) if given.get("changed") == "yes" else ""


def as_review(found: Journey, today: date) -> dict[str, Any]:
    """Return what the list knows as the data of the review's form."""
    pathway = found.pathway
    group = group_of_opcs(pathway.procedure_code) if pathway.procedure_code else None
    asa_is_fresh = pathway.asa is not None and pathway.asa_on is not None
    bmi_is_fresh = pathway.bmi is not None and pathway.bmi_on is not None
    return {
        "service": pathway.service,
        "care": _care(found),
        "procedure_group": group.code if group and pathway.service in group.functions else None,
        "priority_code": pathway.priority_code if pathway.priority_code in ("P3", "P4") else None,
        "asa": str(pathway.asa) if asa_is_fresh else "unknown",
        "asa_on": pathway.asa_on if asa_is_fresh else None,
        "bmi": pathway.bmi if bmi_is_fresh else None,
        "bmi_on": pathway.bmi_on if bmi_is_fresh else None,
        "critical_care": "none",
    }


def _care(found: Journey) -> Care | None:
    pathway = found.pathway
    if pathway.list_type == ListType.NON_ADMITTED:
        return Care.FIRST_APPOINTMENT
    return {"1": Care.INPATIENT, "2": Care.DAY_CASE}.get(pathway.intended_management or "")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of the past, for whoever decides next."""

    when: str
    who: str
    what: str
    said: str


def decisions(found: Journey) -> list[Decision]:
    """Return every decision about a request, with the patient's answers to questions, oldest first."""
    supplied = found.answers.get("information", {})
    return [
        Decision(
            day(one.reviewed_at),
            one.reviewer_name,
            _OUTCOMES[ReviewOutcome(one.outcome)],
            _said(one, supplied.get(str(one.number), "")),
        )
        for one in found.reviews
    ]


def _said(review: TransferReview, supplied: str) -> str:
    if review.outcome == ReviewOutcome.NOT_SUITABLE:
        return reason(ReasonFor.REVIEW, review.reason or "").label
    answered = f" The patient answered: {supplied}" if supplied else ""
    return f"{review.question}{answered}"


def decided_before(found: Journey, actor_id: str) -> bool:
    """Say whether this clinician took the decision that the patient asks somebody else to look at."""
    return any(one.asked_again_at and one.reviewed_by == actor_id for one in found.reviews)


_OUTCOMES = {
    ReviewOutcome.SUITABLE: "Suitable",
    ReviewOutcome.NOT_SUITABLE: "Not suitable",
    ReviewOutcome.MORE_INFORMATION: "Asked the patient",
    ReviewOutcome.CHANGE_CLEARED: "Let the search go on after a change",
}
