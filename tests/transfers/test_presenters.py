"""Hand-overs in words and as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.transfers import presenters, queries, services
from dmas.transfers.commands import CancelTransfer, ReRegister, ReturnTransfer, Say
from dmas.transfers.models import Transfer
from dmas.transfers.queries import TransferRow
from dmas.transfers.vocabulary import TransferStatus
from dmas.transfers.vocabulary.data_set import Group
from dmas.web.lists import Tag
from tests.factories.proposals import staff_of
from tests.factories.transfers import make_transfer

_S = TransferStatus
TODAY = date(2026, 11, 21)


def _row(database: Database, system: Actor, transfer: Transfer) -> TransferRow:
    with database.unit_of_work(system) as session:
        return queries.row(session, system, transfer.reference)


def test_a_hand_over_in_words_names_nobody(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now, status=_S.TREATED)
        name = transfer.data_set["family_name"]
    row = _row(database, system, transfer)
    said = dict(presenters.summary(row, TODAY))
    assert said["State"] == Tag("Treated", "green")
    assert said["On the home list"] == "No, that entry has ended"
    assert said["Treated"] == "21 November 2026"
    assert name not in f"{said} {presenters.heading(row)}"


def test_the_home_entry_is_told_at_each_step(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        sent, gone = make_transfer(session, now=now, status=_S.SENT), make_transfer(session, now=now)
        back = make_transfer(session, now=now, status=_S.SENT)
        services.cancel(
            session,
            CancelTransfer(reference=gone.reference, version=gone.version, reason="home_date"),
            actor=system,
            now=now,
        )
        services.return_to_home(
            session,
            ReturnTransfer(reference=back.reference, version=back.version, reason="cannot_date"),
            actor=system,
            now=now,
        )
    told = {one: dict(presenters.summary(_row(database, system, one), TODAY)) for one in (sent, gone, back)}
    assert told[sent]["On the home list"] == "Yes, until the receiver confirms"
    assert told[gone]["On the home list"] == "Yes, with the original clock"
    assert told[back]["On the home list"] == "To be put back, with the original clock"
    assert told[back]["Returned"] == "21 November 2026 at 6:00pm: No date can be given"
    with database.unit_of_work(system) as session:
        services.re_register(
            session,
            ReRegister(
                reference=back.reference,
                version=back.version,
                re_registered_on=TODAY,
                clock_start=back.clock_start,
                patient_phoned_at=now,
            ),
            actor=system,
            now=now,
        )
    said = dict(presenters.summary(_row(database, system, back), TODAY))
    assert said["Back on the home list"] == "21 November 2026"
    assert "Waiting for" not in said


def test_due_dates_grow_urgent(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now)
    assert presenters.due(transfer, TODAY) == "24 November 2026"
    assert presenters.due(transfer, date(2026, 11, 24)) == Tag("Due today", "orange")
    assert presenters.due(transfer, date(2026, 11, 25)) == Tag("Overdue since 24 November 2026", "red")


def test_each_side_is_shown_only_its_own_steps(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        preparing = make_transfer(session, now=now)
        confirmed = make_transfer(session, now=now, status=_S.CONFIRMED)

    def steps(transfer: Transfer, actor: Actor) -> list[str]:
        return [step.text for step in presenters.steps(transfer, actor)]

    clerk = staff_of(preparing.home_code, Role.BOOKING_CLERK)
    assert steps(preparing, clerk) == ["Complete the data set and send it", "Cancel"]
    assert steps(preparing, staff_of(preparing.receiver_code)) == []
    receiver = staff_of(confirmed.receiver_code, Role.INDEPENDENT_MANAGER)
    assert steps(confirmed, receiver) == [
        "Give the first date",
        "Return to the home trust",
        "See the data set",
    ]
    assert steps(confirmed, staff_of("RZZ9")) == []
    confirmed.status = _S.DATED
    assert steps(confirmed, receiver)[:2] == ["Change the first date", "Record the treatment"]
    assert [step.main for step in presenters.steps(confirmed, receiver)][:2] == [False, True]
    assert presenters.side(confirmed, staff_of("RZZ9")) == "Looking on"


def test_the_conversation_runs_newest_first(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now)
        for text in ("First", "Second"):
            actor = staff_of(transfer.home_code)
            services.say(session, Say(reference=transfer.reference, text=text), actor=actor, now=now)
        said = queries.messages(session, transfer)
        row = queries.row(session, system, transfer.reference)
    entries = presenters.conversation(said, row)
    assert {entry["what"] for entry in entries} == {"First", "Second"}
    assert str(entries[0]["who"]).endswith(row.home_name)


def test_the_data_set_in_words() -> None:
    values = {
        "nhs_number": "9990000018",
        "birth_date": "1960-02-01",
        "home_function": "110",
        "rtt_status": "21",
    }
    shown = {label: text for _, facts in presenters.data_set(values) for label, text in facts}
    assert shown["NHS number"] == "999 000 0018"
    assert shown["Date of birth"] == "1 February 1960"
    assert shown["Referral to treatment status"] == "21: transferred to another provider"
    assert shown["Title"] == ""
    fixed = dict(presenters.data_set(values, fixed_only=True))
    assert [label for label, _ in fixed[Group.PATIENT]] == ["NHS number"]
    assert "Title" in presenters.missing(values)


def test_files_hold_every_element_and_no_formula() -> None:
    transfer = Transfer(reference="TR-7K3M9QT")
    values = {"title": "@SUM(A1)", "family_name": "O'Example"}
    rows = list(csv.DictReader(io.StringIO(presenters.as_csv(values).lstrip("\ufeff"))))
    by_name = {row["data_element"]: row["value"] for row in rows}
    assert by_name["PERSON TITLE"] == "'@SUM(A1)"
    assert by_name["PERSON FAMILY NAME"] == "O'Example"
    data = json.loads(presenters.as_json(transfer, values))
    assert {one["value"] for one in data["elements"]} == {"@SUM(A1)", "O'Example", None}
