"""The search for one patient: opening it, what is shown, the choice, going back to it, resting, more days."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.arrangements import Pathway as Kind
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from dmas.core.references import new_reference
from dmas.providers.models import Organisation, Outcode
from dmas.providers.rules import outcode_of
from dmas.requests import outbox, policy, queries, rules
from dmas.requests.commands import ExtendSearch, LogCall, SearchAgain
from dmas.requests.models import CareRequest, RequestLine, TransferRequest, TransferReview
from dmas.requests.services import deciding, reach, steps
from dmas.requests.vocabulary import (
    BackBecause,
    ClosedBecause,
    RequestKind,
    RequestStatus,
    ReviewOutcome,
    TransferStatus,
)
from dmas.waitinglist.models import Pathway, Patient
from dmas.waitinglist.rules.eligibility import age_on

ASKED_BY_PATIENT = "Asked for by the patient"


def open_search(
    session: Session, transfer: TransferRequest, review: TransferReview, *, actor: Actor, now: datetime
) -> CareRequest:
    """Let a care request of one line and one place stand for a patient's request, from today."""
    today = london_date(now)
    pathway = session.get_one(Pathway, transfer.pathway_id)
    patient = session.get_one(Patient, transfer.patient_id)
    latitude, longitude = _home_of(session, patient, transfer.home_code)
    assert review.service
    assert review.stage
    assert review.setting
    care_request = CareRequest(
        reference=new_reference("RQ"),
        kind=RequestKind.TRANSFER.value,
        pathway=Kind.ELECTIVE.value,
        status=steps.next_status("open_for_patient", RequestStatus.DRAFT),
        provider_code=transfer.home_code,
        icb_code=transfer.patient_icb,
        region_code=transfer.patient_region,
        latitude=latitude,
        longitude=longitude,
        distance_approximate=True,
        basis=Basis.WHOLE_PATHWAY.value,
        stage=review.stage,
        service=review.service,
        setting=review.setting,
        reason=ASKED_BY_PATIENT,
        clinical_lead=review.reviewer_name,
        posted_by=actor.id,
        posted_at=now,
        opened_on=today,
        lines=[_line(review, pathway, patient, today)],
    )
    fit_to_answers(care_request, transfer, review)
    session.add(care_request)
    audit.record(session, care_request, "request.opened_for_patient", actor=actor, now=now)
    transfer.care_request_id = care_request.id
    return care_request


def fit_to_answers(care_request: CareRequest, transfer: TransferRequest, review: TransferReview) -> None:
    """Write how far the patient goes, and what they and the clinician need, into their care request."""
    care_request.travel_miles = None if transfer.travel_national else transfer.travel_miles
    care_request.needs = rules.transfer_needs(
        stage=review.stage or "",
        critical_care=review.critical_care or "",
        tokens=review.tokens,
        patient_needs=transfer.needs,
        short_notice=transfer.short_notice,
    )


def follow_answers(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime) -> None:
    """Let the care request of a patient's request, if it is open, follow answers that have changed."""
    assert transfer.care_request_id is not None
    care_request = queries.by_id(session, transfer.care_request_id)
    if care_request.status == RequestStatus.OPEN:
        fit_to_answers(care_request, transfer, _suitable(session, transfer))
        audit.record(session, care_request, "request.answers_changed", actor=actor, now=now)


def show_options(
    session: Session, request_id: uuid.UUID, due_on: date, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Say that options of a care request are before the patient until a day."""
    transfer = _standing(session, request_id)
    transfer.status = rules.next_transfer_status("show", transfer.status)
    transfer.shown_at, transfer.answer_due_on = now, due_on
    transfer.called_at = transfer.called_by = None
    reach.note(session, transfer, "options_shown", actor=actor, now=now)
    return transfer


def choose_made(session: Session, request_id: uuid.UUID, *, actor: Actor, now: datetime) -> TransferRequest:
    """Say that the patient has chosen one of the options of a care request."""
    transfer = _standing(session, request_id)
    transfer.status = rules.next_transfer_status("choose", transfer.status)
    transfer.answer_due_on = None
    reach.note(session, transfer, "chose", actor=actor, now=now)
    return transfer


def back_to_searching(
    session: Session, request_id: uuid.UUID, because: BackBecause, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Go on searching after options were declined, lapsed or gone; the place on the list is untouched."""
    transfer = _standing(session, request_id)
    transfer.status = rules.next_transfer_status("search_on", transfer.status)
    _forget_options(transfer)
    transfer.silences += because is BackBecause.SILENCE
    reach.note(session, transfer, "searching_again", actor=actor, now=now, reason=because.value)
    _search_stands(session, transfer, actor=actor, now=now)
    outbox.tell_patient(session, transfer, "transfer_searching_again", actor=actor, now=now)
    return transfer


def rest(session: Session, request_id: uuid.UUID, *, actor: Actor, now: datetime) -> TransferRequest:
    """Let a request rest after silence; the patient may wake it any day and is asked after 12 weeks."""
    transfer = _standing(session, request_id)
    transfer.status = rules.next_transfer_status("rest", transfer.status)
    _forget_options(transfer)
    transfer.silences += 1
    transfer.ask_again_on = rules.ask_again_on(london_date(now))
    reach.note(session, transfer, "rested", actor=actor, now=now)
    outbox.tell_patient(session, transfer, "transfer_resting", actor=actor, now=now)
    return transfer


def search_again(session: Session, command: SearchAgain, *, actor: Actor, now: datetime) -> TransferRequest:
    """Wake a resting request; a clinician looks first after an old review or a move that came back."""
    today = london_date(now)
    with reach.reaching(session, actor):
        transfer = reach.for_patient(session, command, actor, now)
        status = rules.next_transfer_status("search_again", transfer.status)
        review = _suitable(session, transfer)
        returned = transfer.silences == 0  # it rests because a move came back, not because of silence
        transfer.status, transfer.silences, transfer.ask_again_on = status, 0, None
        if returned or rules.review_is_old(london_date(review.reviewed_at), today):
            transfer.changed_at, transfer.change_due_on = now, rules.change_due_on(today)
        reach.note(session, transfer, "searching_again", actor=actor, now=now, reason="asked")
        _search_stands(session, transfer, actor=actor, now=now)
    return transfer


def extend(session: Session, command: ExtendSearch, *, actor: Actor, now: datetime) -> TransferRequest:
    """Give a search more days: by the patient's ICB, with why, and only where the patient agrees."""
    transfer = queries.lock_transfer(session, actor, command.reference)
    if not policy.may_extend(actor, transfer):
        raise NotAllowed("Only a coordinator of the patient's own ICB can extend the search.")
    if transfer.status not in (TransferStatus.SEARCHING, TransferStatus.OPTIONS_OFFERED):
        raise Conflict("This request is not searching, so there is nothing to extend.")
    if command.version is not None and command.version != transfer.version:
        raise Conflict("Somebody else changed this while you had it open. Look at it again.")
    if not command.why.strip():
        raise InvalidInput("Say why the search should go on.", field="why")
    if not command.patient_agrees:
        raise InvalidInput("Ask the patient first: the search goes on only if they agree.", field="agrees")
    assert transfer.search_ends_on is not None
    ends_on = rules.extended_to(transfer.search_ends_on, command.days, london_date(now))
    transfer.search_ends_on = ends_on
    reach.note(
        session,
        transfer,
        "extended",
        actor=actor,
        now=now,
        until=ends_on.isoformat(),
        why=command.why.strip(),
    )
    return transfer


def log_call(session: Session, command: LogCall, *, actor: Actor, now: datetime) -> TransferRequest:
    """Write down that somebody rang the patient about options that wait for an answer."""
    with reach.reaching(session, actor):
        transfer = queries.lock_transfer(session, actor, command.reference)
        if not policy.may_call(actor, transfer):
            raise NotAllowed("Only the home trust's booking clerks and the helpline log calls.")
        if transfer.status != TransferStatus.OPTIONS_OFFERED:
            raise Conflict("No options wait for an answer any more, so no call is needed.")
        transfer.called_at, transfer.called_by = now, actor.id
        reach.note(session, transfer, "called", actor=actor, now=now, reached=command.reached)
    return transfer


def close_search(
    session: Session, transfer: TransferRequest, because: ClosedBecause, *, actor: Actor, now: datetime
) -> None:
    """End the care request that stands for a patient's request; whoever holds places for it hears of it."""
    if transfer.care_request_id is None:
        return
    with acting_for_all(session, reach.CHOICE):
        care_request = queries.by_id(session, transfer.care_request_id)
        if care_request.status == RequestStatus.OPEN:
            deciding.close(session, care_request, because, actor=actor, now=now)


def _search_stands(session: Session, transfer: TransferRequest, *, actor: Actor, now: datetime) -> None:
    """Open a new care request where the old one has closed, such as after a move that came to nothing."""
    with acting_for_all(session, reach.CHOICE):
        before = queries.by_id(session, transfer.care_request_id) if transfer.care_request_id else None
        if before is not None and before.status == RequestStatus.OPEN:
            return
        open_search(session, transfer, _suitable(session, transfer), actor=actor, now=now)
        transfer.search_from = london_date(now)
        reach.note(session, transfer, "search_opened", actor=actor, now=now)


def _suitable(session: Session, transfer: TransferRequest) -> TransferReview:
    found = queries.latest_review(session, transfer, ReviewOutcome.SUITABLE)
    if found is None:
        raise Conflict("A clinician has to look at this request before anything is searched for.")
    return found


def _standing(session: Session, request_id: uuid.UUID) -> TransferRequest:
    """Return the patient's request that a care request stands for, locked; for rooms that hold it already."""
    found = queries.lock_transfers(session, TransferRequest.care_request_id == request_id)
    if not found:
        raise NotFound("No patient's request stands behind this one.")
    return found[0]


def _forget_options(transfer: TransferRequest) -> None:
    transfer.shown_at = transfer.answer_due_on = None
    transfer.called_at = transfer.called_by = None


def _home_of(session: Session, patient: Patient, home_code: str) -> tuple[float, float]:
    """Return the middle of the patient's postcode district, else where the home trust is."""
    found = session.get(Outcode, outcode_of(patient.postcode) or "")
    if found is not None:
        return found.latitude, found.longitude
    trust = session.get_one(Organisation, home_code)
    if trust.latitude is None or trust.longitude is None:
        raise InvalidInput(
            "Neither the patient's postcode nor the trust's is on record, so distances cannot be worked out."
            " Ask the national administrator to add the trust's."
        )
    return trust.latitude, trust.longitude


def _line(review: TransferReview, pathway: Pathway, patient: Patient, today: date) -> RequestLine:
    waited = (today - pathway.clock_start).days
    age = age_on(patient.date_of_birth, today)
    assert review.priority_code
    return RequestLine(
        number=1,
        places=1,
        procedure_group=review.procedure_group,
        priority_code=review.priority_code,
        tier=rules.tier_of(review.priority_code, waited),
        weeks_from=waited // 7,
        weeks_to=waited // 7,
        waiting_since=pathway.clock_start,
        age_from=age,
        age_to=age,
        worst_asa=review.asa,
        worst_bmi=review.bmi,
        asa_on=review.asa_on,
        bmi_on=review.bmi_on,
        sex=patient.sex if patient.sex in ("F", "M") else None,
    )
