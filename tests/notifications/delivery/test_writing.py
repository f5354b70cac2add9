"""What goes to patients: by the allowed way, once, and not at all where it may not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.notifications.commands import DoNotSend, NotYet, PatientAddress, Sheet
from dmas.notifications.delivery import Memory, MemoryTexts, PatientPost, Round, deliver_due
from dmas.notifications.models import ContactTask, Letter, OutboxMessage
from dmas.notifications.vocabulary import Channel, RecipientKind
from tests.factories.notifications import make_message, queued
from tests.factories.providers import make_trust

SYSTEM = Actor.system("tests")
PATIENT = "5b0f9d2e-61a5-4b44-9d0c-3c1c53b6a001"
INVITATION = "2b1e6e1e-4a57-4b0e-8e0e-6f1f0f6e2d11"
PATHWAY = uuid.UUID("7c1f9d2e-61a5-4b44-9d0c-3c1c53b6a777")
Answer = PatientAddress | DoNotSend | NotYet


@pytest.fixture
def home(database: Database) -> str:
    with database.unit_of_work(SYSTEM) as session:
        return make_trust(session).code


def person(home: str, channel: Channel, **changes: Any) -> PatientAddress:
    values: dict[str, Any] = {
        "channel": channel,
        "home_code": home,
        "home_name": "Exampleton University Hospitals",
        "emails": ("robin@example.org",),
        "mobile": "07700 900123",
        "name": "Robin Example",
        "postal_lines": ("1 Example Street", "ZZ99 3VZ"),
        "pathway_id": PATHWAY,
    }
    return PatientAddress(**{**values, **changes})


class Post:
    """A post room for tests: what it is asked, what went by text, and one press that fails as told."""

    def __init__(self, answer: Answer, *, texts: bool = True) -> None:
        self.answer, self.mails, self.texts = answer, Memory(), MemoryTexts() if texts else None
        self.sheets: list[Sheet] = []

    def find(self, _session: Session, message: OutboxMessage, _today: object) -> Answer:
        assert message.recipient_id == PATIENT
        return self.answer

    def press(self, sheet: Sheet) -> bytes:
        self.sheets.append(sheet)
        return b"%PDF-"

    def deliver(self, database: Database, now: datetime, **changes: Any) -> Round:
        patients = PatientPost(
            find=self.find, code_of=lambda _: "7K3M-9QTC-DFGH", texts=self.texts, set_letter=self.press
        )
        told: dict[str, Any] = {
            "transport": self.mails,
            "address_book": {},
            "patients": patients,
            "base_url": "https://dmas.example",
            "now": lambda: now,
            "owner": "test",
            "spread": lambda: 0.0,
        }
        return deliver_due(database, **{**told, **changes})


@pytest.fixture
def invited(night_database: Database, now: datetime) -> Callable[..., uuid.UUID]:
    def make(**changes: Any) -> uuid.UUID:
        values: dict[str, Any] = {"template": "transfer_invited", "values": {"invitation": INVITATION}}
        with night_database.unit_of_work(SYSTEM) as session:
            return make_message(
                session,
                now=now,
                recipient_kind=RecipientKind.PATIENT,
                recipient_id=PATIENT,
                **{**values, **changes},
            ).id

    return make


def letters(database: Database) -> list[Letter]:
    with database.unit_of_work(SYSTEM) as session:
        return list(session.scalars(select(Letter)))


def tasks(database: Database) -> list[ContactTask]:
    with database.unit_of_work(SYSTEM) as session:
        return list(session.scalars(select(ContactTask)))


def row(database: Database) -> OutboxMessage:
    with database.unit_of_work(SYSTEM) as session:
        (found,) = queued(session)
        return found


def test_an_email_holds_the_code_and_no_name(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    message_id = invited()
    post = Post(person(home, Channel.EMAIL))
    assert post.deliver(night_database, now) == Round(sent=1)
    (mail,) = post.mails.sent
    assert (mail.emails, mail.message_id) == (("robin@example.org",), f"<{message_id}@dmas.example>")
    assert "7K3M-9QTC-DFGH" in mail.body
    assert "Robin" not in mail.body + mail.subject
    assert "robin" not in repr(mail)
    assert row(night_database).channel == "email"


def test_a_text_message_goes_to_the_mobile(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    message_id = invited()
    post = Post(person(home, Channel.SMS))
    assert post.deliver(night_database, now) == Round(sent=1)
    assert post.texts
    (sent,) = post.texts.sent
    assert (sent.mobile, sent.message_id) == ("07700 900123", str(message_id))
    assert "7K3M-9QTC-DFGH" in sent.body
    assert "07700" not in repr(sent)
    assert "7K3M" not in repr(sent)
    assert row(night_database).channel == "sms"


def test_a_letter_lies_before_its_trust_once(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    message_id = invited()
    post = Post(person(home, Channel.LETTER, needs="Large print please"))
    assert post.deliver(night_database, now) == Round(sent=1)
    assert post.deliver(night_database, now + timedelta(hours=1)) == Round()
    (letter,) = letters(night_database)
    assert (letter.message_id, letter.organisation_code, letter.printed_at) == (message_id, home, None)
    assert (letter.template, letter.reference, letter.format) == ("transfer_invited", None, "large_print")
    (sheet,) = post.sheets
    assert (sheet.name, sheet.postal_lines) == ("Robin Example", ("1 Example Street", "ZZ99 3VZ"))
    assert "Robin" not in repr(sheet)
    assert (row(night_database).channel, row(night_database).sent_at) == ("letter", now)


def test_a_letter_whose_claim_ran_out_is_left_to_who_has_it_now(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    invited()
    post = Post(person(home, Channel.LETTER))

    def slow(sheet: Sheet) -> bytes:
        with night_database.unit_of_work(SYSTEM) as session:
            session.execute(text("UPDATE outbox_message SET claimed_by = 'another'"))
        return b"%PDF-"

    post.press = slow  # type: ignore[method-assign]
    assert post.deliver(night_database, now) == Round()
    assert letters(night_database) == []


def test_where_the_first_way_is_closed_the_next_allowed_one_is_taken(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    invited()
    found = person(home, Channel.SMS, others=(Channel.EMAIL, Channel.LETTER), emails=())
    post = Post(found, texts=False)
    assert post.deliver(night_database, now) == Round(sent=1)
    assert len(letters(night_database)) == 1
    assert post.mails.sent == []


def test_what_may_not_go_becomes_a_task_of_the_trust(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    message_id = invited(template="transfer_suitable", values={"reference": "TR-7K3M9QT"})
    post = Post(DoNotSend("The person is to be asked first, by the trust.", home, PATHWAY))
    assert post.deliver(night_database, now) == Round(held_back=1)
    (task,) = tasks(night_database)
    assert (task.message_id, task.organisation_code, task.pathway_id) == (message_id, home, PATHWAY)
    assert (task.template, task.reference) == ("transfer_suitable", "TR-7K3M9QT")
    assert task.reason == row(night_database).held_back_reason
    assert (post.mails.sent, letters(night_database)) == ([], [])


def test_the_dead_are_not_written_to_and_nobody_has_a_task(
    night_database: Database, now: datetime, invited: Callable[..., uuid.UUID]
) -> None:
    invited()
    assert Post(DoNotSend("The person has died.")).deliver(night_database, now) == Round(held_back=1)
    assert tasks(night_database) == []
    assert row(night_database).held_back_reason == "The person has died."


def test_no_way_at_all_is_a_task_too(
    night_database: Database, now: datetime, home: str, invited: Callable[..., uuid.UUID]
) -> None:
    invited()
    found = person(home, Channel.LETTER, postal_lines=())
    assert Post(found).deliver(night_database, now) == Round(held_back=1)
    assert [task.pathway_id for task in tasks(night_database)] == [PATHWAY]


def test_what_rests_on_a_late_list_waits_and_loses_no_try(
    night_database: Database, now: datetime, invited: Callable[..., uuid.UUID]
) -> None:
    invited()
    assert Post(NotYet("The list is too old.")).deliver(night_database, now) == Round(put_off=1)
    waiting = row(night_database)
    assert (waiting.attempts, waiting.sent_at, waiting.held_back_at) == (0, None, None)
    assert waiting.send_after == now + timedelta(hours=6)
    assert waiting.last_failure == "The list is too old."


def test_without_a_post_for_patients_nothing_is_lost_in_silence(
    night_database: Database, now: datetime, invited: Callable[..., uuid.UUID]
) -> None:
    invited()
    assert Post(DoNotSend("")).deliver(night_database, now, patients=None) == Round(held_back=1)
    assert row(night_database).held_back_reason == "There is no address book for such a recipient."


def test_a_letter_that_cannot_be_set_is_tried_again_and_its_name_stays_out_of_the_log(
    night_database: Database,
    now: datetime,
    home: str,
    invited: Callable[..., uuid.UUID],
    capsys: pytest.CaptureFixture[str],
) -> None:
    invited()
    post = Post(person(home, Channel.LETTER))

    def broken(sheet: Sheet) -> bytes:
        raise ValueError(f"cannot set {sheet.name}")

    post.press = broken  # type: ignore[method-assign]
    assert post.deliver(night_database, now) == Round(failed=1)
    assert row(night_database).last_failure == "not written, ValueError"
    assert "Robin" not in "".join(capsys.readouterr())
