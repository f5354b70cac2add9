"""The outbox's pages: what waits, what failed, and sending it again."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import RecipientKind
from tests.browsing import Browsing
from tests.factories.notifications import make_message

NATIONAL = Actor("9", "Robin Example", Role.NATIONAL_ADMINISTRATOR, "X24", Reach.NATION)


@pytest.fixture
def made(database: Database, system: Actor, now: datetime) -> dict[str, uuid.UUID]:
    with database.unit_of_work(system) as session:
        rows = {
            "waiting": make_message(session, now=now - timedelta(hours=3)),
            "sent": make_message(session, now=now, sent_at=now, template="capacity_declined"),
            "held": make_message(
                session,
                now=now,
                template="password_changed",
                values={},
                recipient_kind=RecipientKind.STAFF,
                recipient_id="a-person",
                held_back_at=now,
                held_back_reason="The account is disabled.",
            ),
            "dead": make_message(session, now=now, dead_at=now, attempts=12, last_failure="refused, 554"),
        }
        return {name: row.id for name, row in rows.items()}


def test_the_list_says_how_the_outbox_stands(browsing: Browsing, made: dict[str, uuid.UUID]) -> None:
    browsing.sign_in(NATIONAL)
    page = browsing.get("/admin/outbox")
    assert "4 messages" in page.text
    assert "3 hours" in page.text
    assert "a-person" not in page.html
    assert f"/admin/outbox/{made['dead']}" in page.html
    assert "1 message" in browsing.get("/admin/outbox?state=dead").text
    assert "2 messages" in browsing.get("/admin/outbox?template=match_declined").text
    assert "Your places are not taken up" in browsing.get("/admin/outbox?format=csv").html


def test_an_empty_outbox_says_so(browsing: Browsing) -> None:
    browsing.sign_in(NATIONAL)
    assert "No message has been written yet." in browsing.get("/admin/outbox").text


def test_a_message_shows_what_is_known_of_it(browsing: Browsing, made: dict[str, uuid.UUID]) -> None:
    browsing.sign_in(NATIONAL)
    for name, words in {
        "waiting": ["Waiting", "PR-7K3M9QT", "RX1", "Tried next"],
        "held": ["The account is disabled.", "Member of staff"],
        "dead": ["Given up", "refused, 554"],
    }.items():
        page = browsing.get(f"/admin/outbox/{made[name]}")
        assert all(word in page.text for word in words)
        assert ("Send it again" in page.text) is (name == "dead")
        assert "a-person" not in page.html
    browsing.get(f"/admin/outbox/{uuid.uuid4()}", 404)


def test_a_message_that_was_given_up_is_sent_again(
    browsing: Browsing, made: dict[str, uuid.UUID], database: Database, system: Actor
) -> None:
    browsing.sign_in(NATIONAL)
    here = f"/admin/outbox/{made['dead']}"
    browsing.post(f"/admin/outbox/{made['sent']}/resend", page=here, status=409)
    page = browsing.follow(browsing.press(here, f"{here}/resend"))
    assert "within a minute" in page.text
    assert "Send it again" not in page.text
    with database.unit_of_work(system) as session:
        row = session.get_one(OutboxMessage, made["dead"])
        assert (row.dead_at, row.attempts) == (None, 0)


@pytest.mark.parametrize("role", [Role.SAFETY_OFFICER, Role.CAPACITY_MANAGER, Role.AUDITOR])
def test_nobody_else_sees_the_outbox(browsing: Browsing, made: dict[str, uuid.UUID], role: Role) -> None:
    browsing.sign_in(Actor("8", "Robin Example", role, "X24", Reach.NATION))
    browsing.get("/admin/outbox", 403)
    browsing.get(f"/admin/outbox/{made['sent']}", 403)
