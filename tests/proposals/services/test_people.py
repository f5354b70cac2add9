"""Naming people, recording what they say, and who may see them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.offers import services as offers
from dmas.offers.commands import WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import queries, services
from dmas.proposals.commands import ReleasePerson
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import Consent, ProposalStatus
from dmas.providers.models import Organisation, Outcode
from dmas.transfers import queries as transfers
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.offers import make_offer
from tests.factories.proposals import (
    consent,
    make_person,
    make_proposal,
    nhs_number,
    person,
    say,
    sides_of,
)
from tests.factories.transfers import make_transfer


def _chosen(database: Database, system: Actor, now: datetime, places: int = 2, **values: Any) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=places, status=ProposalStatus.CHOSEN, **values)


def test_a_clerk_names_somebody_and_only_the_home_trust_sees_them(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now)
    sides = sides_of(proposal)
    clerk = sides.at_home(Role.BOOKING_CLERK)
    with database.unit_of_work(system) as session:
        session.add(Outcode(code="B15", latitude=52.46, longitude=-1.92))
    with database.unit_of_work(clerk) as session:
        named = services.name_person(
            session, person(proposal, now, postcode="b152gw", travel_miles=40), actor=clerk, now=now
        )
        assert (named.consent, named.postcode, named.travel_miles, named.travel_asked) == (
            Consent.TO_ASK,
            "B15 2GW",
            40,
            True,
        )
        assert named.tenths is not None
        assert services.look_at_people(session, proposal, actor=clerk, now=now) == [named]
    receiver = sides.at_receiver()
    with database.unit_of_work(receiver) as session:
        assert services.look_at_people(session, proposal, actor=receiver, now=now) == []


def test_a_yes_takes_the_place_and_lets_the_receiver_see_who_comes(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now)
    sides = sides_of(proposal)
    home, receiver = sides.at_home(Role.BOOKING_CLERK), sides.at_receiver(Role.CLINICAL_REVIEWER)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal)
    with database.unit_of_work(home) as session:
        command = consent(named, proposal.reference, now, asked_by="Sam Example")
        yes = services.record_consent(session, command, actor=home, now=now)
        assert (yes.consent, yes.asked_how, yes.asked_by, yes.asked_at) == ("yes", "call", "Sam Example", now)
        offer = session.get_one(Offer, proposal.offer_id)
        assert (offer.held, offer.taken) == (1, 1)
        (transfer,) = transfers.of_case(session, home, proposal_id=proposal.id)
        assert (transfer.person_id, transfer.status) == (named.id, TransferStatus.PREPARING)
        left = queries.get(session, home, proposal.reference)
        assert (left.held, left.status, left.due_on) == (1, ProposalStatus.CHOSEN, date(2026, 11, 25))
    with database.unit_of_work(receiver) as session:
        (seen,) = services.look_at_people(session, proposal, actor=receiver, now=now)
        assert seen.family_name == named.family_name
    with database.unit_of_work(system) as session:
        looked = session.scalars(select(AuditEvent.actor_id).where(AuditEvent.action == "person.seen"))
        assert list(looked) == [receiver.id]


def test_a_no_changes_nothing_but_frees_the_naming(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, status=ProposalStatus.CHOSEN)
        named = make_person(session, now=now, proposal=proposal)
        assert proposal.due_on == date(2026, 11, 28)
        say(session, named, now=now, said=Consent.NO)
        assert (named.consent, named.released_at) == ("no", now)
        assert (proposal.held, proposal.due_on) == (1, date(2026, 11, 25))
        assert transfers.of_case(session, system, proposal_id=proposal.id) == []
    same = {"pathway_id": named.pathway_id, "nhs_number": named.nhs_number}
    with pytest.raises(InvalidInput, match="already answered"), database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=proposal, **same)
    with database.unit_of_work(system) as session:
        say(session, make_person(session, now=now, proposal=proposal), now=now)
        left = session.get_one(Proposal, proposal.id)
        assert (left.held, left.status) == (0, ProposalStatus.SETTLED)


def test_a_second_yes_acts_once(database: Database, system: Actor, now: datetime) -> None:
    proposal = _chosen(database, system, now)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal)
        command = consent(named, proposal.reference, now)
        say(session, named, now=now)
    with pytest.raises(Conflict, match="already recorded"), database.unit_of_work(system) as session:
        services.record_consent(session, command, actor=system, now=now)


def test_a_naming_is_taken_back_before_the_person_is_asked(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now, places=1)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal)
    home = sides_of(proposal).at_home()
    command = ReleasePerson(reference=proposal.reference, person_id=named.id, version=named.version)
    stale = ReleasePerson(reference=proposal.reference, person_id=named.id, version=9)
    with pytest.raises(StaleEdit), database.unit_of_work(home) as session:
        services.release_person(session, stale, actor=home, now=now)
    with database.unit_of_work(home) as session:
        services.release_person(session, command, actor=home, now=now)
        left = queries.get(session, home, proposal.reference)
        assert (left.held, left.due_on) == (1, date(2026, 11, 25))
    with pytest.raises(Conflict, match="taken back"), database.unit_of_work(home) as session:
        services.release_person(session, command, actor=home, now=now)
    with database.unit_of_work(system) as session:
        same = {"pathway_id": named.pathway_id, "nhs_number": named.nhs_number}
        assert make_person(session, now=now, proposal=proposal, **same).consent == Consent.TO_ASK


def test_somebody_ranked_below_the_cut_off_is_refused_with_the_reason(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now, cut_off_tier=4, cut_off_since=date(2026, 1, 10))
    with (
        pytest.raises(InvalidInput, match="since 11 January 2026 is shorter"),
        database.unit_of_work(system) as session,
    ):
        make_person(session, now=now, proposal=proposal, clock_start=date(2026, 1, 11))
    with database.unit_of_work(system) as session:
        assert make_person(session, now=now, proposal=proposal, clock_start=date(2026, 1, 10))


def test_the_offers_own_limits_are_checked_at_the_naming_and_at_the_yes(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(
            session, now=now, min_age=40, max_asa=2, no_asa_limit=False, max_bmi=34.0, no_bmi_limit=False
        )
    proposal = _chosen(database, system, now, offer=offer)
    for wrong, field in (
        ({"date_of_birth": date(1990, 1, 1)}, "date_of_birth"),
        ({"asa": 3}, "asa"),
        ({"asa": None}, "asa"),
        ({"bmi": 34.1}, "bmi"),
    ):
        with pytest.raises(InvalidInput) as refused, database.unit_of_work(system) as session:
            make_person(session, now=now, proposal=proposal, **wrong)
        assert refused.value.field == field
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal, bmi=33.0)
        session.get_one(Offer, offer.id).max_bmi = 30.0
    with pytest.raises(InvalidInput, match="BMI 33"), database.unit_of_work(system) as session:
        say(session, session.get_one(NamedPerson, named.id), now=now)


def test_a_place_beyond_the_travel_limit_needs_their_agreement(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now)
    with database.unit_of_work(system) as session:
        session.add(Outcode(code="TR1", latitude=50.26, longitude=-5.05))
        named = make_person(session, now=now, proposal=proposal, postcode="TR1 1AA")
        assert not named.travel_asked
    with pytest.raises(InvalidInput, match="25 miles"), database.unit_of_work(system) as session:
        say(session, session.get_one(NamedPerson, named.id), now=now, travel_ok=False)
    with database.unit_of_work(system) as session:
        say(session, session.get_one(NamedPerson, named.id), now=now, travel_ok=True)


def test_nobody_is_named_twice(database: Database, system: Actor, now: datetime) -> None:
    one = _chosen(database, system, now)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=one)
    with database.unit_of_work(system) as session:
        home = session.get_one(Proposal, one.id).home_code
        trust = session.get_one(Organisation, home)
        other = make_proposal(session, now=now, places=2, trust=trust, status=ProposalStatus.CHOSEN)
    for proposal, values, message in (
        (one, {"pathway_id": named.pathway_id}, "on this match"),
        (one, {"nhs_number": named.nhs_number}, "on this match"),
        (other, {"pathway_id": named.pathway_id.lower()}, "for another match"),
    ):
        with pytest.raises(InvalidInput, match=message), database.unit_of_work(system) as session:
            make_person(session, now=now, proposal=proposal, **values)
    with database.unit_of_work(system) as session:
        make_transfer(session, now=now, person=session.get_one(NamedPerson, named.id))
    with pytest.raises(InvalidInput, match="handed over"), database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=other, pathway_id=named.pathway_id)


def test_people_are_named_only_for_held_places_and_in_time(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now, places=1)
    late = datetime(2026, 11, 26, 9, 0, tzinfo=now.tzinfo)
    with pytest.raises(Conflict, match="ended on 25 November 2026"), database.unit_of_work(system) as session:
        services.name_person(session, person(proposal, now), actor=system, now=late)
    with database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=proposal)
    with pytest.raises(Conflict, match="every place"), database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=proposal)
    with database.unit_of_work(system) as session:
        early = make_proposal(session, now=now)
    with pytest.raises(Conflict, match="you have taken"), database.unit_of_work(system) as session:
        make_person(session, now=now, proposal=early)


def test_an_answer_has_a_time_and_somebody_who_asked(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal)
    for values, field in (
        ({"asked_at": now + timedelta(minutes=1)}, "asked_at"),
        ({"asked_at": now - timedelta(days=1)}, "asked_at"),
        ({"asked_by": " "}, "asked_by"),
    ):
        with pytest.raises(InvalidInput) as refused, database.unit_of_work(system) as session:
            say(session, session.get_one(NamedPerson, named.id), now=now, **values)
        assert refused.value.field == field


def test_only_the_home_trust_names_and_only_the_two_sides_look(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _chosen(database, system, now)
    sides = sides_of(proposal)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal)
    for actor in (sides.at_receiver(), sides.at_home(Role.CLINICAL_REVIEWER)):
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.name_person(session, person(proposal, now), actor=actor, now=now)
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.record_consent(session, consent(named, proposal.reference, now), actor=actor, now=now)
    nation = Actor(id="n", name="N", role=Role.NATIONAL_ADMINISTRATOR, organisation="X24", reach=Reach.NATION)
    with pytest.raises(NotAllowed), database.unit_of_work(nation) as session:
        services.look_at_people(session, proposal, actor=nation, now=now)
    with database.unit_of_work(nation) as session:
        assert queries.people(session, proposal) == []
    elsewhere = person(proposal, now, nhs_number=nhs_number())
    with database.unit_of_work(system) as session:
        other = make_person(session, now=now)
    wrong = consent(other, proposal.reference, now)
    home = sides.at_home()
    with pytest.raises(NotFound, match="no such person"), database.unit_of_work(home) as session:
        services.record_consent(session, wrong, actor=home, now=now)
    with database.unit_of_work(home) as session:
        assert services.name_person(session, elsewhere, actor=home, now=now).named_by == home.id


def test_a_yes_is_refused_once_the_places_have_gone(
    database: Database, system: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = _chosen(database, system, now)
    with database.unit_of_work(system) as session:
        named = make_person(session, now=now, proposal=proposal)
        command = consent(named, proposal.reference, now)
    with monkeypatch.context() as moving, database.unit_of_work(system) as session:
        moving.setattr(transfers, "is_moving", lambda *given: True)
        with pytest.raises(Conflict, match="handed over"):
            services.record_consent(session, command, actor=system, now=now)
    with database.unit_of_work(system) as session:
        withdraw = WithdrawOffer(
            reference=session.get_one(Offer, proposal.offer_id).reference, reason="estate"
        )
        offers.withdraw(session, withdraw, actor=system, now=now)
    with pytest.raises(Conflict, match="taken back"), database.unit_of_work(system) as session:
        services.record_consent(session, command, actor=system, now=now)
