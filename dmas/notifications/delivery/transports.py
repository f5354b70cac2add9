"""How an email leaves: by SMTP, into the log for a laptop and the demo, or into memory for tests."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from dmas.core.logs import logger
from dmas.notifications.commands import Mail
from dmas.notifications.vocabulary import SMTP_SECONDS
from dmas.settings import MailServer, Settings, Tls

log = logger(__name__)


class DeliveryFailure(Exception):
    """An email did not go. `failure` is safe to keep and to log."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class ServerDown(DeliveryFailure):
    """The server took nothing, and would take no other message either."""


class Refused(DeliveryFailure):
    """This email was not taken, or it is not known whether it was."""


class Transport(Protocol):
    """What sends emails; it may keep a connection until it is closed."""

    def send(self, mail: Mail) -> None:
        """Hand one email over; raise ServerDown or Refused."""

    def close(self) -> None:
        """Let go of any connection; sending again opens a new one."""


class Console:
    """Sends nothing: one log line says that a message would have gone."""

    def send(self, mail: Mail) -> None:
        """Log which message it is, never to whom or what it says."""
        log.info("message shown, not sent", template=mail.template, message_id=mail.message_id)

    def close(self) -> None:
        """Nothing is open."""


class Memory:
    """Keeps what it is given, for tests."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> None:
        """Keep an email."""
        self.sent.append(mail)

    def close(self) -> None:
        """Nothing is open."""


class Smtp:
    """Hands emails to one server, over one connection for as many as follow each other."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        *,
        seconds: float = SMTP_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._sender = sender
        self._seconds = seconds
        self._context = context or ssl.create_default_context()
        self._open: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        """Hand one email over. A failure is kept as its kind and code: a server's words quote addresses."""
        connection = self._connection()
        try:
            connection.send_message(self._written(mail), self._sender, list(mail.emails))
        except smtplib.SMTPSenderRefused as error:  # ours, so every message would be refused
            self._drop()
            raise ServerDown(f"sender refused, {error.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            raise Refused(f"recipients refused, {', '.join(map(str, codes))}") from None
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise Refused(f"refused, {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Refused(f"connection lost, {type(error).__name__}") from None

    def close(self) -> None:
        """Say goodbye to the server, if it still listens."""
        if self._open is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._open.quit()
        self._drop()

    def _drop(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()

    def _connection(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = self._connect()
            except smtplib.SMTPResponseException as error:
                raise ServerDown(f"server refused, {error.smtp_code}") from None
            except (OSError, smtplib.SMTPException) as error:
                raise ServerDown(f"server not reached, {type(error).__name__}") from None
        return self._open

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.tls is Tls.FROM_THE_START:
            opened: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._seconds, context=self._context
            )
        else:
            opened = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
        try:
            if server.tls is Tls.STARTTLS:
                opened.starttls(context=self._context)
            if server.user:
                opened.login(server.user, server.password)
        except BaseException:
            opened.close()
            raise
        return opened

    def _written(self, mail: Mail) -> EmailMessage:
        written = EmailMessage()
        written["From"] = self._sender
        written["To"] = ", ".join(mail.emails)
        written["Subject"] = mail.subject
        written["Date"] = format_datetime(mail.written_at)
        written["Message-ID"] = mail.message_id
        written["Auto-Submitted"] = "auto-generated"
        if mail.request_id:
            written["X-Request-Id"] = mail.request_id
        written.set_content(mail.body)
        return written


def transport_for(settings: Settings) -> Transport:
    """Return the transport of an installation: its mail server, or the log where it names none."""
    if settings.mail_server is None:
        return Console()
    return Smtp(settings.mail_server, settings.mail_from)
