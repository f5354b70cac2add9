"""What a room hands to the outbox, what the address book answers, and what a transport is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dmas.notifications.vocabulary import RecipientKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One piece of news for one recipient. `dedup` is its own: the same news is written once, ever."""

    template: str
    recipient_kind: RecipientKind
    recipient_id: str
    values: Mapping[str, Any]
    dedup: str
    send_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes now: one email address, or those of everybody who looks after it."""

    emails: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class DoNotSend:
    """Why a message does not go: in words for whoever looks after the outbox, without personal data."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One email as a transport takes it. Only `template` and `message_id` may ever be logged."""

    message_id: str
    template: str
    subject: str
    emails: tuple[str, ...] = field(repr=False)
    body: str = field(repr=False)
    written_at: datetime
    request_id: str | None = None
