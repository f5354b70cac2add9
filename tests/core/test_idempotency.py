"""A form acts once."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy.exc import NoResultFound

from dmas.core import idempotency
from dmas.core.actors import Actor, Reach
from dmas.core.db import Database
from dmas.core.errors import AlreadyDone

KEY = "a-random-key-of-a-form"
SOMEBODY = Actor("one", "One", organisation="RAA", reach=Reach.ORGANISATION)
ANOTHER = Actor("two", "Two", organisation="RAA", reach=Reach.ORGANISATION)


def send(database: Database, actor: Actor, now: datetime, outcome: str = "/done") -> None:
    with database.unit_of_work(actor) as session:
        idempotency.claim(session, KEY, actor=actor, now=now)
        idempotency.settle(session, KEY, outcome, actor=actor, notice="It is done.")


def test_a_second_sending_is_led_where_the_first_one_led(database: Database, now: datetime) -> None:
    send(database, SOMEBODY, now, "/offers/OF-2222222")
    with pytest.raises(AlreadyDone) as caught:
        send(database, SOMEBODY, now, "/elsewhere")
    assert (caught.value.outcome, caught.value.notice) == ("/offers/OF-2222222", "It is done.")
    assert "Nothing was done twice" in str(caught.value)


def test_keys_belong_to_their_senders(database: Database, now: datetime) -> None:
    send(database, SOMEBODY, now)
    send(database, ANOTHER, now)


def test_what_failed_may_be_sent_again(database: Database, now: datetime) -> None:
    def send_and_fail() -> None:
        with database.unit_of_work(SOMEBODY) as session:
            idempotency.claim(session, KEY, actor=SOMEBODY, now=now)
            raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        send_and_fail()
    send(database, SOMEBODY, now)


def test_within_one_act_a_second_claim_leads_home(database: Database, now: datetime) -> None:
    with database.unit_of_work(SOMEBODY) as session:
        idempotency.claim(session, KEY, actor=SOMEBODY, now=now)
        with pytest.raises(AlreadyDone) as caught:
            idempotency.claim(session, KEY, actor=SOMEBODY, now=now)
    assert (caught.value.outcome, caught.value.notice) == ("/home", "")


def test_a_key_that_was_not_claimed_cannot_be_settled(database: Database) -> None:
    with database.unit_of_work(SOMEBODY) as session, pytest.raises(NoResultFound):
        idempotency.settle(session, KEY, "/done", actor=SOMEBODY)


def test_a_double_click_waits_and_sees_the_first_outcome(database: Database, now: datetime) -> None:
    claimed, outcomes = threading.Event(), list[str]()

    def click_again() -> None:
        claimed.wait(10)
        try:
            send(database, SOMEBODY, now, "/second")
        except AlreadyDone as done:
            outcomes.append(done.outcome)

    second = threading.Thread(target=click_again)
    second.start()
    with database.unit_of_work(SOMEBODY) as session:
        idempotency.claim(session, KEY, actor=SOMEBODY, now=now)
        claimed.set()
        second.join(0.3)
        assert second.is_alive()  # it waits on the first one's row
        idempotency.settle(session, KEY, "/first", actor=SOMEBODY)
    second.join(10)
    assert outcomes == ["/first"]
