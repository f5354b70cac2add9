"""What stops the program from starting: the setting is named, its value is not."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dmas import settings
from dmas.core.errors import Misconfigured
from dmas.settings import Environment, MailServer, Settings, Tls

GOOD = {
    "DMAS_ENV": "production",
    "SECRET_KEY": "kR7vQ2mZ9xW4tB6nL8pD3sF5hJ1gC0yA",
    "DATABASE_URL": "postgresql://dmas@db/dmas",
    "DMAS_BASE_URL": "https://dmas.example/",
    "DMAS_SMTP_URL": "smtps://post:pass%2Fword-of-the-post@mail.example",
    "DMAS_MAIL_FROM": "no-reply@dmas.example",
}


def test_a_good_production() -> None:
    read = Settings.from_environ(GOOD)
    assert read.production
    assert read.base_url == "https://dmas.example"
    assert read.host_name == "dmas.example"
    assert read.demo is read.debug is read.second_factor is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "tooshort-but-random-8f7a6"),
        ("SECRET_KEY", "change-me-please-change-me-please-now"),
        ("SECRET_KEY", "a" * 64),
        ("DMAS_DEBUG", "1"),
        ("FLASK_DEBUG", "1"),
        ("DMAS_DEMO", "1"),
        ("DMAS_DEMO", "perhaps-once"),
        ("DMAS_BASE_URL", "http://dmas.example"),
        ("DMAS_BASE_URL", ""),
        ("DATABASE_URL", ""),
        ("DMAS_ENV", "staging-area"),
        ("DMAS_PROXIES", "many-of-them"),
        ("DMAS_PROXIES", "6"),
        ("DMAS_LOG_LEVEL", "LOUDLY"),
        ("DMAS_EXECUTOR", "two-of-them"),
        ("DMAS_SMTP_URL", ""),
        ("DMAS_SMTP_URL", "smtp://plain.example"),
        ("DMAS_SMTP_URL", "imap://other.example"),
        ("DMAS_SMTP_URL", "smtps:///no-host-in-it"),
        ("DMAS_SMTP_URL", "smtps://host.example:port"),
        ("DMAS_SMTP_URL", "smtps://host.example/folder"),
        ("DMAS_MAIL_FROM", ""),
        ("DMAS_MAIL_FROM", "nobody-at-all"),
        ("DMAS_MAIL_FROM", "two@words@example.org"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(
    name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        settings.load({**GOOD, name: value})
    assert stopped.value.code == 78
    said = capsys.readouterr().err
    assert name in said
    assert len(value) < 2 or value not in said


def test_secrets_are_not_printed() -> None:
    shown = repr(Settings.from_environ(GOOD))
    assert GOOD["SECRET_KEY"] not in shown
    assert "postgresql" not in shown
    assert "word-of-the-post" not in shown


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://a:b%40c@mail.example", MailServer("mail.example", 465, Tls.FROM_THE_START, "a", "b@c")),
        ("smtp+starttls://mail.example", MailServer("mail.example", 587, Tls.STARTTLS)),
        ("smtp://localhost:1025", MailServer("localhost", 1025, Tls.NONE)),
        ("", None),
    ],
)
def test_the_mail_server(url: str, server: MailServer | None, tmp_path: Path) -> None:
    read = Settings.from_environ({"DMAS_VAR": str(tmp_path), "DMAS_SMTP_URL": url})
    assert read.mail_server == server
    assert read.mail_from == "dmas@localhost"


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starting:
        found = set(starting.map(lambda _: settings._own_secret(tmp_path / "var"), range(32)))
    assert len(found) == 1
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret-key"]


def test_a_secret_is_made_once_for_development(tmp_path: Path) -> None:
    environ = {"DMAS_VAR": str(tmp_path / "var")}
    first, second = Settings.from_environ(environ), Settings.from_environ(environ)
    assert first.secret_key == second.secret_key
    assert first.environment is Environment.DEVELOPMENT
    assert stat.S_IMODE((tmp_path / "var" / "secret-key").stat().st_mode) == 0o600


def test_no_secret_is_made_for_production(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="SECRET_KEY"):
        Settings.from_environ({**GOOD, "SECRET_KEY": "", "DMAS_VAR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_switches_and_numbers(tmp_path: Path) -> None:
    read = Settings.from_environ(
        {"DMAS_VAR": str(tmp_path), "DMAS_DEMO": "yes", "DMAS_SECOND_FACTOR": "on", "DMAS_PROXIES": "2"}
    )
    assert read.demo
    assert read.second_factor
    assert read.proxies == 2
    assert read.host_name == "localhost"


def test_the_settings_of_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DMAS_VAR", str(tmp_path))
    monkeypatch.setenv("DMAS_ENV", "test")
    assert settings.load().environment is Environment.TEST
