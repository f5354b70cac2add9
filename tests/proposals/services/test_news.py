"""What happens to matches when the offer or the request changes under them, whoever changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.offers import services as offers
from dmas.offers.commands import AmendOffer, SuspendOffer, WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import queries
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.models import Organisation
from dmas.requests import services as requests
from dmas.requests.commands import WithdrawRequest
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import ClosedBecause
from dmas.transfers import queries as transfers
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.offers import make_offer, terms
from tests.factories.proposals import make_person, make_proposal, say, staff_of
from tests.factories.requests import make_request

_S = ProposalStatus


def _offer_at_work(
    database: Database, system: Actor, now: datetime
) -> tuple[Offer, list[Proposal], NamedPerson]:
    """An offer with a match proposed, one accepted, and one chosen with a yes and somebody to ask."""
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=9)
        proposed = make_proposal(session, now=now, offer=offer, places=2)
        accepted = make_proposal(session, now=now, offer=offer, status=_S.RECEIVER_ACCEPTED)
        chosen = make_proposal(session, now=now, offer=offer, places=3, status=_S.CHOSEN)
        say(session, make_person(session, now=now, proposal=chosen), now=now)
        waiting = make_person(session, now=now, proposal=chosen)
    return offer, [proposed, accepted, chosen], waiting


@pytest.mark.parametrize("verb", ["withdraw", "suspend"])
def test_the_receiver_takes_its_offer_back_and_frees_people_it_never_saw(
    database: Database, system: Actor, now: datetime, verb: str
) -> None:
    offer, live, waiting = _offer_at_work(database, system, now)
    receiver = staff_of(offer.provider_code)
    with database.unit_of_work(receiver) as session:
        assert session.get(NamedPerson, waiting.id) is None
        if verb == "withdraw":
            command = WithdrawOffer(reference=offer.reference, version=offer.version, reason="staffing")
            offers.withdraw(session, command, actor=receiver, now=now)
        else:
            pause = SuspendOffer(reference=offer.reference, version=offer.version, reason="safety")
            offers.suspend(session, pause, actor=receiver, now=now)
    with database.unit_of_work(receiver) as session:
        assert session.get(NamedPerson, waiting.id) is None
    with database.unit_of_work(system) as session:
        expected = _S.WITHDRAWN if verb == "withdraw" else _S.GONE
        assert {session.get_one(Proposal, one.id).status for one in live} == {expected}
        assert session.get_one(NamedPerson, waiting.id).released_at == now
        left = session.get_one(Offer, offer.id)
        assert (left.held, left.taken) == (0, 1)
        (moving,) = transfers.of_case(session, system, offer_id=offer.id)
        assert moving.status == TransferStatus.PREPARING
        trust = session.get_one(Organisation, waiting.home_code)
        again = make_proposal(session, now=now, trust=trust, status=_S.CHOSEN)
        assert make_person(session, now=now, proposal=again, pathway_id=waiting.pathway_id)


def test_tighter_limits_let_go_of_lines_that_no_longer_fit(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=9)
        heavy = make_proposal(
            session, now=now, offer=offer, care_request=make_request(session, now=now, worst_bmi=39.0)
        )
        light = make_proposal(
            session, now=now, offer=offer, care_request=make_request(session, now=now, worst_bmi=29.0)
        )
        unknown = make_proposal(
            session, now=now, offer=offer, care_request=make_request(session, now=now, worst_bmi=None)
        )
        chosen = make_proposal(
            session,
            now=now,
            offer=offer,
            status=_S.CHOSEN,
            care_request=make_request(session, now=now, worst_bmi=39.0),
        )
    receiver = staff_of(offer.provider_code)
    tighter = replace(terms(london_date(now), places=9), max_bmi=35.0, no_bmi_limit=False)
    with database.unit_of_work(receiver) as session:
        command = AmendOffer(reference=offer.reference, version=offer.version, terms=tighter)
        offers.amend(session, command, actor=receiver, now=now)
    with database.unit_of_work(system) as session:
        gone = session.get_one(Proposal, heavy.id)
        assert (gone.status, gone.answer_reason) == (_S.GONE, "limits_tightened")
        assert {session.get_one(Proposal, one.id).status for one in (light, unknown)} == {_S.PROPOSED}
        assert session.get_one(Proposal, chosen.id).status == _S.CHOSEN
        assert session.get_one(Offer, offer.id).held == 3


def test_a_withdrawn_request_keeps_only_who_has_said_yes(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        care_request = make_request(session, now=now, places=6)
        proposed = make_proposal(session, now=now, care_request=care_request)
        chosen = make_proposal(session, now=now, care_request=care_request, places=2, status=_S.CHOSEN)
        say(session, make_person(session, now=now, proposal=chosen), now=now)
    home = staff_of(care_request.provider_code)
    with database.unit_of_work(home) as session:
        withdraw = WithdrawRequest(
            reference=care_request.reference, version=care_request.version, reason="treated_at_home"
        )
        requests.withdraw(session, withdraw, actor=home, now=now)
    with database.unit_of_work(system) as session:
        for one in (proposed, chosen):
            assert session.get_one(Proposal, one.id).status == _S.WITHDRAWN
            assert session.get_one(Offer, one.offer_id).held == 0
        assert len(transfers.of_case(session, system, request_id=care_request.id)) == 1


def test_a_closed_request_keeps_places_already_chosen(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        care_request = make_request(session, now=now, places=6)
        proposed = make_proposal(session, now=now, care_request=care_request)
        chosen = make_proposal(session, now=now, care_request=care_request, places=2, status=_S.CHOSEN)
        one = session.get_one(CareRequest, care_request.id)
        requests.close(session, one, ClosedBecause.UNMET, actor=system, now=now)
    with database.unit_of_work(system) as session:
        assert session.get_one(Proposal, proposed.id).status == _S.SUPERSEDED
        assert session.get_one(Proposal, chosen.id).status == _S.CHOSEN
        make_person(session, now=now, proposal=queries.get(session, system, chosen.reference))
