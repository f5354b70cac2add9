"""More days for a search: the page of the patient's own ICB."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import services
from dmas.requests.commands import WithdrawTransfer
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import TransferStatus
from tests.browsing import Browsing
from tests.factories.requests import make_transfer_request
from tests.requests.conftest import Place

SENT = {"days": "28", "why": "Two hospitals nearby open lists next month.", "agrees": "yes"}


def path(transfer: TransferRequest) -> str:
    return f"/transfer-requests/{transfer.reference}"


def ends_on(database: Database, system: Actor, transfer: TransferRequest) -> date | None:
    with database.unit_of_work(system) as session:
        return session.get_one(TransferRequest, transfer.id).search_ends_on


@pytest.fixture
def searching(database: Database, system: Actor, here: Place, now: datetime) -> TransferRequest:
    """Somebody of the trust of the test, whose search goes on."""
    with database.unit_of_work(system) as session:
        return make_transfer_request(session, now=now, trust=here.trust, status=TransferStatus.SEARCHING)


def test_the_icb_gives_days_where_the_patient_agrees(
    browsing: Browsing, database: Database, system: Actor, here: Place, searching: TransferRequest
) -> None:
    before = ends_on(database, system, searching)
    assert before is not None
    browsing.sign_in(here.icb_coordinator)
    assert "Give the search more days" in browsing.get(path(searching)).text
    page = browsing.post(f"{path(searching)}/extend", SENT | {"agrees": ""}, 422)
    assert page.errors() == ["Ask the patient first: the search goes on only if they agree."]
    assert ends_on(database, system, searching) == before
    done = browsing.post(f"{path(searching)}/extend", SENT)
    assert "The search has more days." in browsing.follow(done).text
    assert ends_on(database, system, searching) == before + timedelta(days=28)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": ""}, "Enter how many more days"),
        ({"days": "10000"}, "Days must be between"),
        ({"days": "soon"}, "Days must be a whole number"),
        ({"why": " "}, "Say why the search should go on"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    browsing: Browsing, here: Place, searching: TransferRequest, wrong: dict[str, str], said: str
) -> None:
    page = browsing.sign_in(here.icb_coordinator).post(f"{path(searching)}/extend", SENT | wrong, 422)
    assert page.errors()[0].startswith(said)


def test_another_icb_finds_nothing_and_what_rests_meanwhile_is_not_extended(
    browsing: Browsing,
    database: Database,
    system: Actor,
    here: Place,
    elsewhere: Place,
    now: datetime,
    searching: TransferRequest,
) -> None:
    page = f"{path(searching)}/extend"
    browsing.sign_in(elsewhere.icb_coordinator).get(page, 404)
    form = browsing.sign_in(here.icb_coordinator).get(page).form()
    with database.unit_of_work(system) as session:
        transfer = session.get_one(TransferRequest, searching.id)
        services.withdraw_transfer(
            session, WithdrawTransfer(reference=transfer.reference), actor=system, now=now
        )
    assert "nothing to extend" in browsing.post(page, form | SENT, 409, fetch=False).text
    assert "nothing to extend" in browsing.get(page).text
    assert "Give the search more days" not in browsing.get(path(searching)).text
