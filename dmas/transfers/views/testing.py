"""The steps of a test that moves alone, each a page of its own."""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.diagnostics import queries as diagnostics
from dmas.transfers import policy, presenters, queries, services
from dmas.transfers.forms import (
    AcknowledgeForm,
    CriticalForm,
    DoneForm,
    ReaderForm,
    ReadForm,
    ReportForm,
)
from dmas.transfers.models import Transfer, TransferTest
from dmas.transfers.queries import TransferRow
from dmas.transfers.views.blueprint import blueprint, opened
from dmas.web import access, pages


@blueprint.route("/transfers/<reference>/reader", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def reader(reference: str) -> ResponseReturnValue:
    """Say who reads the report of a test, and who is told at once of a critical finding."""
    actor, row = access.current_actor(), opened(reference, "name_reader", policy.may_act_for_home)
    test = _test(row.transfer)
    with pages.transaction() as session:
        contact, number = _contact(session, row, test)
    form = ReaderForm(
        version=row.transfer.version, reader=test.reader, critical_contact=contact, critical_phone=number
    )
    done = pages.act(
        form,
        lambda step: services.name_reader(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The provider can now do the test.",
    )
    return done or pages.render("transfers/reader.html", form, row=row, words=presenters)


@blueprint.route("/transfers/<reference>/done", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def test_done(reference: str) -> ResponseReturnValue:
    """Record that the test was done."""
    actor, row = access.current_actor(), opened(reference, "do", policy.may_act_for_receiver)
    form = DoneForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.record_done(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The test is recorded. The report is due next.",
    )
    return done or pages.render(
        "transfers/done.html", form, row=row, test=_test(row.transfer), words=presenters
    )


@blueprint.route("/transfers/<reference>/report", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def report(reference: str) -> ResponseReturnValue:
    """Say that the report was sent."""
    actor, row = access.current_actor(), opened(reference, "report", policy.may_report)
    form = ReportForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.send_report(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The report is recorded as sent. A clinician reads it within 5 working days.",
    )
    return done or pages.render(
        "transfers/report.html", form, row=row, test=_test(row.transfer), words=presenters
    )


@blueprint.route("/transfers/<reference>/read", methods=["GET", "POST"])
@access.staff(*policy.READS_REPORTS)
def read(reference: str) -> ResponseReturnValue:
    """Say that a named clinician has read the report."""
    actor, row = access.current_actor(), opened(reference, "read", policy.may_read_report)
    test = _test(row.transfer)
    form = ReadForm(version=row.transfer.version, read_by=test.reader)
    done = pages.act(
        form,
        lambda step: services.read_report(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="Thank you. The report is read, and the test is over.",
    )
    return done or pages.render("transfers/read.html", form, row=row, test=test, words=presenters)


@blueprint.route("/transfers/<reference>/critical", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def critical(reference: str) -> ResponseReturnValue:
    """Record that a critical finding was told by telephone."""
    actor = access.current_actor()
    row = _seen(
        reference,
        lambda actor, one: policy.may_act_for_receiver(actor, one) or policy.may_report(actor, one),
    )
    form = CriticalForm(version=row.transfer.version, now=pages.now())
    done = pages.act(
        form,
        lambda step: services.tell_critical(
            step.session, form.command(reference, step.now), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="Recorded. The home trust must now acknowledge it.",
    )
    return done or pages.render(
        "transfers/critical.html", form, row=row, test=_test(row.transfer), words=presenters
    )


@blueprint.route("/transfers/<reference>/acknowledge", methods=["GET", "POST"])
@access.staff(*policy.READS_PEOPLE)
def acknowledge(reference: str) -> ResponseReturnValue:
    """Confirm that a critical finding has arrived and is acted on."""
    actor, row = access.current_actor(), _seen(reference, policy.may_acknowledge)
    test = _test(row.transfer)
    form = AcknowledgeForm(version=row.transfer.version, acknowledged_by=test.reader)
    done = pages.act(
        form,
        lambda step: services.acknowledge_critical(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="Acknowledged. The other side is told.",
    )
    return done or pages.render("transfers/acknowledge.html", form, row=row, test=test, words=presenters)


def _seen(reference: str, may: Callable[[Actor, Transfer], bool]) -> TransferRow:
    actor = access.current_actor()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
    _test(row.transfer)
    policy.require(may(actor, row.transfer), "This step is the other side's, or another role's.")
    return row


def _test(transfer: Transfer) -> TransferTest:
    if transfer.test is None:
        raise NotFound("There is no test with this reference.")
    return transfer.test


def _contact(session: Session, row: TransferRow, test: TransferTest) -> tuple[str, str]:
    """Return whom to tell as it was said last: for this test, else in the request."""
    if test.critical_contact:
        return test.critical_contact, test.critical_phone
    try:
        asked = diagnostics.request_detail(session, row.care_request.id)
    except NotFound:
        return "", ""
    return asked.critical_contact, asked.critical_phone
