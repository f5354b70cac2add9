"""Whose hand-overs an actor sees, and that the database alone holds everybody to the same."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select, true

from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.transfers import queries, services
from dmas.transfers.commands import Say
from dmas.transfers.models import TransferMessage
from dmas.transfers.queries import TransferFilter
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.proposals import staff_of
from tests.factories.transfers import make_transfer


def _coordinator(reach: Reach, code: str | None) -> Actor:
    return Actor(id=f"c@{code}", name="C", role=Role.ICB_COORDINATOR, organisation=code, reach=reach)


def test_each_reach_sees_its_own_even_with_the_scope_switched_off(
    database: Database, system: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit_of_work(system) as session:
        ours, other = make_transfer(session, now=now), make_transfer(session, now=now)
        services.say(
            session, Say(reference=ours.reference, text="Hello"), actor=staff_of(ours.home_code), now=now
        )
    seers = {
        staff_of(ours.home_code): {ours.reference},
        staff_of(ours.receiver_code): {ours.reference},
        _coordinator(Reach.ICB, ours.home_icb): {ours.reference},
        _coordinator(Reach.ICB, ours.receiver_icb): {ours.reference},
        _coordinator(Reach.REGION, ours.home_region): {ours.reference},
        _coordinator(Reach.NATION, "X24"): {ours.reference, other.reference},
        staff_of("RZZ9"): set(),
        NOBODY: set(),
    }
    for scoped in (True, False):
        if not scoped:
            monkeypatch.setattr(queries, "visible_to", lambda actor: true())
        for actor, expected in seers.items():
            with database.unit_of_work(actor) as session:
                rows, total = queries.listing(session, actor, TransferFilter())
                assert {row.transfer.reference for row in rows} == expected, actor
                assert total == len(expected)
                messages = session.scalars(select(TransferMessage.id)).all()
                is_a_side = actor.organisation in (ours.home_code, ours.receiver_code)
                assert len(messages) == (1 if is_a_side else 0)
                if other.reference not in expected:
                    with pytest.raises(NotFound):
                        queries.get(session, actor, other.reference)
                    with pytest.raises(NotFound):
                        queries.row(session, actor, other.reference)


def test_a_case_finds_its_hand_overs(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now)
        make_transfer(session, now=now)
    with database.unit_of_work(system) as session:
        for key in ("request_id", "offer_id", "proposal_id"):
            found = queries.of_case(session, system, **{key: getattr(transfer, key)})
            assert [one.id for one in found] == [transfer.id]
        row = queries.row(session, system, transfer.reference)
        assert row.offer.id == transfer.offer_id
        assert queries.taken_by_line(session, [transfer.line_id]) == {transfer.line_id: 1}
        assert queries.fulfilled_by_line(session, [transfer.line_id]) == {transfer.line_id: 0}
        assert queries.is_moving(session, transfer.home_code, transfer.pathway_id)
        assert not queries.is_moving(session, transfer.receiver_code, transfer.pathway_id)


def test_what_waits_for_a_side_is_counted(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer(session, now=now)
    home, receiver = staff_of(transfer.home_code), staff_of(transfer.receiver_code)
    with database.unit_of_work(home) as session:
        assert queries.waiting_for(session, home, date(2026, 11, 23)) == {TransferStatus.PREPARING: (1, 0)}
    with database.unit_of_work(receiver) as session:
        assert queries.waiting_for(session, receiver, date(2026, 11, 23)) == {}
