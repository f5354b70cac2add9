"""What people do with a test that moves alone: book, do, report, read, and tell what is critical."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.catalogue.rules import report_promised, reported_by
from dmas.core import events
from dmas.core.actors import Actor
from dmas.core.calendar import add_working_days
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import Conflict, InvalidInput
from dmas.offers.models import Offer
from dmas.requests.models import CareRequest
from dmas.transfers import outbox, policy, queries, rules
from dmas.transfers.commands import (
    AcknowledgeCritical,
    NameReader,
    OpenTransfer,
    ReadReport,
    RecordDone,
    SendReport,
    TellCritical,
    TransferStep,
)
from dmas.transfers.events import TransferConfirmed
from dmas.transfers.models import Transfer, TransferTest
from dmas.transfers.services import steps
from dmas.transfers.vocabulary import BOOK_WORKING_DAYS, ImagesSent, TransferStatus

_NOT_REPORTER = "Only a booking clerk or manager of the side that reports may do this."
_NOT_READER = "Only a clinical reviewer of the home trust may say that a report was read."
_NOT_THERE = "Only the home trust's own people may acknowledge a critical finding."


def book(session: Session, transfer: Transfer, command: OpenTransfer, today: date) -> None:
    """Make a new hand-over one of a test: who counts it, who reports it and when, who is to read it."""
    offer = session.get_one(Offer, command.offer_id)
    asked = session.get_one(CareRequest, command.request_id)
    side, days = report_promised(offer.provides)
    sides = {"home": command.home.code, "receiver": command.receiver.code}
    transfer.test = TransferTest(
        service=offer.service,
        reported_by=sides[reported_by(offer.contract_basis)],
        report_side=side,
        report_days=days,
        reader=asked.clinical_lead,
        reader_due_on=add_working_days(today, BOOK_WORKING_DAYS),
    )
    transfer.status = TransferStatus.BOOKED
    transfer.due_on = add_working_days(today, BOOK_WORKING_DAYS)
    transfer.data_set = rules.who_is_tested(command)


def name_reader(session: Session, command: NameReader, *, actor: Actor, now: datetime) -> Transfer:
    """Say which clinician reads the report and who is told at once of a critical finding; before the test."""
    transfer = steps.for_home(session, command, actor)
    test = _of(transfer)
    due_on = transfer.due_on
    steps.step(transfer, "name_reader", now)
    transfer.due_on = due_on  # the receiver's time to book is not this step's to move
    test.reader = rules.said(command.reader, field="reader", ask="Name the clinician who reads the report.")
    test.critical_contact = rules.said(
        command.critical_contact,
        field="critical_contact",
        ask="Name who is told of a critical finding.",
    )
    test.critical_phone = rules.phone(command.critical_phone, field="critical_phone")
    test.named_at = now
    steps.record(session, transfer, "reader_named", actor, now)
    return transfer


def record_done(session: Session, command: RecordDone, *, actor: Actor, now: datetime) -> Transfer:
    """Record that the test was done; never before the home trust has said who reads it."""
    transfer = steps.for_receiver(session, command, actor)
    test = _of(transfer)
    rules.check_named(test.named_at)
    rules.check_done_on(command.done_on, london_date(transfer.agreed_at), london_date(now))
    test.done_on = command.done_on
    steps.step(transfer, "do", now)
    details = {"done_on": command.done_on.isoformat(), "reported_by": test.reported_by}
    steps.record(session, transfer, "test_done", actor, now, details=details)
    events.publish(session, TransferConfirmed(transfer.id, transfer.request_id), actor=actor, now=now)
    return transfer


def send_report(session: Session, command: SendReport, *, actor: Actor, now: datetime) -> Transfer:
    """Say that the report was sent and the images are there; five working days to read it begin."""
    transfer = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_report(actor, transfer), _NOT_REPORTER)
    check_version(transfer, command.version)
    test = _of(transfer)
    if command.images_route not in set(ImagesSent):
        raise InvalidInput("Choose how the images were sent.", field="images_route")
    steps.step(transfer, "report", now)
    test.images_route, test.reported_at = command.images_route, now
    test.images_at = None if command.images_route == ImagesSent.NONE else now
    details = {"images_route": command.images_route}
    steps.record(session, transfer, "reported", actor, now, details=details)
    outbox.tell_home(session, transfer, "test_reported", actor=actor, now=now, dated=True)
    return transfer


def read_report(session: Session, command: ReadReport, *, actor: Actor, now: datetime) -> Transfer:
    """Say that a named clinician has read the report: with that the test is over."""
    transfer = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_read_report(actor, transfer), _NOT_READER)
    check_version(transfer, command.version)
    test = _of(transfer)
    rules.check_read(test.critical_at, test.acknowledged_at)
    steps.step(transfer, "read", now)
    test.read_by = rules.said(command.read_by, field="read_by", ask="Name the clinician who read it.")
    test.read_at = now
    steps.record(session, transfer, "read", actor, now)
    return transfer


def tell_critical(session: Session, command: TellCritical, *, actor: Actor, now: datetime) -> Transfer:
    """Record that a critical finding was told by phone on its day; what was found is never kept here."""
    transfer = _of_reporter(session, command, actor)
    test = _of(transfer)
    if transfer.status not in rules.MAY_BE_CRITICAL:
        raise Conflict("A finding can be told once the test is done.")
    if rules.is_unacknowledged(test.critical_at, test.acknowledged_at):
        raise Conflict("A critical finding was told already and waits to be acknowledged.")
    rules.check_told_at(command.told_at, test.done_on, now)
    test.critical_told = rules.said(command.told, field="told", ask="Name whom you spoke to.")
    test.critical_at = command.told_at
    test.acknowledged_at = test.acknowledged_by = None
    steps.record(session, transfer, "critical_told", actor, now)
    outbox.tell_home(session, transfer, "test_critical", actor=actor, now=now)
    return transfer


def acknowledge_critical(
    session: Session, command: AcknowledgeCritical, *, actor: Actor, now: datetime
) -> Transfer:
    """Confirm that a critical finding has arrived and somebody acts on it."""
    transfer = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_acknowledge(actor, transfer), _NOT_THERE)
    check_version(transfer, command.version)
    test = _of(transfer)
    if not rules.is_unacknowledged(test.critical_at, test.acknowledged_at):
        raise Conflict("No critical finding waits to be acknowledged.")
    test.acknowledged_by = rules.said(
        command.acknowledged_by, field="acknowledged_by", ask="Name who acts on the finding."
    )
    test.acknowledged_at = now
    steps.record(session, transfer, "critical_acknowledged", actor, now)
    outbox.tell_receiver(session, transfer, "test_critical_acknowledged", actor=actor, now=now, dated=False)
    return transfer


def _of(transfer: Transfer) -> TransferTest:
    if transfer.test is None:
        raise Conflict("This hand-over is not of a test.")
    return transfer.test


def _of_reporter(session: Session, command: TransferStep, actor: Actor) -> Transfer:
    transfer = queries.get_for_change(session, actor, command.reference)
    allowed = policy.may_act_for_receiver(actor, transfer) or policy.may_report(actor, transfer)
    policy.require(allowed, _NOT_REPORTER)
    check_version(transfer, command.version)
    return transfer
