"""A patient's options until they are shown: who is waited for, and which places are still free then."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict
from dmas.core.invariants import breaches
from dmas.invariants import ALL
from dmas.offers import services as offers
from dmas.offers.commands import AmendOffer, SuspendOffer, WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services
from dmas.proposals.commands import (
    AnswerQuestion,
    AskForInformation,
    ChooseCapacity,
    DeclineProposal,
)
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests import services as requests
from dmas.requests.commands import SayChanged
from dmas.requests.models import TransferRequest
from tests.factories.notifications import queued
from tests.factories.offers import make_offer
from tests.factories.options import Choice, accept, live_options, make_choice
from tests.factories.waitinglist import make_patient


def asked_of(
    database: Database, system: Actor, now: datetime, many: int = 3, places: int = 4
) -> tuple[Choice, list[Offer]]:
    """Return a patient with options nobody has answered, and their offers."""
    with database.unit_of_work(system) as session:
        given = [make_offer(session, now=now, places=places) for _ in range(many)]
        return make_choice(session, now=now, offers=given, shown=False), given


def states(database: Database, system: Actor, choice: Choice) -> list[tuple[int, str, int]]:
    with database.unit_of_work(system) as session:
        assert breaches(session, ALL) == []
        return live_options(session, choice.transfer)


def request_of(database: Database, system: Actor, choice: Choice) -> TransferRequest:
    with database.unit_of_work(system) as session:
        return session.get_one(TransferRequest, choice.transfer.id)


def test_only_the_first_holds_a_place_until_they_are_shown(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, given = asked_of(database, system, now)
    assert states(database, system, choice) == [(1, "proposed", 1), (2, "asked", 0), (3, "asked", 0)]
    with database.unit_of_work(system) as session:
        for option in choice.options[:2]:
            accept(session, option, now=now)
    assert states(database, system, choice) == [
        (1, "receiver_accepted", 1),
        (2, "receiver_accepted", 0),
        (3, "asked", 0),
    ]
    with database.unit_of_work(system) as session:
        accept(session, choice.options[2], now=now)
    assert states(database, system, choice) == [(1, "offered", 1), (2, "offered", 1), (3, "offered", 1)]
    transfer = request_of(database, system, choice)
    assert (transfer.status, transfer.answer_due_on) == ("options_offered", date(2026, 11, 28))
    with database.unit_of_work(system) as session:
        assert [session.get_one(Offer, offer.id).held for offer in given] == [1, 1, 1]
        (told,) = queued(session, "transfer_options")
        assert told.values == {"reference": transfer.reference, "places": 3, "due_on": "2026-11-28"}


def test_by_letter_or_with_an_interpreter_there_are_14_days(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        patient = make_patient(session, interpreter_language="Polish")
        from_home = make_choice(session, now=now, patient=patient, many=1)
        assert from_home.transfer.answer_due_on == date(2026, 12, 5)


def test_an_option_whose_last_place_somebody_took_meanwhile_is_gone(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, given = asked_of(database, system, now, places=1)
    with database.unit_of_work(system) as session:
        make_choice(session, now=now, offers=[given[1]])
        for option in choice.options:
            accept(session, option, now=now)
    assert states(database, system, choice) == [(1, "offered", 1), (2, "gone", 0), (3, "offered", 1)]


def test_a_receiver_that_declines_last_lets_the_others_be_shown(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, _ = asked_of(database, system, now, many=2)
    with database.unit_of_work(system) as session:
        accept(session, choice.options[1], now=now)
        first = session.get_one(Proposal, choice.options[0].id)
        command = DeclineProposal(reference=first.reference, version=first.version, reason="no_capacity")
        services.decline(session, command, actor=system, now=now)
    assert states(database, system, choice) == [(1, "receiver_declined", 0), (2, "offered", 1)]


def test_when_all_decline_the_request_searches_on(database: Database, system: Actor, now: datetime) -> None:
    choice, _ = asked_of(database, system, now, many=1)
    with database.unit_of_work(system) as session:
        one = session.get_one(Proposal, choice.options[0].id)
        command = DeclineProposal(reference=one.reference, version=one.version, reason="no_capacity")
        services.decline(session, command, actor=system, now=now)
    assert request_of(database, system, choice).status == "searching"


def test_after_two_working_days_the_night_shows_what_there_is(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, _ = asked_of(database, system, now)
    with database.unit_of_work(system) as session:
        accept(session, choice.options[0], now=now)
    for day, shown in ((3, 0), (4, 1)):  # from a Saturday: Monday, Tuesday, and Wednesday's night
        with database.unit_of_work(system) as session:
            later = now + timedelta(days=day)
            assert services.show_gathered(session, actor=system, now=later) == shown
    assert states(database, system, choice) == [(1, "offered", 1), (2, "superseded", 0), (3, "superseded", 0)]


def test_a_question_about_a_further_option_comes_back_to_asked(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, _ = asked_of(database, system, now, many=2)
    with database.unit_of_work(system) as session:
        second = session.get_one(Proposal, choice.options[1].id)
        asking = AskForInformation(reference=second.reference, version=second.version, question="Steps?")
        services.ask(session, asking, actor=system, now=now)
        reply = AnswerQuestion(reference=second.reference, version=second.version, answer="None.")
        services.answer_question(session, reply, actor=system, now=now)
        assert second.status == "asked"


def test_nothing_is_shown_while_a_change_waits_for_a_clinician(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, _ = asked_of(database, system, now, many=1)
    with database.unit_of_work(choice.patient) as session:
        told = SayChanged(reference=choice.transfer.reference, what="I have had a fall.")
        requests.say_changed(session, told, actor=choice.patient, now=now)
    with database.unit_of_work(system) as session:
        accept(session, choice.options[0], now=now)
    assert states(database, system, choice) == [(1, "receiver_accepted", 1)]


def test_the_home_trust_cannot_choose_for_a_patient(database: Database, system: Actor, now: datetime) -> None:
    choice, _ = asked_of(database, system, now, many=2)
    with database.unit_of_work(system) as session:
        first = accept(session, choice.options[0], now=now)
        command = ChooseCapacity(reference=first.reference, version=first.version)
        with pytest.raises(Conflict, match="the choice is theirs"):
            services.choose(session, command, actor=system, now=now)


def test_an_offer_withdrawn_while_shown_ends_that_option_and_the_last_one_searches_on(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, given = asked_of(database, system, now, many=2)
    with database.unit_of_work(system) as session:
        for option in choice.options:
            accept(session, option, now=now)
    with database.unit_of_work(system) as session:
        offer = session.get_one(Offer, given[0].id)
        gone = WithdrawOffer(reference=offer.reference, version=offer.version, reason="no_capacity")
        offers.withdraw(session, gone, actor=system, now=now)
    assert states(database, system, choice) == [(1, "withdrawn", 0), (2, "offered", 1)]
    assert request_of(database, system, choice).status == "options_offered"
    with database.unit_of_work(system) as session:
        other = session.get_one(Offer, given[1].id)
        pause = SuspendOffer(reference=other.reference, version=other.version, reason="safety")
        offers.suspend(session, pause, actor=system, now=now)
    assert states(database, system, choice) == [(1, "withdrawn", 0), (2, "gone", 0)]
    assert request_of(database, system, choice).status == "searching"
    with database.unit_of_work(system) as session:
        assert len(queued(session, "transfer_searching_again")) == 1


def test_the_night_looks_on_for_a_request_that_was_busy_when_its_offer_went(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, given = asked_of(database, system, now, many=1)
    with database.unit_of_work(system) as session:
        accept(session, choice.options[0], now=now)
    with database.unit_of_work(system) as busy:
        busy.get_one(TransferRequest, choice.transfer.id, with_for_update=True)
        with database.unit_of_work(system) as session:
            offer = session.get_one(Offer, given[0].id)
            gone = WithdrawOffer(reference=offer.reference, version=offer.version, reason="no_capacity")
            offers.withdraw(session, gone, actor=system, now=now)
    assert request_of(database, system, choice).status == "options_offered"
    with database.unit_of_work(system) as session:
        services.show_gathered(session, actor=system, now=now)
    assert request_of(database, system, choice).status == "searching"


def test_tighter_limits_take_nothing_away_that_is_shown(
    database: Database, system: Actor, now: datetime
) -> None:
    choice, given = asked_of(database, system, now, many=1)
    with database.unit_of_work(system) as session:
        accept(session, choice.options[0], now=now)
    with database.unit_of_work(system) as session:
        offer = session.get_one(Offer, given[0].id)
        terms = offers.terms_of(offer)
        tighter = {**{name: getattr(terms, name) for name in type(terms).__slots__}, "min_age": 75}
        command = AmendOffer(reference=offer.reference, version=offer.version, terms=type(terms)(**tighter))
        offers.amend(session, command, actor=system, now=now)
    assert states(database, system, choice) == [(1, ProposalStatus.OFFERED, 1)]
