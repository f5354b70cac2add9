"""The demo, loaded once: England, people, offers, requests, two nights and what came of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.accounts.models import Staff
from dmas.core import audit
from dmas.core.clock import london_date
from dmas.core.db import NIGHT, Database
from dmas.core.errors import Conflict
from dmas.core.references import chosen_by
from dmas.demo import (
    answering,
    asking,
    by_hand,
    choosing,
    england,
    figures,
    offering,
    patients,
    post,
    testing,
    waiting,
)
from dmas.demo.patients import Askers
from dmas.demo.personas import PERSONAS, everybody
from dmas.demo.stage import DEMO, Stage
from dmas.demo.waiting import Wait
from dmas.matching.nightly import run_night
from dmas.notifications import services as notifications
from dmas.providers.models import Organisation
from dmas.providers.vocabulary import OrganisationKind


def is_loaded(session: Session) -> bool:
    """Say whether the whole demo is there: its personas are made known last."""
    return session.scalar(select(Staff.id).where(Staff.is_persona).limit(1)) is not None


def load(url: str, *, secret_key: str, base_url: str, now: datetime) -> bool:
    """Load the demo into a migrated database; return False where it is there already.

    The codes of invitations are keyed by the installation's secret; links in letters begin with its address.

    Raise Conflict where an earlier load was interrupted, or the database holds providers of its own.
    """
    database = Database(url, statement_seconds=120)
    try:
        with database.unit_of_work(DEMO) as session:
            if is_loaded(session):
                return False
            if _in_use(session):
                raise Conflict(
                    "This database already holds providers or staff, so the demo stays out. If an earlier"
                    " demo was interrupted, start over with `make reset`."
                )
        stage = Stage(database, london_date(now))
        with chosen_by(stage.random.choice):
            _tell(stage, url, secret_key, base_url)
        return True
    finally:
        database.dispose()


def _in_use(session: Session) -> bool:
    """Say whether the database holds more than the nation, its regions and its boards."""
    kinds = (OrganisationKind.TRUST, OrganisationKind.INDEPENDENT)
    provider = session.scalar(select(Organisation.code).where(Organisation.kind.in_(kinds)).limit(1))
    return provider is not None or session.scalar(select(Staff.id).limit(1)) is not None


def _tell(stage: Stage, url: str, secret_key: str, base_url: str) -> None:
    began = stage.at(70, 8)
    with stage.acting(DEMO) as session:
        england.load(session, actor=DEMO, now=began)
        figures.load(session, stage.today)
    stage.invite(everybody(), began)
    offering.offer_capacity(stage)
    asking.ask_for_help(stage)
    by_hand.ask_by_hand(stage)
    testing.offer_tests(stage)
    testing.ask_for_tests(stage)
    askers = Askers(stage, secret_key)
    waits = _let_patients_ask(askers)
    _night(stage, url, 2)
    for hour, share in ((9, 0.5), (14, 0.6)):
        answering.answer(stage, stage.at(2, hour), share)
    choosing.answer(askers, stage.at(2, 10), 0.9)
    choosing.choose(askers, stage.at(2, 13))
    choosing.move(askers, stage.at(2, 17))
    answering.decide(stage, stage.at(2, 15), 0.8)
    answering.name_people(stage, stage.at(2, 16), 0.9)
    answering.hand_over(stage, stage.at(2, 17))
    testing.take_tests_on(stage, stage.at(2, 17))
    answering.stop_some_offers(stage, stage.at(2, 18))
    _night(stage, url, 1)
    answering.answer(stage, stage.at(1, 11), 0.4)
    answering.decide(stage, stage.at(1, 14), 0.4)
    answering.name_people(stage, stage.at(1, 16), 0.4)
    choosing.answer(askers, stage.at(1, 15), 0.5)
    waiting.say_still_true(stage, 1)
    with stage.acting(DEMO) as session:
        notifications.count_as_sent(session)
    post.invite_last(askers, waits, waiting.keys(stage), base_url)
    _make_personas_known(stage)


def _let_patients_ask(askers: Askers) -> list[Wait]:
    """Tell nine weeks of lists, invitations and requests, day by day; return the lists of the last week."""
    stage = askers.stage
    waiting.settle_districts(stage)
    waiting.say_what_patients_read(stage)
    waits = waiting.people_who_wait(stage)
    waiting.send_lists(stage, waits, waiting.FIRST_LIST)
    patients.cast(askers, waits, waiting.keys(stage))
    for days_ago in range(patients.INVITED[0], waiting.SECOND_LIST - 1, -1):
        if days_ago in waiting.SAID_TRUE:
            waiting.say_still_true(stage, days_ago)
        if days_ago in patients.INVITED:
            patients.invite(askers, days_ago)
        patients.on_day(askers, days_ago)
    waits = patients.second_lists(askers, waits)
    waiting.send_lists(stage, waits, waiting.SECOND_LIST)
    patients.take_home_dates(askers, stage.at(waiting.SECOND_LIST - 1, 1))
    for days_ago in range(waiting.SECOND_LIST - 1, -1, -1):
        patients.on_day(askers, days_ago)
    patients.ask_boards(askers, waits)
    return waits


def _night(stage: Stage, url: str, days_ago: int) -> None:
    night = Database(url, role=NIGHT, statement_seconds=300)
    now = stage.at(days_ago, 2, 30)
    try:
        run_night(night, service_date=london_date(now), now=now, owner="demo")
    finally:
        night.dispose()


def _make_personas_known(stage: Stage) -> None:
    now = stage.at(1, 18)
    with stage.acting(DEMO) as session:
        emails = [persona.email for persona in PERSONAS]
        for staff in session.scalars(select(Staff).where(Staff.email.in_(emails)).order_by(Staff.email)):
            staff.is_persona = True
            audit.record(session, staff, "staff.persona", actor=DEMO, now=now)
