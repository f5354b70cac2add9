"""Whom news of offers goes to, each piece once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis
from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.offers import services
from dmas.offers.commands import (
    AmendOffer,
    ApproveOffer,
    ConfirmOffer,
    ResumeOffer,
    ReturnOffer,
    SuspendOffer,
)
from tests.factories.notifications import queued
from tests.factories.offers import make_offer, terms

NEEDS_APPROVAL = {"contract_basis": ContractBasis.SUBCONTRACT, "basis": Basis.SUBCONTRACTED}
DECIDER = Actor.system("deciding")  # nobody decides about what they posted


def told(session: Session) -> set[tuple[str, str]]:
    return {(row.template, row.recipient_id) for row in queued(session)}


def test_the_icb_hears_of_what_is_posted(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        opened = make_offer(session, now=now)
        waiting = make_offer(session, now=now, **NEEDS_APPROVAL)
        assert told(session) == {
            ("offer_opened", opened.icb_code),
            ("offer_awaits_approval", waiting.icb_code),
        }
        (asked,) = queued(session, "offer_awaits_approval")
        assert asked.values == {"reference": waiting.reference, "due_on": str(waiting.approval_due_on)}


def test_the_region_hears_where_there_is_no_icb(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, **NEEDS_APPROVAL)
        offer.icb_code = None
        services.return_to_provider(
            session, ReturnOffer(reference=offer.reference, reason="not_additional"), actor=DECIDER, now=now
        )
        again = AmendOffer(
            reference=offer.reference, version=offer.version, terms=terms(london_date(now), places=3)
        )
        services.amend(session, again, actor=system, now=now)
        assert ("offer_awaits_approval", offer.region_code) in told(session)


def test_the_provider_hears_what_was_decided(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        approved, returned = (make_offer(session, now=now, **NEEDS_APPROVAL) for _ in range(2))
        services.approve(session, ApproveOffer(reference=approved.reference), actor=DECIDER, now=now)
        services.return_to_provider(
            session,
            ReturnOffer(reference=returned.reference, reason="not_additional"),
            actor=DECIDER,
            now=now,
        )
        assert {
            ("offer_approved", approved.provider_code),
            ("offer_returned", returned.provider_code),
        } <= told(session)


def test_only_a_pause_by_somebody_else_is_news(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now)
        own = Actor("1", "Robin Example", Role.CAPACITY_MANAGER, offer.provider_code, Reach.ORGANISATION)
        pause = SuspendOffer(reference=offer.reference, reason="safety")
        services.suspend(session, pause, actor=own, now=now)
        services.resume(session, ResumeOffer(reference=offer.reference), actor=own, now=now)
        assert queued(session, "offer_suspended") == []
        services.suspend(session, pause, actor=system, now=now)
        assert ("offer_suspended", offer.provider_code) in told(session)


def test_an_unconfirmed_offer_is_asked_about_once_for_each_confirmation(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now)
        make_offer(session, now=now, **NEEDS_APPROVAL)
        counts = []
        for days in (13, 14, 15):
            moment = now + timedelta(days=days)
            counts.append(services.remind_unconfirmed(session, actor=system, now=moment))
        assert counts == [0, 1, 1]
        (asked,) = queued(session, "offer_unconfirmed")
        assert (asked.recipient_id, asked.values) == (offer.provider_code, {"reference": offer.reference})
        services.confirm_still_true(
            session, ConfirmOffer(reference=offer.reference), actor=system, now=now + timedelta(days=15)
        )
        services.remind_unconfirmed(session, actor=system, now=now + timedelta(days=29))
        assert len(queued(session, "offer_unconfirmed")) == 2
