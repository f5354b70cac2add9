"""The states of a request for help, of a patient's own request, and the words beside them."""

from __future__ import annotations

from enum import StrEnum


class RequestStatus(StrEnum):
    """What people have decided about a trust's request; how much of it is met, is counted."""

    DRAFT = "draft"
    AWAITING_ICB = "awaiting_icb"
    OPEN = "open"
    RETURNED = "returned"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    RequestStatus.DRAFT: "Draft",
    RequestStatus.AWAITING_ICB: "Awaiting ICB",
    RequestStatus.OPEN: "Open",
    RequestStatus.RETURNED: "Returned",
    RequestStatus.CLOSED: "Closed",
}


class RequestKind(StrEnum):
    """Who asks: a trust for many, or one patient."""

    PROVIDER = "provider"
    TRANSFER = "transfer"


class TransferStatus(StrEnum):
    """Where one patient's own request stands."""

    STARTED = "started"
    IN_REVIEW = "in_review"
    NEEDS_INFORMATION = "needs_information"
    SEARCHING = "searching"
    OPTIONS_OFFERED = "options_offered"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"
    RESTING = "resting"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return TRANSFER_STATUS_LABELS[self]


TRANSFER_STATUS_LABELS = {
    TransferStatus.STARTED: "Started",
    TransferStatus.IN_REVIEW: "In review",
    TransferStatus.NEEDS_INFORMATION: "More information asked for",
    TransferStatus.SEARCHING: "Searching",
    TransferStatus.OPTIONS_OFFERED: "Options to choose from",
    TransferStatus.ACCEPTED: "Option chosen",
    TransferStatus.TRANSFERRED: "Care has moved",
    TransferStatus.RESTING: "Resting",
    TransferStatus.ENDED: "Ended",
}


class EndedBecause(StrEnum):
    """Why one patient's own request ended."""

    NOT_ELIGIBLE = "not_eligible"
    NOT_SUITABLE = "not_suitable"
    STAYED = "stayed"
    NOT_FOUND = "not_found"
    WITHDRAWN = "withdrawn"
    DATED_AT_HOME = "dated_at_home"
    CLOSED_CLINICALLY = "closed_clinically"
    DIED = "died"

    @property
    def label(self) -> str:
        """Return the reason as staff say it."""
        return ENDED_LABELS[self]


ENDED_LABELS = {
    EndedBecause.NOT_ELIGIBLE: "Not eligible",
    EndedBecause.NOT_SUITABLE: "Not suitable for a move",
    EndedBecause.STAYED: "Stayed at the home hospital",
    EndedBecause.NOT_FOUND: "Nothing found in time",
    EndedBecause.WITHDRAWN: "Withdrawn by the patient",
    EndedBecause.DATED_AT_HOME: "Date given at the home hospital",
    EndedBecause.CLOSED_CLINICALLY: "Closed by a clinician",
    EndedBecause.DIED: "The patient has died",
}


class TransferStep(StrEnum):
    """The questions of a patient's own request, one a page, in the order they are asked."""

    STILL_YOUR_WAIT = "still-your-wait"
    HEALTH = "health"
    DISTANCE = "distance"
    DATES = "dates"
    SHORT_NOTICE = "short-notice"
    NEEDS = "needs"
    CONTACT = "contact"
    ACTING = "somebody-acting"
    WHOLE_PATHWAY = "whole-pathway"
    SHARING = "sharing"
    CHECK = "check"


QUESTIONS = tuple(step for step in TransferStep if step is not TransferStep.CHECK)


class StartedHow(StrEnum):
    """Who filled the request in."""

    PAGE = "page"
    HELPLINE = "helpline"


class ReviewOutcome(StrEnum):
    """What a clinician decided."""

    SUITABLE = "suitable"
    NOT_SUITABLE = "not_suitable"
    MORE_INFORMATION = "more_information"
    CHANGE_CLEARED = "change_cleared"


class BackBecause(StrEnum):
    """Why a patient's request goes back to searching."""

    SILENCE = "silence"
    DECLINED = "declined"
    GONE = "gone"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """How a patient likes to hear from us."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"


# Of a patient's own request.
DISTANCES = (25, 50, 100)
REVIEW_WORKING_DAYS = 5
REVIEW_BREACH_WORKING_DAYS = 10
CHANGE_WORKING_DAYS = 1
LEAST_SEARCH_DAYS = 14
LONGEST_EXTENSION_DAYS = 28
ASK_AGAIN_DAYS = 84
REVIEW_KEEPS_DAYS = 84
MOST_PERIODS = 3
LONGEST_ANSWER = 1000
IDENTITY_HOURS = 8

# A patient's own request in one of these has not come to its end.
TRANSFER_LIVE = tuple(
    status for status in TransferStatus if status not in (TransferStatus.TRANSFERRED, TransferStatus.ENDED)
)


# A request in one of these may still come to something, and may be taken back.
LIVE = (RequestStatus.AWAITING_ICB, RequestStatus.RETURNED, RequestStatus.OPEN)
CAN_BE_AMENDED = (RequestStatus.AWAITING_ICB, RequestStatus.RETURNED)


class ClosedBecause(StrEnum):
    """Why a request ended."""

    FULFILLED = "fulfilled"
    UNMET = "unmet"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """Return the reason as people say it."""
        return {"fulfilled": "Every place found", "unmet": "Not found in time", "withdrawn": "Withdrawn"}.get(
            self.value, "Expired"
        )


# Days counted from the day a search opened: its rings, and its end.
ICB_RING_DAYS = 7
REGION_RING_DAYS = 14
SEARCH_DAYS = 56

APPROVAL_WORKING_DAYS = 2
LIFT_AFTER_DAYS = 364
LIFT_TESTS_AFTER_DAYS = 91
MOST_LINES = 10
MOST_PLACES = 500
LONGEST_WEEKS = 520
LONGEST_NOTE = 1000

# What a patient may need, as they would say it: the catalogue's access tokens in their own words.
NEEDS_FOR_PATIENTS = {
    "step_free": ("I cannot manage steps", None),
    "hoist": ("I need a hoist to move", None),
    "carer_stays": ("Somebody who cares for me needs to stay with me", None),
    "interpreter": ("I need an interpreter", "It is free. Tell us the language below."),
    "bsl": ("I use British Sign Language", "An interpreter is booked for you, free."),
    "hearing_loop": ("I need a hearing loop", None),
    "parking": ("I need parking close to the door", None),
    "transport": ("I need help to get there", "Such as patient transport."),
    "quiet_space": ("I need a quiet place to wait", None),
    "easy_read": ("I need letters in Easy Read or large print", None),
}
CHANNEL_LABELS = {
    Channel.SMS: "By text message",
    Channel.EMAIL: "By email",
    Channel.LETTER: "By letter",
    Channel.PHONE: "By phone call",
}
