"""The home trust's pages in the browser."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.proposals import queries, services
from dmas.proposals.commands import AskForInformation
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from tests.browsing import Browsing
from tests.factories.proposals import make_person, make_proposal, sides_of

_S = ProposalStatus


def _made(database: Database, system: Actor, now: datetime, status: ProposalStatus) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=3, status=status)


def _now_is(database: Database, system: Actor, proposal: Proposal) -> Proposal:
    with database.unit_of_work(system) as session:
        return queries.get(session, system, proposal.reference)


def test_a_question_is_answered(browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now)
        question = AskForInformation(reference=proposal.reference, version=1, question="How old is the MRI?")
        services.ask(session, question, actor=system, now=now)
    browsing.sign_in(sides_of(proposal).at_home(Role.CLINICAL_REVIEWER))
    address = f"/matches/{proposal.reference}/answer"
    assert "How old is the MRI?" in browsing.get(address).text
    assert browsing.post(address, {"answer": ""}, status=422).errors()
    browsing.post(address, {"answer": "Four weeks."})
    assert _now_is(database, system, proposal).status == _S.PROPOSED


def test_taking_the_places_leads_to_naming(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.RECEIVER_ACCEPTED)
    browsing.sign_in(sides_of(proposal).at_home())
    address = f"/matches/{proposal.reference}/choose"
    done = browsing.post(address)
    assert done.location == f"/matches/{proposal.reference}/people"
    assert "3 held places without a name" in browsing.follow(done).text
    browsing.get(address, status=409)


def test_leaving_the_places_asks_why(
    browsing: Browsing, database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now, _S.RECEIVER_ACCEPTED)
    browsing.sign_in(sides_of(proposal).at_home())
    address = f"/matches/{proposal.reference}/decline-capacity"
    for typed in ({}, {"reason": "other"}, {"reason": "nonsense"}):
        assert browsing.post(address, typed, status=422).errors()
    browsing.post(address, {"reason": "too_far"})
    assert _now_is(database, system, proposal).status == _S.DECLINED


def test_giving_places_back(browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
    proposal = _made(database, system, now, _S.CHOSEN)
    with database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=proposal)
    browsing.sign_in(sides_of(proposal).at_home())
    people, address = f"/matches/{proposal.reference}/people", f"/matches/{proposal.reference}/release"
    assert browsing.press(people, address, {"places": "3"}, status=422).errors()
    assert browsing.press(people, address, {"places": "2"}).location == f"/matches/{proposal.reference}"
    assert _now_is(database, system, proposal).held == 1
    browsing.sign_in(sides_of(proposal).at_home(Role.BOOKING_CLERK))
    assert "do not need" not in browsing.get(people).text
    browsing.post(address, {"places": "1"}, 403, page=people)
