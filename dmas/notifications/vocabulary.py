"""Whom a message is for, how it goes, where it stands, and how delivery is tried."""

from __future__ import annotations

from enum import StrEnum


class RecipientKind(StrEnum):
    """Whose address book entry is looked up when the message goes."""

    PATIENT = "patient"
    STAFF = "staff"
    ORGANISATION = "organisation"

    @property
    def label(self) -> str:
        """Return the kind as people say it."""
        return {"patient": "Patient", "staff": "Member of staff", "organisation": "Organisation"}[self.value]


class Channel(StrEnum):
    """How a message goes."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"

    @property
    def label(self) -> str:
        """Return the channel as people say it."""
        return {"email": "Email", "sms": "Text message", "letter": "Letter"}[self.value]


class MessageState(StrEnum):
    """Where a message stands. It is read from the row's moments and stored nowhere."""

    WAITING = "waiting"
    SENT = "sent"
    HELD_BACK = "held_back"
    DEAD = "dead"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return {
            "waiting": "Waiting",
            "sent": "Sent",
            "held_back": "Held back",
            "dead": "Given up",
        }[self.value]


FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 3_600
JITTER = 0.2
MOST_TRIES = 12
# Longer than any one sending can take: a claim that ran out belongs to a process that is gone.
CLAIM_SECONDS = 300
SMTP_SECONDS = 15
