"""The search of one patient: shown, chosen, back to it, resting, woken, extended, called."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from dmas.requests import queries, services
from dmas.requests.commands import ExtendSearch, LogCall, SearchAgain
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import BackBecause, ClosedBecause, TransferStatus
from tests.factories.requests import make_request, make_transfer_request
from tests.requests.conftest import Place
from tests.requests.services.conftest import Waits

_T = TransferStatus


def made(
    database: Database, system: Actor, waits: Waits, now: datetime, status: TransferStatus
) -> TransferRequest:
    with database.unit_of_work(system) as session:
        return make_transfer_request(session, now=now, pathway=waits.pathway, status=status)


@pytest.mark.parametrize(
    ("because", "silences"), [(BackBecause.SILENCE, 1), (BackBecause.DECLINED, 0), (BackBecause.GONE, 0)]
)
def test_back_to_searching_counts_silence_only(
    database: Database, system: Actor, waits: Waits, now: datetime, because: BackBecause, silences: int
) -> None:
    transfer = made(database, system, waits, now, _T.OPTIONS_OFFERED)
    assert transfer.care_request_id is not None
    with database.unit_of_work(system) as session:
        found = services.back_to_searching(session, transfer.care_request_id, because, actor=system, now=now)
    assert (found.status, found.silences) == ("searching", silences)
    assert (found.shown_at, found.answer_due_on) == (None, None)
    assert found.care_request_id == transfer.care_request_id


def test_a_search_whose_care_request_has_closed_gets_a_new_one(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.RESTING)
    with database.unit_of_work(system) as session:
        care_request = queries.by_id(session, transfer.care_request_id)
        services.close(session, care_request, ClosedBecause.FULFILLED, actor=system, now=now)
    later = now + timedelta(days=3)
    with database.unit_of_work(waits.actor) as session:
        command = SearchAgain(reference=transfer.reference)
        found = services.search_again(session, command, actor=waits.actor, now=later)
        assert found.status == "searching"
        assert found.changed_at is None
        assert found.search_from == date(2026, 11, 24)
    with database.unit_of_work(system) as session:
        assert session.get_one(CareRequest, found.care_request_id).status == "open"
        assert found.care_request_id != transfer.care_request_id


def test_after_a_long_rest_a_clinician_looks_first(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.RESTING)
    later = now + timedelta(days=85)
    with database.unit_of_work(waits.actor) as session:
        command = SearchAgain(reference=transfer.reference)
        found = services.search_again(session, command, actor=waits.actor, now=later)
    assert found.changed_at == later


def test_resting_is_asked_again_after_12_weeks(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.RESTING)
    assert transfer.ask_again_on == date(2026, 11, 21) + timedelta(weeks=12)
    assert transfer.silences == 1


def test_the_patients_icb_extends_with_their_agreement(
    database: Database, system: Actor, waits: Waits, here: Place, elsewhere: Place, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.SEARCHING)
    ends = transfer.search_ends_on
    assert ends is not None
    ask = {"reference": transfer.reference, "version": transfer.version, "days": 14}
    with database.unit_of_work(here.icb_coordinator) as session:
        extend = ExtendSearch(**ask, why="Two providers are still answering.", patient_agrees=True)
        found = services.extend(session, extend, actor=here.icb_coordinator, now=now)
        assert found.search_ends_on == ends + timedelta(days=14)
        with pytest.raises(InvalidInput):
            services.extend(
                session,
                ExtendSearch(**{**ask, "version": None}, why="x", patient_agrees=False),
                actor=here.icb_coordinator,
                now=now,
            )
        with pytest.raises(Conflict):
            services.extend(session, extend, actor=here.icb_coordinator, now=now)
    with database.unit_of_work(elsewhere.icb_coordinator) as session, pytest.raises(NotFound):
        services.extend(session, extend, actor=elsewhere.icb_coordinator, now=now)
    with database.unit_of_work(here.clerk) as session, pytest.raises(NotAllowed):
        services.extend(session, extend, actor=here.clerk, now=now)


def test_a_resting_search_is_not_extended(
    database: Database, system: Actor, waits: Waits, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.RESTING)
    command = ExtendSearch(reference=transfer.reference, days=7, why="x", patient_agrees=True)
    with database.unit_of_work(system) as session, pytest.raises(Conflict):
        services.extend(session, command, actor=system, now=now)


def test_a_call_is_logged_by_the_clerk_and_not_by_a_manager(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.OPTIONS_OFFERED)
    command = LogCall(reference=transfer.reference, reached=False)
    with database.unit_of_work(here.manager) as session, pytest.raises(NotAllowed):
        services.log_call(session, command, actor=here.manager, now=now)
    with database.unit_of_work(here.clerk) as session:
        found = services.log_call(session, command, actor=here.clerk, now=now)
        assert (found.called_at, found.called_by) == (now, here.clerk.id)


def test_a_call_without_options_is_refused(
    database: Database, system: Actor, waits: Waits, here: Place, now: datetime
) -> None:
    transfer = made(database, system, waits, now, _T.SEARCHING)
    with database.unit_of_work(here.clerk) as session, pytest.raises(Conflict):
        command = LogCall(reference=transfer.reference, reached=True)
        services.log_call(session, command, actor=here.clerk, now=now)


def test_a_trusts_own_request_stands_for_no_patient(
    database: Database, system: Actor, here: Place, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        care_request = make_request(session, now=now, trust=here.trust)
        with pytest.raises(NotFound):
            services.choose_made(session, care_request.id, actor=system, now=now)
        assert queries.transfer_by_care_request(session, [care_request.id]) == {}
