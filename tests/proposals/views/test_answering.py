"""The receiver's pages in the browser."""

from __future__ import annotations

from datetime import datetime

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.proposals import queries
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from tests.browsing import Browsing
from tests.factories.proposals import make_proposal, sides_of, staff_of

_S = ProposalStatus


@pytest.fixture
def proposal(database: Database, system: Actor, now: datetime) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=3)


def _now_is(database: Database, system: Actor, proposal: Proposal) -> Proposal:
    with database.unit_of_work(system) as session:
        return queries.get(session, system, proposal.reference)


def test_accepting_fewer_places(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal
) -> None:
    browsing.sign_in(sides_of(proposal).at_receiver())
    address = f"/matches/{proposal.reference}/accept"
    assert "Worst ASA grade" in browsing.get(address).text
    for typed in ({"how": ""}, {"how": "as_it_is", "places": "4"}, {"how": "as_it_is", "places": "x"}):
        assert browsing.post(address, typed, status=422).errors()
    blank = {"how": "subject", "places": "2", "subject_to": ""}
    assert "assessed first" in " ".join(browsing.post(address, blank, status=422).errors())
    done = browsing.post(address, {"how": "as_it_is", "places": "2"})
    assert done.location == f"/matches/{proposal.reference}"
    left = _now_is(database, system, proposal)
    assert (left.status, left.held) == (_S.RECEIVER_ACCEPTED, 2)
    assert browsing.get(address, status=409)


def test_a_form_sent_twice_acts_once(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal
) -> None:
    browsing.sign_in(sides_of(proposal).at_receiver())
    address = f"/matches/{proposal.reference}/accept"
    sent = browsing.get(address).form() | {"how": "as_it_is", "places": "2"}
    for _ in range(2):
        page = browsing.post(address, sent, fetch=False)
        assert page.location == f"/matches/{proposal.reference}"
    assert _now_is(database, system, proposal).version == 2
    stale = sent | {"form_key": "another-key-of-at-least-20"}
    assert "changed this" in " ".join(browsing.post(address, stale, 409, fetch=False).errors())


def test_a_reviewer_accepts_subject_to_assessment(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal
) -> None:
    browsing.sign_in(sides_of(proposal).at_receiver(Role.CLINICAL_REVIEWER))
    address = f"/matches/{proposal.reference}"
    page = browsing.post(f"{address}/accept", {"how": "as_it_is"}, status=422)
    assert page.errors()
    browsing.post(f"{address}/accept", {"how": "subject", "subject_to": "Heart check"})
    assert _now_is(database, system, proposal).status == _S.ACCEPTED_SUBJECT
    browsing.get(f"{address}/decline", status=403)


def test_asking_and_declining(
    browsing: Browsing, database: Database, system: Actor, proposal: Proposal
) -> None:
    browsing.sign_in(sides_of(proposal).at_receiver(Role.INDEPENDENT_MANAGER))
    address = f"/matches/{proposal.reference}"
    assert browsing.post(f"{address}/ask", {"question": " "}, status=422).errors()
    assert browsing.post(f"{address}/ask", {"question": "Which side?"}).location == address
    assert browsing.post(f"{address}/decline", {"reason": "other"}, status=422).errors()
    assert browsing.post(f"{address}/decline", {"reason": "staffing"}).location == address
    left = _now_is(database, system, proposal)
    assert (left.status, left.held, left.answer_reason) == (_S.RECEIVER_DECLINED, 0, "staffing")


def test_the_other_side_and_strangers_get_no_page(browsing: Browsing, proposal: Proposal) -> None:
    browsing.sign_in(sides_of(proposal).at_home())
    for page in ("accept", "decline", "ask"):
        browsing.get(f"/matches/{proposal.reference}/{page}", status=403)
    browsing.sign_in(staff_of("RZZ9"))
    browsing.get(f"/matches/{proposal.reference}/accept", status=404)
    browsing.get("/matches/PR-NOTHERE/accept", status=404)
