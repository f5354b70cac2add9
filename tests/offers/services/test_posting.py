"""Posting, amending and confirming offers on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis
from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.offers import queries, services
from dmas.offers.commands import (
    AmendOffer,
    CloseOffer,
    ConfirmOffer,
    OfferTerms,
    PostOffer,
    ReturnOffer,
)
from dmas.offers.events import LimitsTightened
from dmas.offers.models import Offer
from dmas.offers.services.posting import kind_of, terms_of
from dmas.offers.vocabulary import OfferStatus
from dmas.providers.models import Site
from tests.factories.offers import kind, make_offer, terms
from tests.offers.conftest import World


def events_of(database: Database, actor: Actor, offer: Offer) -> list[AuditEvent]:
    with database.unit_of_work(actor) as session:
        found = session.scalars(
            select(AuditEvent).where(AuditEvent.entity_id == offer.id).order_by(AuditEvent.id)
        )
        return list(found)


def test_a_trusts_offer_opens_at_once_with_notice_to_its_icb(
    database: Database, world: World, now: datetime, today: date
) -> None:
    command = PostOffer(site_code=world.site.code, kind=kind(), terms=terms(today, places=4))
    with database.unit_of_work(world.manager) as session:
        offer = services.post(session, command, actor=world.manager, now=now)
    assert (offer.status, offer.places, offer.free, offer.version) == (OfferStatus.OPEN, 4, 4, 1)
    assert (offer.provider_code, offer.icb_code) == (world.trust.code, world.trust.icb_code)
    assert offer.region_code == world.trust.region_code
    assert offer.confirmed_on == today
    [event] = events_of(database, world.icb, offer)
    assert (event.action, event.details["notice_to"]) == ("offer.posted", world.trust.icb_code)


def test_an_independent_opens_under_its_contract_and_waits_under_a_new_one(
    database: Database, world: World, now: datetime
) -> None:
    actor = world.independent_manager
    with database.unit_of_work(actor) as session:
        known = make_offer(session, now=now, site=world.clinic, actor=actor)
        new = make_offer(
            session, now=now, site=world.clinic, actor=actor, contract_basis=ContractBasis.NEW_CONTRACT
        )
    assert known.status == OfferStatus.OPEN
    assert new.status == OfferStatus.AWAITING_ICB
    assert new.approval_due_on == date(2026, 11, 24)  # posted on a Saturday: Monday, Tuesday


def test_a_site_lends_its_own_area_before_its_providers(
    database: Database, world: World, now: datetime, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        site = session.get_one(Site, world.site.code)
        site.icb_code, site.region_code = world.other.icb_code, world.other.region_code
    with database.unit_of_work(world.manager) as session:
        offer = make_offer(session, now=now, site=site, actor=world.manager)
    assert (offer.icb_code, offer.region_code) == (world.other.icb_code, world.other.region_code)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"places": 0}, "places"),
        ({"places": 10_000}, "places"),
        ({"window_from": date(2026, 11, 20)}, "window_from"),
        ({"window_to": date(2028, 1, 1)}, "window_to"),
        ({"min_age": None}, "min_age"),
        ({"no_bmi_limit": False}, "max_bmi"),
        ({"accepts_icbs": ("NOWHERE",)}, "accepts_icbs"),
        ({"accepts_regions": ("NOWHERE",)}, "accepts_regions"),
    ],
)
def test_a_bad_offer_is_refused_at_its_field_and_nothing_is_stored(
    database: Database, world: World, now: datetime, today: date, change: dict[str, Any], field: str
) -> None:
    command = PostOffer(site_code=world.site.code, kind=kind(), terms=terms(today, **change))
    with pytest.raises(InvalidInput) as refused, database.unit_of_work(world.manager) as session:
        services.post(session, command, actor=world.manager, now=now)
    assert refused.value.field == field
    with database.unit_of_work(world.manager) as session:
        assert session.scalars(select(Offer)).all() == []


def test_another_organisations_site_and_no_site_at_all_are_refused_alike(
    database: Database, world: World, now: datetime, today: date
) -> None:
    for code in (world.other_site.code, "NOSUCH"):
        command = PostOffer(site_code=code, kind=kind(), terms=terms(today))
        with (
            pytest.raises(InvalidInput, match="one of your own sites") as refused,
            database.unit_of_work(world.manager) as session,
        ):
            services.post(session, command, actor=world.manager, now=now)
        assert refused.value.field == "site"


def test_a_closed_site_takes_no_offers(
    database: Database, world: World, now: datetime, today: date, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        session.execute(update(Site).where(Site.code == world.site.code).values(closed_on=today))
    command = PostOffer(site_code=world.site.code, kind=kind(), terms=terms(today))
    with pytest.raises(InvalidInput, match="has closed"), database.unit_of_work(world.manager) as session:
        services.post(session, command, actor=world.manager, now=now)


def test_only_a_manager_posts(database: Database, world: World, now: datetime, today: date) -> None:
    command = PostOffer(site_code=world.site.code, kind=kind(), terms=terms(today))
    for actor in (world.clerk, world.icb, world.region, world.safety):
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.post(session, command, actor=actor, now=now)


def posted(database: Database, world: World, now: datetime, **changed: Any) -> Offer:
    with database.unit_of_work(world.manager) as session:
        return make_offer(session, now=now, site=world.site, actor=world.manager, **changed)


def amended(
    database: Database, world: World, now: datetime, offer: Offer, actor: Actor | None = None, **changed: Any
) -> Offer:
    actor = actor or world.manager
    command = AmendOffer(
        reference=offer.reference, version=offer.version, terms=replace(terms_of(offer), **changed)
    )
    with database.unit_of_work(actor) as session:
        return services.amend(session, command, actor=actor, now=now)


def test_an_amendment_says_what_changed(
    database: Database, world: World, now: datetime, heard: list[Any]
) -> None:
    offer = posted(database, world, now, places=8, notes="By the river")
    again = amended(
        database, world, now + timedelta(days=3), offer, places=6, notes="By a lake", tokens=("hoist",)
    )
    assert (again.places, again.version, again.tokens) == (6, 2, ["hoist"])
    assert "hoist" in again.provides
    assert again.confirmed_on == offer.confirmed_on + timedelta(days=3)
    event = events_of(database, world.manager, offer)[-1]
    assert event.action == "offer.amended"
    assert event.details == {
        "changed": {"places": [8, 6], "notes": "changed", "tokens": [[], ["hoist"]]},
    }
    assert heard == []


def test_tightened_limits_are_told(database: Database, world: World, now: datetime, heard: list[Any]) -> None:
    offer = posted(database, world, now)
    looser = amended(database, world, now, offer, window_to=offer.window_to + timedelta(days=7))
    assert heard == []
    amended(database, world, now, looser, no_bmi_limit=False, max_bmi=40.0)
    assert heard == [LimitsTightened(offer.id)]


def test_an_amendment_of_an_old_version_is_stale(database: Database, world: World, now: datetime) -> None:
    offer = posted(database, world, now)
    command = AmendOffer(reference=offer.reference, version=1, terms=replace(terms_of(offer), places=3))
    amended(database, world, now, offer, places=9)
    with pytest.raises(StaleEdit), database.unit_of_work(world.manager) as session:
        services.amend(session, command, actor=world.manager, now=now)


def test_an_amendment_that_changes_nothing_says_so(database: Database, world: World, now: datetime) -> None:
    offer = posted(database, world, now)
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        amended(database, world, now, offer)


def test_a_first_date_that_has_passed_may_stay_but_not_move_to_the_past(
    database: Database, world: World, now: datetime
) -> None:
    offer = posted(database, world, now)
    later = now + timedelta(days=20)
    offer = amended(database, world, later, offer, places=5)
    assert offer.places == 5
    with pytest.raises(InvalidInput) as refused:
        amended(database, world, later, offer, window_from=offer.window_from + timedelta(days=1))
    assert refused.value.field == "window_from"


def test_amending_is_for_the_providers_own_manager(database: Database, world: World, now: datetime) -> None:
    offer = posted(database, world, now)
    for actor, refusal in (
        (world.other_manager, NotFound),
        (world.other_icb, NotFound),
        (world.clerk, NotAllowed),
        (world.icb, NotAllowed),
        (world.safety, NotAllowed),
    ):
        with pytest.raises(refusal):
            amended(database, world, now, offer, actor=actor, places=5)


def test_an_ended_offer_is_not_amended(database: Database, world: World, now: datetime) -> None:
    offer = posted(database, world, now)
    with database.unit_of_work(world.manager) as session:
        closed = services.close(session, CloseOffer(reference=offer.reference), actor=world.manager, now=now)
    with pytest.raises(IllegalTransition, match="has ended"):
        amended(database, world, now, closed, places=5)


def test_a_returned_offer_comes_back_to_the_icb_when_amended(
    database: Database, world: World, now: datetime
) -> None:
    actor = world.independent_manager
    with database.unit_of_work(actor) as session:
        offer = make_offer(
            session, now=now, site=world.clinic, actor=actor, contract_basis=ContractBasis.NEW_CONTRACT
        )
    with database.unit_of_work(world.icb) as session:
        returned = services.return_to_provider(
            session,
            ReturnOffer(reference=offer.reference, version=1, reason="more_detail"),
            actor=world.icb,
            now=now,
        )
    assert (returned.status, returned.returned_reason) == (OfferStatus.DRAFT, "more_detail")
    again = amended(database, world, now, returned, actor=actor, notes="Consultant-led throughout")
    assert (again.status, again.returned_reason) == (OfferStatus.AWAITING_ICB, None)
    assert again.approval_due_on == date(2026, 11, 24)


def test_confirming_starts_the_28_days_again(database: Database, world: World, now: datetime) -> None:
    offer = posted(database, world, now)
    later = now + timedelta(days=15)
    command = ConfirmOffer(reference=offer.reference, version=1)
    with database.unit_of_work(world.manager) as session:
        confirmed = services.confirm_still_true(session, command, actor=world.manager, now=later)
    assert confirmed.confirmed_on == offer.confirmed_on + timedelta(days=15)
    with pytest.raises(StaleEdit), database.unit_of_work(world.manager) as session:
        services.confirm_still_true(session, command, actor=world.manager, now=later)
    assert events_of(database, world.manager, offer)[-1].action == "offer.confirmed"


def test_a_closed_offer_cannot_be_confirmed(database: Database, world: World, now: datetime) -> None:
    offer = posted(database, world, now)
    with database.unit_of_work(world.manager) as session:
        services.close(session, CloseOffer(reference=offer.reference), actor=world.manager, now=now)
        with pytest.raises(IllegalTransition):
            services.confirm_still_true(
                session, ConfirmOffer(reference=offer.reference), actor=world.manager, now=now
            )


def test_what_was_posted_reads_back_as_the_same_values(
    database: Database, world: World, now: datetime, today: date
) -> None:
    given: OfferTerms = terms(
        today,
        any_procedure=False,
        procedure_groups=("hip_replacement",),
        excluded_groups=("hip_revision",),
        max_age=90,
        limit_reason="licence",
        max_asa=3,
        no_asa_limit=False,
        accepts_regions=(world.trust.region_code,),
        tokens=("hoist", "parking"),
        consultant="A Surgeon",
        follow_up_by="home",
    )
    what = kind(basis=Basis.SUBCONTRACTED)
    with database.unit_of_work(world.manager) as session:
        command = PostOffer(site_code=world.site.code, kind=what, terms=given)
        reference = services.post(session, command, actor=world.manager, now=now).reference
    with database.unit_of_work(world.manager) as session:
        offer = queries.get_own(session, world.manager, reference)
        assert (kind_of(offer), terms_of(offer)) == (what, given)
