"""The helpline: nobody is spoken for before their code or NHS number and their date of birth agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor, Role
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import InvalidInput, NotAllowed
from dmas.core.nhs_number import parse_nhs_number
from dmas.requests import queries
from dmas.requests.commands import FindCaller, StartTransfer
from dmas.requests.models import TransferRequest
from dmas.requests.services import journey
from dmas.waitinglist import queries as waits
from dmas.waitinglist.models import Invitation, Pathway, Patient
from dmas.waitinglist.rules import codes

_NOBODY = "Nobody matches. Check the code or the NHS number, and the date of birth, with the caller."


def check_caller(session: Session, command: FindCaller, *, actor: Actor, now: datetime) -> TransferRequest:
    """Check who is on the phone, write that down, and return their request: the newest, or a new one."""
    if actor.role is not Role.HELPLINE_AGENT:
        raise NotAllowed("Only the helpline acts for patients.")
    with acting_for_all(session, "helpline"):
        patient, pathway = _matched(session, command)
        audit.record_view(session, patient, queries.IDENTITY_CHECKED, actor=actor, now=now)
        if patient.died_on is not None or pathway is None:
            raise InvalidInput(
                "This person has no wait that can be asked about. Pass the call to the hospital."
            )
        newest = queries.transfer_of_pathway(session, actor, pathway.id)
        if newest is not None:
            return newest
        because = waits.why_not(session, pathway.id, today=london_date(now))
        if because:
            raise InvalidInput(f"They cannot ask to move today. {because[0].for_patient}")
    return journey.start(session, StartTransfer(pathway_id=pathway.id), actor=actor, now=now)


def _matched(session: Session, command: FindCaller) -> tuple[Patient, Pathway | None]:
    if command.code.strip():
        return _by_code(session, command)
    if not command.nhs_number.strip():
        raise InvalidInput("Enter the code of their letter, or their NHS number.", field="code")
    patient = waits.find_person(session, parse_nhs_number(command.nhs_number), command.date_of_birth)
    if patient is None:
        raise InvalidInput(_NOBODY)
    return patient, _their_wait(session, patient)


def _by_code(session: Session, command: FindCaller) -> tuple[Patient, Pathway]:
    row = session.execute(
        select(Patient, Pathway)
        .join(Invitation, Invitation.patient_id == Patient.id)
        .join(Pathway, Pathway.id == Invitation.pathway_id)
        .where(
            Invitation.code_hash == codes.code_hash(command.code),
            Patient.date_of_birth == command.date_of_birth,
        )
    ).one_or_none()
    if row is None:
        raise InvalidInput(_NOBODY)
    return row[0], row[1]


def _their_wait(session: Session, patient: Patient) -> Pathway | None:
    """Return the wait they ask about: with a request, else with an invitation, else the longest."""
    found = waits.pathways_of(session, patient.id)
    asked = [one for one in found if queries.live_transfer(session, one.id)]
    invited = [one for one in found if waits.invitation_for(session, one.id)]
    return next(iter([*asked, *invited, *found]), None)
