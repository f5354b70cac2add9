"""What the weekly extract and the hand-over make of patients' requests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.notifications.models import OutboxMessage
from dmas.requests import queries, services
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import TransferStatus
from dmas.waitinglist.events import ExtractApplied
from dmas.waitinglist.models import Pathway
from tests.factories.requests import make_transfer_request
from tests.requests.conftest import Place
from tests.requests.services.conftest import Waits

_T = TransferStatus


@dataclass(frozen=True)
class Told:
    request_id: uuid.UUID


def after_extract(
    database: Database,
    system: Actor,
    waits: Waits,
    here: Place,
    now: datetime,
    status: TransferStatus,
    **told: Any,
) -> TransferRequest:
    """Let the home trust's manager apply an extract that tells something of the one pathway."""
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, waits.pathway.id)
        transfer = make_transfer_request(session, now=now, pathway=pathway, status=status)
        pathway.priority_code = told.pop("priority", pathway.priority_code)
    ids = dict.fromkeys(told, (waits.pathway.id,))
    event = ExtractApplied(uuid.uuid4(), here.trust.code, **ids)
    with database.unit_of_work(here.manager) as session:
        services.on_extract_applied(session, event, actor=here.manager, now=now + timedelta(hours=1))
    with database.unit_of_work(system) as session:
        return session.get_one(TransferRequest, transfer.id)


@pytest.mark.parametrize("status", [_T.STARTED, _T.IN_REVIEW, _T.SEARCHING, _T.OPTIONS_OFFERED, _T.RESTING])
def test_what_was_removed_from_the_list_ends(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime, status: TransferStatus
) -> None:
    found = after_extract(database, system, waits, here, now, status, ended=True)
    assert found.ended_because == "not_eligible"


def test_who_has_chosen_leaves_the_list_because_of_the_move(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    assert after_extract(database, system, waits, here, now, _T.ACCEPTED, ended=True).status == "accepted"


def test_a_death_ends_the_request_and_writes_to_nobody(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    found = after_extract(database, system, waits, here, now, _T.OPTIONS_OFFERED, died=True)
    assert found.ended_because == "died"
    with database.unit_of_work(system) as session:
        late = select(OutboxMessage).where(
            OutboxMessage.recipient_kind == "patient", OutboxMessage.made_at > now
        )
        assert session.scalars(late).all() == []


def test_a_date_at_home_asks_and_ends_nothing(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    found = after_extract(database, system, waits, here, now, _T.SEARCHING, dated=True)
    assert found.status == "searching"
    with database.unit_of_work(system) as session:
        told = select(OutboxMessage.template).where(OutboxMessage.made_at > now)
        assert session.scalars(told).all() == ["transfer_dated"]


def test_a_raised_urgency_is_looked_at_the_same_day_and_keeps_what_is_held(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    found = after_extract(database, system, waits, here, now, _T.OPTIONS_OFFERED, raised=True, priority="P2")
    assert found.status == "options_offered"
    assert found.change_due_on == date(2026, 11, 21)


def test_a_clock_that_moved_needs_no_clinician(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    assert after_extract(database, system, waits, here, now, _T.SEARCHING, raised=True).changed_at is None


def test_a_confirmed_move_and_its_return(
    database: Database, system: Actor, waits: Waits, elsewhere: Place, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, waits.pathway.id)
        transfer = make_transfer_request(session, now=now, pathway=pathway, status=_T.ACCEPTED)
    assert transfer.care_request_id is not None
    told = Told(transfer.care_request_id)
    with database.unit_of_work(elsewhere.clerk) as session:
        services.on_transfer_confirmed(session, told, actor=elsewhere.clerk, now=now)
    with database.unit_of_work(system) as session:
        assert session.get_one(TransferRequest, transfer.id).status == "transferred"
    for _ in range(2):  # a date, and another one
        with database.unit_of_work(elsewhere.clerk) as session:
            services.on_transfer_dated(session, told, actor=elsewhere.clerk, now=now)
    with database.unit_of_work(system) as session:
        news = session.scalars(select(OutboxMessage.template)).all()
        assert (news.count("transfer_moved"), news.count("transfer_progress")) == (1, 2)
    with database.unit_of_work(elsewhere.clerk) as session:
        services.on_transfer_returned(session, told, actor=elsewhere.clerk, now=now)
    with database.unit_of_work(waits.actor) as session:
        found = queries.transfer(session, waits.actor, transfer.reference)
        assert found.status == "resting"
        assert found.search_ends_on == date(2026, 11, 21) + timedelta(days=56)
    with database.unit_of_work(system) as session:
        assert session.get_one(Pathway, waits.pathway.id).clock_start == waits.pathway.clock_start


def test_the_hand_over_of_a_trusts_own_request_is_none_of_ours(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        services.on_transfer_confirmed(session, Told(uuid.uuid4()), actor=system, now=now)
        services.on_transfer_dated(session, Told(uuid.uuid4()), actor=system, now=now)
        services.on_transfer_returned(session, Told(uuid.uuid4()), actor=system, now=now)
