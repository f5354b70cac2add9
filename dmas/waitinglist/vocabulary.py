"""The words of the waiting list: the two lists, how people are reached, cohorts, and its dated limits."""

from __future__ import annotations

from enum import StrEnum


class ListType(StrEnum):
    """Which of the two lists a pathway stands on."""

    ADMITTED = "admitted"
    NON_ADMITTED = "non_admitted"

    @property
    def label(self) -> str:
        """Return the list as people say it."""
        return {
            "admitted": "Waiting for an operation or procedure",
            "non_admitted": "Waiting for a first appointment",
        }[self.value]


class SafeContact(StrEnum):
    """How a person may be reached without harm."""

    ANY = "any"
    NO_LETTER = "no_letter"
    NO_SMS = "no_sms"
    ASK_FIRST = "ask_first"

    @property
    def label(self) -> str:
        """Return the limit as people say it."""
        return {
            "any": "Any way",
            "no_letter": "No letters",
            "no_sms": "No text messages",
            "ask_first": "Ask first: nothing is sent",
        }[self.value]


class Cohort(StrEnum):
    """Where a pathway stands towards a move; each open pathway is in one of them or in none."""

    ELIGIBLE = "eligible"
    ABOUT_TO_CROSS = "about_to_cross"
    INVITED = "invited"
    ASKED = "asked"

    @property
    def label(self) -> str:
        """Return the cohort as people say it."""
        return {
            "eligible": "Can be invited",
            "about_to_cross": "About to cross",
            "invited": "Invited",
            "asked": "Has asked",
        }[self.value]


class Because(StrEnum):
    """Why somebody cannot ask to move just now; in the order in which people are told."""

    DIED = "died"
    ENDED = "ended"
    CLOCK_NOT_RUNNING = "clock_not_running"
    ALREADY_MOVING = "already_moving"
    TOO_URGENT = "too_urgent"
    POSTPONED = "postponed"
    CANCER = "cancer"
    CHILD = "child"
    NOT_ENGLISH = "not_english"
    TERTIARY = "tertiary"
    NOT_40_WEEKS = "not_40_weeks"
    HAS_DATE = "has_date"
    SEEN = "seen"

    @property
    def label(self) -> str:
        """Return the reason in words for staff."""
        return BECAUSE_LABELS[self]

    @property
    def for_patient(self) -> str:
        """Return the reason in words for the patient."""
        return BECAUSE_FOR_PATIENTS[self]


BECAUSE_LABELS = {
    Because.DIED: "The person has died",
    Because.ENDED: "The pathway has ended",
    Because.CLOCK_NOT_RUNNING: "The waiting time clock is not running",
    Because.ALREADY_MOVING: "Already asking to move, or moving",
    Because.TOO_URGENT: "P1 or P2: the hospital treats the most urgent people itself",
    Because.POSTPONED: "P5 or P6: the person has postponed",
    Because.CANCER: "On a cancer list",
    Because.CHILD: "Under 18",
    Because.NOT_ENGLISH: "Not registered with a GP practice in England",
    Because.TERTIARY: "Referred in by another hospital",
    Because.NOT_40_WEEKS: "Has not waited long enough",
    Because.HAS_DATE: "Has a date soon",
    Because.SEEN: "Has already been seen in clinic",
}
BECAUSE_FOR_PATIENTS = {
    Because.DIED: "This wait has ended.",
    Because.ENDED: "Your hospital has told us that this wait has ended.",
    Because.CLOCK_NOT_RUNNING: "Your hospital's list does not show that you are still waiting for treatment.",
    Because.ALREADY_MOVING: "There is already a request to move this wait.",
    Because.TOO_URGENT: "Your hospital has marked your treatment as urgent, so it treats you itself.",
    Because.POSTPONED: "Your hospital's list says that your treatment is postponed for now.",
    Because.CANCER: "Your care is on a list that your own hospital looks after itself.",
    Because.CHILD: "You need to be 18 or over.",
    Because.NOT_ENGLISH: "You need to be registered with a GP practice in England.",
    Because.TERTIARY: "Another hospital sent you to this one for its special skills.",
    Because.NOT_40_WEEKS: "You have not waited long enough yet.",
    Because.HAS_DATE: "You already have a date coming up soon.",
    Because.SEEN: "You have already been seen in clinic for this.",
}


class PauseReason(StrEnum):
    """Why no new match or message is made for a pathway, though nothing has ended for the patient."""

    DIED = "died"
    ENDED = "ended"
    ABSENT_TWICE = "absent_twice"
    LIST_TOO_OLD = "list_too_old"

    @property
    def label(self) -> str:
        """Return the reason in words for staff."""
        return {
            "died": "The person has died",
            "ended": "The home trust has removed the pathway from its list",
            "absent_twice": "Absent from two weekly lists running: the home trust must say what happened",
            "list_too_old": "The home trust's list is too old: it must send a new one or confirm it",
        }[self.value]


class Confirm(StrEnum):
    """What somebody must say yes to before a list is applied."""

    SHRINKAGE = "shrinkage"
    REFUSED_ROWS = "refused_rows"
    DATE_ORDER = "date_order"

    @property
    def label(self) -> str:
        """Return the doubt as people are told it."""
        return {
            "shrinkage": "The list is much shorter than the last one.",
            "refused_rows": "Some rows cannot be used and will be left out.",
            "date_order": "Some dates could be day first or month first. They were read day first.",
        }[self.value]

    @property
    def yes(self) -> str:
        """Return what somebody confirms."""
        return {
            "shrinkage": "Yes, the list is whole: it is right that it is so much shorter",
            "refused_rows": "Yes, apply the list without the refused rows",
            "date_order": "Yes, every date is written with the day first",
        }[self.value]


class ChoiceStatus(StrEnum):
    """How far a request to an ICB for a choice has come."""

    RECEIVED = "received"
    MET = "met"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return {"received": "To answer", "met": "Met", "refused": "Refused"}[self.value]


class RuleName(StrEnum):
    """A threshold that a date can change; the values are those of `dated_rule.name`."""

    WAIT_OVER_DAYS = "wait_over_days"
    NO_DATE_WITHIN_DAYS = "no_date_within_days"
    ADULT_FROM_AGE = "adult_from_age"
    MID_PATHWAY = "mid_pathway"
    ABOUT_TO_CROSS_DAYS = "about_to_cross_days"
    CHOICE_OVER_DAYS = "choice_over_days"
    STALE_DAYS = "stale_days"
    ABSENCES_THAT_PAUSE = "absences_that_pause"
    SHRINKAGE_PERCENT = "shrinkage_percent"
    INVITATION_DAYS = "invitation_days"

    @property
    def label(self) -> str:
        """Return the threshold as people say it."""
        return RULE_WORDS[self][0]

    @property
    def meaning(self) -> str:
        """Return what the threshold decides."""
        return RULE_WORDS[self][1]

    @property
    def limits(self) -> tuple[int, int]:
        """Return the lowest and highest value it may have."""
        return RULE_LIMITS[self]

    @property
    def is_switch(self) -> bool:
        """Say whether it is only on (1) or off (0)."""
        return self is RuleName.MID_PATHWAY


RULE_WORDS = {
    RuleName.WAIT_OVER_DAYS: (
        "Days waited, more than",
        "Who has waited more days than this on the original clock may ask to move. 280 days are 40 weeks.",
    ),
    RuleName.NO_DATE_WITHIN_DAYS: (
        "No date within days",
        "Who has an appointment or admission within so many days is not asked.",
    ),
    RuleName.ADULT_FROM_AGE: ("Age from", "Only people of this age or older may ask."),
    RuleName.MID_PATHWAY: (
        "Mid-pathway",
        "Whether people who have been seen in clinic and wait for what comes next may ask too.",
    ),
    RuleName.ABOUT_TO_CROSS_DAYS: (
        "About to cross, days before",
        "So many days before the wait is long enough, a pathway is shown as about to cross.",
    ),
    RuleName.CHOICE_OVER_DAYS: (
        "Choice, days waited more than",
        "Who has waited more days than this may ask their ICB for a choice. 126 days are 18 weeks.",
    ),
    RuleName.STALE_DAYS: (
        "A list is too old after days",
        "No new match or message is made from a list that is older, until the trust confirms it.",
    ),
    RuleName.ABSENCES_THAT_PAUSE: (
        "Absences that pause",
        "A pathway absent from so many weekly lists running gets no new match. Nothing ends.",
    ),
    RuleName.SHRINKAGE_PERCENT: (
        "Shrinkage to confirm, per cent",
        "A list that is smaller than the last by more than this is applied only when somebody confirms it.",
    ),
    RuleName.INVITATION_DAYS: (
        "An invitation lasts, days",
        "A code opens nothing when it is older. A new one can be sent at any time.",
    ),
}
RULE_LIMITS = {
    RuleName.WAIT_OVER_DAYS: (0, 1000),
    RuleName.NO_DATE_WITHIN_DAYS: (0, 365),
    RuleName.ADULT_FROM_AGE: (18, 100),
    RuleName.MID_PATHWAY: (0, 1),
    RuleName.ABOUT_TO_CROSS_DAYS: (1, 365),
    RuleName.CHOICE_OVER_DAYS: (0, 1000),
    RuleName.STALE_DAYS: (1, 60),
    RuleName.ABSENCES_THAT_PAUSE: (1, 10),
    RuleName.SHRINKAGE_PERCENT: (1, 99),
    RuleName.INVITATION_DAYS: (14, 730),
}

# Referral to treatment status codes on which the clock runs; 21 runs too, but the person is on the move.
RUNNING = ("10", "11", "12", "20")
MOVING = "21"
TOO_URGENT = ("P1", "P2")
POSTPONED = ("P5", "P6")
FROM_A_CONSULTANT = "05"
NO_PRACTICE = ("V81997", "V81998", "V81999")

MOST_WRONG_DATES = 5
LOCKED_FOR_MINUTES = 60
VISIT_MINUTES = 30
VISIT_HOURS = 10
CHOICE_WORKING_DAYS = 10
RULE_NOTICE_DAYS = 1
