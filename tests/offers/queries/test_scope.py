"""Whose offers an actor sees: by the query's scope, and by row-level security alone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from dmas.catalogue.vocabulary.arrangements import ContractBasis
from dmas.core.actors import NOBODY, Actor
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.offers import queries
from dmas.offers.models import Offer
from tests.factories.offers import make_offer
from tests.offers.conftest import World


@pytest.fixture
def offers(database: Database, world: World, now: datetime) -> dict[str, Offer]:
    """One open offer of the trust, one of the other trust, and one that waits for the ICB."""
    with database.unit_of_work(world.manager) as session:
        ours = make_offer(session, now=now, site=world.site, actor=world.manager)
    with database.unit_of_work(world.other_manager) as session:
        theirs = make_offer(session, now=now, site=world.other_site, actor=world.other_manager)
    actor = world.independent_manager
    with database.unit_of_work(actor) as session:
        waiting = make_offer(
            session, now=now, site=world.clinic, actor=actor, contract_basis=ContractBasis.NEW_CONTRACT
        )
    return {"ours": ours, "theirs": theirs, "waiting": waiting}


def seen(offers: dict[str, Offer], found: list[Offer]) -> set[str]:
    ids = {offer.id for offer in found}
    return {name for name, offer in offers.items() if offer.id in ids}


def actors(world: World, system: Actor) -> dict[str, tuple[Actor, set[str], set[str]]]:
    """Return each actor, what they may read, and what is theirs."""
    return {
        "trust": (world.manager, {"ours", "theirs"}, {"ours"}),
        "independent": (world.independent_manager, {"ours", "theirs", "waiting"}, {"waiting"}),
        "icb": (world.icb, {"ours", "theirs", "waiting"}, {"ours", "waiting"}),
        "other icb": (world.other_icb, {"ours", "theirs"}, {"theirs"}),
        "region": (world.region, {"ours", "theirs", "waiting"}, {"ours", "waiting"}),
        "nation": (world.safety, {"ours", "theirs", "waiting"}, {"ours", "theirs", "waiting"}),
        "job": (system, {"ours", "theirs", "waiting"}, {"ours", "theirs", "waiting"}),
        "nobody": (NOBODY, set(), set()),
    }


@pytest.mark.parametrize(
    "who", ["trust", "independent", "icb", "other icb", "region", "nation", "job", "nobody"]
)
def test_each_sees_their_own_and_what_is_open(
    database: Database, world: World, offers: dict[str, Offer], system: Actor, who: str
) -> None:
    actor, visible, own = actors(world, system)[who]
    with database.unit_of_work(actor) as session:
        everything = list(session.scalars(select(Offer)))
        assert seen(offers, everything) == visible  # the walls alone
        assert seen(offers, list(session.scalars(select(Offer).where(queries.visible_to(actor))))) == visible
        assert seen(offers, list(session.scalars(select(Offer).where(queries.belongs_to(actor))))) == own
        assert (
            seen(offers, list(queries.of_ids(session, [one.id for one in offers.values()]).values()))
            == visible
        )


def test_a_foreign_or_unknown_reference_is_not_found(
    database: Database, world: World, offers: dict[str, Offer]
) -> None:
    with database.unit_of_work(world.manager) as session:
        assert queries.get(session, world.manager, offers["theirs"].reference).id == offers["theirs"].id
        for reference in (offers["waiting"].reference, "OF-2222222", "", "'; --"):
            with pytest.raises(NotFound):
                queries.get(session, world.manager, reference)
        with pytest.raises(NotFound):
            queries.get_own(session, world.manager, offers["theirs"].reference)


def test_sites_are_ones_own_and_open(database: Database, world: World, system: Actor, today: date) -> None:
    expected = {
        world.manager: {world.site.code},
        world.icb: {world.site.code, world.clinic.code},
        world.region: {world.site.code, world.clinic.code},
        world.safety: set(),
    }
    for actor, codes in expected.items():
        with database.unit_of_work(actor) as session:
            assert {site.code for site in queries.sites_of(session, actor, today)} == codes
    with database.unit_of_work(system) as session:
        session.merge(world.site).closed_on = today
    with database.unit_of_work(world.manager) as session:
        assert queries.sites_of(session, world.manager, today) == []


def test_areas_are_regions_and_icbs(database: Database, world: World, today: date) -> None:
    with database.unit_of_work(world.manager) as session:
        found = {area.code: area.kind for area in queries.areas(session, today)}
    assert found[str(world.trust.icb_code)] == "icb"
    assert found[str(world.other.region_code)] == "region"
    assert world.trust.code not in found
