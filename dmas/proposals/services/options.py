"""A patient's options until they are shown: whose answers are waited for, and what is still free then.

A further option takes its place only here, by the guarded statement (docs/adr/0008).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import NoLongerAvailable
from dmas.offers import services as offers
from dmas.proposals import outbox, policy, queries, rules
from dmas.proposals.models import Proposal
from dmas.proposals.services import places
from dmas.proposals.vocabulary import ANSWERED, UNANSWERED, ProposalStatus
from dmas.requests import rules as request_rules
from dmas.requests import services as requests
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import BackBecause, TransferStatus
from dmas.waitinglist.models import Patient

JOB = "options"
SHOWN_INSTEAD, PLACE_GONE = "others_shown", "place_gone"


def gather(session: Session, answered: Proposal, *, actor: Actor, now: datetime) -> bool:
    """Show a patient their options where this was the last answer; False where no patient is waiting."""
    if answered.transfer_request_id is None:
        return False
    with acting_for_all(session, JOB):
        transfer, live = queries.lock_options(session, answered.transfer_request_id)
        if not any(one.status in UNANSWERED for one in live):
            show(session, transfer, live, actor=actor, now=now)
    return True


def show_gathered(session: Session, *, actor: Actor, now: datetime) -> int:
    """Show every patient whose answers have been waited for long enough; return how many were shown some.

    Two working days after the first yes; the receivers who have not answered are then not waited for.
    """
    policy.require(actor.is_system, "Only the night shows options by itself.")
    today, shown = london_date(now), 0
    ready = queries.options_due(Proposal.status.in_(ANSWERED))
    for transfer_request_id in session.scalars(ready).all():
        assert transfer_request_id is not None
        transfer, live = queries.lock_options(session, transfer_request_id)
        if _waited_enough(live, today):
            shown += show(session, transfer, live, actor=actor, now=now)
    _search_on_where_nothing_is_left(session, actor=actor, now=now)
    return shown


def show(
    session: Session, transfer: TransferRequest, live: Sequence[Proposal], *, actor: Actor, now: datetime
) -> bool:
    """Show a patient every option with a yes whose place is free; say whether any was shown.

    Nothing is shown while a clinician has still to look at what has changed.
    """
    searching = transfer.status == TransferStatus.SEARCHING
    if not searching or request_rules.change_is_open(transfer.changed_at, transfer.change_cleared_at):
        return False
    assert transfer.care_request_id is not None
    due_on = rules.patient_due(london_date(now), by_letter=_is_slow(session, transfer))
    accepted = [one for one in live if one.status in ANSWERED]
    shown = [one for one in accepted if _offer(session, one, due_on, actor, now)]
    if not shown:
        return False
    late = [one for one in live if one.status in UNANSWERED]
    places.end_all(
        session, late, "supersede", "proposal.superseded", actor=actor, now=now, reason=SHOWN_INSTEAD
    )
    requests.show_options(session, transfer.care_request_id, due_on, actor=actor, now=now)
    outbox.tell_options(session, transfer, len(shown), actor=actor, now=now)
    return True


def look_on(session: Session, ended: Iterable[Proposal], *, actor: Actor, now: datetime) -> None:
    """Go on searching for patients who lost the last option they were shown.

    A request that somebody is working on at this moment is left to the night, so that nobody waits for
    each other: here the offer is locked first.
    """
    ids = {one.transfer_request_id for one in ended if one.transfer_request_id is not None}
    _search_on(session, ids, actor=actor, now=now)


def _search_on_where_nothing_is_left(session: Session, *, actor: Actor, now: datetime) -> None:
    offered = select(TransferRequest.id).where(TransferRequest.status == TransferStatus.OPTIONS_OFFERED)
    _search_on(session, set(session.scalars(offered)), actor=actor, now=now)


def _search_on(session: Session, ids: set[uuid.UUID], *, actor: Actor, now: datetime) -> None:
    free = (
        select(TransferRequest)
        .where(TransferRequest.id.in_(ids), TransferRequest.status == TransferStatus.OPTIONS_OFFERED)
        .order_by(TransferRequest.reference)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for transfer in session.scalars(free).all() if ids else ():
        if not queries.options(session, transfer.id, ProposalStatus.OFFERED):
            assert transfer.care_request_id is not None
            requests.back_to_searching(
                session, transfer.care_request_id, BackBecause.GONE, actor=actor, now=now
            )


def _waited_enough(live: Sequence[Proposal], today: date) -> bool:
    first_yes = [one.due_on for one in live if one.status in ANSWERED and one.due_on is not None]
    everybody = not any(one.status in UNANSWERED for one in live)
    return everybody or any(due_on < today for due_on in first_yes)


def _offer(session: Session, proposal: Proposal, due_on: date, actor: Actor, now: datetime) -> bool:
    """Show one option, taking its place where it holds none yet; end it and say no where that has gone."""
    if not proposal.held:
        try:
            offers.hold(session, proposal.offer_id, 1)
        except NoLongerAvailable:
            places.end(proposal, "lose", now)
            audit.record(session, proposal, "proposal.gone", actor=actor, now=now, reason=PLACE_GONE)
            return False
        proposal.held = 1
    places.step(proposal, "show")
    proposal.shown_at, proposal.due_on = now, due_on
    audit.record(
        session, proposal, "proposal.shown", actor=actor, now=now, details={"option": proposal.option}
    )
    return True


def _is_slow(session: Session, transfer: TransferRequest) -> bool:
    """Say whether a patient is reached by letter or with an interpreter, and so has longer."""
    patient = session.get_one(Patient, transfer.patient_id)
    at_once = patient.mobile or patient.email
    return patient.contact_preference == "letter" or bool(patient.interpreter_language) or not at_once
