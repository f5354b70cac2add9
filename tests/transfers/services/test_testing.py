"""A test alone on a real database: booked, done, reported, read, and what is critical."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed, NotFound
from dmas.notifications.models import OutboxMessage
from dmas.offers.models import Offer
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers import queries, services
from dmas.transfers.commands import (
    AcknowledgeCritical,
    CancelTransfer,
    ConfirmTransfer,
    GiveDate,
    ReadReport,
    RecordDone,
    ReRegister,
    ReturnTransfer,
    SendReport,
    SendTransfer,
    TellCritical,
)
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.factories import diagnostics as make
from tests.factories.proposals import staff_of

_S = TransferStatus


def made(database: Database, actor: Actor, now: datetime, status: _S = _S.BOOKED, **values: Any) -> Transfer:
    with database.unit_of_work(actor) as session:
        return make.make_test_transfer(session, now=now, status=status, **values)


def step(
    database: Database,
    service: Callable[..., Transfer],
    command: type,
    transfer: Transfer,
    actor: Actor,
    now: datetime,
    **values: Any,
) -> Transfer:
    with database.unit_of_work(actor) as session:
        version = session.get_one(Transfer, transfer.id).version
    wish = command(reference=transfer.reference, version=version, **values)
    with database.unit_of_work(actor) as session:
        return service(session, wish, actor=actor, now=now)


def test_a_yes_books_a_test_and_moves_no_pathway(database: Database, system: Actor, now: datetime) -> None:
    transfer = made(database, system, now)
    assert (transfer.status, transfer.basis, transfer.rtt_status) == (_S.BOOKED, Basis.TEST_ONLY, None)
    assert transfer.test is not None
    assert (transfer.test.service, transfer.test.report_side, transfer.test.report_days) == (
        "MRI",
        "receiver",
        5,
    )
    assert transfer.test.reported_by == transfer.home_code
    assert transfer.test.reader == "Dr Example Reader"
    assert transfer.clock_start == london_date(now) - timedelta(days=49)
    assert "rtt_status" not in transfer.data_set
    with database.unit_of_work(system) as session:
        offer = session.get_one(Offer, transfer.offer_id)
        assert (offer.held, offer.taken) == (0, 1)


def test_a_test_goes_its_whole_way(database: Database, system: Actor, now: datetime) -> None:
    transfer = made(database, system, now, _S.READ)
    assert transfer.status == _S.READ
    assert transfer.due_on is None
    assert transfer.rtt_status is None
    assert transfer.test is not None
    assert transfer.test.read_by == "Dr Example Reader"
    assert transfer.test.images_at == now
    with database.unit_of_work(system) as session:
        told = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.entity_id == transfer.id)
            .order_by(AuditEvent.entity_version, AuditEvent.id)
        ).all()
        offer = session.get_one(Offer, transfer.offer_id)
    assert told == [
        "transfer.opened",
        "transfer.reader_named",
        "transfer.test_done",
        "transfer.reported",
        "transfer.read",
    ]
    assert offer.taken == 1


def test_the_test_waits_until_the_home_trust_says_who_reads_it(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now)
    today = london_date(now)
    with pytest.raises(Conflict, match="who reads the report"):
        step(database, services.record_done, RecordDone, transfer, system, now, done_on=today)
    with database.unit_of_work(system) as session:
        make.name_reader(session, session.get_one(Transfer, transfer.id), now=now)
    done = step(database, services.record_done, RecordDone, transfer, system, now, done_on=today)
    assert done.status == _S.DONE


def test_the_report_is_due_when_it_was_promised_and_read_within_five_days(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now, _S.DONE)
    assert transfer.due_on == datetime(2026, 11, 27).date()  # five working days from a Saturday
    route = {"images_route": "image_exchange"}
    sent = step(database, services.send_report, SendReport, transfer, system, now, **route)
    assert sent.due_on == datetime(2026, 11, 27).date()
    with pytest.raises(InvalidInput):
        step(database, services.send_report, SendReport, transfer, system, now, images_route="pigeon")
    with database.unit_of_work(system) as session:
        messages = session.scalars(select(OutboxMessage.template)).all()
    assert "test_reported" in messages


def test_a_test_that_leaves_no_images_says_so(database: Database, system: Actor, now: datetime) -> None:
    transfer = made(database, system, now, _S.DONE)
    sent = step(database, services.send_report, SendReport, transfer, system, now, images_route="none")
    assert sent.test is not None
    assert sent.test.images_at is None


def test_a_scan_alone_is_reported_at_home(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make.make_test_offer(session, now=now, of=make.detail(report_by="home"))
    transfer = made(database, system, now, _S.DONE, offer=offer)
    route = {"images_route": "shared_archive"}
    receiver, home = staff_of(transfer.receiver_code), staff_of(transfer.home_code)
    with pytest.raises(NotAllowed):
        step(database, services.send_report, SendReport, transfer, receiver, now, **route)
    assert (
        step(database, services.send_report, SendReport, transfer, home, now, **route).status == _S.REPORTED
    )


def test_only_a_clinician_of_the_home_trust_reads_a_report(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now, _S.REPORTED)
    who = {"read_by": "Dr Example Reader"}
    for stranger in (
        staff_of(transfer.home_code),
        staff_of(transfer.receiver_code, Role.CLINICAL_REVIEWER),
    ):
        with pytest.raises(NotAllowed):
            step(database, services.read_report, ReadReport, transfer, stranger, now, **who)
    clinician = staff_of(transfer.home_code, Role.CLINICAL_REVIEWER)
    assert step(database, services.read_report, ReadReport, transfer, clinician, now, **who).status == _S.READ


def test_a_critical_finding_is_told_acknowledged_and_only_then_read(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now, _S.REPORTED)
    receiver = staff_of(transfer.receiver_code)
    clinician = staff_of(transfer.home_code, Role.CLINICAL_REVIEWER)
    told = {"told": "Registrar on call", "told_at": now}
    who = {"acknowledged_by": "Dr Example Reader"}
    with pytest.raises(Conflict):
        step(database, services.acknowledge_critical, AcknowledgeCritical, transfer, clinician, now, **who)
    step(database, services.tell_critical, TellCritical, transfer, receiver, now, **told)
    with pytest.raises(Conflict, match="already"):
        step(database, services.tell_critical, TellCritical, transfer, receiver, now, **told)
    with pytest.raises(Conflict, match="Acknowledge it first"):
        step(database, services.read_report, ReadReport, transfer, clinician, now, read_by="Dr Example")
    with pytest.raises(NotAllowed):
        step(database, services.acknowledge_critical, AcknowledgeCritical, transfer, receiver, now, **who)
    step(database, services.acknowledge_critical, AcknowledgeCritical, transfer, clinician, now, **who)
    read = step(database, services.read_report, ReadReport, transfer, clinician, now, read_by="Dr Example")
    assert read.status == _S.READ
    with database.unit_of_work(system) as session:
        messages = session.scalars(select(OutboxMessage.template)).all()
    assert {"test_critical", "test_critical_acknowledged"} <= set(messages)


def test_nothing_is_critical_before_the_test_and_strangers_tell_nothing(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now)
    told = {"told": "Registrar on call", "told_at": now}
    with pytest.raises(Conflict, match="once the test is done"):
        step(database, services.tell_critical, TellCritical, transfer, system, now, **told)
    with pytest.raises(NotAllowed):
        step(
            database,
            services.tell_critical,
            TellCritical,
            transfer,
            staff_of(transfer.home_code),
            now,
            **told,
        )
    with pytest.raises(NotFound), database.unit_of_work(system) as session:
        services.download(session, transfer.reference, actor=staff_of(transfer.home_code), now=now)


def test_steps_of_a_pathway_are_none_of_a_test(database: Database, system: Actor, now: datetime) -> None:
    transfer = made(database, system, now)
    with pytest.raises(Conflict, match="no such step"):
        step(database, services.send, SendTransfer, transfer, system, now)
    with pytest.raises(Conflict, match="no such step"):
        step(database, services.confirm, ConfirmTransfer, transfer, system, now, home_slot_cancelled=True)


def test_a_test_is_dated_returned_and_put_back_with_its_clock(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now)
    day = london_date(now) + timedelta(days=5)
    dated = step(database, services.give_date, GiveDate, transfer, system, now, first_date=day)
    assert (dated.status, dated.due_on) == (_S.BOOKED, day)
    back = step(
        database,
        services.return_to_home,
        ReturnTransfer,
        transfer,
        system,
        now,
        reason="no_contact",
        patient_phoned_at=now,
    )
    assert back.status == _S.RETURNED
    with database.unit_of_work(system) as session:
        assert session.get_one(Offer, transfer.offer_id).taken == 0
    put = step(
        database,
        services.re_register,
        ReRegister,
        transfer,
        system,
        now,
        re_registered_on=london_date(now),
        clock_start=transfer.clock_start,
    )
    assert (put.status, put.clock_start) == (_S.RE_REGISTERED, transfer.clock_start)


def test_a_booked_test_may_be_cancelled_and_a_done_one_may_not(
    database: Database, system: Actor, now: datetime
) -> None:
    booked, done = made(database, system, now), made(database, system, now, _S.DONE)
    with database.unit_of_work(system) as session:
        from_list = session.get_one(Transfer, booked.id)
        assert queries.is_tested(session, from_list.home_code, from_list.pathway_id, "MRI")
        assert not queries.is_tested(session, from_list.home_code, from_list.pathway_id, "CT")
    step(database, services.cancel, CancelTransfer, booked, system, now, **_a_reason())
    with pytest.raises(IllegalTransition):
        step(database, services.cancel, CancelTransfer, done, system, now, **_a_reason())


def _a_reason() -> dict[str, str]:
    return {"reason": reasons(ReasonFor.CANCEL_TRANSFER)[0].code}


def test_the_last_test_done_closes_the_request(database: Database, system: Actor, now: datetime) -> None:
    today = london_date(now)
    with database.unit_of_work(system) as session:
        asked = make.make_test_request(session, now=now, lines=(make.line(today, places=1),))
    made(database, system, now, _S.DONE, care_request=asked)
    with database.unit_of_work(system) as session:
        assert session.get_one(CareRequest, asked.id).status == RequestStatus.CLOSED


def test_what_waits_is_counted_for_each_side_and_a_breach_for_both(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now, _S.REPORTED)
    home, receiver = staff_of(transfer.home_code), staff_of(transfer.receiver_code)
    today, later = london_date(now), london_date(now) + timedelta(days=30)
    with database.unit_of_work(home) as session:
        assert queries.tests_waiting(session, home, today)["read"] == (1, 0)
        assert queries.tests_waiting(session, home, later)["unread"] == (1, 1)
    with database.unit_of_work(receiver) as session:
        assert queries.tests_waiting(session, receiver, today)["read"] == (0, 0)
        assert queries.tests_waiting(session, receiver, later)["unread"] == (1, 1)
    booked = made(database, system, now)
    side = staff_of(booked.receiver_code)
    with database.unit_of_work(side) as session:
        assert queries.tests_waiting(session, side, today)["book"] == (1, 0)


def test_the_database_keeps_the_states_of_tests_and_pathways_apart(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = made(database, system, now)
    with pytest.raises(DBAPIError, match="status_basis"), database.unit_of_work(system) as session:
        wrong = session.get_one(Transfer, transfer.id)
        wrong.status, wrong.version = _S.SENT, wrong.version + 1
        session.flush()
