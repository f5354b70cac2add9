"""A patient who chose takes their request back: before the hand-over is sent it stops, afterwards not."""

from __future__ import annotations

from datetime import datetime

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict
from dmas.offers.models import Offer
from dmas.requests.events import ChoiceTakenBack
from dmas.transfers import services
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.transfers import make_transfer

_S = TransferStatus


def taken_back(transfer: Transfer, *, by_patient: bool = True) -> ChoiceTakenBack:
    return ChoiceTakenBack(transfer.request_id, by_patient, "patient_changed_mind")


def test_before_it_is_sent_a_hand_over_stops_and_the_place_is_free_again(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now)
        before = session.get_one(Offer, transfer.offer_id).taken
        services.on_choice_taken_back(session, taken_back(transfer), actor=system, now=now)
        assert transfer.status == _S.CANCELLED
        session.expire_all()
        assert session.get_one(Offer, transfer.offer_id).taken == before - 1


def test_once_it_is_sent_the_patient_is_told_whom_to_call(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now, status=_S.SENT)
        with pytest.raises(Conflict, match="already with the new hospital"):
            services.on_choice_taken_back(session, taken_back(transfer), actor=system, now=now)
        news = taken_back(transfer, by_patient=False)
        services.on_choice_taken_back(session, news, actor=system, now=now)
        assert transfer.status == _S.SENT
