"""Who reads which case, and what waits for whose decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from dmas.cases import queries
from dmas.core.actors import Actor, Reach
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.offers import services as offers
from dmas.offers.commands import CloseOffer
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers.models import Transfer
from tests.cases.conftest import NATIONAL, auditor, coordinator, regional
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal, sides_of, staff_of
from tests.factories.providers import make_independent, make_site, make_trust
from tests.factories.requests import make_request
from tests.factories.transfers import make_transfer

STRANGER = staff_of("RZZ")


class Case:
    """A proposal with its offer and request, as somebody sees them."""

    def __init__(self, database: Database, system: Actor, now: datetime) -> None:
        with database.unit_of_work(system) as session:
            self.transfer: Transfer = make_transfer(session, now=now)
            self.proposal = session.get_one(Proposal, self.transfer.proposal_id)
            self.offer = session.get_one(Offer, self.proposal.offer_id)
            self.care_request = session.get_one(CareRequest, self.proposal.request_id)
        self.sides = sides_of(self.proposal)


@pytest.fixture
def case(database: Database, system: Actor, now: datetime) -> Case:
    return Case(database, system, now)


def sees(database: Database, actor: Actor, read: Callable[..., object], reference: str) -> bool:
    with database.unit_of_work(actor) as session:
        try:
            read(session, actor, reference)
        except NotFound:
            return False
    return True


def test_a_request_is_its_trusts_and_its_areas(database: Database, case: Case) -> None:
    asked = case.care_request
    reads = [
        case.sides.at_home(),
        coordinator(asked.icb_code),
        regional(asked.region_code),
        NATIONAL,
        auditor(asked.provider_code),
        auditor(asked.icb_code, Reach.ICB),
        auditor(asked.region_code, Reach.REGION),
        auditor("ENG", Reach.NATION),
    ]
    assert all(sees(database, actor, queries.care_request, asked.reference) for actor in reads)
    foreign = [case.sides.at_receiver(), STRANGER, coordinator("QZZ"), auditor("RZZ")]
    foreign += [auditor("RZZ", Reach.NOTHING), coordinator(case.offer.icb_code or "")]
    assert not any(sees(database, actor, queries.care_request, asked.reference) for actor in foreign)


def test_an_open_offer_is_everybodys_and_a_closed_one_stays_with_whom_it_serves(
    database: Database, system: Actor, now: datetime, case: Case
) -> None:
    reference = case.offer.reference
    assert sees(database, STRANGER, queries.offer, reference)
    with database.unit_of_work(system) as session:
        offers.close(session, CloseOffer(reference=reference), actor=system, now=now)
    assert not sees(database, STRANGER, queries.offer, reference)
    for actor in (
        case.sides.at_home(),
        case.sides.at_receiver(),
        NATIONAL,
        coordinator(case.proposal.home_icb),
    ):
        assert sees(database, actor, queries.offer, reference)


def test_a_match_and_a_transfer_are_both_sides(database: Database, case: Case) -> None:
    both = (case.sides.at_home(), case.sides.at_receiver(), coordinator(case.proposal.home_icb), NATIONAL)
    for read, reference in (
        (queries.match, case.proposal.reference),
        (queries.transfer, case.transfer.reference),
    ):
        assert all(sees(database, actor, read, reference) for actor in both)
        assert not any(sees(database, actor, read, reference) for actor in (STRANGER, coordinator("QZZ")))
        assert not sees(database, NATIONAL, read, "PR-2222222")


def test_each_part_of_a_case_is_read(database: Database, case: Case) -> None:
    home, receiver = case.sides.at_home(), case.sides.at_receiver()
    with database.unit_of_work(receiver) as session:
        offer = queries.offer(session, receiver, case.offer.reference)
        assert [one.proposal.reference for one in offer.matches] == [case.proposal.reference]
        assert [one.reference for one in offer.transfers] == [case.transfer.reference]
        assert offer.story.names[case.proposal.home_code].startswith("Example")
    with database.unit_of_work(home) as session:
        asked = queries.care_request(session, home, case.care_request.reference)
        assert [event.action for event in asked.story.events][:2] == ["request.posted", "request.approved"]
        match = queries.match(session, home, case.proposal.reference)
        assert "person.said_yes" in [event.action for event in match.story.events]
        transfer = queries.transfer(session, home, case.transfer.reference)
        assert transfer.match_reference == case.proposal.reference
    with database.unit_of_work(NATIONAL) as session:
        assert queries.transfer(session, NATIONAL, case.transfer.reference).messages == []


def test_what_waits_is_shown_overdue_first_and_never_ones_own(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        provider = make_independent(session)
        site, icb = make_site(session, provider), provider.icb_code or ""
        new = {"site": site, "contract_basis": "new_contract", "now": now}
        fresh, late = make_offer(session, **new), make_offer(session, **new)
        own = make_offer(session, **new, actor=system)
        make_offer(session, now=now)
        trust = make_trust(session, icb_code=icb, region_code=provider.region_code)
        asked = make_request(session, now=now, trust=trust, status=RequestStatus.AWAITING_ICB)
        late.approval_due_on = london_date(now) - timedelta(days=1)
        own.posted_by = coordinator(icb).id
        session.flush()
        references = {"fresh": fresh.reference, "late": late.reference, "asked": asked.reference}
        region = provider.region_code or ""

    def waiting(actor: Actor) -> list[str]:
        with database.unit_of_work(actor) as session:
            return [one.item.reference for one in queries.approvals(session, actor, london_date(now))]

    shown = waiting(coordinator(icb))
    assert shown[0] == references["late"]
    assert set(shown) == set(references.values())
    assert waiting(regional(region)) == [references["late"]]
    assert waiting(coordinator("QZZ")) == []


def test_the_number_of_statements_does_not_grow(
    database: Database, system: Actor, now: datetime, statements: Callable[..., object]
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=9)
        asked = make_request(session, now=now, places=9)
        make_proposal(session, now=now, offer=offer, care_request=asked)
        reference, code = offer.reference, offer.provider_code
    actor = staff_of(code)

    def sent() -> int:
        with database.unit_of_work(actor) as session, statements() as gathered:  # type: ignore[attr-defined]
            queries.offer(session, actor, reference)
        return len(gathered)

    before = sent()
    with database.unit_of_work(system) as session:
        for _ in range(4):
            make_proposal(session, now=now, offer=session.get_one(Offer, offer.id))
    assert sent() == before
