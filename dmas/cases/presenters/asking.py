"""One patient's own request for staff: what is asked, where the search is, and why not yet. Nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dmas.cases.loading import AskedCase
from dmas.cases.presenters import matches, tracking
from dmas.cases.presenters.requests import Reason
from dmas.cases.presenters.steps import Step
from dmas.cases.presenters.tracking import TrackStep
from dmas.cases.presenters.turns import Turn
from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.arrangements import Care
from dmas.catalogue.vocabulary.procedures import procedure_group
from dmas.catalogue.vocabulary.tokens import label
from dmas.core.actors import Actor, Role
from dmas.matching import presenters as nights
from dmas.matching.vocabulary import LeftOut
from dmas.proposals.vocabulary import CALL_BEFORE_DAYS
from dmas.requests import policy, rules
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import TransferStatus
from dmas.transfers import presenters as moves
from dmas.web.filters import count, day, weeks
from dmas.web.lists import Link, Tag

_COLOURS = {
    TransferStatus.IN_REVIEW: "yellow",
    TransferStatus.NEEDS_INFORMATION: "orange",
    TransferStatus.SEARCHING: "blue",
    TransferStatus.OPTIONS_OFFERED: "blue",
    TransferStatus.ACCEPTED: "green",
    TransferStatus.TRANSFERRED: "green",
}


def path(reference: str) -> str:
    """Return the address of the page of a patient's request."""
    return f"/transfer-requests/{reference}"


def status(transfer: TransferRequest) -> Tag:
    """Return the state in words and colour."""
    state = TransferStatus(transfer.status)
    return Tag(state.label, _COLOURS.get(state, "grey"))


def title(case: AskedCase) -> str:
    """Return what is asked, such as `One patient in urology`; never who asks."""
    name = service_name(case.service)
    return f"One patient in {name[0].lower()}{name[1:]}"


def turn(case: AskedCase, today: date) -> Turn:
    """Return who has the request now; what the patient reads as `you` is the patient."""
    home = case.story.names.get(case.tracked.transfer.home_code, "The home trust")
    found = tracking.who_has_it(case.tracked, home, today)
    if found.who == "You":
        return replace(found, who="The patient", what=_of_patient(case))
    if found.who == "We":
        return replace(found, who="The exchange", what=found.what.replace("search", "searches", 1))
    if found.who == "Nobody":
        return replace(found, what=_over(case))
    return replace(found, what=found.what.replace("you ", "the patient ").replace("your ", "the patient’s "))


def facts(case: AskedCase, today: date) -> list[tuple[str, object]]:
    """Return what is asked and where it is, leaving out what is not known."""
    transfer, asked = case.tracked.transfer, case.tracked.care_request
    names = case.story.names
    waited = weeks((today - case.tracked.clock_start).days)
    said: list[tuple[str, object]] = [
        ("Home trust", names.get(transfer.home_code, transfer.home_code)),
        ("Patient’s ICB", names.get(transfer.patient_icb, transfer.patient_icb)),
        ("Waiting since", f"{day(case.tracked.clock_start)}, {waited}"),
        ("Sent", day(transfer.submitted_on) if transfer.submitted_on else ""),
        ("Ended because", tracking.ended(case.tracked)),
    ]
    if asked is not None:
        care = Care.of(asked.stage, asked.setting)
        line = asked.lines[0] if asked.lines else None
        said += [
            ("Searched for", service_name(asked.service)),
            ("Care", care.label if care else ""),
            (
                "Operation",
                procedure_group(line.procedure_group).name if line and line.procedure_group else "",
            ),
            ("Needs", ", ".join(label(need) for need in asked.needs if not need.startswith("basis:"))),
            ("Where the search is", tracking.where(case.tracked, today)),
        ]
    if case.tracked.move is not None:
        reference = case.tracked.move.reference
        said.append(("Transfer", Link(reference, moves.path(reference))))
    return [(name, value) for name, value in said if value not in (None, "")]


def steps(case: AskedCase, actor: Actor) -> list[Step]:
    """Return what the actor may do about this request now."""
    transfer = case.tracked.transfer
    reference, found = transfer.reference, []
    open_change = rules.change_is_open(transfer.changed_at, transfer.change_cleared_at)
    if actor.role is Role.CLINICAL_REVIEWER and transfer.status == TransferStatus.IN_REVIEW:
        found.append(Step("Review it", f"/reviews/{reference}", weight="primary"))
    elif actor.role is Role.CLINICAL_REVIEWER and open_change:
        found.append(Step("Look at what has changed", f"/reviews/{reference}/change", weight="primary"))
    offered = transfer.status == TransferStatus.OPTIONS_OFFERED and transfer.called_at is None
    if actor.role is Role.BOOKING_CLERK and offered:
        found.append(Step("Log a call", f"/calls/{reference}", weight="primary"))
    searches = transfer.status in (TransferStatus.SEARCHING, TransferStatus.OPTIONS_OFFERED)
    if searches and actor.role is Role.ICB_COORDINATOR and policy.may_extend(actor, transfer):
        found.append(Step("Give the search more days", f"/transfer-requests/{reference}/extend"))
    return found


def reasons(case: AskedCase) -> list[Reason]:
    """Return last night's outcome with the steps behind it, or what keeps the request out of the night."""
    tracked = case.tracked
    if tracked.transfer.status != TransferStatus.SEARCHING:
        return []
    out = _left_out(case)
    if out:
        return [Reason("", nights.Why(1, "tonight", "Left out of the night", out), "")]
    if tracked.outcome is None:
        return []
    why = nights.why(tracked.outcome)
    opens = [
        f"{count(more, 'offer')} would fit but for one rule: {rule}" for rule, more in why.would_open if more
    ]
    return [Reason("", why, ". ".join(opens))]


def listed_matches(case: AskedCase) -> list[tuple[object, ...]]:
    """Return the matches of the request as rows."""
    return matches.listed(case.matches, of_offer=False)


def track(case: AskedCase) -> list[TrackStep]:
    """Return the six steps as the patient sees them."""
    return tracking.steps(case.tracked)


def _left_out(case: AskedCase) -> str:
    transfer = case.tracked.transfer
    if rules.change_is_open(transfer.changed_at, transfer.change_cleared_at):
        return LeftOut.CHANGED.label
    return case.tracked.paused.label if case.tracked.paused else ""


def _of_patient(case: AskedCase) -> str:
    transfer = case.tracked.transfer
    if transfer.status == TransferStatus.NEEDS_INFORMATION:
        return "answers a question from the clinicians"
    if transfer.called_at is not None:
        return f"chooses an option, or stays. They were phoned on {day(transfer.called_at)}"
    return f"chooses an option, or stays. Phone them from {CALL_BEFORE_DAYS} days before"


def _over(case: AskedCase) -> str:
    if case.tracked.transfer.status == TransferStatus.RESTING:
        return "searches now: the patient can start the search again on any day"
    return "has to act: this request has ended. The patient’s place on the home list is as it was"
