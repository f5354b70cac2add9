"""Tasks of each role, counted on the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from dmas.core import audit
from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.home import loading
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.models import Organisation
from dmas.requests import services as requests
from dmas.requests.commands import ReturnRequest
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.cases.conftest import HELPLINE, NATIONAL, SAFETY, auditor, coordinator, regional
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, sides_of, staff_of
from tests.factories.providers import make_independent, make_site, make_trust
from tests.factories.requests import make_request
from tests.factories.transfers import make_transfer

_P, _T = ProposalStatus, TransferStatus


def waiting(database: Database, actor: Actor, now: datetime) -> dict[str, tuple[int, int]]:
    with database.unit_of_work(actor) as session:
        found = loading.tasks(session, actor, london_date(now))
    return {task.kind: (task.number, task.due) for task in found}


def make(database: Database, system: Actor, now: datetime, status: ProposalStatus) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=3, status=status)


def test_a_match_waits_for_the_receiver_then_for_the_home_trust(
    database: Database, system: Actor, now: datetime
) -> None:
    sides = sides_of(make(database, system, now, _P.PROPOSED))
    for role in (Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER, Role.CLINICAL_REVIEWER):
        assert waiting(database, sides.at_receiver(role), now) == {"answer": (1, 0)}
    assert waiting(database, sides.at_receiver(Role.BOOKING_CLERK), now) == {}
    assert waiting(database, sides.at_home(), now) == {}
    soon = now + timedelta(days=4)
    assert waiting(database, sides.at_receiver(), soon)["answer"] == (1, 1)

    sides = sides_of(make(database, system, now, _P.RECEIVER_ACCEPTED))
    assert waiting(database, sides.at_home(), now) == {"decide": (1, 0)}
    assert waiting(database, sides.at_home(Role.BOOKING_CLERK), now) == {}


def test_places_without_a_name_and_people_to_ask_are_counted_apart(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = make(database, system, now, _P.CHOSEN)
    clerk = sides_of(proposal).at_home(Role.BOOKING_CLERK)
    assert waiting(database, clerk, now) == {"name": (3, 0)}
    with database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=session.get_one(Proposal, proposal.id))
    assert waiting(database, clerk, now) == {"name": (2, 0), "ask": (1, 0)}
    assert waiting(database, clerk, now + timedelta(days=4))["name"] == (2, 2)
    assert waiting(database, sides_of(proposal).at_receiver(), now) == {}


def test_each_step_of_a_transfer_waits_for_one_side(database: Database, system: Actor, now: datetime) -> None:
    for status, side, kind in (
        (_T.PREPARING, "home_code", "send"),
        (_T.SENT, "receiver_code", "confirm"),
        (_T.CONFIRMED, "receiver_code", "date"),
    ):
        with database.unit_of_work(system) as session:
            transfer = make_transfer(session, now=now, status=status)
        clerk = staff_of(getattr(transfer, side), Role.BOOKING_CLERK)
        assert waiting(database, clerk, now)[kind] == (1, 0)


def test_a_treatment_is_recorded_once_its_day_has_come(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        transfer: Transfer = make_transfer(session, now=now, status=_T.DATED)
    clerk = staff_of(transfer.receiver_code, Role.BOOKING_CLERK)
    assert waiting(database, clerk, now) == {}
    assert waiting(database, clerk, now + timedelta(days=20)) == {"treat": (1, 1)}


def test_offers_to_confirm_and_what_came_back(database: Database, system: Actor, now: datetime) -> None:
    today = london_date(now)
    with database.unit_of_work(system) as session:
        trust = make_trust(session)
        site = make_site(session, trust)
        for days in (3, 14, 27):
            make_offer(session, now=now, site=site).confirmed_on = today - timedelta(days=days)
        asked = make_request(session, now=now, trust=trust, status=RequestStatus.AWAITING_ICB)
        back = ReturnRequest(reference=asked.reference, reason="more_detail")
        requests.return_to_provider(session, back, actor=system, now=now)
        draft = make_offer(session, now=now, site=site)
        draft.status = "draft"
        audit.record(session, draft, "offer.returned", actor=system, now=now)
    found = waiting(database, staff_of(trust.code), now)
    assert found == {"still_true": (2, 1), "returned_requests": (1, 0), "returned_offers": (1, 0)}
    assert next(iter(found)) == "still_true"
    assert waiting(database, staff_of(trust.code, Role.BOOKING_CLERK), now) == {}


def test_an_icb_decides_and_the_others_look_on(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        provider = make_independent(session)
        board = session.get_one(Organisation, provider.icb_code)
        make_offer(session, now=now, site=make_site(session, provider), contract_basis="new_contract")
        late = make_request(
            session, now=now, trust=make_trust(session, board), status=RequestStatus.AWAITING_ICB
        )
        late.approval_due_on = london_date(now) - timedelta(days=1)
    assert waiting(database, coordinator(board.code), now) == {"approve": (2, 1)}
    assert waiting(database, regional(board.region_code or ""), now) == {"approve": (1, 1)}
    for actor in (NATIONAL, SAFETY, HELPLINE, auditor(provider.code), Actor(id="x", name="x")):
        assert waiting(database, actor, now) == {}


def test_each_role_has_the_charts_that_fit_it(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        trust = make_trust(session)
        make_offer(session, now=now, site=make_site(session, trust), places=4)
        make_request(session, now=now, trust=trust, places=7)
    today = london_date(now)

    def page(actor: Actor) -> loading.FirstPage:
        with database.unit_of_work(actor) as session:
            return loading.load(session, actor, today)

    manager = page(staff_of(trust.code))
    assert sum(week.free for week in manager.weeks) == 4
    assert manager.waits is not None
    assert manager.waits[0] == ("40 to 51 weeks", 7)
    assert (manager.area, manager.night) == (None, None)
    independent = page(staff_of(trust.code, Role.INDEPENDENT_MANAGER))
    assert (independent.waits, bool(independent.weeks)) == (None, True)
    board = page(coordinator(trust.icb_code or ""))
    assert board.area is not None
    assert (board.area.open_offers, board.area.places_free, board.area.places_asked) == (1, 4, 7)
    clerk = page(staff_of(trust.code, Role.BOOKING_CLERK))
    assert (clerk.weeks, clerk.waits, clerk.night) == ((), None, None)
    nobody = page(Actor(id="x", name="x", reach=Reach.NOTHING))
    assert nobody.tasks == []
