"""Pausing, resuming, closing, withdrawing and expiring offers on a real database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.offers import services
from dmas.offers.commands import CloseOffer, ResumeOffer, SuspendOffer, WithdrawOffer
from dmas.offers.events import OfferSuspended, OfferWithdrawn
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus, Side
from tests.factories.offers import make_offer
from tests.offers.conftest import World

pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture
def offer(database: Database, world: World, now: datetime) -> Offer:
    with database.unit_of_work(world.manager) as session:
        return make_offer(session, now=now, site=world.site, actor=world.manager)


def suspend(database: Database, offer: Offer, actor: Actor, now: datetime, reason: str = "safety") -> Offer:
    with database.unit_of_work(actor) as session:
        command = SuspendOffer(reference=offer.reference, reason=reason)
        return services.suspend(session, command, actor=actor, now=now)


def resume(database: Database, offer: Offer, actor: Actor, now: datetime) -> Offer:
    with database.unit_of_work(actor) as session:
        return services.resume(session, ResumeOffer(reference=offer.reference), actor=actor, now=now)


def test_withdrawing_needs_a_reason_and_is_told(
    database: Database, world: World, offer: Offer, now: datetime, heard: list[Any]
) -> None:
    wrong = WithdrawOffer(reference=offer.reference, version=1, reason="because")
    with pytest.raises(InvalidInput), database.unit_of_work(world.manager) as session:
        services.withdraw(session, wrong, actor=world.manager, now=now)
    with database.unit_of_work(world.manager) as session:
        command = WithdrawOffer(reference=offer.reference, version=1, reason="other", note="Roof works")
        gone = services.withdraw(session, command, actor=world.manager, now=now)
    assert (gone.status, gone.ended_reason, gone.version) == (OfferStatus.WITHDRAWN, "other", 2)
    assert heard == [OfferWithdrawn(offer.id, "other")]
    with database.unit_of_work(world.manager) as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "offer.withdrawn")).one()
        assert (told.reason, told.details) == ("other", {"note": "Roof works"})


def test_withdrawing_a_stale_or_foreign_offer_is_refused(
    database: Database, world: World, offer: Offer, now: datetime
) -> None:
    for actor, version, refusal in (
        (world.manager, 7, StaleEdit),
        (world.other_manager, 1, NotFound),
        (world.clerk, 1, NotAllowed),
        (world.icb, 1, NotAllowed),
    ):
        command = WithdrawOffer(reference=offer.reference, version=version, reason="estate")
        with pytest.raises(refusal), database.unit_of_work(actor) as session:
            services.withdraw(session, command, actor=actor, now=now)


@pytest.mark.parametrize(
    ("who", "side"),
    [("manager", Side.PROVIDER), ("icb", Side.ICB), ("safety", Side.NATION)],
)
def test_the_side_that_paused_resumes(
    database: Database, world: World, offer: Offer, now: datetime, heard: list[Any], who: str, side: Side
) -> None:
    actors = {"manager": world.manager, "icb": world.icb, "safety": world.safety}
    paused = suspend(database, offer, actors[who], now)
    assert (paused.status, paused.suspended_side, paused.suspended_reason) == (
        OfferStatus.SUSPENDED,
        side,
        "safety",
    )
    assert heard == [OfferSuspended(offer.id)]
    for name, other in actors.items():
        if name != who:
            with pytest.raises(NotAllowed, match="side that paused"):
                resume(database, offer, other, now)
    open_again = resume(database, offer, actors[who], now)
    assert (open_again.status, open_again.suspended_side, open_again.version) == (OfferStatus.OPEN, None, 3)


def test_a_pause_by_rule_is_lifted_by_the_provider_or_its_icb(
    database: Database, world: World, offer: Offer, now: datetime, system: Actor
) -> None:
    for actor in (world.manager, world.icb, system):
        assert suspend(database, offer, system, now, "lapses").suspended_side == Side.SYSTEM
        assert resume(database, offer, actor, now).status == OfferStatus.OPEN


def test_others_neither_pause_nor_resume(
    database: Database, world: World, offer: Offer, now: datetime
) -> None:
    for actor, refusal in (
        (world.region, NotAllowed),
        (world.clerk, NotAllowed),
        (world.other_icb, NotFound),
        (world.other_manager, NotFound),
    ):
        with pytest.raises(refusal):
            suspend(database, offer, actor, now)
    suspend(database, offer, world.manager, now)
    with pytest.raises(NotAllowed):
        resume(database, offer, world.region, now)


def test_an_open_offer_is_not_resumed(database: Database, world: World, offer: Offer, now: datetime) -> None:
    with pytest.raises(IllegalTransition):
        resume(database, offer, world.manager, now)


def test_a_closed_offer_is_not_withdrawn(
    database: Database, world: World, offer: Offer, now: datetime
) -> None:
    with database.unit_of_work(world.manager) as session:
        services.close(
            session, CloseOffer(reference=offer.reference, version=1), actor=world.manager, now=now
        )
    command = WithdrawOffer(reference=offer.reference, version=2, reason="estate")
    with (
        pytest.raises(IllegalTransition, match="now closed"),
        database.unit_of_work(world.manager) as session,
    ):
        services.withdraw(session, command, actor=world.manager, now=now)


def test_stale_offers_expire_together_in_two_statements(
    database: Database, night_database: Database, world: World, now: datetime, today: date, system: Actor
) -> None:
    with database.unit_of_work(world.manager) as session:

        def make(**changed: Any) -> Offer:
            return make_offer(session, now=now, site=world.site, actor=world.manager, **changed)

        over = [make(window_to=today + timedelta(days=20)) for _ in range(3)]
        quiet = make()
    paused = suspend(database, quiet, world.manager, now)
    later = now + timedelta(days=28)
    with database.unit_of_work(world.manager) as session:
        fresh = make_offer(session, now=later, site=world.site, actor=world.manager)
    statements: list[str] = []
    event.listen(night_database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with night_database.unit_of_work(system) as session:
        before = len(statements)
        assert services.expire_stale(session, actor=system, now=later) == 4
        assert len(statements) - before == 2
    with night_database.unit_of_work(system) as session:
        assert services.expire_stale(session, actor=system, now=later) == 0
        rows = {one.id: one for one in session.scalars(select(Offer))}
        assert {rows[one.id].ended_reason for one in over} == {"window_over"}
        assert rows[paused.id].ended_reason == "unconfirmed"
        assert rows[paused.id].suspended_side is None
        assert rows[fresh.id].status == OfferStatus.OPEN
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "offer.expired")).all()
        assert {one.entity_id for one in told} == {one.id for one in (*over, paused)}


def test_an_offer_stands_until_the_28th_day_and_through_its_last_date(
    database: Database, world: World, offer: Offer, now: datetime, system: Actor
) -> None:
    for days, ended in ((27, 0), (28, 1)):
        with database.unit_of_work(system) as session:
            assert services.expire_stale(session, actor=system, now=now + timedelta(days=days)) == ended
