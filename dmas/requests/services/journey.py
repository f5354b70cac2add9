"""What a patient does with their own request: start, answer, send, change, tell, ask again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor, Role
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from dmas.core.references import new_reference
from dmas.providers.models import Organisation
from dmas.providers.queries import icb_on
from dmas.requests import outbox, policy, queries, rules
from dmas.requests.commands import (
    AnswerStep,
    AskForOtherClinician,
    SayChanged,
    StartTransfer,
    SubmitTransfer,
    SupplyInformation,
)
from dmas.requests.models import TransferAnswers, TransferRequest
from dmas.requests.services import ending, reach, searching
from dmas.requests.services.eligibility import why_not_now
from dmas.requests.vocabulary import (
    LONGEST_ANSWER,
    TRANSFER_LIVE,
    EndedBecause,
    ReviewOutcome,
    StartedHow,
    TransferStatus,
    TransferStep,
)
from dmas.waitinglist.models import Pathway, Patient


def start(session: Session, command: StartTransfer, *, actor: Actor, now: datetime) -> TransferRequest:
    """Begin a request about one wait, or return the one that has not come to its end."""
    if not policy.may_act_for_patient(actor):
        raise NotAllowed("Only the patient, or the helpline on their behalf, can ask to move.")
    with reach.reaching(session, actor):
        pathway = session.get(Pathway, command.pathway_id)
        if pathway is None or (actor.is_patient and actor.id != f"patient:{pathway.patient_id}"):
            raise NotFound("There is no such wait, or it is somebody else's.")
        found = queries.live_transfer(session, pathway.id)
        return found or _begin(session, pathway, actor=actor, now=now)


def answer(session: Session, command: AnswerStep, *, actor: Actor, now: datetime) -> TransferRequest:
    """Keep the answer to one question; after sending, the search follows what changed."""
    today = london_date(now)
    given = rules.checked_answer(command.step, command.values, today)
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        if transfer.status not in _OPEN_TO_ANSWERS:
            raise Conflict("Your request has moved on, so this answer cannot be changed now.")
        if transfer.submitted_on is not None and command.step not in CHANGEABLE:
            raise Conflict("This answer cannot be changed after sending.")
        _keep(session, transfer, command.step, given, now)
        transfer.last_step = command.step.value
        sent = transfer.submitted_on is not None
        if sent and command.step is TransferStep.HEALTH and given["changed"] == "yes":
            _change_waits(transfer, now)
        reach.note(
            session,
            transfer,
            "answers_changed" if sent else "answered",
            actor=actor,
            now=now,
            step=command.step.value,
        )
        if sent:
            _fit_search(session, transfer, actor=actor, now=now)
    return transfer


change_answers = answer


def submit(session: Session, command: SubmitTransfer, *, actor: Actor, now: datetime) -> TransferRequest:
    """Send a request to the home trust's clinicians; a wait that cannot move any more ends it instead."""
    today = london_date(now)
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        status = rules.next_transfer_status("submit", transfer.status)
        given = queries.answers(session, transfer).values
        missing = rules.unanswered(given)
        if missing is not None:
            raise InvalidInput("Answer every question before you send your request.", field=missing.value)
        because = why_not_now(session, transfer, today)
        if because:
            codes = [one.value for one in because]
            return ending.end(
                session, transfer, EndedBecause.NOT_ELIGIBLE, actor=actor, now=now, why_not=codes
            )
        transfer.status, transfer.submitted_on = status, today
        transfer.review_due_on = rules.review_due_on(today)
        if given[TransferStep.HEALTH.value]["changed"] == "yes":
            _change_waits(transfer, now)
            transfer.review_due_on = transfer.change_due_on
        reach.note(session, transfer, "submitted", actor=actor, now=now)
        outbox.tell_patient(
            session, transfer, "transfer_received", actor=actor, now=now, due_on=transfer.review_due_on
        )
    return transfer


def answers_of(session: Session, transfer: TransferRequest, *, actor: Actor) -> dict[str, Any]:
    """Return the answers of a request in hand, by step."""
    with reach.reaching(session, actor):
        return dict(queries.answers(session, transfer).values)


def say_changed(session: Session, command: SayChanged, *, actor: Actor, now: datetime) -> TransferRequest:
    """Tell the home trust that something has changed: nothing is matched until a clinician has looked."""
    what = _words(command.what, "what", "Say what has changed.")
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        if transfer.status not in TRANSFER_LIVE or transfer.submitted_on is None:
            raise Conflict("This request has ended. If your health has changed, call your GP or hospital.")
        _keep(session, transfer, TransferStep.HEALTH, {"changed": "yes", "what": what}, now)
        _change_waits(transfer, now)
        if transfer.review_due_on is not None and transfer.change_due_on is not None:
            transfer.review_due_on = min(transfer.review_due_on, transfer.change_due_on)
        reach.note(session, transfer, "changed", actor=actor, now=now)
    return transfer


def supply_information(
    session: Session, command: SupplyInformation, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Answer a clinician's question; their time to decide starts again."""
    text = _words(command.text, "text", "Write your answer.")
    today = london_date(now)
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        status = rules.next_transfer_status("supply", transfer.status)
        asked = queries.latest_review(session, transfer, ReviewOutcome.MORE_INFORMATION)
        assert asked is not None
        answers = queries.answers(session, transfer)
        transfer.status = status
        supplied = {**answers.values.get("information", {}), str(asked.number): text}
        answers.values = {**answers.values, "information": supplied}
        transfer.review_due_on = rules.review_due_on(today)
        reach.note(session, transfer, "information_given", actor=actor, now=now)
    return transfer


def ask_for_other_clinician(
    session: Session, command: AskForOtherClinician, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Ask, once, that another clinician looks at a request that was found not suitable."""
    today = london_date(now)
    why = command.why.strip()
    if len(why) > LONGEST_ANSWER:
        raise InvalidInput(f"Use {LONGEST_ANSWER:,} characters or fewer.", field="why")
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        if transfer.ended_because != EndedBecause.NOT_SUITABLE:
            raise Conflict(
                "This request was not refused by a clinician, so there is nothing to look at again."
            )
        refusal = queries.latest_review(session, transfer, ReviewOutcome.NOT_SUITABLE)
        if refusal is None or _asked_before(session, transfer):
            raise Conflict("Two clinicians have looked at your request. You can still complain.")
        answers = queries.answers(session, transfer)
        transfer.status = rules.next_transfer_status("reconsider", transfer.status)
        transfer.ended_because = transfer.ended_on = None
        transfer.review_due_on = rules.review_due_on(today)
        answers.values = {**answers.values, "reconsider": why}
        reach.note(session, transfer, "reconsideration_asked", actor=actor, now=now)
        with acting_for_all(session, reach.CHOICE):
            refusal.asked_again_at = now
            audit.record(session, refusal, "transfer_review.asked_again", actor=actor, now=now)
    return transfer


# Questions whose answers may still change once a request is sent.
CHANGEABLE = (
    TransferStep.HEALTH,
    TransferStep.DISTANCE,
    TransferStep.DATES,
    TransferStep.SHORT_NOTICE,
    TransferStep.NEEDS,
    TransferStep.CONTACT,
    TransferStep.ACTING,
)
_OPEN_TO_ANSWERS = tuple(status for status in TRANSFER_LIVE if status is not TransferStatus.ACCEPTED)


def _begin(session: Session, pathway: Pathway, *, actor: Actor, now: datetime) -> TransferRequest:
    today = london_date(now)
    patient = session.get_one(Patient, pathway.patient_id)
    home_icb, home_region = _area(session, pathway.icb_code, pathway.provider_code, today)
    patient_icb, patient_region = _area(session, patient.icb_code, pathway.provider_code, today)
    by_helpline = actor.role is Role.HELPLINE_AGENT
    transfer = TransferRequest(
        reference=new_reference("PT"),
        status=TransferStatus.STARTED.value,
        pathway_id=pathway.id,
        patient_id=patient.id,
        home_code=pathway.provider_code,
        home_icb=home_icb,
        home_region=home_region,
        patient_icb=patient_icb,
        patient_region=patient_region,
        started_how=(StartedHow.HELPLINE if by_helpline else StartedHow.PAGE).value,
        started_by=actor.id,
        started_at=now,
    )
    session.add(transfer)
    reach.note(session, transfer, "started", actor=actor, now=now)
    session.add(
        TransferAnswers(
            request_id=transfer.id, patient_id=patient.id, home_code=transfer.home_code, values={}
        )
    )
    session.flush()
    return transfer


def _area(session: Session, icb_code: str | None, home_code: str, today: date) -> tuple[str, str]:
    """Return the board of a day and its region; the home trust's where nothing else is known."""
    trust = session.get_one(Organisation, home_code)
    for code in (icb_code, trust.icb_code):
        icb = icb_on(session, code, today) if code else None
        if icb is not None and icb.region_code is not None:
            return icb.code, icb.region_code
    raise InvalidInput("Your hospital's area is not on record, so nobody could search. Call the helpline.")


def _keep(
    session: Session, transfer: TransferRequest, step: TransferStep, given: Mapping[str, Any], now: datetime
) -> None:
    answers = queries.answers(session, transfer)
    answers.values = {**answers.values, step.value: dict(given)}
    if step is TransferStep.DISTANCE:
        transfer.travel_miles, transfer.travel_national = rules.travel_of(given)
    elif step is TransferStep.SHORT_NOTICE:
        transfer.short_notice = given["short_notice"] == "yes"
    elif step is TransferStep.NEEDS:
        transfer.needs = list(given["needs"])
    elif step is TransferStep.WHOLE_PATHWAY:
        transfer.understood_at = now
    elif step is TransferStep.SHARING:
        transfer.shared_at = now


def _change_waits(transfer: TransferRequest, now: datetime) -> None:
    transfer.changed_at, transfer.change_due_on = now, rules.change_due_on(london_date(now))


def _fit_search(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime) -> None:
    """Let the search that stands follow the new answers from the next night on."""
    if transfer.care_request_id is None:
        return
    with acting_for_all(session, reach.CHOICE):
        searching.follow_answers(session, transfer, actor=actor, now=now)


def _asked_before(session: Session, transfer: TransferRequest) -> bool:
    return any(review.asked_again_at is not None for review in queries.reviews(session, transfer))


def _words(text: str, field: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(missing, field=field)
    if len(text) > LONGEST_ANSWER:
        raise InvalidInput(f"Use {LONGEST_ANSWER:,} characters or fewer.", field=field)
    return text
