"""A real mail server that takes, refuses, hangs or drops; and what a message looks like when it arrives."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from dmas.notifications.commands import Mail
from dmas.notifications.delivery import Console, Memory, Refused, ServerDown, Smtp, transport_for
from dmas.settings import Environment, MailServer, Settings, Tls

MAIL = Mail(
    message_id="<7f1e9c52-0000-4000-8000-000000000001@dmas.example>",
    template="match_declined",
    subject="A provider has declined a match",
    emails=("robin.example@trust.example", "ada.example@trust.example"),
    body="The receiving provider has declined match PR-7K3M9QT.\n",
    written_at=datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
    request_id="abc123",
)
FROM = "no-reply@dmas.example"


class Server:
    """A mail server's mind: what it answers to a sender, a recipient and a message."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.taken: list[Envelope] = []
        self.connections: set[object] = set()

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.connections.add(session.peer)
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("data", "250 OK")
        if answer == "drop" and server.transport:
            self.taken.append(envelope)
            server.transport.abort()
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer


@contextmanager
def listening(mind: Server, **options: Any) -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mind, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", port, Tls.NONE)
    finally:
        controller.stop()


def test_an_email_arrives_as_it_was_meant() -> None:
    mind = Server()
    with listening(mind) as server:
        smtp = Smtp(server, FROM, seconds=5)
        smtp.send(MAIL)
        smtp.send(replace(MAIL, request_id=None))
        smtp.close()
        smtp.close()
    assert len(mind.connections) == 1, "emails that follow each other share a connection"
    first, second = mind.taken
    assert (first.mail_from, first.rcpt_tos) == (FROM, list(MAIL.emails))
    text = (first.content or b"").decode().replace("\r\n", "\n")  # type: ignore[union-attr]
    head, _, body = text.partition("\n\n")
    for line in (
        f"Message-ID: {MAIL.message_id}",
        f"Subject: {MAIL.subject}",
        f"From: {FROM}",
        "Auto-Submitted: auto-generated",
        "X-Request-Id: abc123",
        "Date: Sat, 21 Nov 2026 18:00:00 +0000",
    ):
        assert line in head.splitlines()
    assert body.strip() == MAIL.body.strip()
    assert b"X-Request-Id" not in (second.content or b"")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("answers", "error", "failure"),
    [
        ({"mail": "451 later"}, ServerDown, "sender refused, 451"),
        ({"mail": "550 never"}, ServerDown, "sender refused, 550"),
        ({"rcpt": "450 robin.example@trust.example later"}, Refused, "recipients refused, 450"),
        ({"rcpt": "550 no robin.example@trust.example"}, Refused, "recipients refused, 550"),
        ({"data": "452 full"}, Refused, "refused, 452"),
        ({"data": "554 never"}, Refused, "refused, 554"),
        ({"data": "drop"}, Refused, "connection lost, SMTPServerDisconnected"),
    ],
)
def test_a_server_that_does_not_take_an_email(
    answers: dict[str, str], error: type[Exception], failure: str
) -> None:
    mind = Server(**answers)
    with listening(mind) as server:
        smtp = Smtp(server, FROM, seconds=5)
        with pytest.raises(error) as refused:
            smtp.send(MAIL)
        assert str(refused.value) == failure, "a kind and a code, never the server's words"
        mind.answers = {}
        smtp.send(MAIL)  # the same email goes once the server takes it
        smtp.close()
    assert {envelope.mail_from for envelope in mind.taken} == {FROM}


def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ServerDown, match="server not reached, ConnectionRefusedError"):
        Smtp(MailServer("127.0.0.1", port, Tls.NONE), FROM, seconds=1).send(MAIL)


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = MailServer("127.0.0.1", silent.getsockname()[1], Tls.NONE)
        with pytest.raises(ServerDown, match="server not reached"):
            Smtp(server, FROM, seconds=0.2).send(MAIL)


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for() -> None:
    mind = Server()
    with listening(mind) as server:
        for tls in (Tls.STARTTLS, Tls.FROM_THE_START):
            with pytest.raises(ServerDown):
                Smtp(replace(server, tls=tls), FROM, seconds=2).send(MAIL)
    assert mind.taken == []


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.FROM_THE_START])
def test_over_tls_with_a_password(tls: Tls) -> None:
    authority = trustme.CA()
    shown, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(shown)
    authority.configure_trust(trusted)

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"post", b"secret"), handled=False)

    wrapped = {"ssl_context": shown} if tls is Tls.FROM_THE_START else {"tls_context": shown}
    mind = Server()
    late = tls is Tls.STARTTLS
    asked = {"authenticator": check, "auth_required": late, "auth_require_tls": late}
    with listening(mind, **wrapped, **asked) as plain:
        server = replace(plain, tls=tls, host="localhost", user="post", password="secret")
        smtp = Smtp(server, FROM, seconds=5, context=trusted)
        smtp.send(MAIL)
        smtp.close()
        wrong = Smtp(replace(server, password="other"), FROM, seconds=5, context=trusted)
        with pytest.raises(ServerDown, match="server refused, 535"):
            wrong.send(MAIL)
        with pytest.raises(ServerDown, match="SSLCertVerificationError"):
            Smtp(server, FROM, seconds=5).send(MAIL)
    assert len(mind.taken) == 1


def test_the_console_names_the_message_and_nobody() -> None:
    with structlog.testing.capture_logs() as lines:
        console = Console()
        console.send(MAIL)
        console.close()
    (line,) = lines
    assert (line["template"], line["message_id"]) == (MAIL.template, MAIL.message_id)
    assert "robin" not in str(line)
    assert "PR-7K3M9QT" not in str(line)


def test_the_transport_of_an_installation(settings: Settings) -> None:
    assert isinstance(transport_for(settings), Console)
    named = Settings(
        environment=Environment.TEST,
        secret_key=settings.secret_key,
        mail_server=MailServer("localhost", 25, Tls.NONE),
    )
    assert isinstance(transport_for(named), Smtp)


def test_memory_keeps_what_it_is_given() -> None:
    memory = Memory()
    memory.send(MAIL)
    memory.close()
    assert memory.sent == [MAIL]
