"""The audit trail of a case as sentences; nothing here names or describes a person who waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dmas.catalogue.vocabulary.reasons import REASONS, ReasonFor
from dmas.core.actors import ROLE_LABELS, Role
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.web.filters import count, day, miles

SHOWN_AT_ONCE = 8

WORDS = {
    "offer.posted": "Offer posted",
    "offer.amended": "Offer changed",
    "offer.confirmed": "Said to be still true",
    "offer.approved": "Offer approved",
    "offer.returned": "Offer returned to the provider",
    "offer.suspended": "Offer paused",
    "offer.resumed": "Offer runs again",
    "offer.closed": "Offer closed: nothing more is taken",
    "offer.withdrawn": "Offer withdrawn",
    "offer.expired": "Offer expired",
    "request.posted": "Help asked for",
    "request.resubmitted": "Changed and sent to the ICB again",
    "request.approved": "Request approved: the search begins",
    "request.returned": "Returned to the trust",
    "request.withdrawn": "Request withdrawn",
    "request.closed": "Request closed",
    "proposal.made": "Places asked for by hand and held",
    "proposal.made_by_night": "Matched by the night: places held",
    "proposal.asked_by_night": "Asked by the night as a further option: nothing held yet",
    "proposal.shown": "Shown to the patient, its place held",
    "proposal.chosen_by_patient": "Chosen by the patient",
    "proposal.option_declined": "Not taken by the patient, who keeps their place at home",
    "proposal.accepted": "Accepted by the receiver",
    "proposal.accepted_subject": "Accepted subject to assessment",
    "proposal.declined": "Declined by the receiver",
    "proposal.question_asked": "Receiver asked a question",
    "proposal.question_answered": "Home trust answered the question",
    "proposal.chosen": "Home trust took the places",
    "proposal.capacity_declined": "Home trust left the places",
    "proposal.places_released": "Places given back",
    "proposal.place_taken": "One place taken",
    "proposal.due_moved": "Next date set",
    "proposal.lapsed": "Lapsed without an answer",
    "proposal.places_lapsed": "Places nobody was named for went back",
    "proposal.withdrawn": "Match ended: the other side withdrew",
    "proposal.gone": "Match ended: the offer no longer fits",
    "proposal.superseded": "Match ended: the request closed",
    "invitation.sent": "Invitation sent",
    "invitation.replaced": "Code replaced by a new one",
    "invitation.withdrawn": "Invitation withdrawn",
    "choice.asked": "Asked their ICB for a choice",
    "choice.met": "Choice offered by the ICB",
    "choice.refused": "Choice refused by the ICB",
    "transfer_request.started": "Patient began to ask",
    "transfer_request.answered": "Question answered",
    "transfer_request.answers_changed": "Answers changed",
    "transfer_request.submitted": "Sent to the home trust",
    "transfer_request.suitable": "Found suitable: the search begins",
    "transfer_request.not_suitable": "Found not suitable",
    "transfer_request.information_wanted": "Clinician asked a question",
    "transfer_request.information_given": "Patient answered the question",
    "transfer_request.reconsideration_asked": "Patient asked for another clinician",
    "transfer_request.changed": "Patient says that something has changed",
    "transfer_request.change_cleared": "Clinician looked: the search goes on",
    "transfer_request.urgency_raised": "The home list says that it is more urgent now",
    "transfer_review.suitable": "Clinician: suitable",
    "transfer_review.not_suitable": "Clinician: not suitable",
    "transfer_review.more_information": "Clinician: more information",
    "transfer_review.change_cleared": "Clinician: the change is no hindrance",
    "transfer_review.asked_again": "Another clinician asked for",
    "transfer_request.search_opened": "Search opened",
    "transfer_request.searching_again": "Searching again",
    "transfer_request.extended": "Search given more days",
    "transfer_request.options_shown": "Options shown to the patient",
    "transfer_request.called": "Patient phoned",
    "transfer_request.chose": "Patient chose",
    "transfer_request.stayed": "Patient stays where they are",
    "transfer_request.stay_reversed": "Patient looks at the options again",
    "transfer_request.rested": "Resting after silence",
    "transfer_request.withdrawn": "Taken back by the patient",
    "transfer_request.not_found": "Nothing found in time",
    "transfer_request.dated_at_home": "The home trust has given a date",
    "transfer_request.home_date_declined": "Patient goes on looking in spite of a date at home",
    "transfer_request.moved": "Care has moved",
    "transfer_request.dated_at_receiver": "The new hospital has given a date",
    "transfer_request.came_back": "Came back to the home trust",
    "transfer_request.ended": "Ended",
    "request.opened_for_patient": "Search opened for a patient",
    "request.answers_changed": "Search changed with the patient’s answers",
    "person.named": "A person was named",
    "person.released": "A naming was taken back before the person was asked",
    "person.said_yes": "A person said yes",
    "person.said_no": "A person said no, and keeps their place at home",
    "transfer.opened": "Transfer begun",
    "transfer.data_set_saved": "Data set saved",
    "transfer.sent": "Sent to the receiver",
    "transfer.confirmed": "Confirmed by the receiver",
    "transfer.dated": "Date given",
    "transfer.treated": "Treated",
    "transfer.returned": "Returned to the home trust",
    "transfer.re_registered": "Back on the home list with the original clock",
    "transfer.cancelled": "Cancelled before it was sent",
    "transfer.reader_named": "Said who reads the report and who is told of a critical finding",
    "transfer.test_done": "Test done",
    "transfer.reported": "Report sent",
    "transfer.critical_told": "A critical finding was told by telephone",
    "transfer.critical_acknowledged": "The critical finding was acknowledged",
    "transfer.read": "Report read: the test is over",
    "transfer.message_written": "A message was written",
}

# Looking changes nothing: these are counted apart, so that the story stays short.
LOOKS = {
    "person.seen": "Looked at who is named",
    "transfer.data_set_seen": "Looked at who moves",
    "transfer.data_set_downloaded": "Downloaded the data set",
    "transfer_request.viewed_on_behalf": "Opened the request for a caller",
}
# A step so small that the next line says it.
_SILENT = frozenset({"proposal.due_moved", "transfer_request.answered"})

_REASON_OF = {
    "offer.returned": ReasonFor.ICB_RETURN,
    "offer.suspended": ReasonFor.SUSPEND_OFFER,
    "offer.withdrawn": ReasonFor.WITHDRAW_OFFER,
    "request.returned": ReasonFor.ICB_RETURN,
    "request.withdrawn": ReasonFor.WITHDRAW_REQUEST,
    "proposal.made": ReasonFor.BY_HAND,
    "proposal.declined": ReasonFor.DECLINE,
    "proposal.capacity_declined": ReasonFor.TRUST_DECLINE,
    "transfer.returned": ReasonFor.RETURN,
    "transfer.cancelled": ReasonFor.CANCEL_TRANSFER,
}
_OTHER_REASONS = {
    "no_answer": "Nobody answered in time",
    "limits_tightened": "The offer's limits were tightened",
    "offer_withdrawn": "The offer was withdrawn",
    "offer_suspended": "The offer was paused",
    "request_withdrawn": "The request was withdrawn",
    "request_closed": "The request was closed",
    "others_shown": "Other options were ready first",
    "another_chosen": "The patient chose another option",
    "none_chosen": "The patient took none of the options",
    "place_gone": "The last place was taken meanwhile",
    "silence": "The patient did not answer",
    "declined": "The patient took none of the options",
    "gone": "The last option shown was taken back",
    "asked": "The patient asked for it",
    "fulfilled": "Every place found",
    "unmet": "Not found in time",
    "expired": "The date needed by has passed",
    "window_over": "Its last date has passed",
    "unconfirmed": "Nobody confirmed it for 28 days",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    what: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest entries, the earlier ones, and who looked at identifiable details."""

    latest: list[Entry]
    earlier: list[Entry]
    looks: list[tuple[str, str, str, int]]


def timeline(events: Sequence[AuditEvent], names: Mapping[str, str], *, about: str) -> Timeline:
    """Return a case's events newest first; events of other records than `about` say which.

    What one person did in one step is one entry, in the order it was done.
    """
    told = [event for event in events if event.action not in LOOKS and event.action not in _SILENT]
    entries = [_entry(step, names, about) for step in reversed(_steps(told))]
    return Timeline(entries[:SHOWN_AT_ONCE], entries[SHOWN_AT_ONCE:], looks(events, names))


def actor(event: AuditEvent, names: Mapping[str, str]) -> str:
    """Return who did it: name, role and organisation; a job is the exchange itself."""
    if event.role is None:
        return "the exchange itself"
    role = ROLE_LABELS[Role(event.role)]
    role = role if role[:2].isupper() else role[0].lower() + role[1:]
    where = names.get(event.organisation_code or "", event.organisation_code or "")
    return f"{event.actor_name}, {role}, {where}"


def looks(events: Sequence[AuditEvent], names: Mapping[str, str]) -> list[tuple[str, str, str, int]]:
    """Return (day, who, what, times) of every look at identifiable details, newest first."""
    counted: Counter[tuple[date, str, str]] = Counter(
        (london_date(event.at), actor(event, names), LOOKS[event.action])
        for event in events
        if event.action in LOOKS
    )
    rows = sorted(counted.items(), key=lambda row: row[0], reverse=True)
    return [(day(on), who, what, times) for (on, who, what), times in rows]


def _steps(told: Sequence[AuditEvent]) -> list[list[AuditEvent]]:
    """Gather what one person did at one moment; the same thing done twice is two steps."""
    steps: list[list[AuditEvent]] = []
    for event in told:
        last = steps[-1] if steps else []
        together = bool(last) and (last[0].at, last[0].actor_id) == (event.at, event.actor_id)
        if together and event.action not in {one.action for one in last}:
            last.append(event)
        else:
            steps.append([event])
    return steps


def _entry(step: Sequence[AuditEvent], names: Mapping[str, str], about: str) -> Entry:
    what = dict.fromkeys(_what(event, about) for event in step)
    said = dict.fromkeys(
        words for event in step for words in (_reason(event), *_details(event.details)) if words
    )
    return Entry(step[0].at, ". ".join(what), actor(step[0], names), ". ".join(said))


def _what(event: AuditEvent, about: str) -> str:
    what = WORDS.get(event.action, event.action.replace(".", ": ").replace("_", " "))
    other = event.reference is not None and event.reference != about
    return f"{what} ({event.reference})" if other else what


def _reason(event: AuditEvent) -> str:
    code = event.reason
    if code is None:
        return ""
    step = _REASON_OF.get(event.action)
    if step is not None and code in REASONS[step]:
        return REASONS[step][code].label
    return _OTHER_REASONS.get(code, code.replace("_", " ").capitalize())


def _details(details: Mapping[str, Any]) -> list[str]:
    said = []
    for name, write in _WRITTEN.items():
        if details.get(name) not in (None, "", 0, [], {}):
            said.append(write(details[name]))
    return said


def _changed(changed: Mapping[str, Any] | Sequence[str]) -> str:
    if not isinstance(changed, Mapping):
        return f"{count(len(changed), 'answer')} filled in or changed"
    return "Changed: " + ", ".join(_TERMS.get(name, name.replace("_", " ")) for name in changed)


_TERMS = {
    "window_from": "first date",
    "window_to": "last date",
    "min_age": "youngest age",
    "max_age": "oldest age",
    "max_asa": "worst ASA",
    "max_bmi": "worst BMI",
    "no_asa_limit": "ASA limit",
    "no_bmi_limit": "BMI limit",
    "any_procedure": "operations taken",
    "procedure_groups": "operations named",
    "excluded_groups": "operations left out",
    "tokens": "what the site provides",
    "accepts_regions": "regions taken from",
    "accepts_icbs": "ICBs taken from",
}
_WRITTEN: dict[str, Callable[[Any], str]] = {
    "places": lambda places: count(places, "place"),
    "released": lambda places: f"{count(places, 'place')} went back",
    "tenths": miles,
    "overtakes": lambda places: f"Passed over {count(places, 'better-ranked place')}",
    "first_date": lambda text: day(date.fromisoformat(text)),
    "treated_on": lambda text: day(date.fromisoformat(text)),
    "rtt_status": lambda code: f"Referral to treatment status {code}",
    "lines": lambda lines: (
        f"{count(sum(line['places'] for line in lines), 'place')} in {count(len(lines), 'line')}"
    ),
    "changed": _changed,
    "note": lambda note: f"“{note}”",
}
