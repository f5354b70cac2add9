"""Whom news of matches goes to, each piece once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.offers import services as offers
from dmas.offers.commands import SuspendOffer, WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services
from dmas.proposals.commands import (
    AnswerQuestion,
    AskForInformation,
    DeclineCapacity,
    DeclineProposal,
)
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests import services as requests
from dmas.requests.commands import WithdrawRequest
from dmas.requests.models import CareRequest
from tests.factories.notifications import queued
from tests.factories.proposals import make_person, make_proposal

_S = ProposalStatus


def told(session: Session, proposal: Proposal) -> list[tuple[str, str]]:
    """Return which messages about a match went to which side."""
    sides = {proposal.home_code: "home", proposal.receiver_code: "receiver"}
    return sorted(
        (row.template, sides[row.recipient_id])
        for row in queued(session)
        if row.values.get("reference") == proposal.reference
    )


def test_the_other_side_hears_of_each_answer(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        taken = make_proposal(session, now=now, places=2, status=_S.CHOSEN)
        assert told(session, taken) == [("capacity_taken", "receiver"), ("match_accepted", "home")]
        (row,) = queued(session, "capacity_taken")
        assert row.values == {"reference": taken.reference, "places": 2, "due_on": str(taken.due_on)}

        left = make_proposal(session, now=now, status=_S.RECEIVER_ACCEPTED)
        leave = DeclineCapacity(reference=left.reference, version=left.version, reason="too_far")
        services.decline_capacity(session, leave, actor=system, now=now)
        assert told(session, left) == [("capacity_declined", "receiver"), ("match_accepted", "home")]

        asked = make_proposal(session, now=now)
        here = {"reference": asked.reference}
        question = AskForInformation(**here, version=asked.version, question="Which side?")
        services.ask(session, question, actor=system, now=now)
        answer = AnswerQuestion(**here, version=asked.version, answer="The left.")
        services.answer_question(session, answer, actor=system, now=now)
        no = DeclineProposal(**here, version=asked.version, reason="staffing")
        services.decline(session, no, actor=system, now=now)
        assert told(session, asked) == [
            ("match_declined", "home"),
            ("match_question", "home"),
            ("match_question_answered", "receiver"),
        ]


def test_only_a_match_by_hand_is_news_of_its_own(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        by_night = make_proposal(session, now=now)
        by_hand = make_proposal(session, now=now, run_date=None, by_hand_reason="short_notice")
        assert told(session, by_night) == []
        assert told(session, by_hand) == [("match_waits", "receiver")]


def test_both_sides_hear_of_a_lapse(
    database: Database, night_database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        silent = make_proposal(session, now=now)
        unnamed = make_proposal(session, now=now, status=_S.CHOSEN)
    with night_database.unit_of_work(system) as session:
        services.lapse_due(session, actor=system, now=now + timedelta(days=7))
    with database.unit_of_work(system) as session:
        assert told(session, silent) == [("match_lapsed", "home"), ("match_lapsed", "receiver")]
        assert told(session, unnamed)[-2:] == [
            ("match_places_lapsed", "home"),
            ("match_places_lapsed", "receiver"),
        ]


@pytest.mark.parametrize("what", ["suspended", "withdrawn", "request withdrawn"])
def test_both_sides_hear_when_a_match_is_ended_under_them(
    database: Database, system: Actor, now: datetime, what: str
) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now)
        offer = session.get_one(Offer, proposal.offer_id).reference
        asked = session.get_one(CareRequest, proposal.request_id).reference
        if what == "suspended":
            offers.suspend(session, SuspendOffer(reference=offer, reason="safety"), actor=system, now=now)
        elif what == "withdrawn":
            offers.withdraw(session, WithdrawOffer(reference=offer, reason="staffing"), actor=system, now=now)
        else:
            command = WithdrawRequest(reference=asked, reason="treated_at_home")
            requests.withdraw(session, command, actor=system, now=now)
        assert told(session, proposal) == [("match_ended", "home"), ("match_ended", "receiver")]


def test_places_without_a_person_are_reminded_of_once(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        open_places = make_proposal(session, now=now, places=2, status=_S.CHOSEN)
        make_person(session, now=now, proposal=open_places)
        full = make_proposal(session, now=now, status=_S.CHOSEN)
        make_person(session, now=now, proposal=full)
        due = open_places.due_on
        assert due is not None
        counts = {}
        for days in range(8):
            moment = now + timedelta(days=days)
            counts[london_date(moment)] = services.remind_to_name(session, actor=system, now=moment)
        assert {day for day, count in counts.items() if count} == {due - timedelta(days=1), due}
        (row,) = queued(session, "people_to_name")
        assert row.recipient_id == open_places.home_code
        assert row.values == {"reference": open_places.reference, "places": 1, "due_on": str(due)}
