"""Claims, tries, and their ends; each guarded by the claim."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, NotAllowed, NotFound, StaleEdit
from dmas.notifications import queries, services
from dmas.notifications.commands import DoNotSend, FinishContact, SayToPatients
from dmas.notifications.models import OutboxMessage
from dmas.notifications.services import Claim
from dmas.notifications.vocabulary import CLAIM_SECONDS, MOST_TRIES, ContactOutcome
from tests.factories.notifications import make_contact_task, make_letter, make_message
from tests.factories.providers import make_trust

MINUTE = timedelta(minutes=1)
NATIONAL = Actor("9", "Robin Example", Role.NATIONAL_ADMINISTRATOR, "X24", Reach.NATION)


def claimed(session: Session, now: datetime, owner: str = "one") -> Claim:
    claim = services.claim_next(session, owner=owner, now=now)
    assert claim is not None
    return claim


def fresh(session: Session, claim: Claim) -> OutboxMessage:
    return session.get_one(OutboxMessage, claim.message.id, populate_existing=True)


def test_the_message_that_waited_longest_is_claimed_first(
    night_database: Database, system: Actor, now: datetime
) -> None:
    with night_database.unit_of_work(system) as session:
        later = make_message(session, now=now, send_after=now - MINUTE)
        first = make_message(session, now=now, send_after=now - 2 * MINUTE)
        make_message(session, now=now, send_after=now + MINUTE)
        assert [claimed(session, now).message.id for _ in range(2)] == [first.id, later.id]
        assert services.claim_next(session, owner="one", now=now) is None


def test_two_owners_never_claim_the_same(night_database: Database, system: Actor, now: datetime) -> None:
    with night_database.unit_of_work(system) as session:
        made = {make_message(session, now=now).id for _ in range(2)}
    with night_database.unit_of_work(system) as one, night_database.unit_of_work(system) as two:
        assert {claimed(one, now, "one").message.id, claimed(two, now, "two").message.id} == made
        assert services.claim_next(two, owner="two", now=now) is None


def test_a_claim_runs_out_and_is_then_worth_nothing(
    night_database: Database, system: Actor, now: datetime
) -> None:
    with night_database.unit_of_work(system) as session:
        make_message(session, now=now)
        slow = claimed(session, now)
        assert services.claim_next(session, owner="two", now=now + MINUTE) is None
        later = now + timedelta(seconds=CLAIM_SECONDS)
        quick = claimed(session, later, "two")
        assert quick.message.id == slow.message.id
        assert not services.mark_sent(session, slow, now=later)
        assert not services.mark_failed(session, slow, "late", spread=0, now=later)
        assert services.mark_sent(session, quick, now=later)
        row = fresh(session, quick)
        assert (row.sent_at, row.attempts, row.channel, row.claimed_by) == (later, 2, "email", None)


def test_each_failure_waits_longer_and_the_twelfth_is_the_last(
    night_database: Database, system: Actor, now: datetime
) -> None:
    waits, moment = [], now
    with night_database.unit_of_work(system) as session:
        make_message(session, now=now)
        for _ in range(MOST_TRIES):
            claim = claimed(session, moment)
            assert services.mark_failed(session, claim, "refused, 550", spread=0, now=moment)
            row = fresh(session, claim)
            waits.append((row.send_after - moment) // MINUTE if row.dead_at is None else None)
            moment = max(moment, row.send_after)
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, None]
        assert (row.dead_at, row.last_failure, row.sent_at) == (moment, "refused, 550", None)
        assert services.claim_next(session, owner="one", now=moment + timedelta(days=1)) is None


def test_a_server_that_is_down_costs_no_try(night_database: Database, system: Actor, now: datetime) -> None:
    with night_database.unit_of_work(system) as session:
        make_message(session, now=now)
        claim = claimed(session, now)
        assert services.put_back(session, claim, "server not reached, TimeoutError", now=now)
        row = fresh(session, claim)
        assert (row.attempts, row.send_after, row.claimed_by) == (0, now + MINUTE, None)


def test_what_is_held_back_is_not_claimed_again(
    night_database: Database, system: Actor, now: datetime
) -> None:
    with night_database.unit_of_work(system) as session:
        make_message(session, now=now)
        assert services.hold_back(
            session, claimed(session, now), DoNotSend("The account is disabled."), now=now
        )
        assert services.claim_next(session, owner="one", now=now + timedelta(days=9)) is None


def test_a_message_that_kills_its_sender_twelve_times_is_given_up(
    night_database: Database, system: Actor, now: datetime
) -> None:
    moment = now
    with night_database.unit_of_work(system) as session:
        row = make_message(session, now=now)
        for _ in range(MOST_TRIES):
            assert services.give_up_killed(session, now=moment) == 0
            claimed(session, moment)
            moment += timedelta(seconds=CLAIM_SECONDS)
        assert services.claim_next(session, owner="one", now=moment) is None
        assert services.give_up_killed(session, now=moment) == 1
        session.refresh(row)
        assert (row.dead_at, row.last_failure) == (moment, services.KILLED)


def test_a_dead_message_is_sent_again_under_its_own_id(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        dead = make_message(session, now=now, attempts=12, dead_at=now, last_failure="refused, 550")
    with database.unit_of_work(NATIONAL) as session:
        again = services.resend(session, dead.id, actor=NATIONAL, now=now + MINUTE)
        assert (again.id, again.dead_at, again.attempts) == (dead.id, None, 0)
        assert again.send_after == now + MINUTE
        event = session.scalars(select(AuditEvent).where(AuditEvent.entity_id == dead.id)).one()
        assert (event.action, event.actor_id) == ("message.sent_again", "9")
        with pytest.raises(Conflict, match="given up"):
            services.resend(session, dead.id, actor=NATIONAL, now=now)


def test_only_a_national_administrator_sends_again(database: Database, system: Actor, now: datetime) -> None:
    safety = Actor("8", "Robin Example", Role.SAFETY_OFFICER, "X24", Reach.NATION)
    with database.unit_of_work(system) as session:
        dead = make_message(session, now=now, dead_at=now)
    with database.unit_of_work(safety) as session, pytest.raises(NotAllowed):
        services.resend(session, dead.id, actor=safety, now=now)


@pytest.mark.parametrize("ends", ["sent_at = made_at, dead_at = made_at", "claimed_by = 'somebody'"])
def test_the_database_keeps_a_message_to_one_end(
    night_database: Database, system: Actor, now: datetime, ends: str
) -> None:
    def write() -> None:
        with night_database.unit_of_work(system) as session:
            make_message(session, now=now)
            session.execute(text(f"UPDATE outbox_message SET {ends}"))

    with pytest.raises(DBAPIError):
        write()


def test_an_invented_past_is_counted_as_sent(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        waiting = make_message(session, now=now)
        dead = make_message(session, now=now, dead_at=now)
        assert services.count_as_sent(session) == 1
        session.refresh(waiting)
        assert (waiting.sent_at, waiting.attempts, waiting.channel) == (now + MINUTE, 1, "email")
        assert dead.sent_at is None
        assert services.claim_next(session, owner="one", now=now + MINUTE) is None


def at(role: Role, code: str) -> Actor:
    return Actor(f"{role}", "Robin Example", role, code, Reach.ORGANISATION)


@pytest.fixture
def home(database: Database, system: Actor) -> str:
    with database.unit_of_work(system) as session:
        return make_trust(session).code


def events(session: Session, entity_id: uuid.UUID) -> list[str]:
    found = select(AuditEvent.action).where(AuditEvent.entity_id == entity_id).order_by(AuditEvent.id)
    return list(session.scalars(found))


def test_a_letter_is_read_and_printed_by_its_own_post_room(
    database: Database, system: Actor, now: datetime, home: str
) -> None:
    clerk = at(Role.BOOKING_CLERK, home)
    with database.unit_of_work(system) as session:
        letter = make_letter(session, now=now, organisation_code=home)
    with database.unit_of_work(clerk) as session:
        assert services.take_letter(session, letter.id, actor=clerk, now=now).pdf == b"%PDF-1.3 a letter"
        assert services.mark_printed(session, [letter.id], actor=clerk, now=now) == 1
        assert services.mark_printed(session, [letter.id], actor=clerk, now=now) == 0
        fresh = queries.letter(session, clerk, letter.id)
        assert (fresh.printed_at, fresh.printed_by) == (now, clerk.id)
    with database.unit_of_work(system) as session:
        assert events(session, letter.id) == ["letter.viewed", "letter.printed"]


def test_what_is_printed_together_is_what_was_in_the_file(
    database: Database, system: Actor, now: datetime, home: str
) -> None:
    clerk = at(Role.BOOKING_CLERK, home)
    with database.unit_of_work(system) as session:
        first = make_letter(session, now=now, organisation_code=home)
        make_letter(session, now=now, organisation_code=make_trust(session).code)
    with database.unit_of_work(clerk) as session:
        until = queries.printing_until(session, clerk)
        assert until == now
        taken = services.take_letters(session, until=until, actor=clerk, now=now)
        assert [letter.id for letter in taken] == [first.id]
    with database.unit_of_work(system) as session:
        later = make_letter(session, now=now, organisation_code=home, made_at=now + MINUTE)
    with database.unit_of_work(clerk) as session:
        assert services.mark_all_printed(session, until=until, actor=clerk, now=now) == 1
        assert [one.id for one in queries.letters_to_print(session, clerk, now + MINUTE)] == [later.id]
        with pytest.raises(Conflict, match="has changed"):
            services.mark_all_printed(session, until=None, actor=clerk, now=now)


def test_another_trusts_letters_and_another_role_are_refused(
    database: Database, system: Actor, now: datetime, home: str
) -> None:
    with database.unit_of_work(system) as session:
        letter = make_letter(session, now=now, organisation_code=home)
        task = make_contact_task(session, now=now, organisation_code=home)
        elsewhere = at(Role.BOOKING_CLERK, make_trust(session).code)
    reviewer = at(Role.CLINICAL_REVIEWER, home)
    with database.unit_of_work(elsewhere) as session:
        assert services.mark_printed(session, [letter.id], actor=elsewhere, now=now) == 0
        with pytest.raises(NotFound):
            services.take_letter(session, letter.id, actor=elsewhere, now=now)
        with pytest.raises(NotFound):
            services.finish_contact(
                session, FinishContact(task.id, ContactOutcome.TOLD), actor=elsewhere, now=now
            )
    with database.unit_of_work(reviewer) as session:
        with pytest.raises(NotAllowed):
            services.mark_printed(session, [letter.id], actor=reviewer, now=now)
        with pytest.raises(NotAllowed):
            services.finish_contact(
                session, FinishContact(task.id, ContactOutcome.TOLD), actor=reviewer, now=now
            )


def test_somebody_is_told_once(database: Database, system: Actor, now: datetime, home: str) -> None:
    manager = at(Role.CAPACITY_MANAGER, home)
    with database.unit_of_work(system) as session:
        task = make_contact_task(session, now=now, organisation_code=home)
    command = FinishContact(task.id, ContactOutcome.TOLD)
    with database.unit_of_work(manager) as session:
        assert queries.post_waiting(session, manager) == (0, 1)
        done = services.finish_contact(session, command, actor=manager, now=now)
        assert (done.outcome, done.done_at, done.done_by) == ("told", now, manager.id)
        assert queries.post_waiting(session, manager) == (0, 0)
        with pytest.raises(Conflict, match="already"):
            services.finish_contact(session, command, actor=manager, now=now)
    with database.unit_of_work(system) as session:
        assert events(session, task.id) == ["contact_task.told"]


def test_a_trust_says_what_its_patients_read(
    database: Database, system: Actor, now: datetime, home: str
) -> None:
    manager, clerk = at(Role.CAPACITY_MANAGER, home), at(Role.BOOKING_CLERK, home)
    words = SayToPatients(organisation_code=home, version=None, phone="01632 960123", worse="Call us.")
    with database.unit_of_work(manager) as session:
        assert queries.wording(session, home) is None
        kept = services.say_to_patients(session, words, actor=manager, now=now)
        assert (kept.version, kept.phone, kept.worse) == (1, "01632 960123", "Call us.")
        services.say_to_patients(
            session, replace(words, version=1, phone="01632 960999"), actor=manager, now=now
        )
    with database.unit_of_work(manager) as session:
        with pytest.raises(StaleEdit):
            services.say_to_patients(session, replace(words, version=1), actor=manager, now=now)
        with pytest.raises(NotAllowed):
            other = replace(words, organisation_code="ZZZ")
            services.say_to_patients(session, other, actor=manager, now=now)
        kept_now = queries.wording(session, home)
        assert kept_now is not None
        assert (kept_now.phone, kept_now.version) == ("01632 960999", 2)
        assert events(session, kept_now.id) == ["patient_wording.changed"] * 2
    with database.unit_of_work(clerk) as session, pytest.raises(NotAllowed):
        services.say_to_patients(session, replace(words, version=2), actor=clerk, now=now)
