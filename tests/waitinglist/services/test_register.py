"""Eighteen weeks: asked alike whoever asks, answered by the patient's own ICB."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotFound, StaleEdit
from dmas.waitinglist import queries, services
from dmas.waitinglist.commands import AnswerChoice, AskForChoice
from dmas.waitinglist.models import ChoiceRequest, Patient
from dmas.waitinglist.services import register
from tests.factories.notifications import queued
from tests.factories.providers import make_icb
from tests.factories.waitinglist import make_pathway, make_patient

SYSTEM = Actor.system("tests")
BORN = date(1966, 3, 14)


def coordinator(icb: str) -> Actor:
    """Return somebody of an ICB."""
    return Actor(id=f"c@{icb}", name="C", role=Role.ICB_COORDINATOR, organisation=icb, reach=Reach.ICB)


def ask(database: Database, number: str, born: date, now: datetime) -> int:
    """Ask as the public page does."""
    with database.unit_of_work(register.JOB) as session:
        return services.ask_for_choice(session, AskForChoice(number, born), now=now)


def make(database: Database, now: datetime, days: int) -> Patient:
    """Make somebody who has waited so many days at a trust of another ICB than their own."""
    with database.unit_of_work(SYSTEM) as session:
        person = make_patient(session, icb_code=make_icb(session).code)
        start = london_date(now) - timedelta(days=days)
        make_pathway(session, now=now, patient=person, clock_start=start)
        return person


def test_18_weeks_are_more_than_126_days(database: Database, now: datetime) -> None:
    assert ask(database, make(database, now, 126).nhs_number, BORN, now) == 0
    assert ask(database, make(database, now, 127).nhs_number, BORN, now) == 1


def test_who_is_not_known_or_says_another_date_is_told_nothing(database: Database, now: datetime) -> None:
    person = make(database, now, 200)
    assert ask(database, person.nhs_number, date(1966, 3, 15), now) == 0
    assert ask(database, "9990000018", BORN, now) == 0


def test_asking_twice_makes_one_request_of_the_patients_own_icb(database: Database, now: datetime) -> None:
    person = make(database, now, 200)
    assert [ask(database, person.nhs_number, BORN, now) for _ in range(2)] == [1, 0]
    with database.unit_of_work(SYSTEM) as session:
        choice = session.scalars(select(ChoiceRequest)).one()
        assert (choice.icb_code, choice.status) == (person.icb_code, "received")
        assert choice.due_on == date(2026, 12, 4)
        assert len(queued(session, "choice_received")) == 1


def test_the_icb_answers_and_nobody_else(database: Database, now: datetime) -> None:
    person = make(database, now, 200)
    ask(database, person.nhs_number, BORN, now)
    with database.unit_of_work(SYSTEM) as session:
        reference = session.scalars(select(ChoiceRequest.reference)).one()
        other = coordinator(make_icb(session).code)
    own = coordinator(str(person.icb_code))
    good = AnswerChoice(reference, 1, True, "You can choose between three hospitals.")
    with database.unit_of_work(other) as session, pytest.raises(NotFound):
        services.answer_choice(session, good, actor=other, now=now)
    with database.unit_of_work(own) as session:
        assert queries.choices_to_answer(session, own) == 1
        for bad, error in (
            (AnswerChoice(reference, 2, True, "x"), StaleEdit),
            (AnswerChoice(reference, 1, True, "  "), InvalidInput),
            (AnswerChoice(reference, 1, True, "x" * 1001), InvalidInput),
        ):
            with pytest.raises(error):
                services.answer_choice(session, bad, actor=own, now=now)
        services.answer_choice(session, good, actor=own, now=now)
    with database.unit_of_work(own) as session:
        assert queries.choices_to_answer(session, own) == 0
        rows, total = queries.choice_listing(session, own, "met")
        assert (total, rows[0].choice.answer_reason) == (1, good.reason)
        with pytest.raises(IllegalTransition):
            again = AnswerChoice(reference, 2, False, "No.")
            services.answer_choice(session, again, actor=own, now=now)
    with database.unit_of_work(SYSTEM) as session:
        assert len(queued(session, "choice_answered")) == 1
    assert ask(database, person.nhs_number, BORN, now) == 1, "who was answered may ask again"
