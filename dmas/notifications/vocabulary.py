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


class LetterFormat(StrEnum):
    """How a letter is set. What print on paper cannot give, the trust adds by hand."""

    STANDARD = "standard"
    LARGE_PRINT = "large_print"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the format as people say it."""
        return {
            "standard": "Standard",
            "large_print": "Large print",
            "other": "Needs braille, Easy Read or another form",
        }[self.value]


class LetterState(StrEnum):
    """Whether a letter still waits for the post room."""

    TO_PRINT = "to_print"
    PRINTED = "printed"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return {"to_print": "To print", "printed": "Printed"}[self.value]


class ContactOutcome(StrEnum):
    """How it went when a trust told somebody another way."""

    TOLD = "told"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        """Return the outcome as people say it."""
        return {
            "told": "I told them, in the way that they want",
            "not_reached": "I tried on three days and could not reach them",
            "not_needed": "It no longer needs to be said",
        }[self.value]


FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 3_600
NOT_YET_SECONDS = 6 * 3_600
JITTER = 0.2
MOST_TRIES = 12
# Longer than any one sending can take: a claim that ran out belongs to a process that is gone.
CLAIM_SECONDS = 300
SMTP_SECONDS = 15
