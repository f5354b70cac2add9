"""Whom a message is for, how it goes, and how delivery is tried."""

from __future__ import annotations

from enum import StrEnum


class RecipientKind(StrEnum):
    """Whose address book entry is looked up when the message goes."""

    PATIENT = "patient"
    STAFF = "staff"
    ORGANISATION = "organisation"


class Channel(StrEnum):
    """How a message goes."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"

    @property
    def label(self) -> str:
        """Return the channel as people say it."""
        return {"email": "Email", "sms": "Text message", "letter": "Letter"}[self.value]


FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 3_600
JITTER = 0.2
MOST_TRIES = 12
CLAIM_SECONDS = 120
