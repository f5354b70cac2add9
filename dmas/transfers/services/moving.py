"""What people do with a hand-over, from a person's yes to treatment or back to the home list."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core import audit, events
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import InvalidInput, NotFound
from dmas.core.nhs_number import holds_nhs_number
from dmas.core.references import new_reference
from dmas.offers import services as offers
from dmas.providers.models import Organisation
from dmas.transfers import outbox, policy, queries, rules
from dmas.transfers.commands import (
    CancelTransfer,
    CompleteDataSet,
    ConfirmTransfer,
    GiveDate,
    OpenTransfer,
    RecordTreated,
    ReRegister,
    ReturnTransfer,
    Say,
    SendTransfer,
)
from dmas.transfers.events import TransferCancelled, TransferConfirmed, TransferDated, TransferReturned
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.services import steps, testing
from dmas.transfers.vocabulary import LONGEST_MESSAGE, TransferStatus


def open_transfer(session: Session, command: OpenTransfer, *, actor: Actor, now: datetime) -> Transfer:
    """Begin a hand-over for a person who said yes; the caller has taken the place in this transaction.

    A test alone is booked with it: nothing is handed over, and no transfer data set is made.
    """
    rules.check_opens(command.basis)
    today = london_date(now)
    transfer = _begun(command, now)
    if command.basis == Basis.TEST_ONLY:
        testing.book(session, transfer, command, today)
    else:
        transfer.status = TransferStatus.PREPARING
        transfer.due_on = rules.due_after(TransferStatus.PREPARING, today)
        transfer.data_set = _known(session, command, today)
    session.add(transfer)
    audit.record(session, transfer, "transfer.opened", actor=actor, now=now, details={"basis": command.basis})
    return transfer


def _begun(command: OpenTransfer, now: datetime) -> Transfer:
    return Transfer(
        reference=new_reference("TR"),
        pathway=command.pathway,
        basis=command.basis,
        proposal_id=command.proposal_id,
        person_id=command.person.person_id,
        offer_id=command.offer_id,
        request_id=command.request_id,
        line_id=command.line_id,
        home_code=command.home.code,
        home_icb=command.home.icb,
        home_region=command.home.region,
        receiver_code=command.receiver.code,
        receiver_icb=command.receiver.icb,
        receiver_region=command.receiver.region,
        pathway_id=command.person.pathway_id,
        clock_start=command.person.clock_start,
        agreed_at=now,
    )


def _known(session: Session, command: OpenTransfer, today: date) -> dict[str, str]:
    codes = (command.home.code, command.receiver.code)
    home, receiver = (session.get_one(Organisation, code).name for code in codes)
    return rules.first_values(command, home_name=home, receiver_name=receiver, agreed_on=today)


def complete_data_set(session: Session, command: CompleteDataSet, *, actor: Actor, now: datetime) -> Transfer:
    """Save the data set as far as it is known; it may be saved many times before it is sent."""
    transfer = steps.for_home(session, command, actor)
    if transfer.status != TransferStatus.PREPARING:
        raise InvalidInput("This data set was sent and no longer changes. Write to the receiver instead.")
    before = transfer.data_set
    transfer.data_set = rules.merged(before, command.values, london_date(now))
    changed = sorted(
        key for key in {*before, *transfer.data_set} if before.get(key) != transfer.data_set.get(key)
    )
    audit.record(
        session, transfer, "transfer.data_set_saved", actor=actor, now=now, details={"changed": changed}
    )
    return transfer


def send(session: Session, command: SendTransfer, *, actor: Actor, now: datetime) -> Transfer:
    """Send the complete data set; status 21 is written for a whole pathway and for nothing else."""
    transfer = steps.for_home(session, command, actor)
    values = transfer.data_set
    steps.step(transfer, "send", now)
    rules.check_complete(values)
    transfer.sent_at = now
    transfer.rtt_status = rules.rtt_status(transfer.basis)
    steps.record(session, transfer, "sent", actor, now, details={"rtt_status": transfer.rtt_status})
    outbox.tell_receiver(session, transfer, "transfer_sent", actor=actor, now=now)
    return transfer


def cancel(session: Session, command: CancelTransfer, *, actor: Actor, now: datetime) -> Transfer:
    """Stop a hand-over before it is sent: the place is free again, the home list and clock untouched."""
    coded = reason(ReasonFor.CANCEL_TRANSFER, command.reason)
    transfer = steps.for_home(session, command, actor)
    steps.step(transfer, "cancel", now)
    steps.record(session, transfer, "cancelled", actor, now, reason=coded.code)
    steps.note(session, transfer, command.note, actor, now)
    offers.give_back(session, transfer.offer_id)
    events.publish(session, TransferCancelled(transfer.id, transfer.request_id), actor=actor, now=now)
    return transfer


def confirm(session: Session, command: ConfirmTransfer, *, actor: Actor, now: datetime) -> Transfer:
    """Confirm that the receiver has the person on its list; for a whole pathway the home entry ends here."""
    transfer = steps.for_receiver(session, command, actor)
    if transfer.basis == Basis.WHOLE_PATHWAY and not command.home_slot_cancelled:
        raise InvalidInput(
            "Check with the home trust that its own appointment is cancelled, then tick the box.",
            field="home_slot_cancelled",
        )
    steps.step(transfer, "confirm", now)
    transfer.confirmed_at = now
    transfer.home_slot_cancelled = command.home_slot_cancelled
    steps.record(
        session,
        transfer,
        "confirmed",
        actor,
        now,
        details={
            "home_slot_cancelled": command.home_slot_cancelled,
            "home_entry_open": rules.home_entry_open(transfer.basis, transfer.status),
        },
    )
    outbox.tell_home(session, transfer, "transfer_confirmed", actor=actor, now=now)
    events.publish(session, TransferConfirmed(transfer.id, transfer.request_id), actor=actor, now=now)
    return transfer


def give_date(session: Session, command: GiveDate, *, actor: Actor, now: datetime) -> Transfer:
    """Give the first date at the receiver, or change it."""
    transfer = steps.for_receiver(session, command, actor)
    rules.check_first_date(command.first_date, london_date(now))
    transfer.first_date = command.first_date
    steps.step(transfer, "date", now)
    steps.record(
        session, transfer, "dated", actor, now, details={"first_date": command.first_date.isoformat()}
    )
    events.publish(session, TransferDated(transfer.id, transfer.request_id), actor=actor, now=now)
    return transfer


def record_treated(session: Session, command: RecordTreated, *, actor: Actor, now: datetime) -> Transfer:
    """Record the first treatment; after it nothing is returned."""
    transfer = steps.for_receiver(session, command, actor)
    steps.step(transfer, "treat", now)
    assert transfer.confirmed_at is not None
    rules.check_treated_on(command.treated_on, london_date(transfer.confirmed_at), london_date(now))
    transfer.treated_on = command.treated_on
    steps.record(
        session, transfer, "treated", actor, now, details={"treated_on": command.treated_on.isoformat()}
    )
    return transfer


def return_to_home(session: Session, command: ReturnTransfer, *, actor: Actor, now: datetime) -> Transfer:
    """Send the person back before first treatment: its place is free, its clock the original."""
    coded = reason(ReasonFor.RETURN, command.reason)
    transfer = steps.for_receiver(session, command, actor)
    if coded.code == "other" and not command.note.strip():
        raise InvalidInput("Say why the patient comes back.", field="note")
    rules.check_phoned(command.patient_phoned_at, transfer.agreed_at, now)
    steps.step(transfer, "return", now)
    transfer.return_reason = coded.code
    transfer.returned_at = now
    transfer.patient_phoned_at = command.patient_phoned_at
    steps.record(session, transfer, "returned", actor, now, reason=coded.code)
    outbox.tell_home(session, transfer, "transfer_returned", actor=actor, now=now, dated=True)
    steps.note(session, transfer, command.note, actor, now)
    offers.give_back(session, transfer.offer_id)
    events.publish(session, TransferReturned(transfer.id, transfer.request_id), actor=actor, now=now)
    return transfer


def re_register(session: Session, command: ReRegister, *, actor: Actor, now: datetime) -> Transfer:
    """Put the person back on the home list with the original clock, once they have been phoned."""
    transfer = steps.for_home(session, command, actor)
    steps.step(transfer, "re_register", now)
    assert transfer.returned_at is not None
    rules.check_re_registers(
        command.re_registered_on,
        command.clock_start,
        transfer.clock_start,
        returned=london_date(transfer.returned_at),
        today=london_date(now),
    )
    rules.check_phoned(command.patient_phoned_at, transfer.agreed_at, now)
    transfer.patient_phoned_at = command.patient_phoned_at or transfer.patient_phoned_at
    if transfer.patient_phoned_at is None:
        raise InvalidInput(
            "Phone the patient first, and say when you spoke to them.", field="patient_phoned_at"
        )
    transfer.re_registered_on = command.re_registered_on
    steps.record(session, transfer, "re_registered", actor, now)
    return transfer


def say(session: Session, command: Say, *, actor: Actor, now: datetime) -> TransferMessage:
    """Say something to the other side; the hand-over itself does not change."""
    transfer = queries.get(session, actor, command.reference)
    policy.require(
        policy.may_see_person(actor, transfer), "Only the two sides of this transfer write to each other."
    )
    text = command.text.strip()
    if not text:
        raise InvalidInput("Write a message.", field="text")
    if len(text) > LONGEST_MESSAGE:
        raise InvalidInput(f"Use {LONGEST_MESSAGE:,} characters or fewer.", field="text")
    if holds_nhs_number(text):
        raise InvalidInput("Take the NHS number out: it is in the data set.", field="text")
    message = steps.message(session, transfer, text, actor, now)
    audit.record_view(session, transfer, "transfer.message_written", actor=actor, now=now)
    return message


def look_at_person(session: Session, transfer: Transfer, *, actor: Actor, now: datetime) -> dict[str, str]:
    """Return the data set for someone who may see it, and record that they looked."""
    policy.require(
        policy.may_see_person(actor, transfer), "Only the two sides of this transfer may see who moves."
    )
    audit.record_view(session, transfer, "transfer.data_set_seen", actor=actor, now=now)
    return dict(transfer.data_set)


def download(
    session: Session, reference: str, *, actor: Actor, now: datetime
) -> tuple[Transfer, dict[str, str]]:
    """Return the hand-over and its data set to be saved as a file, and record it."""
    transfer = queries.get(session, actor, reference)
    policy.require(
        policy.may_see_person(actor, transfer), "Only the two sides of this transfer may download who moves."
    )
    if transfer.test is not None:
        raise NotFound("A test has no data set to save: the person's pathway stays at home.")
    audit.record_view(session, transfer, "transfer.data_set_downloaded", actor=actor, now=now)
    return transfer, dict(transfer.data_set)
