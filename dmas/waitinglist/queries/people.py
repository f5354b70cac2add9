"""One patient, one pathway, one invitation at a time; and where a patient is written to today."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from dmas.core.actors import Actor, Reach
from dmas.core.errors import NotFound
from dmas.notifications import queries as notifications
from dmas.notifications.commands import DoNotSend, PatientAddress
from dmas.notifications.vocabulary import Channel
from dmas.providers.models import Organisation
from dmas.waitinglist.models import Invitation, Pathway, Patient
from dmas.waitinglist.queries.waits import asks_already
from dmas.waitinglist.vocabulary import SafeContact

_NO_SUCH = "There is no such pathway, or it is not on your list."


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the pathways an actor may read: their provider's, or their own."""
    if actor.is_system:
        return true()
    if actor.is_patient:
        return Pathway.patient_id == uuid.UUID(actor.id.removeprefix("patient:"))
    if actor.reach is Reach.ORGANISATION:
        return Pathway.provider_code == actor.organisation
    return false()


def pathway_for(session: Session, actor: Actor, pathway_id: uuid.UUID) -> Pathway:
    """Return a pathway with its patient that the actor may read; raise NotFound otherwise."""
    found = session.scalar(
        select(Pathway)
        .where(Pathway.id == pathway_id, visible_to(actor))
        .options(joinedload(Pathway.patient))
    )
    if found is None:
        raise NotFound(_NO_SUCH)
    return found


def patient_for(session: Session, actor: Actor) -> Patient:
    """Return the patient who acts for themselves; raise NotFound for anybody else."""
    found = session.get(Patient, uuid.UUID(actor.id.removeprefix("patient:"))) if actor.is_patient else None
    if found is None:
        raise NotFound(_NO_SUCH)
    return found


def pathways_of(session: Session, patient_id: uuid.UUID) -> Sequence[Pathway]:
    """Return a patient's open pathways that the session may see, the longest wait first."""
    return session.scalars(
        select(Pathway)
        .where(Pathway.patient_id == patient_id, Pathway.ended_on.is_(None))
        .order_by(Pathway.clock_start, Pathway.id)
    ).all()


def find_person(session: Session, nhs_number: str, date_of_birth: date) -> Patient | None:
    """Return the one patient with both, where the session may see them: both must be right."""
    return session.scalar(
        select(Patient).where(Patient.nhs_number == nhs_number, Patient.date_of_birth == date_of_birth)
    )


def invitation_for(session: Session, pathway_id: uuid.UUID) -> Invitation | None:
    """Return the one invitation of a pathway that has not been replaced or withdrawn."""
    return session.scalar(
        select(Invitation).where(
            Invitation.pathway_id == pathway_id,
            Invitation.replaced_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    )


def address_of_patient(
    session: Session, patient_id: str, *, can_text: bool = False, pathway_id: uuid.UUID | None = None
) -> PatientAddress | DoNotSend:
    """Return how a patient is reached today, or why not; `can_text` says whether text messages can be sent.

    What they prefer goes first, then text message, email and letter. Safe contact is obeyed. `pathway_id`
    is the wait that a message is about: its trust is the one named, and the one that tells them otherwise.
    """
    patient = session.get(Patient, uuid.UUID(patient_id))
    wait = _wait(session, uuid.UUID(patient_id), pathway_id)
    if patient is None or wait is None:
        return DoNotSend("There is no such patient on a list now.")
    home = session.get_one(Organisation, wait.provider_code)
    words = notifications.wording(session, home.code)
    if patient.died_on is not None:
        return DoNotSend("The person has died.")
    if patient.safe_contact == SafeContact.ASK_FIRST:
        return DoNotSend("The person is to be asked first, by the trust.", home.code, wait.id)
    ways = channels(patient, can_text)
    if not ways:
        return DoNotSend("There is no safe way to write to the person.", home.code, wait.id)
    return PatientAddress(
        channel=ways[0],
        others=tuple(ways[1:]),
        home_code=home.code,
        home_name=home.name,
        home_phone=words.phone if words else "",
        worse=words.worse if words else "",
        pathway_id=wait.id,
        emails=(patient.email,) if patient.email else (),
        mobile=patient.mobile or "",
        name=f"{patient.given_name} {patient.family_name}",
        postal_lines=postal_lines(patient),
        language=patient.interpreter_language or "",
        needs=patient.communication_needs,
    )


def postal_lines(patient: Patient) -> tuple[str, ...]:
    """Return the lines of an address below the name, empty where no address is known."""
    lines = [line.strip() for line in patient.address.replace("\n", ",").split(",")]
    return tuple(line for line in (*lines, patient.postcode or "") if line)


def channels(patient: Patient, can_text: bool) -> list[Channel]:
    """Return every safe way to write to a patient, the first to be used first."""
    safe = SafeContact(patient.safe_contact)
    open_now = {
        Channel.SMS: can_text and bool(patient.mobile) and safe is not SafeContact.NO_SMS,
        Channel.EMAIL: bool(patient.email),
        Channel.LETTER: bool(patient.address and patient.postcode) and safe is not SafeContact.NO_LETTER,
    }
    if safe is SafeContact.ASK_FIRST:
        return []
    order = sorted(open_now, key=lambda one: one.value != (patient.contact_preference or ""))
    return [one for one in order if open_now[one]]


def _wait(session: Session, patient_id: uuid.UUID, pathway_id: uuid.UUID | None) -> Pathway | None:
    """Return the wait a message is about: the one named, else the one they ask about, else the longest."""
    invited = (
        select(Invitation.id)
        .where(Invitation.pathway_id == Pathway.id, Invitation.replaced_at.is_(None))
        .exists()
    )
    statement = (
        select(Pathway)
        .where(Pathway.patient_id == patient_id)
        .order_by(
            (Pathway.id == pathway_id).desc(),
            asks_already().desc(),
            or_(invited).desc(),
            Pathway.ended_on.is_(None).desc(),
            Pathway.clock_start,
            Pathway.id,
        )
        .limit(1)
    )
    return session.scalar(statement)
