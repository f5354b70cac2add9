"""Approval and return of an offer by its ICB, or by its region when the ICB is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dmas.catalogue.vocabulary.arrangements import ContractBasis
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.offers import services
from dmas.offers.commands import ApproveOffer, ReturnOffer
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from tests.factories.offers import make_offer
from tests.offers.conftest import World


@pytest.fixture
def waiting(database: Database, world: World, now: datetime) -> Offer:
    """An offer on a new contract: it waits for the ICB."""
    actor = world.independent_manager
    with database.unit_of_work(actor) as session:
        return make_offer(
            session, now=now, site=world.clinic, actor=actor, contract_basis=ContractBasis.NEW_CONTRACT
        )


def approve(database: Database, offer: Offer, actor: Actor, now: datetime, version: int = 1) -> Offer:
    with database.unit_of_work(actor) as session:
        command = ApproveOffer(reference=offer.reference, version=version)
        return services.approve(session, command, actor=actor, now=now)


def test_its_icb_opens_an_offer(database: Database, world: World, waiting: Offer, now: datetime) -> None:
    offer = approve(database, waiting, world.icb, now)
    assert (offer.status, offer.approved_by, offer.approved_at) == (OfferStatus.OPEN, world.icb.id, now)
    with pytest.raises(IllegalTransition):
        approve(database, waiting, world.icb, now, version=2)


def test_the_region_may_decide_once_the_icb_is_late(
    database: Database, world: World, waiting: Offer, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        approve(database, waiting, world.region, now + timedelta(days=3))
    assert approve(database, waiting, world.region, now + timedelta(days=4)).status == OfferStatus.OPEN


def test_nobody_else_decides(database: Database, world: World, waiting: Offer, now: datetime) -> None:
    for actor, refusal in (
        (world.independent_manager, NotAllowed),
        (world.safety, NotAllowed),
        (world.other_icb, NotFound),
        (world.manager, NotFound),
    ):
        with pytest.raises(refusal):
            approve(database, waiting, actor, now)


def test_nobody_approves_what_they_posted(
    database: Database, world: World, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, site=world.clinic, contract_basis=ContractBasis.NEW_CONTRACT)
    with pytest.raises(NotAllowed):
        approve(database, offer, system, now)
    other = Actor.system("another-job")
    assert approve(database, offer, other, now).status == OfferStatus.OPEN


def test_an_approval_of_an_old_version_is_stale(
    database: Database, world: World, waiting: Offer, now: datetime
) -> None:
    with pytest.raises(StaleEdit):
        approve(database, waiting, world.icb, now, version=9)


def test_a_return_needs_a_coded_reason(
    database: Database, world: World, waiting: Offer, now: datetime
) -> None:
    for reason, note, field in (("nonsense", "", "reason"), ("other", " ", "note")):
        command = ReturnOffer(reference=waiting.reference, version=1, reason=reason, note=note)
        with pytest.raises(InvalidInput) as refused, database.unit_of_work(world.icb) as session:
            services.return_to_provider(session, command, actor=world.icb, now=now)
        assert refused.value.field == field
