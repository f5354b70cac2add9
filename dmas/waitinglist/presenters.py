"""Waits, lists, the register and rules in words for pages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dmas.catalogue import rules as catalogue
from dmas.catalogue.vocabulary.priorities import PRIORITIES
from dmas.core.nhs_number import spaced
from dmas.uploads.models import Upload, UploadProgress
from dmas.uploads.vocabulary import UploadStatus
from dmas.waitinglist.models import ChoiceRequest, DatedRule, Extract, Invitation, Pathway, Patient
from dmas.waitinglist.queries import Effect, Freshness
from dmas.waitinglist.rules import Thresholds, age_on
from dmas.waitinglist.vocabulary import (
    ChoiceStatus,
    Cohort,
    Confirm,
    ListType,
    PauseReason,
    RuleName,
    SafeContact,
)
from dmas.web.cells import Tag
from dmas.web.filters import day, number, weeks
from dmas.web.pages import Figure

COHORT_COLOURS = {
    Cohort.ELIGIBLE: "green",
    Cohort.ABOUT_TO_CROSS: "yellow",
    Cohort.INVITED: "blue",
    Cohort.ASKED: "purple",
}
UPLOAD_COLOURS = {
    UploadStatus.RECEIVED: "blue",
    UploadStatus.CHECKED: "yellow",
    UploadStatus.APPLIED: "green",
    UploadStatus.REFUSED: "red",
    UploadStatus.ABANDONED: "grey",
}
CHOICE_COLOURS = {ChoiceStatus.RECEIVED: "yellow", ChoiceStatus.MET: "green", ChoiceStatus.REFUSED: "red"}
STEPS = {
    "read": "Reading the rows",
    "compare": "Comparing them with the list we hold",
    "store": "Writing the list",
    "stopped": "Stopped",
}
_COHORT_MEANS = {
    Cohort.ELIGIBLE: "Waited long enough, without a date soon, not invited yet",
    Cohort.ABOUT_TO_CROSS: "Will have waited long enough within weeks",
    Cohort.INVITED: "Have a code and have not asked",
    Cohort.ASKED: "Have a request to move under way",
}
_COUNTS = {
    "new": ("New", "Pathways that were not on the list"),
    "changed": ("Changed", "Something about the pathway is different"),
    "unchanged": ("Unchanged", "As they were"),
    "ended": ("Ended", "Removed with a reason and a date"),
    "absent": ("Absent once", "On the last list, not on this one: flagged, nothing ends"),
    "absent_again": ("Absent again", "New matches pause: tell us what happened to them"),
    "refused": ("Refused", "Rows that cannot be used, as listed below"),
}


def path(upload: Upload) -> str:
    """Return the address of an upload's page."""
    return f"/waiting-list/uploads/{upload.reference}"


def pathway_path(pathway_id: uuid.UUID) -> str:
    """Return the address of a pathway's page."""
    return f"/waiting-list/{pathway_id}"


def choice_path(choice: ChoiceRequest) -> str:
    """Return the address of a request for a choice."""
    return f"/choice-requests/{choice.reference}"


def cohort(where: Cohort | None) -> Tag | str:
    """Return a cohort as a status."""
    return Tag(where.label, COHORT_COLOURS[where]) if where else "–"


def upload_status(upload: Upload) -> Tag:
    """Return how far an upload has come."""
    status = UploadStatus(upload.status)
    return Tag(status.label, UPLOAD_COLOURS[status])


def choice_status(choice: ChoiceRequest) -> Tag:
    """Return how far a request for a choice has come."""
    status = ChoiceStatus(choice.status)
    return Tag(status.label, CHOICE_COLOURS[status])


def cohort_figures(counts: Mapping[Cohort, int]) -> list[Figure]:
    """Return the four cohorts as figures with their definitions."""
    return [Figure(number(counts[one]), one.label, _COHORT_MEANS[one]) for one in Cohort]


def count_figures(counts: Mapping[str, Any]) -> list[Figure]:
    """Return what a list does, or did, as figures with their definitions."""
    return [
        Figure(number(int(counts.get(name, 0))), label, meaning) for name, (label, meaning) in _COUNTS.items()
    ]


def waited(pathway: Pathway, today: date) -> str:
    """Return how long somebody has waited."""
    return weeks((today - pathway.clock_start).days)


def service(code: str) -> str:
    """Return a service by name."""
    return catalogue.service_name(code)


def next_date(pathway: Pathway) -> str:
    """Return the date that somebody has at home, of the list they are on."""
    admitted = pathway.list_type == ListType.ADMITTED
    return day(pathway.admission_on if admitted else pathway.outpatient_on)


def person_rows(patient: Patient, today: date) -> list[tuple[str, Any]]:
    """Return who the person is and how they may be reached, for staff of their hospital."""
    safe = SafeContact(patient.safe_contact)
    return [
        ("Name", f"{patient.given_name} {patient.family_name}"),
        ("NHS number", spaced(patient.nhs_number)),
        ("Date of birth", f"{day(patient.date_of_birth)} ({age_on(patient.date_of_birth, today)} years)"),
        ("Address", ", ".join(one for one in (patient.address, patient.postcode) if one)),
        ("Mobile", patient.mobile),
        ("Email", patient.email),
        ("Safe contact", safe.label if safe is SafeContact.ANY else Tag(safe.label, "red")),
        ("Interpreter", patient.interpreter_language),
        ("Communication needs", patient.communication_needs),
        ("GP practice", patient.practice_code),
        ("Died on", day(patient.died_on) if patient.died_on else ""),
    ]


def wait_rows(pathway: Pathway, today: date) -> list[tuple[str, Any]]:
    """Return what the hospital's list says of the wait."""
    priority = PRIORITIES.get(pathway.priority_code or "")
    return [
        ("Pathway", pathway.pathway_id),
        ("Service", service(pathway.service)),
        ("List", ListType(pathway.list_type).label),
        ("Clock started", f"{day(pathway.clock_start)} ({waited(pathway, today)})"),
        ("Status", pathway.rtt_status),
        ("Decision to admit", day(pathway.decision_to_admit_on) if pathway.decision_to_admit_on else ""),
        ("Next date", next_date(pathway)),
        ("Last attended", day(pathway.last_attended_on) if pathway.last_attended_on else ""),
        ("Procedure", pathway.procedure_code),
        ("Priority", priority.label if priority else ""),
        ("ASA", _with_date(pathway.asa, pathway.asa_on)),
        ("BMI", _with_date(f"{pathway.bmi:g}" if pathway.bmi else None, pathway.bmi_on)),
        ("Absent from", f"{pathway.absent_weeks} weekly lists running" if pathway.absent_weeks else ""),
        ("Ended", f"{day(pathway.ended_on)}, status {pathway.ended_reason}" if pathway.ended_on else ""),
    ]


def invitation_rows(invitation: Invitation, now: Any) -> list[tuple[str, Any]]:
    """Return how an invitation stands, without its code."""
    if invitation.locked_until is not None and invitation.locked_until > now:
        state = Tag("Locked for an hour: wrong dates of birth", "orange")
    elif invitation.expires_at <= now:
        state = Tag("Expired", "grey")
    elif invitation.first_used_at is not None:
        state = Tag("Used", "green")
    else:
        state = Tag("Not used yet", "blue")
    return [
        ("Code", state),
        ("Sent", day(invitation.invited_at)),
        ("First used", day(invitation.first_used_at) if invitation.first_used_at else ""),
        ("Expires", day(invitation.expires_at)),
    ]


def standing(fresh: Freshness) -> str:
    """Return how old a list is, in a sentence."""
    if fresh.extract is None:
        return "No list has been sent yet."
    said = f"The last list is of the week ending {day(fresh.extract.week_ending)}."
    if fresh.extract.still_true_on:
        said += f" It was confirmed on {day(fresh.extract.still_true_on)}."
    return said


def progress_of(progress: UploadProgress | None) -> tuple[str, int]:
    """Return what a step in hand is doing and how far it is, in per cent."""
    if progress is None:
        return "Waiting to begin", 0
    share = round(100 * progress.done / progress.of) if progress.of else 0
    return STEPS.get(progress.step, progress.step), min(100, share)


def fault_rows(upload: Upload) -> list[tuple[Any, ...]]:
    """Return the faults of an upload as rows of a table."""
    return [(one["line"] or "–", one["column"] or "The file", one["message"]) for one in upload.faults]


def dirty_rows(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return which codes were put right or left out, the most first."""
    dirty: Mapping[str, int] = counts.get("dirty", {})
    named = ((name.replace("_", " ").capitalize(), count) for name, count in dirty.items())
    return sorted(named, key=lambda one: (-one[1], one[0]))


def doubts(upload: Upload) -> list[Confirm]:
    """Return what must be confirmed before a list is applied."""
    return [Confirm(one) for one in upload.must_confirm]


def shrunk(upload: Upload) -> str:
    """Return how much shorter a list is than the last, in a sentence."""
    before, now = int(upload.counts.get("before", 0)), int(upload.counts.get("accepted", 0))
    return f"The last list had {before:,} rows, and this one has {now:,}."


def extract_row(extract: Extract) -> tuple[Any, ...]:
    """Return an applied list as a row of a table."""
    counts = extract.counts
    return (
        day(extract.week_ending),
        extract.rows,
        counts.get("new", 0),
        counts.get("changed", 0),
        counts.get("ended", 0),
        counts.get("absent", 0) + counts.get("absent_again", 0),
        counts.get("refused", 0),
    )


def value(name: RuleName, said: int) -> str:
    """Return a rule's value in words."""
    return ("on" if said else "off") if name.is_switch else number(said)


def rule_rows(limits: Thresholds) -> list[tuple[str, str, str]]:
    """Return every rule in force with its meaning."""
    return [(name.label, value(name, limits.value(name)), name.meaning) for name in RuleName]


def dated(rule: DatedRule, today: date) -> Tag:
    """Return how a dated value stands."""
    if rule.signed_by is None:
        late = rule.effective_on <= today
        return Tag("Never signed: not in force", "grey") if late else Tag("To sign", "yellow")
    return Tag("In force since its day", "green") if rule.effective_on <= today else Tag("Signed", "blue")


def effect_rows(effect: Effect) -> list[tuple[str, int, int, str]]:
    """Return what a proposed value changes: before, after and the difference."""
    named = (
        ("Can be invited", effect.before.eligible, effect.after.eligible),
        ("About to cross", effect.before.about_to_cross, effect.after.about_to_cross),
        ("May ask their ICB for a choice", effect.before.over_choice, effect.after.over_choice),
        ("Paused: list too old, or absent", effect.before.paused, effect.after.paused),
        ("Providers with somebody to invite", effect.before.providers, effect.after.providers),
    )
    return [
        (words, before, after, f"{after - before:+,}" if after != before else "none")
        for words, before, after in named
    ]


def paused(reason: PauseReason | None) -> str:
    """Return why nothing new is made for a wait."""
    return reason.label if reason else ""


def _with_date(said: Sequence[Any] | int | str | None, on: date | None) -> str:
    if said is None:
        return ""
    return f"{said} ({day(on)})" if on else f"{said} (date not known)"
