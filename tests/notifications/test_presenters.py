"""How the outbox is put into words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dmas.notifications import presenters
from dmas.notifications.models import OutboxMessage


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "–"),
        (-1, "0 minutes"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (23 * 60 + 59, "23 hours"),
        (24 * 60, "1 day"),
        (72 * 60, "3 days"),
    ],
)
def test_an_age_is_in_the_largest_whole_unit(minutes: int | None, words: str, now: datetime) -> None:
    since = None if minutes is None else now - timedelta(minutes=minutes)
    assert presenters.age(since, now) == words


def test_a_message_of_another_version_is_called_by_its_name() -> None:
    assert (
        presenters.subject(OutboxMessage(recipient_kind="staff", template="of_a_later_version"))
        == "of_a_later_version"
    )
    assert (
        presenters.subject(OutboxMessage(recipient_kind="staff", template="match_lapsed"))
        == "A match has lapsed"
    )
