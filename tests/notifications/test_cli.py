"""The command that sends what is due."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from dmas import cli
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.notifications import cli as notifications
from dmas.notifications.delivery import Memory, ServerDown
from tests.factories.notifications import make_message, queued
from tests.factories.staff import make_staff


class Down(Memory):
    def send(self, mail: object) -> None:
        raise ServerDown("server not reached, TimeoutError")


@pytest.fixture
def installation(
    monkeypatch: pytest.MonkeyPatch, database_url: URL, tmp_path: Path, database: Database, now: datetime
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.setenv("DMAS_VAR", str(tmp_path))
    system = Actor.system("tests")
    with database.unit_of_work(system) as session:
        staff = make_staff(session, now=now)
        make_message(session, now=now, recipient_id=staff.memberships[0].organisation_code)
        make_message(session, now=now, recipient_id="NOBODY")


@pytest.mark.usefixtures("installation")
def test_it_sends_what_is_due_and_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: Database, system: Actor
) -> None:
    memory = Memory()
    monkeypatch.setattr(notifications, "transport_for", lambda _settings: memory)
    assert cli.main(["deliver"]) == 0
    assert capsys.readouterr().out == "1 sent, 1 held back, 0 failed, 0 given up.\n"
    assert cli.main(["deliver"]) == 0
    assert len(memory.sent) == 1
    with database.unit_of_work(system) as session:
        assert len([row for row in queued(session) if row.sent_at]) == 1


@pytest.mark.usefixtures("installation")
def test_a_server_that_takes_nothing_is_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notifications, "transport_for", lambda _settings: Down())
    assert cli.main(["deliver"]) == 1
    assert "takes nothing at the moment" in capsys.readouterr().out
