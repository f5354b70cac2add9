"""How text messages go: into the log where there is no mail server, else not at all."""

from __future__ import annotations

from dataclasses import replace

import structlog

from dmas.notifications.commands import TextMessage
from dmas.notifications.delivery import ConsoleTexts, texts_for
from dmas.settings import MailServer, Settings, Tls

TEXT = TextMessage(message_id="one", template="transfer_invited", mobile="07700 900123", body="Hello Robin")


def test_the_console_says_which_message_and_nothing_of_it() -> None:
    with structlog.testing.capture_logs() as lines:
        ConsoleTexts().send(TEXT)
    (line,) = lines
    assert (line["template"], line["message_id"]) == ("transfer_invited", "one")
    assert not {"07700 900123", "Hello Robin"} & set(map(str, line.values()))


def test_no_gateway_means_no_text_messages(settings: Settings) -> None:
    assert isinstance(texts_for(settings), ConsoleTexts)
    server = MailServer(host="mail.example", port=465, tls=Tls.FROM_THE_START)
    assert texts_for(replace(settings, mail_server=server)) is None
