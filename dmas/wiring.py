"""Who hears what, installed by every edge when it starts, and where each kind of recipient is written to."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.accounts import queries as accounts
from dmas.core import events
from dmas.notifications import letters
from dmas.notifications.commands import DoNotSend, NotYet, PatientAddress
from dmas.notifications.delivery import AddressBook, PatientPost, texts_for
from dmas.notifications.messages import patients
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import RecipientKind
from dmas.offers.events import LimitsTightened, OfferSuspended, OfferWithdrawn
from dmas.proposals import services as proposals
from dmas.providers.models import Organisation
from dmas.requests import services as requests
from dmas.requests.events import ChoiceTakenBack, RequestClosed, RequestWithdrawn
from dmas.requests.models import TransferAnswers, TransferRequest
from dmas.requests.vocabulary import TransferStatus as RequestState
from dmas.requests.vocabulary import TransferStep
from dmas.settings import Settings
from dmas.transfers import services as transfers
from dmas.transfers.events import TransferCancelled, TransferConfirmed, TransferDated, TransferReturned
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from dmas.waitinglist import queries as waitinglist
from dmas.waitinglist.commands import ContactWish
from dmas.waitinglist.events import ExtractApplied
from dmas.waitinglist.models import Invitation
from dmas.waitinglist.services import code_of
from dmas.waitinglist.vocabulary import PauseReason

LISTENERS: events.Listeners = {
    OfferWithdrawn: (proposals.on_offer_withdrawn,),
    OfferSuspended: (proposals.on_offer_suspended,),
    LimitsTightened: (proposals.on_limits_tightened,),
    RequestWithdrawn: (proposals.on_request_withdrawn,),
    RequestClosed: (proposals.on_request_closed,),
    ChoiceTakenBack: (transfers.on_choice_taken_back,),
    TransferConfirmed: (proposals.close_if_fulfilled, requests.on_transfer_confirmed),
    TransferCancelled: (proposals.on_transfer_cancelled,),
    TransferDated: (requests.on_transfer_dated,),
    TransferReturned: (requests.on_transfer_returned,),
    ExtractApplied: (requests.on_extract_applied,),
}

# Whose care it is once the receiving hospital has confirmed.
NOW_THEIRS = (TransferStatus.CONFIRMED, TransferStatus.DATED, TransferStatus.TREATED)
WAIT_FOR_THE_TRUST = (PauseReason.ABSENT_TWICE, PauseReason.LIST_TOO_OLD)

# An outbox row holds an id; the address, or that nothing is to be sent, is looked up when it goes.
ADDRESS_BOOK: AddressBook = {
    RecipientKind.STAFF: accounts.address_of,
    RecipientKind.ORGANISATION: accounts.managers_address,
}


def find_patient(
    session: Session, message: OutboxMessage, today: date
) -> PatientAddress | DoNotSend | NotYet:
    """Return how the patient of a message is reached today, and who is responsible for their care.

    News nobody waits for is put off while their trust has not confirmed that they are alive and waiting.
    """
    about = _request_of(session, message)
    invitation = message.values.get("invitation")
    wait = about.pathway_id if about else None
    if invitation:
        wait = session.get_one(Invitation, uuid.UUID(invitation)).pathway_id
    found = waitinglist.address_of_patient(
        session, message.recipient_id, can_text=True, pathway_id=wait, wish=_wish(session, about)
    )
    if isinstance(found, DoNotSend):
        return found
    if wait and message.template not in patients.AT_ONCE:
        pause = waitinglist.may_match(session, [wait], today=today)[wait]
        if pause in WAIT_FOR_THE_TRUST:
            return NotYet(f"{pause.label}.")
    return replace(found, care_by=_new_hospital(session, about) if about else "")


def patient_post(settings: Settings) -> PatientPost:
    """Return what delivery needs to write to patients in an installation."""
    return PatientPost(
        find=find_patient,
        code_of=partial(code_of, secret_key=settings.secret_key),
        texts=texts_for(settings),
        set_letter=letters.set_letter,
    )


def _request_of(session: Session, message: OutboxMessage) -> TransferRequest | None:
    reference = message.values.get("reference")
    return session.scalar(select(TransferRequest).where(TransferRequest.reference == reference))


def _wish(session: Session, about: TransferRequest | None) -> ContactWish:
    """Return what somebody answered about hearing from us, in the request that a message is about."""
    answers = session.get(TransferAnswers, about.id) if about else None
    contact = answers.values.get(TransferStep.CONTACT, {}) if answers else {}
    return ContactWish(contact.get("channel", ""), contact.get("email", ""), contact.get("phone", ""))


def _new_hospital(session: Session, about: TransferRequest) -> str:
    """Return the name of the hospital that has confirmed the move and so is responsible, or nothing."""
    if about.status != RequestState.TRANSFERRED:
        return ""
    confirmed = (
        select(Organisation.name)
        .join(Transfer, Transfer.receiver_code == Organisation.code)
        .where(Transfer.request_id == about.care_request_id, Transfer.status.in_(NOW_THEIRS))
    )
    return session.scalar(confirmed) or ""


def install() -> None:
    """Let everybody listed hear what they listen for."""
    events.install(LISTENERS)
