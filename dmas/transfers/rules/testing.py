"""The lifecycle of a test that moves alone: booked, done, reported, read; and what is due by when.

The pathway stays at home, so no period status is ever written. A critical finding is told beside the states,
on the day it is made.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dmas.core.calendar import add_working_days
from dmas.core.errors import Conflict, InvalidInput
from dmas.core.nhs_number import holds_nhs_number
from dmas.core.transitions import step
from dmas.transfers.commands import OpenTransfer
from dmas.transfers.vocabulary import (
    BOOK_WORKING_DAYS,
    LONGEST_NAME,
    LONGEST_PHONE,
    READ_WORKING_DAYS,
    TransferStatus,
)

_S = TransferStatus
_HOME, _RECEIVER = "booking clerk or manager of the home trust", "booking clerk or manager of the receiver"

TEST_ONLY = {
    "name_reader": step({_S.BOOKED}, _S.BOOKED, _HOME),
    "date": step({_S.BOOKED}, _S.BOOKED, _RECEIVER),
    "cancel": step({_S.BOOKED}, _S.CANCELLED, _HOME),
    "do": step({_S.BOOKED}, _S.DONE, _RECEIVER),
    "report": step({_S.DONE}, _S.REPORTED, "booking clerk or manager of the side that reports"),
    "read": step({_S.REPORTED}, _S.READ, "clinical reviewer of the home trust"),
    "return": step({_S.BOOKED}, _S.RETURNED, _RECEIVER),
    "re_register": step({_S.RETURNED}, _S.RE_REGISTERED, _HOME),
}
# A finding is made once the test is done, and is still told after somebody has read the report.
MAY_BE_CRITICAL = frozenset({_S.DONE, _S.REPORTED, _S.READ})


def due_after_step(
    status: TransferStatus,
    today: date,
    *,
    first_date: date | None,
    done_on: date | None,
    report_days: int,
    re_register_days: int,
) -> date | None:
    """Return by when the next step of a test is due: its date, the test, the report, the reading."""
    if status is _S.BOOKED:
        return first_date or add_working_days(today, BOOK_WORKING_DAYS)
    if status is _S.DONE:
        return add_working_days(done_on or today, report_days)
    if status is _S.REPORTED:
        return add_working_days(today, READ_WORKING_DAYS)
    return add_working_days(today, re_register_days) if status is _S.RETURNED else None


def is_unread(status: str, due_on: date | None, today: date) -> bool:
    """Say whether a report was sent and nobody has read it in five working days: a breach of both sides."""
    return status == _S.REPORTED and due_on is not None and due_on < today


def is_unacknowledged(critical_at: datetime | None, acknowledged_at: datetime | None) -> bool:
    """Say whether somebody was told of a critical finding and has not confirmed it."""
    return critical_at is not None and acknowledged_at is None


def check_named(named_at: datetime | None) -> None:
    """Raise Conflict unless the home trust has said who reads the report and who is told at once."""
    if named_at is None:
        raise Conflict(
            "Before the test the home trust must say who reads the report and who is told of a critical"
            " finding. Write to them or phone them."
        )


def check_done_on(done_on: date, agreed_on: date, today: date) -> None:
    """Raise InvalidInput unless the test lies between the agreement and today."""
    if done_on > today:
        raise InvalidInput("The day of the test must not be in the future.", field="done_on")
    if done_on < agreed_on:
        raise InvalidInput("The day of the test is before the place was agreed.", field="done_on")


def check_told_at(told_at: datetime, done_on: date | None, now: datetime) -> None:
    """Raise InvalidInput for a call in the future or before the day of the test."""
    if told_at > now or (done_on is not None and told_at.date() < done_on - timedelta(days=1)):
        raise InvalidInput("The call must be after the test and not in the future.", field="told_on")


def check_read(critical_at: datetime | None, acknowledged_at: datetime | None) -> None:
    """Raise Conflict while a critical finding waits for its acknowledgement."""
    if is_unacknowledged(critical_at, acknowledged_at):
        raise Conflict("There is a critical finding. Acknowledge it first; then record that it was read.")


def said(text: str, *, field: str, ask: str, most: int = LONGEST_NAME) -> str:
    """Return trimmed words; raise InvalidInput where they are empty, too long or hold an NHS number."""
    text = text.strip()
    if not text:
        raise InvalidInput(ask, field=field)
    if len(text) > most:
        raise InvalidInput(f"Use {most} characters or fewer.", field=field)
    if holds_nhs_number(text):
        raise InvalidInput("Take the NHS number out: it is with the person's details.", field=field)
    return text


def phone(text: str, *, field: str) -> str:
    """Return a trimmed telephone number; raise InvalidInput where it is none."""
    found = said(text, field=field, ask="Enter a telephone number.", most=LONGEST_PHONE)
    if sum(one.isdigit() for one in found) < 6:
        raise InvalidInput("Enter a telephone number, like 01632 960 001.", field=field)
    return found


def who_is_tested(command: OpenTransfer) -> dict[str, str]:
    """Return what the receiver must know of the person; no transfer data set is made for a test."""
    person = command.person
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "postcode": person.postcode,
        "birth_date": person.date_of_birth.isoformat(),
        "nhs_number": person.nhs_number,
        "phone_mobile" if person.phone.startswith(("07", "+447")) else "phone_home": person.phone,
    }
