"""How a patient's request ends, and that nothing of it touches their wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict, NotAllowed
from dmas.requests import queries, services
from dmas.requests.commands import AnswerHomeDate, ReverseStay, Stay, WithdrawTransfer
from dmas.requests.events import ChoiceTakenBack, RequestClosed, RequestWithdrawn
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import EndedBecause, TransferStatus
from dmas.waitinglist.models import Pathway
from tests.factories.requests import make_transfer_request
from tests.requests.conftest import Ears
from tests.requests.services.conftest import Waits

_T = TransferStatus


def made(
    database: Database, system: Actor, waits: Waits, now: datetime, status: TransferStatus = _T.SEARCHING
) -> TransferRequest:
    with database.unit_of_work(system) as session:
        return make_transfer_request(session, now=now, pathway=waits.pathway, status=status)


def care(session: Session, transfer: TransferRequest) -> CareRequest:
    assert transfer.care_request_id is not None
    return session.get_one(CareRequest, transfer.care_request_id)


@pytest.mark.parametrize(
    "status", [_T.STARTED, _T.IN_REVIEW, _T.NEEDS_INFORMATION, _T.SEARCHING, _T.OPTIONS_OFFERED, _T.RESTING]
)
def test_a_patient_withdraws_from_any_state(
    database: Database, system: Actor, waits: Waits, now: datetime, ears: Ears, status: TransferStatus
) -> None:
    transfer = made(database, system, waits, now, status)
    with database.unit_of_work(waits.actor) as session:
        command = WithdrawTransfer(reference=transfer.reference, version=transfer.version)
        found = services.withdraw_transfer(session, command, actor=waits.actor, now=now)
        assert (found.status, found.ended_because) == ("ended", "withdrawn")
    told = [one for one in ears.heard if isinstance(one, RequestWithdrawn)]
    assert bool(told) is (transfer.care_request_id is not None)


def test_who_has_chosen_may_still_withdraw_and_the_move_hears_of_it(
    database: Database, system: Actor, waits: Waits, now: datetime, ears: Ears
) -> None:
    transfer = made(database, system, waits, now, _T.ACCEPTED)
    with database.unit_of_work(waits.actor) as session:
        command = WithdrawTransfer(reference=transfer.reference, version=transfer.version)
        services.withdraw_transfer(session, command, actor=waits.actor, now=now)
    assert transfer.care_request_id is not None
    assert ears.heard == [
        ChoiceTakenBack(transfer.care_request_id, True, "patient_changed_mind"),
        RequestWithdrawn(transfer.care_request_id),
    ]


def test_who_stays_can_look_again_until_the_night(
    database: Database, system: Actor, waits: Waits, now: datetime, ears: Ears
) -> None:
    transfer = made(database, system, waits, now, _T.OPTIONS_OFFERED)
    with database.unit_of_work(waits.actor) as session:
        command = Stay(reference=transfer.reference, version=transfer.version, reason="prefers_team")
        found = services.stay(session, command, actor=waits.actor, now=now)
        assert found.ended_because == "stayed"
        assert services.can_reverse(session, found, now)
        found = services.reverse_stay(
            session, ReverseStay(reference=transfer.reference), actor=waits.actor, now=now
        )
        assert (found.status, found.ended_because) == ("options_offered", None)
        services.stay(session, Stay(reference=transfer.reference), actor=waits.actor, now=now)
    assert ears.heard == []
    with database.unit_of_work(system) as session:
        assert services.expire_transfers(session, actor=system, now=now + timedelta(hours=9)) == 0
        assert care(session, transfer).closed_because == "withdrawn"
    with database.unit_of_work(waits.actor) as session, pytest.raises(Conflict, match="gone back"):
        services.reverse_stay(session, ReverseStay(reference=transfer.reference), actor=waits.actor, now=now)


def test_an_end_that_was_no_stay_is_not_reversed(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now)
    with database.unit_of_work(waits.actor) as session:
        command = WithdrawTransfer(reference=transfer.reference)
        services.withdraw_transfer(session, command, actor=waits.actor, now=now)
        with pytest.raises(Conflict):
            services.reverse_stay(
                session, ReverseStay(reference=transfer.reference), actor=waits.actor, now=now
            )


@pytest.mark.parametrize(("days", "ended"), [(55, 0), (56, 1)])
def test_a_search_ends_after_56_days(
    database: Database, system: Actor, waits: Waits, now: datetime, ears: Ears, days: int, ended: int
) -> None:
    transfer = made(database, system, waits, now)
    with database.unit_of_work(system) as session:
        assert services.expire_transfers(session, actor=system, now=now + timedelta(days=days)) == ended
        assert (care(session, transfer).closed_because == "unmet") is bool(ended)
    assert [type(one) for one in ears.heard] == [RequestClosed] * ended


def test_an_unanswered_question_ends_after_56_days_too_and_an_open_review_never(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    made(database, system, waits, now, _T.NEEDS_INFORMATION)
    with database.unit_of_work(system) as session:
        undecided = make_transfer_request(session, now=now, status=_T.IN_REVIEW)
        assert services.expire_transfers(session, actor=system, now=now + timedelta(days=57)) == 1
        assert undecided.status == "in_review"


def test_only_the_night_ends_searches(database: Database, waits: Waits, now: datetime) -> None:
    with database.unit_of_work(waits.actor) as session, pytest.raises(NotAllowed):
        services.expire_transfers(session, actor=waits.actor, now=now)


@pytest.mark.parametrize("takes_it", [True, False])
def test_a_date_at_home_is_taken_or_left(
    database: Database, system: Actor, waits: Waits, now: datetime, takes_it: bool
) -> None:
    transfer = made(database, system, waits, now)
    command = AnswerHomeDate(reference=transfer.reference, takes_it=takes_it)
    with database.unit_of_work(waits.actor) as session:
        found = services.answer_home_date(session, command, actor=waits.actor, now=now)
    assert (found.ended_because == "dated_at_home") is takes_it
    assert (found.status == "searching") is not takes_it


def test_a_request_that_ended_takes_no_date(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now)
    command = AnswerHomeDate(reference=transfer.reference, takes_it=True)
    with database.unit_of_work(waits.actor) as session:
        services.answer_home_date(session, command, actor=waits.actor, now=now)
        with pytest.raises(Conflict):
            services.answer_home_date(session, command, actor=waits.actor, now=now)


Ending = Callable[[Session, TransferRequest, dict[str, Any]], object]
ENDINGS: dict[str, tuple[TransferStatus, Ending]] = {
    "withdrawn": (
        _T.SEARCHING,
        lambda session, one, by: services.withdraw_transfer(
            session, WithdrawTransfer(reference=one.reference), **by
        ),
    ),
    "stayed": (
        _T.OPTIONS_OFFERED,
        lambda session, one, by: services.stay(session, Stay(reference=one.reference), **by),
    ),
    "rested": (
        _T.OPTIONS_OFFERED,
        lambda session, one, by: services.rest(session, one.care_request_id, **by),  # type: ignore[arg-type]
    ),
    "ended": (
        _T.SEARCHING,
        lambda session, one, by: services.end(session, one, EndedBecause.NOT_ELIGIBLE, **by),
    ),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_no_end_touches_the_wait(
    database: Database, system: Actor, waits: Waits, now: datetime, how: str
) -> None:
    status, ending = ENDINGS[how]
    before = _columns(waits.pathway)
    transfer = made(database, system, waits, now, status)
    with database.unit_of_work(system) as session:
        ending(session, session.get_one(TransferRequest, transfer.id), {"actor": system, "now": now})
    with database.unit_of_work(system) as session:
        after = _columns(session.get_one(Pathway, waits.pathway.id))
    assert after == before
    assert after["rtt_status"] not in ("31", "35", "36")


def _columns(pathway: Pathway) -> dict[str, Any]:
    return {column.name: getattr(pathway, column.name) for column in Pathway.__table__.columns}


def test_who_stayed_or_found_nothing_is_asked_again_after_12_weeks(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.OPTIONS_OFFERED)
    with database.unit_of_work(waits.actor) as session:
        found = services.stay(session, Stay(reference=transfer.reference), actor=waits.actor, now=now)
        assert found.ask_again_on == date(2026, 11, 21) + timedelta(weeks=12)
        assert queries.transfer_of_pathway(session, waits.actor, waits.pathway.id) is found
