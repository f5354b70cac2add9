"""Who hears what: every event of every room is listed. And where patients are written to."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from dmas import wiring
from dmas.core import events
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.notifications.commands import DoNotSend, NotYet, PatientAddress, SayToPatients
from dmas.notifications.messages import patients
from dmas.notifications.models import OutboxMessage
from dmas.notifications.services import say_to_patients
from dmas.notifications.vocabulary import Channel, RecipientKind
from dmas.offers import events as offers
from dmas.requests import events as requests
from dmas.settings import Settings
from dmas.transfers import events as transfers
from dmas.waitinglist import events as waitinglist
from dmas.waitinglist.models import Pathway, Patient
from tests.factories.notifications import make_message
from tests.factories.waitinglist import code_of, make_invitation, make_pathway
from tests.notifications.messages.test_patients import VALUES


@pytest.mark.parametrize("room", [offers, requests, transfers, waitinglist])
def test_every_event_has_its_place_in_the_list(room: ModuleType) -> None:
    told = {one for _, one in inspect.getmembers(room, inspect.isclass) if one.__module__ == room.__name__}
    assert told
    assert told <= set(wiring.LISTENERS)


def test_installing_lets_everybody_listed_hear() -> None:
    events.install({})
    wiring.install()
    assert {event: tuple(heard) for event, heard in wiring.LISTENERS.items()} == events._installed


def message(session: Session, patient: Patient, template: str, **values: str) -> OutboxMessage:
    return make_message(
        session,
        now=datetime(2026, 11, 21, 18, tzinfo=UTC),
        template=template,
        recipient_kind=RecipientKind.PATIENT,
        recipient_id=str(patient.id),
        values=values,
    )


@pytest.fixture
def two_waits(database: Database, system: Actor, now: datetime) -> Iterator[tuple[Session, list[Pathway]]]:
    """Somebody who waits at two trusts, longer at the first."""
    with database.unit_of_work(system) as session:
        first = make_pathway(session, now=now, weeks=80)
        second = make_pathway(session, now=now, patient=first.patient)
        yield session, [first, second]


def test_a_message_names_the_trust_of_the_wait_it_is_about(
    two_waits: tuple[Session, list[Pathway]], now: datetime
) -> None:
    session, waits = two_waits
    for wait in waits:
        invitation = make_invitation(session, now=now, pathway=wait)
        invited = message(session, wait.patient, "transfer_invited", invitation=str(invitation.id))
        found = wiring.find_patient(session, invited, date(2026, 11, 21))
        assert isinstance(found, PatientAddress)
        assert (found.home_code, found.pathway_id) == (wait.provider_code, wait.id)
        assert (found.channel, found.others) == (Channel.SMS, (Channel.EMAIL, Channel.LETTER))


def test_a_trusts_own_words_stand_on_its_letters(
    two_waits: tuple[Session, list[Pathway]], now: datetime, settings: Settings, system: Actor
) -> None:
    session, (wait, _) = two_waits
    words = SayToPatients(
        organisation_code=wait.provider_code, version=None, phone="01632 960123", worse="Call the nurses."
    )
    say_to_patients(session, words, actor=system, now=now)
    invitation = make_invitation(session, now=now, pathway=wait)
    invited = message(session, wait.patient, "transfer_invited", invitation=str(invitation.id))
    post = wiring.patient_post(settings)
    found = post.find(session, invited, date(2026, 11, 21))
    assert isinstance(found, PatientAddress)
    assert (found.home_phone, found.worse) == ("01632 960123", "Call the nurses.")
    assert post.code_of(invitation.id) == code_of(invitation)
    assert post.texts is not None


def test_a_late_list_holds_news_back_that_nobody_waits_for(
    two_waits: tuple[Session, list[Pathway]], now: datetime
) -> None:
    session, (wait, _) = two_waits
    invitation = make_invitation(session, now=now, pathway=wait)
    wait.told_on = date(2026, 11, 1)
    for template, kind in (("transfer_invited", NotYet), ("transfer_code_replaced", PatientAddress)):
        news = message(session, wait.patient, template, invitation=str(invitation.id))
        assert isinstance(wiring.find_patient(session, news, date(2026, 11, 21)), kind)


@pytest.mark.parametrize(
    ("changes", "reason", "is_task"),
    [
        ({"died_on": date(2026, 11, 1)}, "The person has died.", False),
        ({"safe_contact": "ask_first"}, "The person is to be asked first, by the trust.", True),
        (
            {"safe_contact": "no_letter", "mobile": None, "email": None},
            "There is no safe way to write to the person.",
            True,
        ),
    ],
)
def test_who_may_not_be_written_to_is_not(
    two_waits: tuple[Session, list[Pathway]],
    now: datetime,
    changes: dict[str, object],
    reason: str,
    is_task: bool,
) -> None:
    session, (wait, _) = two_waits
    invitation = make_invitation(session, now=now, pathway=wait)
    for name, value in changes.items():
        setattr(wait.patient, name, value)
    for template in patients.TEMPLATES.values():
        values = {name: VALUES[name] for name in template.holds} | {"invitation": str(invitation.id)}
        news = message(
            session, wait.patient, template.name, **{name: values[name] for name in template.holds}
        )
        found = wiring.find_patient(session, news, date(2026, 11, 21))
        assert isinstance(found, DoNotSend)
        assert found.reason == reason
        assert bool(found.task_for) is is_task
        if is_task and "invitation" in template.holds:
            assert (found.task_for, found.pathway_id) == (wait.provider_code, wait.id)
