"""The lifecycle of a test alone, its limits, and what is due by when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core.errors import Conflict, InvalidInput
from dmas.transfers import rules
from dmas.transfers.vocabulary import LIVE, TAKES_PLACE, TESTING, TransferStatus

_S = TransferStatus
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)  # a Friday


def test_a_test_is_booked_done_reported_and_read() -> None:
    table = rules.TEST_ONLY
    assert (table["do"].target, table["report"].target, table["read"].target) == (
        _S.DONE,
        _S.REPORTED,
        _S.READ,
    )
    assert table["report"].sources == {_S.DONE}
    assert table["read"].sources == {_S.REPORTED}
    assert not any(_S.READ in row.sources for row in table.values())
    assert {row.target for row in table.values()}.isdisjoint(LIVE)
    assert TESTING | {_S.READ} <= TAKES_PLACE


def test_a_test_writes_no_period_status_and_leaves_the_home_list_alone() -> None:
    assert rules.rtt_status(Basis.TEST_ONLY) is None
    assert all(rules.home_entry_open(Basis.TEST_ONLY, status) for status in _S)


@pytest.mark.parametrize(
    ("status", "given", "due"),
    [
        (_S.BOOKED, {}, date(2026, 11, 24)),
        (_S.BOOKED, {"first_date": date(2026, 12, 1)}, date(2026, 12, 1)),
        (_S.DONE, {"done_on": date(2026, 11, 19)}, date(2026, 11, 26)),
        (_S.REPORTED, {}, date(2026, 11, 27)),
        (_S.RETURNED, {}, date(2026, 11, 24)),
        (_S.READ, {}, None),
    ],
)
def test_each_step_is_due_in_working_days(status: _S, given: dict[str, date], due: date | None) -> None:
    values = {"first_date": None, "done_on": None} | given
    assert rules.due_after_step(status, TODAY, report_days=5, re_register_days=2, **values) == due


@pytest.mark.parametrize(
    ("status", "due_on", "unread"),
    [
        (_S.REPORTED, TODAY, False),
        (_S.REPORTED, TODAY - timedelta(days=1), True),
        (_S.READ, TODAY - timedelta(days=1), False),
        (_S.REPORTED, None, False),
    ],
)
def test_a_report_is_unread_after_its_last_day(status: _S, due_on: date | None, unread: bool) -> None:
    assert rules.is_unread(status, due_on, TODAY) is unread


def test_a_critical_finding_waits_until_it_is_acknowledged() -> None:
    assert not rules.is_unacknowledged(None, None)
    assert rules.is_unacknowledged(NOW, None)
    assert not rules.is_unacknowledged(NOW, NOW)
    with pytest.raises(Conflict, match="Acknowledge it first"):
        rules.check_read(NOW, None)
    rules.check_read(NOW, NOW)
    rules.check_read(None, None)


def test_no_test_before_somebody_reads_it() -> None:
    with pytest.raises(Conflict, match="who reads the report"):
        rules.check_named(None)
    rules.check_named(NOW)


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=8)])
def test_the_day_of_a_test_lies_between_the_yes_and_today(day: date) -> None:
    with pytest.raises(InvalidInput):
        rules.check_done_on(day, TODAY - timedelta(days=7), TODAY)
    rules.check_done_on(TODAY, TODAY - timedelta(days=7), TODAY)


@pytest.mark.parametrize("told_at", [NOW + timedelta(minutes=1), NOW - timedelta(days=3)])
def test_a_call_lies_between_the_test_and_now(told_at: datetime) -> None:
    with pytest.raises(InvalidInput):
        rules.check_told_at(told_at, TODAY, NOW)
    rules.check_told_at(NOW, TODAY, NOW)


@pytest.mark.parametrize("text", ["", "  ", "x" * 101, "call about 999 000 0018"])
def test_names_are_short_and_hold_no_nhs_number(text: str) -> None:
    with pytest.raises(InvalidInput):
        rules.said(text, field="reader", ask="Name the clinician.")
    assert rules.said(" Dr Example ", field="reader", ask="Name the clinician.") == "Dr Example"


def test_a_telephone_number_has_digits() -> None:
    with pytest.raises(InvalidInput):
        rules.phone("ask for me", field="critical_phone")
    assert rules.phone(" 01632 960 123 ", field="critical_phone") == "01632 960 123"
