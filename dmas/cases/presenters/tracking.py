"""How far a patient's own request has come: for the patient in plain words, for staff with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dmas.cases.loading import Tracked
from dmas.cases.presenters.turns import Turn
from dmas.core.clock import london_date
from dmas.matching.rules import patient_ring
from dmas.matching.vocabulary import PATIENT_RING_DAYS
from dmas.proposals.vocabulary import UNANSWERED
from dmas.requests import rules as request_rules
from dmas.requests.presenters import Safety
from dmas.requests.vocabulary import EndedBecause, TransferStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus as MoveStatus
from dmas.waitinglist.vocabulary import PauseReason
from dmas.web.filters import count, day

STEPS = ("Sent", "Checked by your hospital", "Searching", "Options", "Chosen", "Moved")
_AT = {
    TransferStatus.STARTED: 0,
    TransferStatus.IN_REVIEW: 1,
    TransferStatus.NEEDS_INFORMATION: 1,
    TransferStatus.SEARCHING: 2,
    TransferStatus.RESTING: 2,
    TransferStatus.OPTIONS_OFFERED: 3,
    TransferStatus.ACCEPTED: 5,
    TransferStatus.TRANSFERRED: 6,
}
# Fewer than this are not counted out to a patient: small numbers can tell of people.
SMALL = 5


def safety(tracked: Tracked, at_home: Safety) -> Safety:
    """Return who is responsible today: once care has moved no longer the hospital it came from."""
    if tracked.transfer.status != TransferStatus.TRANSFERRED:
        return at_home
    return Safety(tracked.receiver_name or "The hospital you chose", "", "")


@dataclass(frozen=True, slots=True)
class TrackStep:
    """One step: `state` is done, now or later, and when it was or is due."""

    name: str
    state: str
    when: str


def steps(tracked: Tracked) -> list[TrackStep]:
    """Return the six steps of every request, how far it has come, and the dates there are."""
    transfer, move = tracked.transfer, tracked.move
    now = _AT.get(TransferStatus(transfer.status), _reached(tracked))
    ended = transfer.status == TransferStatus.ENDED
    whens = (
        day(transfer.submitted_on) if transfer.submitted_on else "",
        _checked(tracked),
        f"Since {day(transfer.search_from)}" if transfer.search_from else "",
        day(london_date(transfer.shown_at)) if transfer.shown_at else "",
        day(london_date(move.agreed_at)) if move and now >= 5 else "",
        _moved(move),
    )
    found = []
    for number, (name, when) in enumerate(zip(STEPS, whens, strict=True)):
        state = "done" if number < now else "now" if number == now and not ended else "later"
        found.append(TrackStep(name, state, when if state != "later" else ""))
    return found


def who_has_it(tracked: Tracked, home: str, today: date) -> Turn:
    """Return, for the patient, who has the request now, what they do and by when."""
    transfer, status = tracked.transfer, TransferStatus(tracked.transfer.status)
    if status is TransferStatus.IN_REVIEW:
        return _turn(home, "looks at whether a move is safe for you", transfer.review_due_on, today)
    if request_rules.change_is_open(transfer.changed_at, transfer.change_cleared_at) and status in (
        TransferStatus.SEARCHING,
        TransferStatus.OPTIONS_OFFERED,
        TransferStatus.ACCEPTED,
    ):
        what = "looks at what has changed in your health, before anything else happens"
        return _turn(home, what, transfer.change_due_on, today)
    if status is TransferStatus.NEEDS_INFORMATION:
        return Turn("You", "answer a question from your hospital")
    if status is TransferStatus.OPTIONS_OFFERED:
        return _turn(
            "You", "choose one of your options, or stay where you are", transfer.answer_due_on, today
        )
    if status is TransferStatus.SEARCHING:
        return _searching(tracked, today)
    if status is TransferStatus.ACCEPTED and tracked.move is not None:
        return _moving(tracked, home, today)
    if status is TransferStatus.TRANSFERRED:
        return Turn(tracked.receiver_name or "The hospital you chose", "looks after this care now")
    if status is TransferStatus.RESTING:
        return Turn("Nobody", "searches now. You can start the search again on any day")
    return Turn("Nobody", "has to act: this request has ended. You are still on your hospital's list")


def why(tracked: Tracked) -> str:
    """Return why there is an option, or why not yet, in plain words; small numbers are not told."""
    transfer = tracked.transfer
    if transfer.status == TransferStatus.OPTIONS_OFFERED:
        return (
            "These are the nearest hospitals with room that fit what you need, are within the distance you"
            " gave, and have said yes. Everybody who has waited longer, or needs care sooner, was looked"
            " after first."
        )
    if transfer.status != TransferStatus.SEARCHING:
        return ""
    if tracked.paused is not None:
        return _PAUSED[tracked.paused]
    if any(row.proposal.status in UNANSWERED for row in tracked.options):
        return "We have found a place that fits. The hospital is asked first whether it can take you."
    outcome = tracked.outcome
    if outcome is None or outcome.service_date < (transfer.search_from or outcome.service_date):
        return "The first search for you is tonight."
    if outcome.code is None:
        return "A place was found for you and did not work out. We go on searching every night."
    return f"On {day(outcome.service_date)}: {_not_yet(outcome.code, outcome.details)}"


def where(tracked: Tracked, today: date) -> str:
    """Return, for staff, how wide the search is now and until when it runs."""
    transfer = tracked.transfer
    if transfer.search_from is None:
        return "Not begun"
    waited = (today - tracked.clock_start).days
    ring = patient_ring(transfer.search_from, today, icb=transfer.patient_icb, waited=waited)
    limit = "anywhere in England" if transfer.travel_national else f"up to {transfer.travel_miles} miles"
    reach = f"the patient’s own ICB until day {PATIENT_RING_DAYS}" if ring else limit
    ends = f", until {day(transfer.search_ends_on)}" if transfer.search_ends_on else ""
    return f"{reach[:1].upper()}{reach[1:]}{ends}"


def ended(tracked: Tracked) -> str:
    """Return, for staff, why a request has ended, or nothing."""
    because = tracked.transfer.ended_because
    return EndedBecause(because).label if because else ""


def may_take_back(tracked: Tracked, today: date) -> bool:
    """Say whether somebody who stays may still look at their options: what was shown is still held."""
    transfer, care_request = tracked.transfer, tracked.care_request
    stayed = transfer.ended_because == EndedBecause.STAYED
    held = any(row.proposal.held for row in tracked.options)
    in_time = transfer.answer_due_on is not None and transfer.answer_due_on >= today
    return stayed and held and in_time and care_request is not None and care_request.status == "open"


_PAUSED = {
    PauseReason.DIED: "Nothing is searched for.",
    PauseReason.ENDED: "Your hospital's list says that this wait has ended. Ask your hospital about it.",
    PauseReason.ABSENT_TWICE: (
        "Your wait was missing from your hospital's last two lists. Your hospital has been asked; nothing has"
        " ended, and we search on as soon as it is there again."
    ),
    PauseReason.LIST_TOO_OLD: (
        "Your hospital has not sent us a new waiting list for more than ten days. We have asked for it, and"
        " search on as soon as it comes. The delay is not yours."
    ),
}
_WOULD_OPEN = {
    "travel": "going farther than you said",
    "needs": "other needs, such as dates with less notice, or an area that we search later",
    "limits": "other health limits of the hospitals",
    "window": "other dates",
    "accepts_from": "hospitals that take people from other areas only",
    "not_declined": "hospitals that you or they have already said no to",
}


def _not_yet(code: str, details: Mapping[str, Any]) -> str:
    if code == "outranked":
        fitting = int(details.get("feasible_offers", 0))
        many = count(fitting, "hospital offer") if fitting >= SMALL else "A few hospital offers"
        return (
            f"{many} would fit you. Their places went to people who have waited longer or need care sooner."
        )
    if code == "needs_information":
        return (
            "hospitals may fit you, but need to know your weight for your height (BMI) or your fitness grade"
            " (ASA) from the last six months. Your hospital can add it."
        )
    opens = [words for rule, words in _WOULD_OPEN.items() if details.get("would_open", {}).get(rule)]
    if not opens:
        return "no hospital with room offers what you need at the moment."
    return f"no hospital with room fits everything. What would help most: {opens[0]}."


def _searching(tracked: Tracked, today: date) -> Turn:
    asked = [row.proposal for row in tracked.options if row.proposal.status in UNANSWERED]
    if asked:
        due = [one.due_on for one in asked if one.due_on is not None]
        hospitals = count(len(asked), "hospital")
        return _turn(hospitals, "answer whether they can take you", max(due, default=None), today)
    ends = tracked.transfer.search_ends_on
    until = f" until {day(ends)}" if ends else ""
    return Turn("We", f"search every night{until}")


def _moving(tracked: Tracked, home: str, today: date) -> Turn:
    move = tracked.move
    assert move is not None
    status = MoveStatus(move.status)
    receiver = tracked.receiver_name
    if status is MoveStatus.PREPARING:
        return _turn(home, f"gets your details ready for {receiver}", move.due_on, today)
    if status is MoveStatus.SENT:
        return _turn(receiver, "confirms that you are on its list", move.due_on, today)
    return Turn(receiver, "arranges your care")


def _turn(who: str, what: str, by: date | None, today: date) -> Turn:
    return Turn(who, what, by, late=by is not None and by < today)


def _reached(tracked: Tracked) -> int:
    """Return the last step an ended request had come to."""
    transfer = tracked.transfer
    reached = (transfer.submitted_on, transfer.care_request_id, transfer.search_from, transfer.shown_at)
    return sum(one is not None for one in reached)


def _checked(tracked: Tracked) -> str:
    transfer = tracked.transfer
    if transfer.care_request_id is not None and tracked.care_request is not None:
        opened = tracked.care_request.opened_on
        return day(opened) if opened else ""
    return f"Due by {day(transfer.review_due_on)}" if transfer.review_due_on else ""


def _moved(move: Transfer | None) -> str:
    if move is None:
        return ""
    if move.status == MoveStatus.TREATED:
        return "You have been treated"
    if move.first_date is not None:
        return f"Your first date there: {day(move.first_date)}"
    if move.confirmed_at is not None:
        return f"Confirmed on {day(move.confirmed_at)}. Your date is being arranged"
    return "Being arranged"
