"""The words of the waiting list: the two lists, how people are reached, cohorts, and its limits."""

from __future__ import annotations

from enum import StrEnum


class ListType(StrEnum):
    """Which of the two lists a pathway stands on."""

    ADMITTED = "admitted"
    NON_ADMITTED = "non_admitted"


class SafeContact(StrEnum):
    """How a person may be reached without harm."""

    ANY = "any"
    NO_LETTER = "no_letter"
    NO_SMS = "no_sms"
    ASK_FIRST = "ask_first"


class Cohort(StrEnum):
    """Where a pathway stands towards a move."""

    ELIGIBLE = "eligible"
    ABOUT_TO_CROSS = "about_to_cross"
    INVITED = "invited"
    ASKED = "asked"


class ChoiceStatus(StrEnum):
    """How far a request to an ICB for a choice has come."""

    RECEIVED = "received"
    MET = "met"
    REFUSED = "refused"


SHRINKAGE = 0.30
STALE_DAYS = 10
ABSENCES_THAT_PAUSE = 2
