"""A patient's own request in the patient's words: the wait, the answers, what happens next, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.procedures import group_of_opcs
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.requests import rules
from dmas.requests.loading import Journey
from dmas.requests.models import TransferReview
from dmas.requests.queries import Nearby
from dmas.requests.vocabulary import (
    CHANNEL_LABELS,
    NEEDS_FOR_PATIENTS,
    QUESTIONS,
    SEARCH_DAYS,
    Channel,
    EndedBecause,
    ReviewOutcome,
    TransferStatus,
    TransferStep,
)
from dmas.waitinglist.vocabulary import Because, ListType
from dmas.web.filters import count, day

_S = TransferStep
_TITLES = {
    _S.STILL_YOUR_WAIT: "Your wait",
    _S.HEALTH: "Changes in your health",
    _S.DISTANCE: "How far you could travel",
    _S.DATES: "Days when you cannot come",
    _S.SHORT_NOTICE: "Less than 3 weeks' notice",
    _S.NEEDS: "What you need",
    _S.CONTACT: "How to reach you",
    _S.ACTING: "Somebody who acts for you",
    _S.WHOLE_PATHWAY: "All of your care moves",
    _S.SHARING: "Sharing your details",
}


@dataclass(frozen=True, slots=True)
class Safety:
    """What stands at the top of every page for a patient."""

    home: str
    phone: str
    worse: str


def safety(found: Journey) -> Safety:
    """Return who is responsible today, and what the hospital says about getting worse."""
    return Safety(found.home_name, found.phone, found.worse)


def title(step: TransferStep) -> str:
    """Return what a question is about, in a few words."""
    return _TITLES[step]


def number_of(step: TransferStep) -> str:
    """Return where a question stands among all."""
    return f"Question {QUESTIONS.index(step) + 1} of {len(QUESTIONS)}"


def wait(found: Journey, today: date) -> list[tuple[str, str]]:
    """Return what the hospital's list says of a wait, as pairs of name and value."""
    pathway = found.pathway
    group = group_of_opcs(pathway.procedure_code) if pathway.procedure_code else None
    listed = ListType(pathway.list_type).label
    return [
        ("Hospital", found.home_name),
        ("Service", service_name(pathway.service)),
        ("What for", group.name if group else listed),
        ("Your wait began", day(pathway.clock_start)),
        ("You have waited", count((today - pathway.clock_start).days // 7, "week")),
    ]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer on a page that gathers them, with where it is changed (None where it cannot be)."""

    step: TransferStep
    question: str
    answer: str


def answered(answers: dict[str, Any]) -> list[Answered]:
    """Return every answer given so far in words, in the order of the questions."""
    found = [(step, answers[step.value]) for step in QUESTIONS if step.value in answers]
    return [Answered(step, _TITLES[step], _WORDS[step](given)) for step, given in found]


def _wait_words(given: dict[str, Any]) -> str:
    return "It is right" if given["right"] == "yes" else f"Something is wrong: {given['wrong']}"


def _health_words(given: dict[str, Any]) -> str:
    return "Nothing has changed" if given["changed"] == "no" else f"Something has changed: {given['what']}"


def distance_words(given: dict[str, Any]) -> str:
    """Return an answer about distance in words."""
    miles, anywhere = rules.travel_of(given)
    return "Anywhere in England" if anywhere else f"Up to {miles} miles"


def _dates_words(given: dict[str, Any]) -> str:
    if given["any"] == "no":
        return "I can come on any day"
    return "; ".join(
        f"{day(date.fromisoformat(one['from']))} to {day(date.fromisoformat(one['to']))}"
        for one in given["periods"]
    )


def _notice_words(given: dict[str, Any]) -> str:
    return "I could come" if given["short_notice"] == "yes" else "I need 3 weeks"


def _needs_words(given: dict[str, Any]) -> str:
    parts = [NEEDS_FOR_PATIENTS[code][0] for code in given["needs"] if code in NEEDS_FOR_PATIENTS]
    if given["language"]:
        parts.append(f"Language: {given['language']}")
    if given["other"]:
        parts.append(given["other"])
    return "; ".join(parts) or "Nothing in particular"


def _contact_words(given: dict[str, Any]) -> str:
    channel = Channel(given["channel"])
    at = {Channel.EMAIL: given["email"], Channel.LETTER: ""}.get(channel, given["phone"])
    return f"{CHANNEL_LABELS[channel]}{': ' if at else ''}{at}"


def _acting_words(given: dict[str, Any]) -> str:
    return "Nobody" if given["acting"] == "no" else f"{given['helper']}: {given['basis']}"


def _understood_words(given: dict[str, Any]) -> str:
    return "I understand"


def _shared_words(given: dict[str, Any]) -> str:
    return "I agree"


_WORDS = {
    _S.STILL_YOUR_WAIT: _wait_words,
    _S.HEALTH: _health_words,
    _S.DISTANCE: distance_words,
    _S.DATES: _dates_words,
    _S.SHORT_NOTICE: _notice_words,
    _S.NEEDS: _needs_words,
    _S.CONTACT: _contact_words,
    _S.ACTING: _acting_words,
    _S.WHOLE_PATHWAY: _understood_words,
    _S.SHARING: _shared_words,
}


def why_not(codes: list[str]) -> list[str]:
    """Return why somebody cannot ask to move, in their words; a death is never spelled out."""
    known = [Because(code) for code in codes if code in set(Because)]
    if Because.DIED in known or not known:
        return [Because.ENDED.for_patient]
    return [because.for_patient for because in known]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands, in one heading and a few sentences."""

    heading: str
    lines: tuple[str, ...]


def standing(found: Journey) -> Standing:
    """Return where a request stands and what happens next, by when."""
    transfer = found.transfer
    assert transfer is not None
    if transfer.ended_because is not None:
        return _ended(found)
    due = f" by {day(transfer.review_due_on)}" if transfer.review_due_on else ""
    ends = f" until {day(transfer.search_ends_on)}" if transfer.search_ends_on else ""
    said = {
        TransferStatus.STARTED: ("You have not sent your request yet", ("Your answers are kept.",)),
        TransferStatus.IN_REVIEW: (
            "Your request is with your hospital",
            (
                f"A clinician at {found.home_name} decides{due} if a move is safe for you.",
                "If they say yes, we search for another hospital for up to"
                f" {count(SEARCH_DAYS // 7, 'week')} from the day you asked.",
            ),
        ),
        TransferStatus.NEEDS_INFORMATION: (
            "Your hospital has asked you something",
            ("Your request waits for your answer.",),
        ),
        TransferStatus.SEARCHING: (
            "We are searching for another hospital",
            (f"We look every night{ends}. When a hospital can take you, we ask you what you want.",),
        ),
        TransferStatus.OPTIONS_OFFERED: (
            "You have options to choose from",
            (f"Look at them and choose by {day(transfer.answer_due_on)}, or stay where you are.",),
        ),
        TransferStatus.ACCEPTED: (
            "Your move is being arranged",
            ("You keep your place at your hospital until the new one confirms that you are on its list.",),
        ),
        TransferStatus.TRANSFERRED: (
            "Your care has moved",
            ("The hospital you chose now looks after this care.",),
        ),
        TransferStatus.RESTING: (
            "Your request is resting",
            ("Nobody searches for you now. You can start the search again on any day.",),
        ),
    }[TransferStatus(transfer.status)]
    return Standing(*said)


def _ended(found: Journey) -> Standing:
    transfer = found.transfer
    assert transfer is not None
    because = EndedBecause(transfer.ended_because or "")
    heading, *lines = _ENDED[because]
    if because is EndedBecause.NOT_ELIGIBLE:
        lines = [*why_not(found.answers.get("why_not", [])), *lines]
    if because is EndedBecause.NOT_SUITABLE:
        lines = [*refusal(found.reviews), *lines]
    return Standing(heading, tuple(lines))


def refusal(reviews: Any) -> list[str]:
    """Return why a clinician found a request not suitable, in the patient's words."""
    refused = [one for one in reviews if one.outcome == ReviewOutcome.NOT_SUITABLE]
    return [reason(ReasonFor.REVIEW, refused[-1].reason or "").plain] if refused else []


def question(reviews: Any) -> TransferReview | None:
    """Return the newest question a clinician asked."""
    asked: list[TransferReview] = [one for one in reviews if one.outcome == ReviewOutcome.MORE_INFORMATION]
    return asked[-1] if asked else None


def home_date(found: Journey, today: date) -> date | None:
    """Return the date that the patient's own hospital gives them, while they have not said about it."""
    pathway, transfer = found.pathway, found.open_transfer
    dated_on = pathway.admission_on or pathway.outpatient_on
    asked = transfer is not None and transfer.submitted_on is not None and "home_date" not in found.answers
    return dated_on if asked and dated_on is not None and dated_on >= today else None


def may_ask_again(found: Journey) -> bool:
    """Say whether the patient may still ask for another clinician."""
    transfer = found.transfer
    refused = transfer is not None and transfer.ended_because == EndedBecause.NOT_SUITABLE
    return refused and not any(one.asked_again_at for one in found.reviews)


_KEEP = "You keep your place on your hospital's waiting list, and your wait is counted as before."
_ANY_DAY = "You can ask again on any day."
_ENDED = {
    EndedBecause.NOT_ELIGIBLE: ("This wait cannot move to another hospital just now", _KEEP),
    EndedBecause.NOT_SUITABLE: ("Your hospital thinks that a move is not right for you now", _KEEP),
    EndedBecause.STAYED: ("You stay with your hospital", _KEEP, _ANY_DAY),
    EndedBecause.NOT_FOUND: ("We could not find another hospital for you", _KEEP, _ANY_DAY),
    EndedBecause.WITHDRAWN: ("Your request is withdrawn", _KEEP, _ANY_DAY),
    EndedBecause.DATED_AT_HOME: (
        "You have taken the date at your hospital",
        "If that date is cancelled, you can ask again on any day.",
    ),
    EndedBecause.CLOSED_CLINICALLY: (
        "A clinician has ended the search",
        "Something has changed, and your own hospital sees to your care. Call it if you have questions.",
        _KEEP,
    ),
    EndedBecause.DIED: ("This request has ended",),
}


def as_question(step: TransferStep, answers: dict[str, Any]) -> dict[str, Any]:
    """Return an answer given before as the data of its form."""
    given = answers.get(step.value)
    if given is None:
        return {}
    if step is TransferStep.DATES:
        found: dict[str, Any] = {"any": given["any"]}
        for number, one in enumerate(given["periods"], start=1):
            found[f"from_{number}"] = date.fromisoformat(one["from"])
            found[f"to_{number}"] = date.fromisoformat(one["to"])
        return found
    return dict(given)


def distances(near: Nearby) -> list[tuple[str, str, str]]:
    """Return the answers about distance, each with what lies within it today."""
    found = [(str(miles), f"Up to {miles} miles", _offers(number)) for miles, number in near.within.items()]
    return [*found, (rules.ENGLAND, "Anywhere in England", _offers(near.england))]


def _offers(number: int) -> str:
    if number == 0:
        return "No hospital offers this care here today. That can change any day."
    return f"{count(number, 'offer')} of this care here today"
