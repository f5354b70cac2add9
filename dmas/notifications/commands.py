"""What a room hands to the outbox, what the address book answers, and what a transport is given."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dmas.notifications.vocabulary import Channel, ContactOutcome, LetterFormat, RecipientKind


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientAddress:
    """How a patient is reached today, and what must stand on whatever they get.

    `channel` comes first; `others` are those that may be used, in order, where it cannot be.
    `home_code` is the home trust, which prints the letters; `worse` are its own words on what to do when
    somebody gets worse. `care_by` names who is responsible today where that is somebody else.
    """

    channel: Channel
    others: tuple[Channel, ...] = ()
    home_code: str
    home_name: str
    home_phone: str = ""
    worse: str = ""
    care_by: str = ""
    emails: tuple[str, ...] = field(default=(), repr=False)
    mobile: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    postal_lines: tuple[str, ...] = field(default=(), repr=False)
    language: str = field(default="", repr=False)
    needs: str = field(default="", repr=False)
    pathway_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class DoNotSend:
    """Why a message does not go: in words for whoever looks after the outbox, without personal data.

    `task_for` is the code of the trust that must now reach the person another way, nobody where empty;
    `pathway_id` is where it finds who the person is.
    """

    reason: str
    task_for: str = ""
    pathway_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class NotYet:
    """Why a message waits: what it rests on must be confirmed first. It is tried again, and loses no try."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One text message as a transport takes it. Only `template` and `message_id` may ever be logged."""

    message_id: str
    template: str
    mobile: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One letter ready to be set: to whom, from whom, and its words.

    The paragraph that is the `code`, if there is one, is shown large.
    """

    home_code: str
    home_name: str
    home_phone: str
    name: str = field(repr=False)
    postal_lines: tuple[str, ...] = field(repr=False)
    format: LetterFormat
    written_on: date
    heading: str
    paragraphs: tuple[str, ...] = field(repr=False)
    code: str = field(repr=False)
    link: str
    safety: tuple[str, ...]
    help: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FinishContact:
    """What came of telling somebody another way."""

    task_id: uuid.UUID
    outcome: ContactOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SayToPatients:
    """What a trust's patients are to read on everything; `version` is None where it has written nothing."""

    organisation_code: str
    version: int | None
    phone: str
    worse: str
