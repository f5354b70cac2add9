"""How a text message leaves: into the log for a laptop and the demo, or into memory for tests.

No gateway is built in: an installation without one writes to patients by email and letter.
"""

from __future__ import annotations

from typing import Protocol

from dmas.core.logs import logger
from dmas.notifications.commands import TextMessage
from dmas.settings import Settings

log = logger(__name__)


class TextTransport(Protocol):
    """What sends text messages."""

    def send(self, text: TextMessage) -> None:
        """Hand one text message over; raise ServerDown or Refused of the emails' transports."""


class ConsoleTexts:
    """Sends nothing: one log line says that a text message would have gone."""

    def send(self, text: TextMessage) -> None:
        """Log which message it is, never to whom or what it says."""
        log.info("text message shown, not sent", template=text.template, message_id=text.message_id)


class MemoryTexts:
    """Keeps what it is given, for tests."""

    def __init__(self) -> None:
        self.sent: list[TextMessage] = []

    def send(self, text: TextMessage) -> None:
        """Keep a text message."""
        self.sent.append(text)


def texts_for(settings: Settings) -> TextTransport | None:
    """Return how text messages go: into the log where emails do too, else not at all."""
    return ConsoleTexts() if settings.mail_server is None else None
