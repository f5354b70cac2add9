"""What the night ends, and what it leaves alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import NotAllowed
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals import queries, services
from dmas.proposals.commands import AskForInformation
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import Consent, ProposalStatus
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, say, sides_of
from tests.factories.requests import make_request

_S = ProposalStatus


def _night(now: datetime, day: date) -> datetime:
    return now.replace(year=day.year, month=day.month, day=day.day, hour=2, minute=30)


def test_silence_lapses_the_day_after_it_was_due_and_releases_the_places(
    database: Database, night_database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        silent = make_proposal(session, now=now, places=2)
        undecided = make_proposal(session, now=now, status=_S.RECEIVER_ACCEPTED)
        asked = make_proposal(session, now=now)
        services.ask(
            session,
            AskForInformation(reference=asked.reference, version=asked.version, question="Which side?"),
            actor=system,
            now=now,
        )
    with night_database.unit_of_work(system) as session:
        assert services.lapse_due(session, actor=system, now=_night(now, date(2026, 11, 25))) == 0
    night = _night(now, date(2026, 11, 26))
    with night_database.unit_of_work(system) as session:
        assert services.lapse_due(session, actor=system, now=night) == 3
    with database.unit_of_work(system) as session:
        for proposal, by_receiver in ((silent, True), (undecided, False), (asked, False)):
            now_is = session.get_one(Proposal, proposal.id)
            assert (now_is.status, now_is.held, now_is.due_on) == (_S.LAPSED, 0, None)
            assert (now_is.answer_reason == "no_answer") is by_receiver
            assert (now_is.decision_reason == "no_answer") is not by_receiver
            assert session.get_one(Offer, proposal.offer_id).held == 0
            assert queries.declined_pairs(session, [proposal.line_id]) == set()
        assert services.lapse_due(session, actor=system, now=night) == 0


def test_a_third_lapse_in_28_days_suspends_the_offer_and_lets_its_other_matches_go(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=9)
        for _ in range(2):
            make_proposal(session, now=now, offer=offer)
    second = now + timedelta(days=10)
    with database.unit_of_work(system) as session:
        assert services.lapse_due(session, actor=system, now=second) == 2
        assert session.get_one(Offer, offer.id).status == OfferStatus.OPEN
        make_proposal(session, now=second, offer=offer)
        agreed = make_proposal(session, now=second, offer=offer, status=_S.CHOSEN)
        person = make_person(session, now=second, proposal=agreed)
        said = make_proposal(
            session,
            now=second,
            offer=offer,
            places=1,
            status=_S.CHOSEN,
            care_request=make_request(session, now=second),
        )
        say(session, make_person(session, now=second, proposal=said), now=second)
    third = second + timedelta(days=5)
    with database.unit_of_work(system) as session:
        services.lapse_due(session, actor=system, now=third)
        assert session.get_one(Offer, offer.id).status == OfferStatus.SUSPENDED
        assert session.get_one(Proposal, agreed.id).status == _S.GONE
        assert session.get_one(NamedPerson, person.id).released_at == third
        assert (session.get_one(Offer, offer.id).held, session.get_one(Offer, offer.id).taken) == (0, 1)


def test_lapses_longer_ago_do_not_count(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=9)
        for _ in range(2):
            make_proposal(session, now=now, offer=offer)
        services.lapse_due(session, actor=system, now=now + timedelta(days=5))
        later = now + timedelta(days=30)
        make_proposal(session, now=later, offer=offer)
    with database.unit_of_work(system) as session:
        services.lapse_due(session, actor=system, now=later + timedelta(days=5))
        assert session.get_one(Offer, offer.id).status == OfferStatus.OPEN


def test_unnamed_places_go_back_at_the_due_date_and_people_have_a_week(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, places=3, status=_S.CHOSEN)
        person = make_person(session, now=now, proposal=proposal)
        empty = make_proposal(session, now=now, places=2, status=_S.CHOSEN)
    night = _night(now, date(2026, 11, 26))
    with database.unit_of_work(system) as session:
        assert services.lapse_due(session, actor=system, now=night) == 2
        left = session.get_one(Proposal, proposal.id)
        assert (left.status, left.held, left.due_on) == (_S.CHOSEN, 1, date(2026, 11, 28))
        assert session.get_one(Offer, left.offer_id).held == 1
        assert session.get_one(Proposal, empty.id).status == _S.SETTLED
    night = _night(now, date(2026, 11, 29))
    with database.unit_of_work(system) as session:
        assert services.lapse_due(session, actor=system, now=night) == 1
        left = session.get_one(Proposal, proposal.id)
        assert (left.status, left.held) == (_S.SETTLED, 0)
        asked = session.get_one(NamedPerson, person.id)
        assert (asked.consent, asked.released_at) == (Consent.TO_ASK, night)
        released = session.scalars(select(AuditEvent.action).where(AuditEvent.entity_id == person.id))
        assert list(released) == ["person.named", "person.released"]


def test_a_person_who_never_answers_may_be_replaced_while_naming_goes_on(
    database: Database, system: Actor, now: datetime
) -> None:
    christmas = _night(now, date(2026, 12, 23)).replace(hour=12)
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=christmas, places=2, status=_S.CHOSEN)
        assert proposal.due_on == date(2026, 12, 30)
        named = make_person(session, now=christmas - timedelta(days=2), proposal=proposal)
        assert proposal.due_on == date(2026, 12, 28)
    night = _night(now, date(2026, 12, 29))
    with database.unit_of_work(system) as session:
        services.lapse_due(session, actor=system, now=night)
        left = session.get_one(Proposal, proposal.id)
        assert (left.status, left.held, left.due_on) == (_S.CHOSEN, 2, date(2026, 12, 30))
        assert session.get_one(NamedPerson, named.id).released_at == night


def test_only_a_job_ends_what_has_lapsed(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now)
    home = sides_of(proposal).at_home()
    with pytest.raises(NotAllowed), database.unit_of_work(home) as session:
        services.lapse_due(session, actor=home, now=now)
