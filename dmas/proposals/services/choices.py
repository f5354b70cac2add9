"""The patient's choice: one option and the others let go, none of them, staying, or no answer at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all, check_version
from dmas.core.errors import Conflict, NotAllowed
from dmas.proposals import outbox, policy, queries, rules
from dmas.proposals.commands import ChooseOption, DeclineOptions
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.services import places
from dmas.proposals.services.people import take_place
from dmas.proposals.vocabulary import AskedHow, Consent, ProposalStatus
from dmas.requests import policy as request_policy
from dmas.requests import queries as requests_seen
from dmas.requests import services as requests
from dmas.requests.models import RequestLine, TransferRequest
from dmas.requests.vocabulary import BackBecause, TransferStatus
from dmas.transfers import queries as transfers
from dmas.transfers.models import Transfer
from dmas.waitinglist.models import Pathway, Patient

JOB = "patient-choice"
ANOTHER_CHOSEN, NONE_CHOSEN = "another_chosen", "none_chosen"
_GONE = (
    "That option has gone. Nothing about your wait has changed: your place on the list and your waiting time"
    " are as they were."
)
_CHOSEN = "You have already chosen. Your choice stands, and your hospital is arranging the move."
_NOT_SHOWN = "No options are waiting for you now. Nothing about your wait has changed."
_MOVING = "Your care is already being moved. Your hospital can tell you how far it has come."


def choose_option(session: Session, command: ChooseOption, *, actor: Actor, now: datetime) -> Transfer:
    """Take the place of one option, let the others go and begin the hand-over, all at once.

    Raise Conflict, in words for the patient, where it is too late or the option has gone.
    """
    seen = _for_patient(session, actor, command.reference, now)
    with acting_for_all(session, JOB):
        transfer, live = _shown(session, seen.id, command.version)
        chosen = next((one for one in live if one.reference == command.proposal_reference), None)
        if chosen is None or chosen.status != ProposalStatus.OFFERED:
            raise Conflict(_GONE)
        others = [one for one in live if one.id != chosen.id]
        places.end_all(
            session, others, "supersede", "proposal.superseded", actor=actor, now=now, reason=ANOTHER_CHOSEN
        )
        outbox.tell_receivers_let_go(session, others, actor=actor, now=now)
        move = _take(session, transfer, chosen, actor, now)
        assert transfer.care_request_id is not None
        requests.choose_made(session, transfer.care_request_id, actor=actor, now=now)
        outbox.tell_chosen(session, transfer, chosen, actor=actor, now=now)
    return move


def decline_options(
    session: Session, command: DeclineOptions, *, actor: Actor, now: datetime
) -> TransferRequest:
    """Take none of the options and go on searching; none of them is offered again. Never exported."""
    coded = reason(ReasonFor.STAY, command.reason)
    seen = _for_patient(session, actor, command.reference, now)
    with acting_for_all(session, JOB):
        transfer, live = _shown(session, seen.id, command.version)
        shown = [one for one in live if one.status == ProposalStatus.OFFERED]
        for one in shown:
            one.decided_by, one.decided_at, one.decision_reason = actor.id, now, coded.code
        places.end_all(
            session,
            shown,
            "decline_option",
            "proposal.option_declined",
            actor=actor,
            now=now,
            reason=NONE_CHOSEN,
        )
        outbox.tell_receivers_let_go(session, shown, actor=actor, now=now)
        assert transfer.care_request_id is not None
        return requests.back_to_searching(
            session, transfer.care_request_id, BackBecause.DECLINED, actor=actor, now=now
        )


def lapse_choices(session: Session, *, actor: Actor, now: datetime) -> int:
    """Let options lapse whose last day has passed and whose patient was phoned; return for how many.

    The first silence goes back to searching, a second one rests the request. Nothing else changes.
    """
    policy.require(actor.is_system, "Only the night ends what has lapsed.")
    today, lapsed = london_date(now), 0
    over = queries.options_due(Proposal.status == ProposalStatus.OFFERED, Proposal.due_on < today)
    for transfer_request_id in session.scalars(over).all():
        assert transfer_request_id is not None
        transfer, live = queries.lock_options(session, transfer_request_id)
        due_on = transfer.answer_due_on
        offered = transfer.status == TransferStatus.OPTIONS_OFFERED
        if offered and due_on is not None and rules.may_lapse(due_on, transfer.called_at, today):
            _lapse(session, transfer, live, actor, now)
            lapsed += 1
    return lapsed


def remind_to_choose(session: Session, *, actor: Actor, now: datetime) -> int:
    """Remind patients who have not answered, on the days that fall to each; return how many.

    Each day's reminder is said once, however often this is asked.
    """
    today = london_date(now)
    due = [
        transfer
        for transfer in queries.options_waiting(session)
        if transfer.shown_at is not None
        and transfer.answer_due_on is not None
        and today in rules.reminders(london_date(transfer.shown_at), transfer.answer_due_on)
    ]
    outbox.remind_to_choose(session, due, actor=actor, now=now)
    return len(due)


def _for_patient(session: Session, actor: Actor, reference: str, now: datetime) -> TransferRequest:
    """Return the request of the patient, or of a caller whose identity a helpline agent has checked."""
    if not request_policy.may_act_for_patient(actor):
        raise NotAllowed("Only the patient, or the helpline on their behalf, can do this.")
    found = requests_seen.transfer(session, actor, reference)
    requests_seen.require_identity(session, actor, found, now)
    return found


def _shown(
    session: Session, transfer_request_id: uuid.UUID, version: int
) -> tuple[TransferRequest, list[Proposal]]:
    """Return a patient's request and live options, locked, where options are before them; raise Conflict."""
    transfer, live = queries.lock_options(session, transfer_request_id)
    if transfer.status in (TransferStatus.ACCEPTED, TransferStatus.TRANSFERRED):
        raise Conflict(_CHOSEN)
    if transfer.status != TransferStatus.OPTIONS_OFFERED:
        raise Conflict(_NOT_SHOWN)
    check_version(transfer, version)
    return transfer, live


def _take(
    session: Session, transfer: TransferRequest, chosen: Proposal, actor: Actor, now: datetime
) -> Transfer:
    pathway = session.get_one(Pathway, transfer.pathway_id)
    if transfers.is_moving(session, transfer.home_code, pathway.pathway_id):
        raise Conflict(_MOVING)
    places.step(chosen, "choose_option")
    chosen.decided_by, chosen.decided_at = actor.id, now
    audit.record(session, chosen, "proposal.chosen_by_patient", actor=actor, now=now)
    person = _person(session, transfer, pathway, chosen, actor, now)
    session.add(person)
    audit.record(session, person, "person.said_yes", actor=actor, now=now)
    return take_place(session, chosen, person, actor=actor, now=now)


def _person(
    session: Session,
    transfer: TransferRequest,
    pathway: Pathway,
    chosen: Proposal,
    actor: Actor,
    now: datetime,
) -> NamedPerson:
    """Return the patient as the receiver may now know them, from the home trust's list."""
    patient = session.get_one(Patient, transfer.patient_id)
    line = session.get_one(RequestLine, chosen.line_id)
    return NamedPerson(
        id=uuid.uuid4(),
        proposal_id=chosen.id,
        home_code=chosen.home_code,
        receiver_code=chosen.receiver_code,
        pathway_id=pathway.pathway_id,
        nhs_number=patient.nhs_number,
        given_name=patient.given_name,
        family_name=patient.family_name,
        date_of_birth=patient.date_of_birth,
        sex=patient.sex or "",
        postcode=patient.postcode or "",
        phone=patient.mobile or "",
        clock_start=pathway.clock_start,
        priority_code=line.priority_code,
        asa=line.worst_asa,
        bmi=line.worst_bmi,
        tenths=chosen.tenths,
        travel_miles=_limit(transfer, chosen),
        travel_asked=True,
        communication_needs=patient.communication_needs,
        named_by=actor.id,
        named_at=now,
        consent=Consent.YES,
        asked_by=actor.name if actor.role else "the patient",
        asked_how=AskedHow.CALL if actor.role else AskedHow.PAGE,
        asked_at=now,
    )


def _limit(transfer: TransferRequest, chosen: Proposal) -> int:
    """Return how far the patient said they would go: anywhere is at least as far as what they chose."""
    return transfer.travel_miles or -(-chosen.tenths // 10)


def _lapse(
    session: Session, transfer: TransferRequest, live: Sequence[Proposal], actor: Actor, now: datetime
) -> None:
    shown = [one for one in live if one.status == ProposalStatus.OFFERED]
    for one in shown:
        one.decision_reason = rules.NO_ANSWER
    places.end_all(session, shown, "lapse", "proposal.lapsed", actor=actor, now=now, reason=rules.NO_ANSWER)
    outbox.tell_receivers_let_go(session, shown, actor=actor, now=now)
    assert transfer.care_request_id is not None
    if transfer.silences:
        requests.rest(session, transfer.care_request_id, actor=actor, now=now)
        return
    requests.back_to_searching(session, transfer.care_request_id, BackBecause.SILENCE, actor=actor, now=now)
