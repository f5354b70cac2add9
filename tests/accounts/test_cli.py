"""`dmas admin` gives the first administrator a link, and nobody a default password."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from dmas import cli
from dmas.accounts import services
from dmas.accounts.commands import SetPassword
from dmas.accounts.models import OneTimeLink, Staff
from dmas.core.db import Database
from tests.accounts.conftest import PASSWORD, People


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, database_url: URL) -> None:
    """The command line works on the test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.setenv("SECRET_KEY", "a-secret-of-the-tests-with-many-letters-0123456789")
    monkeypatch.setenv("DMAS_BASE_URL", "https://dmas.example/")


def secret_printed(printed: str) -> str:
    found = re.search(r"^https://dmas\.example/welcome/([\w-]{43,})$", printed, re.MULTILINE)
    assert found, printed
    return found[1]


def all_staff(database: Database) -> list[Staff]:
    with database.unit_of_work(services.JOB) as session:
        return list(session.scalars(select(Staff).order_by(Staff.created_at.desc(), Staff.email)))


def test_a_fresh_database_has_no_accounts(database: Database) -> None:
    assert all_staff(database) == []


def test_invite_prints_a_link_that_works(
    database: Database, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["admin", "invite", " Ada.Marsh@example.org", "--organisation", "x24"]
    assert cli.main([*command, "--role", "national_administrator"]) == 0
    printed = capsys.readouterr().out
    assert "works once, for 24 hours" in printed
    with database.unit_of_work(services.JOB) as session:
        used = SetPassword(secret=secret_printed(printed), password=PASSWORD)
        staff = services.set_password(session, used, now=datetime.now(UTC))
        assert (staff.email, staff.name) == ("ada.marsh@example.org", "Ada Marsh")
        assert [one.role for one in staff.memberships] == ["national_administrator"]
        assert staff.memberships[0].granted_by == "system:administrator"


def test_invite_takes_a_name_and_gives_a_further_role(
    database: Database, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["admin", "invite", people.clerk.email, "--organisation", people.other_trust.code]
    assert cli.main([*command, "--role", "auditor", "--name", "Somebody"]) == 0
    printed = capsys.readouterr().out
    assert "have an account already" in printed
    assert "welcome" not in printed


@pytest.mark.parametrize(
    ("email", "organisation", "role", "words"),
    [
        ("ada@example.org", "ZZZ", "auditor", "no organisation with the code ZZZ"),
        ("ada@example.org", "X24", "capacity_manager", "It has these roles"),
        ("ada", "X24", "auditor", "correct format"),
        ("ada marsh@example.org", "X24", "auditor", "correct format"),
    ],
)
def test_invite_says_what_is_wrong(
    people: People,
    database: Database,
    capsys: pytest.CaptureFixture[str],
    email: str,
    organisation: str,
    role: str,
    words: str,
) -> None:
    before = len(all_staff(database))
    assert cli.main(["admin", "invite", email, "--organisation", organisation, "--role", role]) == 1
    assert words in capsys.readouterr().err
    assert len(all_staff(database)) == before


def test_reset_link(database: Database, people: People, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["admin", "reset-link", people.clerk.email]) == 0
    secret = secret_printed(capsys.readouterr().out)
    with database.unit_of_work(services.JOB) as session:
        used = SetPassword(secret=secret, password="nine yellow lanterns")
        assert services.set_password(session, used, now=datetime.now(UTC)).id == people.clerk.id
    assert cli.main(["admin", "reset-link", "nobody@example.org"]) == 1
    assert "Nobody has an account" in capsys.readouterr().err


def test_no_link_is_made_that_cannot_be_printed(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    assert cli.main(["admin", "reset-link", people.clerk.email]) == 1
    assert "SECRET_KEY" in capsys.readouterr().err
    with database.unit_of_work(services.JOB) as session:
        assert session.scalars(select(OneTimeLink)).all() == []


def test_disable(database: Database, people: People, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["admin", "disable", people.clerk.email]) == 0
    assert "signed out everywhere" in capsys.readouterr().out
    with database.unit_of_work(services.JOB) as session:
        assert session.get_one(Staff, people.clerk.id).disabled_at is not None
    assert cli.main(["admin", "disable", people.clerk.email]) == 1
    assert "disabled already" in capsys.readouterr().err
