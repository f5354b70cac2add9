"""The outbox's pages, and a trust's post: letters to print, people to tell, and its own words."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import RecipientKind
from tests.browsing import Browsing
from tests.factories.notifications import make_contact_task, make_letter, make_message
from tests.factories.providers import make_trust

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


@pytest.fixture
def home(database: Database, system: Actor) -> str:
    with database.unit_of_work(system) as session:
        return make_trust(session).code


def clerk_of(home: str, role: Role = Role.BOOKING_CLERK) -> Actor:
    return Actor("7", "Robin Example", role, home, Reach.ORGANISATION)


def test_letters_are_listed_downloaded_and_marked(
    browsing: Browsing, database: Database, system: Actor, now: datetime, home: str
) -> None:
    with database.unit_of_work(system) as session:
        first = make_letter(session, now=now - timedelta(hours=2), organisation_code=home)
        make_letter(session, now=now, organisation_code=home, format="large_print", reference=None)
        make_letter(session, now=now, organisation_code=make_trust(session).code)
    browsing.sign_in(clerk_of(home))
    page = browsing.get("/letters")
    assert "2 letters" in page.text
    assert "Download 2 letters to print (ZIP)" in page.text
    assert "Large print" in page.text
    packed = browsing.client.get(page.links()["Download 2 letters to print (ZIP)"])
    with ZipFile(BytesIO(packed.data)) as file:
        assert file.namelist() == ["001-standard.pdf", "002-large_print.pdf"]
    here = f"/letters/{first.id}"
    pdf = browsing.client.get(f"{here}/letter.pdf")
    assert (pdf.data, pdf.content_type) == (b"%PDF-1.3 a letter", "application/pdf")
    assert pdf.headers["Cache-Control"] == "no-store"
    done = browsing.follow(browsing.press(here, f"{here}/printed"))
    assert "marked as printed" in done.text
    assert "Mark as printed" not in done.text
    assert "1 letter" in browsing.get("/letters?state=to_print").text
    done = browsing.follow(browsing.press("/letters", "/letters/printed"))
    assert "Download" not in done.text.replace("Download this list", "")
    assert "2 letters" in browsing.get("/letters?state=printed").text
    assert "Large print" in browsing.get("/letters?format=csv").html
    browsing.get(f"/letters/{uuid.uuid4()}", 404)


def test_a_file_asked_for_with_any_moment_is_still_ones_own(
    browsing: Browsing, database: Database, system: Actor, now: datetime, home: str
) -> None:
    with database.unit_of_work(system) as session:
        make_letter(session, now=now, organisation_code=home)
    browsing.sign_in(clerk_of(home))
    for until in ("", "yesterday", "2026-11-21T18:00:00", "9999-01-01T00:00:00+00:00"):
        packed = browsing.client.get("/letters/to-print.zip", query_string={"until": until})
        with ZipFile(BytesIO(packed.data)) as file:
            assert file.namelist() == ["001-standard.pdf"]
    browsing.post("/letters/printed", {"until": "yesterday"}, page="/letters", status=409)


def test_no_letter_yet_says_when_there_will_be_one(browsing: Browsing, home: str) -> None:
    browsing.sign_in(clerk_of(home))
    page = browsing.get("/letters")
    assert "No letter has been written yet." in page.text
    assert "to print" not in page.text
    assert "Nobody waits to be told." in browsing.get("/letters/to-tell").text


def test_somebody_is_told_another_way(
    browsing: Browsing, database: Database, system: Actor, now: datetime, home: str
) -> None:
    pathway = uuid.uuid4()
    with database.unit_of_work(system) as session:
        task = make_contact_task(session, now=now, organisation_code=home, pathway_id=pathway)
        unknown = make_contact_task(session, now=now, organisation_code=home, template="of_later")
    browsing.sign_in(clerk_of(home))
    assert "2 people to tell another way" in browsing.get("/letters").text
    here = f"/letters/to-tell/{task.id}"
    assert "asked first" in browsing.get("/letters/to-tell").text
    page = browsing.get(here)
    assert f"/waiting-list/{pathway}" in page.html
    assert "Please keep any appointment" in page.text
    assert "Your reference is" not in page.text
    assert "Say how it went." in browsing.post(here, status=422).text
    browsing.follow(browsing.post(here, {"outcome": "told"}))
    page = browsing.get(here)
    assert "I told them" in page.text
    assert "How did it go?" not in page.text
    assert "1 person to tell" in browsing.get("/letters/to-tell").text
    assert "I told them" in browsing.get("/letters/to-tell?done=yes").text
    assert "of_later" in browsing.get(f"/letters/to-tell/{unknown.id}").text
    assert "asked first" in browsing.get("/letters/to-tell?format=csv").html


def test_a_manager_writes_what_patients_read(browsing: Browsing, home: str) -> None:
    browsing.sign_in(clerk_of(home, Role.CAPACITY_MANAGER))
    here = "/letters/our-words"
    browsing.post(here, {"phone": "", "worse": ""}, status=422)
    browsing.follow(browsing.post(here, {"phone": "01632 960123", "worse": "Call the nurses."}))
    assert "Call the nurses." in browsing.get(here).html
    browsing.post(here, {"phone": "01632 960123", "worse": "Call.", "version": "9"}, status=409)
    browsing.sign_in(clerk_of(home))
    browsing.get(here, 403)
